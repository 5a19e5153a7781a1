"""The connection to Valkey (or Redis), and the names of everything in it.

Nothing here is the truth: leases, the latest cards, and messages to whoever listens. The truth is the database.
"""

import time
import uuid
from functools import cache

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as _Gone
from redis.exceptions import TimeoutError as _Slow
from redis.retry import Retry

import game.storage  # noqa: F401  (a broker whose disk is full is known to every client of this process)
from game.stillness import Stillness

BROKER_GONE = (_Gone, _Slow, OSError)
TIMEOUT_S = 2.0
LAB_FIRST_KEY = "ob:lab:first"  # somebody looks at a debrief, or a game waits for its ghost: experiments stand aside


@cache
def client() -> redis.Redis:
    """This process's client. It does not retry: who calls knows better whether to wait, skip or give up."""
    return redis.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0)
    )


_seen = Stillness()


def go_first(for_ms: int) -> None:
    """Let experiments make room for the lab's other work for a while."""
    client().set(LAB_FIRST_KEY, f"{for_ms}:{uuid.uuid4().hex}")


def others_go_first(now: float | None = None) -> bool:
    """Whether experiments stand aside: this process has known for less than the while that somebody asked for it."""
    asked = client().get(LAB_FIRST_KEY)
    if asked is None:
        return False
    return _seen.still(LAB_FIRST_KEY, asked, time.monotonic() if now is None else now) < int(str(asked).partition(":")[0]) / 1000


def listener() -> redis.asyncio.Redis:
    """A client for a subscriber: no timeout, because silence is not a fault."""
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_timeout=None, health_check_interval=0
    )


def lease_key(run_id: int) -> str:
    """Who turns the run, and how often that was renewed: "pid:token:count"."""
    return f"ob:lease:{run_id}"


def alive_key(kind: str) -> str:
    """That a worker of this kind, games or control, was alive a moment ago."""
    return f"ob:alive:{kind}"


def life_key(exercise_id: int) -> str:
    """Hash of the signs of life of its players: player -> how many. Who is alive makes it grow."""
    return f"ob:life:{exercise_id}"


def dispatch_key(run_id: int) -> str:
    """That a segment is on its way to a worker already."""
    return f"ob:dispatch:{run_id}"


def cards_key(run_id: int, desk: str) -> str:
    """Hash of the latest cards of a desk, for newcomers: name -> "version json"; "" -> step."""
    return f"ob:cards:{run_id}:{desk}"


def channel(run_id: int, desk: str) -> str:
    """Where a desk's changes are published."""
    return f"ob:run:{run_id}:{desk}"
