"""What a process needs before it can do its work, proved one after another: each check says what is missing, or nothing."""

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from game.environment import without_password
from game.ops import static_files
from game.ops.door import plain_reason

SKEW_S = 2.0  # seats, beats and locks are held to seconds
WAIT_S = 3.0
_complete = threading.Event()


def missing(*, pages: bool = False) -> list[str]:
    """What is missing, a sentence each. `pages`: also the files that a web server sends. What the settings and the compiled market need
    was proved when they were read: without it there is no process that could ask.
    """
    checks = [database, broker, folders, *([static_files.lacking] if pages else [])]
    return [said.rstrip(".") + "." for check in checks if (said := check())]


def database() -> str:
    """Whether it answers, has all tables, and goes by this machine's time."""
    try:
        left = 0 if _complete.is_set() else _migrations_left()
        return f"The database lacks migrations ({left}): run `manage.py migrate`." if left else _apart("database", _database_time)
    except (DatabaseError, InterfaceError) as problem:
        connection.close()
        return plain_reason(problem) or f"The database cannot be used: {problem}"


def _migrations_left() -> int:
    """Asked until there are none: tables do not go again while a process runs, and reading what there should be takes as long as a page."""
    plan = MigrationExecutor(connection)
    left = len(plan.migration_plan(plan.loader.graph.leaf_nodes()))
    if not left:
        _complete.set()
    return left


def _database_time() -> float:
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("SELECT 1")
            return time.time()  # SQLite has this machine's
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        return float(cursor.fetchone()[0])


def broker() -> str:
    """Whether it answers, and goes by this machine's time."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=WAIT_S, socket_connect_timeout=WAIT_S)
    try:
        client.ping()
        return _apart("broker", lambda: _broker_time(client))
    except (redis.RedisError, OSError) as problem:
        return plain_reason(problem) or f"The broker {without_password(settings.REDIS_URL)!r} cannot be used: {problem}"
    finally:
        client.close()


def _broker_time(client: "redis.Redis") -> float:
    seconds, microseconds = client.time()
    return float(seconds) + float(microseconds) / 1e6


def _apart(whose: str, now: Callable[[], float]) -> str:
    """What is wrong with this machine's clock beside another's."""
    before = time.time()
    theirs = now()
    ahead = (before + time.time()) / 2 - theirs
    return f"The clock of this machine is {ahead:+.1f} s from the {whose}'s: expected {SKEW_S:g} s at most." if abs(ahead) > SKEW_S else ""


def folders() -> str:
    """Whether what is written can be written."""
    return next((said for folder in (settings.STATE_DIR, Path(tempfile.gettempdir())) if (said := _not_written(folder))), "")


def _not_written(folder: Path) -> str:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
    except OSError as problem:
        return f"The folder {str(folder)!r} cannot be written: {problem.strerror}."
    return ""
