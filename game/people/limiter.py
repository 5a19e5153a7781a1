"""How often something may be tried from one address, counted in Valkey by all processes together.

Kept by the library `limits`, whose moving window judges and counts in one step. While Valkey is away every process counts for itself in
its memory: nobody is turned away for it, and nobody guesses faster than so many processes allow.
"""

import hmac
from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import Any, NamedTuple

import redis
import structlog
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from game.live.broker import BROKER_GONE, TIMEOUT_S
from game.rules import RuleBroken

log = structlog.get_logger(__name__)

WINDOW_S = 60
LINES, LINE_WAIT_S = 8, 20.0  # to the broker, of one process
TOO_OFTEN = gettext_lazy("Too many attempts from your network. Wait a minute")
NEIGHBOURS = 64  # bits of an IPv6 address that one household or one phone has to itself


class TooOften(RuleBroken):
    """Somebody, or their whole network, has to wait."""


class Kind(NamedTuple):
    """Something that is counted: a name, and how often it may be in a minute."""

    name: str
    most: int


JOINS, PLAYS = Kind("join", 120), Kind("play", 30)
WRONG_WORDS = Kind("wrong-word", 10)
WRONG_CODES = Kind("wrong-code", 30)  # of 24 million: by one address an open code is found after months
WORD_NOTICE = Kind("word-notice", 1)
SIGN_INS, DEVICE = Kind("sign-in", 30), Kind("device", 5)
SIGN_ONS = Kind("sign-on", 60)  # each asks the provider
LAUNCHES = Kind("launch", 300)  # from an LMS: a whole lecture hall has one address
PLATFORM_KEYS = Kind("platform-keys", 30)  # how often one platform is asked for them because of a key that is not known
WORD_ALARM = Kind("word-alarm", 20)  # wrong words in one exercise, from everywhere: nobody waits for it, but it is told

# A clock that was set back leaves stamps that lie ahead of it. They count from now on: at worst a window lasts twice as long, and nobody
# waits for an hour. What the key itself lives for is the broker's business, and decides nothing.
HEAL = """
local newest = redis.call('lindex', KEYS[1], 0)
if newest and tonumber(newest) > now then
    for place = 0, redis.call('llen', KEYS[1]) - 1 do
        if tonumber(redis.call('lindex', KEYS[1], place)) <= now then break end
        redis.call('lset', KEYS[1], place, now)
    end
end
"""
TAKE = f"""
local now, most, window, amount = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
{HEAL}
if amount > most then return false end
local before = redis.call('lindex', KEYS[1], most - amount)
if before and tonumber(before) >= now - window then return false end
for _ = 1, amount do redis.call('lpush', KEYS[1], now) end
redis.call('ltrim', KEYS[1], 0, most - 1)
redis.call('expire', KEYS[1], window * 60)
return true
"""
LOOK = f"""
local since, most, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[1]) + {WINDOW_S}
{HEAL}
local stamps, count = redis.call('lrange', KEYS[1], 0, most - 1), 0
for _, stamp in ipairs(stamps) do
    if tonumber(stamp) < since then break end
    count = count + 1
end
if count == 0 then return false end
return {{stamps[count], count}}
"""


class SteadyStorage(RedisStorage):
    """Valkey, with windows that a step of the clock does not close for longer than they last."""

    STORAGE_SCHEME = ["steady"]
    SCRIPT_ACQUIRE_MOVING_WINDOW, SCRIPT_MOVING_WINDOW = TAKE.encode(), LOOK.encode()

    def __init__(self, url: str) -> None:
        # In a salvo a request waits for a line of these: a client that has no line left would say that the broker is away.
        options = {"decode_responses": True, "socket_timeout": TIMEOUT_S, "retry": Retry(NoBackoff(), 0)}
        lines = redis.BlockingConnectionPool.from_url(url, max_connections=LINES, timeout=LINE_WAIT_S, **options)
        super().__init__("redis://", connection_pool=lines, key_prefix="ob:limit")


@cache
def _shared(url: str) -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(SteadyStorage(url))


@cache
def _alone() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def forget() -> None:
    """Begin to count anew, in this process's memory only."""
    _alone.cache_clear()


def _ask(verb: str, kind: Kind, who: tuple[str, ...], most: int | None) -> bool:
    item: RateLimitItem = RateLimitItemPerMinute(most or kind.most)
    try:
        return bool(getattr(_shared(settings.REDIS_URL), verb)(item, kind.name, *who))
    except BROKER_GONE as problem:
        log.warning("the broker is away: this process counts for itself", kind=kind.name, problem=str(problem))
        return bool(getattr(_alone(), verb)(item, kind.name, *who))


def take(kind: Kind, *who: str, most: int | None = None) -> bool:
    """Count one, unless there were as many as there may be: false then. `most`: another number than the kind's own."""
    return _ask("hit", kind, who, most)


def free(kind: Kind, *who: str, most: int | None = None) -> bool:
    """Whether one more would be counted; counts nothing."""
    return _ask("test", kind, who, most)


def guess(kind: Kind, who: str, *, right: bool) -> bool:
    """Whether a guess is answered at all. A wrong one is counted and judged in the same step of the broker, and where too many were wrong
    a right one waits as well: of any number of guesses that come at once so many are answered as the kind allows, in all processes.
    """
    return free(kind, who) if right else take(kind, who)


def address_of(request: HttpRequest | str) -> str:
    """Whom an address stands for, as a keyed hash, so that no list of addresses lies about: itself, or the network of an IPv6 one."""
    told = request if isinstance(request, str) else str(request.META.get("REMOTE_ADDR", ""))
    try:
        found: Any = ip_address(told)
    except ValueError:
        found = told
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Address(int(found) >> (128 - NEIGHBOURS) << (128 - NEIGHBOURS))
    return hmac.new(settings.SECRET_KEY.encode(), (gettext("address %(found)s") % {"found": found}).encode(), "sha256").hexdigest()[:32]
