"""Has Daphne and Twisted measure by the monotonic clock.

Both take the wall clock for "how long ago": set forward by ten minutes it made Daphne cut every socket for a ping that was never late,
and set back by an hour Twisted called nothing any more until the hour was over.
"""

import sys
import time
from types import SimpleNamespace

_DAPHNE = ("daphne.server", "daphne.ws_protocol", "daphne.http_protocol")  # none of them tells anybody what time it is


def measure_by_own_time() -> None:
    """In a process of Daphne's, before it has begun to wait for anything; in any other nothing."""
    if not all(name in sys.modules for name in _DAPHNE):
        return
    from twisted.internet import reactor  # its attributes are read-only to a type checker, and its clock is one of them

    for name in _DAPHNE:
        vars(sys.modules[name])["time"] = SimpleNamespace(time=time.monotonic)
    setattr(reactor, "seconds", time.monotonic)  # noqa: B010
