"""Work on rows for sockets: in a few threads of this process that keep their connections.

Channels' own way takes one thread for every socket of the process and a new connection for every call: with eighty desks
the click of one waited for the signs of life of all.
"""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection

from game.ways import below_base

THREADS = 4
P = ParamSpec("P")
T = TypeVar("T")
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="rows")


def in_rows(act: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """`act`, to be awaited. It may read and write rows and must not rely on running alone."""
    return sync_to_async(_sound(act), thread_sensitive=False, executor=_pool)


def _sound(act: Callable[P, T]) -> Callable[P, T]:
    """`act` on a connection that works: one that a server has dropped meanwhile is opened anew."""

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        below_base()
        if connection.connection is not None and connection.vendor != "sqlite" and not connection.is_usable():
            connection.close()
        try:
            return act(*args, **kwargs)
        except DatabaseError:
            connection.close()
            raise

    return run
