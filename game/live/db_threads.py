"""Work on rows for sockets: in a few threads of this process that keep their connections.

Channels' own way takes one thread for every socket of the process and a new connection for every call: with eighty desks
the click of one waited for the signs of life of all.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from game.ways import below_base

THREADS = 4
PATIENCE_S, LOOK_S = 60.0, 0.5  # a database that restarts, or hands over to another, is waited for so long, and asked so often
DATABASE_GONE = (OperationalError, InterfaceError)
P = ParamSpec("P")
T = TypeVar("T")
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="rows")


class Unreached(OperationalError):
    """The database could not be reached: nothing was read or written."""


def in_rows(act: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """`act`, to be awaited. It may read and write rows and must not rely on running alone. It waits for a database that is away, and so a
    screen outlives a restart of it. Raises Unreached where that lasts longer.
    """
    begun = at_once(_reaching(act))

    async def wait(*args: P.args, **kwargs: P.kwargs) -> T:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await begun(*args, **kwargs)
            except Unreached:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(LOOK_S)

    return wait


def at_once(act: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """`act`, to be awaited, also while the database is away."""
    return sync_to_async(_sound(act), thread_sensitive=False, executor=_pool)


def let_go() -> None:
    """Close this thread's connection after an error, and those that the pool keeps and the server has dropped."""
    connection.close()
    forget_dropped()


def forget_dropped() -> None:
    """Look through the pool at once. Who borrows from it would come upon one dropped connection after the other, and wait after each."""
    if pool := getattr(connection, "pool", None):
        pool.open()
        pool.check()


def _sound(act: Callable[P, T]) -> Callable[P, T]:
    """`act` on a connection that works: one that a server has dropped meanwhile is opened anew."""

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        below_base()
        if connection.connection is not None and connection.vendor != "sqlite" and not connection.is_usable():
            let_go()
        try:
            return act(*args, **kwargs)
        except (DatabaseError, InterfaceError):
            let_go()
            raise

    return run


def _reaching(act: Callable[P, T]) -> Callable[P, T]:
    """`act` once there is a connection."""

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            connection.ensure_connection()
        except DATABASE_GONE as problem:
            raise Unreached(str(problem)) from problem
        return act(*args, **kwargs)

    return run
