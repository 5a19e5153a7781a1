"""What the environment may say, read once and refused with one clear line.

Every reader raises `ImproperlyConfigured` naming the variable, its value and what was expected.
"""

import os
import secrets
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SOCKET_PATH_LIMIT = 100  # bytes; the kernel's sockaddr_un holds 108 on Linux, 104 on macOS
WAL_PAGES = 16_000  # 64 MB: the control worker folds SQLite's log in long before a writer of the game would have to
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
BROKER_SCHEMES = ("redis", "rediss", "unix")

env = environ.Env()


def _refuse(name: str, value: object, expected: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {str(value)!r}: expected {expected}")


def flag(name: str, default: bool) -> bool:
    """A yes/no variable."""
    text = env.str(name, default=str(default)).strip().lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off", ""):
        return False
    raise _refuse(name, text, "true or false")


def state_dir(base: Path) -> Path:
    """The folder of everything that is not code: database, keys, logs. Created with mode 700."""
    folder = Path(env.str("STATE_DIR", default="") or base / ".local").expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise _refuse("STATE_DIR", folder, f"a folder that can be written ({problem.strerror})") from problem
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _refuse("STATE_DIR", folder, "a folder that can be written (permission denied)")
    return folder


def database(state: Path) -> dict[str, Any]:
    """Django's DATABASES entry for DATABASE_URL; SQLite in the state folder when it is absent."""
    expected = "sqlite:////path/to/file or postgres://user:password@host:5432/name"
    url = env.str("DATABASE_URL", default="") or f"sqlite:///{state / 'opening-bell.sqlite3'}"
    if urlsplit(url).scheme not in DATABASE_SCHEMES:
        raise _refuse("DATABASE_URL", url, expected)
    try:
        entry: dict[str, Any] = dict(environ.Env.db_url_config(url))
    except (ValueError, ImproperlyConfigured) as problem:
        raise _refuse("DATABASE_URL", url, expected) from problem
    if not entry.get("NAME"):
        raise _refuse("DATABASE_URL", url, expected)
    if entry["ENGINE"].endswith("sqlite3"):
        entry["OPTIONS"] = {
            "timeout": 20,
            # IMMEDIATE takes the write lock at BEGIN: 0 of 720 writes met "database is locked", against 28 deferred.
            "transaction_mode": "IMMEDIATE",
            "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000; PRAGMA wal_autocheckpoint={WAL_PAGES};",
        }
    return entry


def socket_path(state: Path) -> Path:
    """Where the embedded broker listens: in the state folder, or in the temporary one when that path is too long for a socket."""
    path = state / "broker" / "valkey.sock"
    if len(os.fsencode(path)) < SOCKET_PATH_LIMIT:
        return path
    name = sha256(os.fsencode(state)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"opening-bell-{os.getuid()}-{name}" / "valkey.sock"


def broker_url(state: Path) -> str:
    """REDIS_URL, or the address of the embedded broker's socket (which `play` starts)."""
    url = env.str("REDIS_URL", default="")
    if not url:
        return f"unix://{socket_path(state)}?db=0"
    parts = urlsplit(url)
    try:
        usable = parts.scheme in BROKER_SCHEMES and bool(parts.hostname or parts.path.strip("/"))
        usable = usable and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise _refuse("REDIS_URL", url, "redis://host:6379/0, rediss://host:6379/0 or unix:///path/to.sock")
    return url


def allowed_hosts() -> list[str]:
    """ALLOWED_HOSTS, comma separated; this machine only when absent."""
    hosts = [host.strip() for host in env.str("ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1]").split(",")]
    for host in hosts:
        if not host or "/" in host or " " in host:
            raise _refuse("ALLOWED_HOSTS", ",".join(hosts), "host names separated by commas, such as game.example,127.0.0.1")
    return hosts


def secret_key(state: Path) -> str:
    """SECRET_KEY, or one made on first use and kept in the state folder with mode 600."""
    key = env.str("SECRET_KEY", default="")
    if key:
        if len(key) < 32:
            raise _refuse("SECRET_KEY", "*" * len(key), "at least 32 characters")
        return key
    path = state / "secret-key"
    try:
        # O_EXCL: of two processes that start together one writes and the other reads.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as problem:
        raise _refuse("STATE_DIR", state, f"a folder that can be written ({problem.strerror})") from problem
    key = path.read_text().strip()
    if not key:
        raise ImproperlyConfigured(f"{path} is empty: remove it and a new key will be made")
    return key
