"""How a full disk is known, whoever it is that says so: the system, SQLite, PostgreSQL or Valkey.

Whoever meets one stands still and comes back: nothing is lost by it, because a row that was not written was not acknowledged either.
"""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from redis._parsers.base import BaseParser
from redis.exceptions import ConnectionError as BrokerGone

FULL = "the disk is full"  # the log line of whoever stands still, again and again while it does; `play` tells its terminal
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_SQLITE_FULL, _SQLITE_IOERR, _SQLITE_CANTOPEN = 13, 10, 14
_POSTGRES_FULL = "53100"
_LEAST_BYTES = 256 * 1024  # SQLite's shared memory and a page or two


class BrokerFull(BrokerGone):
    """Valkey refuses every write for as long as it cannot write to its own disk. Who waits for a broker that is gone waits for this one."""


BaseParser.EXCEPTION_CLASSES["MISCONF"] = BrokerFull  # in every client of this process, the queue's as well


def is_full(problem: BaseException | None, state: Path | None = None) -> bool:
    """Whether a full disk is what is behind it. `state`: the folder of the SQLite file, for the errors that do not say why they came."""
    return any(_says_so(one, state) for one in _behind(problem))


def _behind(problem: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        yield problem
        problem = problem.__cause__ or problem.__context__


def _says_so(problem: BaseException, state: Path | None) -> bool:
    if isinstance(problem, BrokerFull) or (isinstance(problem, OSError) and problem.errno in NO_ROOM):
        return True
    code = getattr(problem, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in (_SQLITE_IOERR, _SQLITE_CANTOPEN):
        return state is not None and not has_room(state)
    text = str(problem)
    return code == _SQLITE_FULL or getattr(problem, "sqlstate", None) == _POSTGRES_FULL or os.strerror(errno.ENOSPC) in text


def has_room(folder: Path) -> bool:
    """Whether a little more can be written there."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return True  # it is something else, then
    return found.f_bavail * found.f_frsize >= _LEAST_BYTES
