"""Marks in the broker that somebody is at something, so that nobody else begins it: a course, a trial, a ghost, a stretch of a replay.

A claim whose holder was killed stays behind. Whoever wants the thing and has seen the claim unchanged for its patience takes it over; who
works for long renews it. Nothing here is the truth: what two do comes out twice the same.
"""

import time
import uuid

from game.live.broker import client
from game.stillness import Stillness

LITTER_S = 7 * 86400  # then the broker clears a forgotten one away; earlier or later, it costs one more look
_LOOK_S = 5.0  # pages ask every second or two
_TAKE = """
local held = redis.call('GET', KEYS[1])
if (held or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""
_RENEW = """
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""
_seen = Stillness(_LOOK_S)


def claim(name: str, patience_s: float, token: str = "", now: float | None = None) -> bool:
    """Take it, unless somebody has it and was heard of within `patience_s` of this process's own time. Raises BROKER_GONE."""
    held = str(client().get(name) or "")
    if held and _seen.still(name, held, time.monotonic() if now is None else now) < patience_s:
        return False
    _seen.forget(name)
    return bool(client().eval(_TAKE, 1, name, held, _value(token or uuid.uuid4().hex), LITTER_S))


def renew(name: str, token: str) -> None:
    """Say that whoever holds it with this token is alive."""
    client().eval(_RENEW, 1, name, f"{token}:", _value(token), LITTER_S)


def holder(name: str) -> str:
    """The token that it was taken with; "" when nobody has it."""
    return str(client().get(name) or "").partition(":")[0]


def drop(name: str) -> None:
    """It is done, or given up."""
    _seen.forget(name)
    client().delete(name)


def _value(token: str) -> str:
    return f"{token}:{uuid.uuid4().hex[:8]}"
