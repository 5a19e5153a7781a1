"""One owner per run: a key in the broker that says whose it is and counts; a thread of its own counts on twice a second.

Nobody asks the broker how long the key will live, for it lives by the wall clock. Whoever watches (game/ops/reaper.py) takes the lease away
when the count has stood still for some seconds of its own time. The lease keeps two workers from doing the same work; the fencing epoch
in the database (game/live/run_store.py) is what makes a second owner harmless.
"""

import os
import threading
import uuid
from collections.abc import Sequence

import structlog

from game.live.broker import BROKER_GONE, client, dispatch_key, lease_key

log = structlog.get_logger(__name__)
RENEW_S = 0.5
LOST_S = 2.25  # a count that stood for so long: its owner is gone; the market may stand still for 4 s until another turns it

# A lease that vanished (the broker restarted, or this process slept) is taken again: had another worker
# held the run meanwhile, the epoch would have moved and the next row written here would be refused.
_RENEW = """
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2])
return 1
"""
_RELEASE = """
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, #ARGV[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
_TAKE_AWAY = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Lease:
    """The right to turn one run."""

    def __init__(self, run_id: int, token: str) -> None:
        self.run_id = run_id
        self.token = token
        self.lost = False
        self.count = 0

    @classmethod
    def take(cls, run_id: int) -> "Lease | None":
        """The lease, or None when somebody has it."""
        lease = cls(run_id, f"{os.getpid()}:{uuid.uuid4().hex}:")  # the process is named for whoever looks into the broker
        if not client().set(lease_key(run_id), f"{lease.token}0", nx=True):
            return None
        client().delete(dispatch_key(run_id))
        _keeper.add(lease)
        return lease

    def renew(self) -> bool:
        """Count on; whether it is still ours. Raises BROKER_GONE."""
        renew([self])
        return not self.lost

    def release(self) -> None:
        """Give it up, so that the next owner need not wait until it is taken away."""
        _keeper.drop(self)
        try:
            client().eval(_RELEASE, 1, lease_key(self.run_id), self.token)
        except BROKER_GONE as problem:
            log.warning("a lease is left to be taken away", run=self.run_id, problem=str(problem))


def renew(leases: Sequence[Lease]) -> None:
    """Count on those that are not lost, in one round trip. Raises BROKER_GONE."""
    held = [lease for lease in leases if not lease.lost]
    pipe = client().pipeline(transaction=False)
    for lease in held:
        lease.count += 1
        pipe.eval(_RENEW, 1, lease_key(lease.run_id), lease.token, lease.count)
    for lease, ours in zip(held, pipe.execute(), strict=True):
        lease.lost = not ours


def take_away(key: str, seen: str) -> bool:
    """Remove a lease, or the mark of a segment on its way, that still is what was `seen`. True for the one who did."""
    return bool(client().eval(_TAKE_AWAY, 1, key, seen))


class _Keeper:
    """Renews every lease of this process from one thread, so that no long beat of a game can let one be taken away."""

    def __init__(self) -> None:
        self._leases: set[Lease] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, lease: Lease) -> None:
        with self._lock:
            self._leases.add(lease)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._keep, name="lease-keeper", daemon=True)
                self._thread.start()

    def drop(self, lease: Lease) -> None:
        with self._lock:
            self._leases.discard(lease)

    def _keep(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(RENEW_S)
            with self._lock:
                leases = list(self._leases)
            try:
                renew(leases)
            except BROKER_GONE as problem:
                log.warning("leases cannot be renewed", held=len(leases), problem=str(problem))


_keeper = _Keeper()
