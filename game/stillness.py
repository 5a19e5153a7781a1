"""How long a value has stood still, by the monotonic clock of whoever looks.

The wall clock is moved by NTP, by a laptop that wakes and by a virtual machine that goes on, by minutes or by a day, and Valkey's own
times to live go with it. So nobody compares a stored time with now before taking something away: who is alive changes a value, and who
would take away looks again and again. What a look may add is limited: a watcher that slept saw nothing stand.
"""

import threading
from collections.abc import Hashable, Mapping
from typing import TypeVar

MOST_S = 1.0
K = TypeVar("K", bound=Hashable)


class Stillness:
    """What one watcher has seen of some values."""

    def __init__(self, most_s: float = MOST_S) -> None:
        self._most_s = most_s
        self._seen: dict[Hashable, tuple[object, float, float]] = {}  # value, seconds that it stood, last look
        self._lock = threading.Lock()

    def look(self, values: Mapping[K, object], now: float) -> dict[K, float]:
        """Seconds that each of these has stood; 0 for one that is new or has changed. Others are forgotten."""
        with self._lock:
            seen = {key: self._one(key, value, now) for key, value in values.items()}
            self._seen = {key: one for key, one in seen.items()}  # noqa: C416 (keys of any kind)
            return {key: stood for key, (_, stood, _) in seen.items()}

    def still(self, key: Hashable, value: object, now: float) -> float:
        """The same of one value, without forgetting others."""
        with self._lock:
            self._seen[key] = self._one(key, value, now)
            return self._seen[key][1]

    def forget(self, key: Hashable) -> None:
        """It is seen for the first time when it is seen again."""
        with self._lock:
            self._seen.pop(key, None)

    def _one(self, key: Hashable, value: object, now: float) -> tuple[object, float, float]:
        before, stood, looked = self._seen.get(key, (value, 0.0, now))
        return (value, 0.0, now) if before != value else (value, stood + min(now - looked, self._most_s), now)
