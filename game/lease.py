"""One owner per run: a key in the broker that lives 3 s and is renewed every second by a thread of its own.

The lease keeps two workers from doing the same work; the fencing epoch in the database (game/rows.py) is what makes
a second owner harmless.
"""

import os
import threading
import uuid

import structlog

from game.broker import BROKER_GONE, client, dispatch_key, lease_key

log = structlog.get_logger(__name__)
TTL_MS = 3000
RENEW_S = 1.0

# A lease that vanished (the broker restarted, or this process slept) is taken again: had another worker
# held the run meanwhile, the epoch would have moved and the next row written here would be refused.
_RENEW = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Lease:
    """The right to turn one run."""

    def __init__(self, run_id: int, token: str) -> None:
        self.run_id = run_id
        self.token = token
        self.lost = False

    @classmethod
    def take(cls, run_id: int) -> "Lease | None":
        """The lease, or None when somebody has it."""
        lease = cls(run_id, f"{os.getpid()}:{uuid.uuid4().hex}")  # the process is named for whoever looks into the broker
        if not client().set(lease_key(run_id), lease.token, nx=True, px=TTL_MS):
            return None
        client().delete(dispatch_key(run_id))
        _keeper.add(lease)
        return lease

    def renew(self) -> bool:
        """Whether it is still ours. Raises BROKER_GONE."""
        self.lost = self.lost or not client().eval(_RENEW, 1, lease_key(self.run_id), self.token, TTL_MS)
        return not self.lost

    def release(self) -> None:
        """Give it up, so that the next owner need not wait for its end."""
        _keeper.drop(self)
        try:
            client().eval(_RELEASE, 1, lease_key(self.run_id), self.token)
        except BROKER_GONE as problem:
            log.warning("a lease is left to run out", run=self.run_id, problem=str(problem))


class _Keeper:
    """Renews every lease of this process from one thread, so that no long beat of a game can let one run out."""

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
                for lease in leases:
                    lease.renew()
            except BROKER_GONE as problem:
                log.warning("leases cannot be renewed", held=len(leases), problem=str(problem))


_keeper = _Keeper()
