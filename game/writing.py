"""Short write transactions, one at a time in this process.

SQLite lets one writer in and makes the others sleep and look again, longer each time: with twenty games in a process the one that
slept longest waited for seconds. Here the threads of a process wait for each other without sleeping, and only processes meet there.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import connection, transaction

_turn = threading.RLock()


@contextmanager
def writing() -> Iterator[Any]:
    """A cursor in a transaction that is committed at the end. What can be computed before or after it should be."""
    with _turn if connection.vendor == "sqlite" else nullcontext(), transaction.atomic(), connection.cursor() as cursor:
        yield cursor
