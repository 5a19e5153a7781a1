"""What the environment may say, read once and refused with one clear line.

Every reader raises `ImproperlyConfigured` naming the variable, its value and what was expected.
"""

import os
import re
import secrets
import stat
import tempfile
from contextlib import suppress
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SOCKET_PATH_LIMIT = 100  # bytes; the kernel's sockaddr_un holds 108 on Linux, 104 on macOS
WAL_PAGES = 16_000  # 64 MB: the control worker folds SQLite's log in long before a writer of the game would have to
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
# PostgreSQL. Under ASGI every request has a thread of its own, and so would a connection: a pool lends it one that was opened before, and
# looks whether it works. Who finds none waits for `timeout`: a database that restarts costs most pages no more than that.
POOL = {"min_size": 1, "max_size": 16, "max_idle": 60.0, "timeout": 4.0, "reconnect_timeout": 2.0}
# A host that has vanished says nothing: what waits for its answer ends after half a minute, and not after hours.
ALIVE = {"connect_timeout": 3, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4}
OURS = ("opening-bell.sqlite3", "secret-key", "broker", "log")  # of the state folder; `static` is no secret
KEEP = ("results", "nothing")  # of an exercise that is old
BROKER_SCHEMES = ("redis", "rediss", "unix")


env = environ.Env()


class Oidc(NamedTuple):
    """A provider of OpenID Connect that facilitators sign in at. `group`: what stands in the claim `claim` of those who may; * for all."""

    issuer: str
    client_id: str
    secret: str
    group: str
    name: str
    claim: str
    scopes: list[str]


def _refuse(name: str, value: object, expected: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {without_password(str(value))!r}: expected {expected}")


def without_password(url: str) -> str:
    """An address as it may be logged and shown."""
    return re.sub(r"(://[^:@/]*):.*@", r"\1:***@", url)


def flag(name: str, default: bool) -> bool:
    """A yes/no variable."""
    text = env.str(name, default=str(default)).strip().lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off", ""):
        return False
    raise _refuse(name, text, "true or false")


def state_dir(base: Path) -> Path:
    """The folder of everything that is not code: database, keys, logs. Made private: mode 700."""
    folder = Path(env.str("STATE_DIR", default="") or base / ".local").expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise _refuse("STATE_DIR", folder, f"a folder that can be written ({problem.strerror})") from problem
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _refuse("STATE_DIR", folder, "a folder that can be written (permission denied)")
    make_private(folder)
    os.umask(os.umask(0o077) | 0o077)  # for the files that come to be there
    return folder


def kernel_cache() -> None:
    """Refuse an OPENING_BELL_CACHE that compiled kernels cannot be kept in, before the engine is loaded and wants to."""
    named = env.str("OPENING_BELL_CACHE", default="")
    if not named:
        return
    folder = Path(named).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as problem:
        raise _refuse("OPENING_BELL_CACHE", folder, f"a folder that can be written ({problem.strerror})") from problem


def scenario_path(state: Path) -> list[Path]:
    """The folders of SCENARIO_PATH, in which scenarios of one's own lie beside those that ship; `scenarios` in the state folder without it."""
    named = [Path(part.strip()).expanduser().absolute() for part in env.str("SCENARIO_PATH", default="").split(os.pathsep) if part.strip()]
    for folder in named:
        if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
            raise _refuse("SCENARIO_PATH", folder, f"folders that are there and can be read, separated by {os.pathsep!r}")
        if (folder / "scenario.toml").is_file():
            raise _refuse("SCENARIO_PATH", folder, f"the folder that this scenario's folder lies in: {folder.parent}")
    return named or [state / "scenarios"]


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
    else:
        entry |= {"CONN_HEALTH_CHECKS": True, "OPTIONS": {"pool": dict(POOL), **ALIVE, **entry.get("OPTIONS", {})}}
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
    url = str(env.str("REDIS_URL", default=""))
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


def trusted_proxies() -> tuple[str, ...]:
    """TRUSTED_PROXIES: whose X-Forwarded-* headers count; nobody's when absent."""
    told = tuple(one.strip() for one in env.str("TRUSTED_PROXIES", default="").split(",") if one.strip())
    for one in told:
        try:
            one == "unix" or ip_network(one, strict=False)
        except ValueError as problem:
            expected = "addresses or networks separated by commas, such as 127.0.0.1,10.0.0.0/8, or unix for a proxy that comes by a socket file"
            raise _refuse("TRUSTED_PROXIES", one, expected) from problem
    return told


def webhook_networks() -> tuple[IPv4Network | IPv6Network, ...]:
    """WEBHOOK_NETWORKS: private networks that webhooks may lead into; none when absent."""
    found = []
    for one in (part.strip() for part in env.str("WEBHOOK_NETWORKS", default="").split(",")):
        try:
            found += [ip_network(one)] if one else []
        except ValueError as problem:
            raise _refuse("WEBHOOK_NETWORKS", one, "networks or addresses separated by commas, such as 10.20.0.0/16,192.168.7.5") from problem
    return tuple(found)


def base_path() -> str:
    """BASE_PATH: what every address begins with where the game is not at the root of its host, without a slash at its end."""
    told = str(env.str("BASE_PATH", default="")).strip().rstrip("/")
    if told and not re.fullmatch(r"(/[\w.~-]+)+", told, re.ASCII):
        raise _refuse("BASE_PATH", told, "a path such as /bell, of letters, digits and . _ ~ -")
    return told


def trusted_origins() -> list[str]:
    """TRUSTED_ORIGINS: addresses of our pages that the server cannot know of by itself."""
    told = [one.strip().rstrip("/") for one in env.str("TRUSTED_ORIGINS", default="").split(",") if one.strip()]
    for one in told:
        parts = urlsplit(one)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            raise _refuse("TRUSTED_ORIGINS", one, "addresses separated by commas, such as https://play.example:8443")
    return told


def metrics_port() -> int:
    """METRICS_PORT: where a process shows what it counts; 0 when absent, for nowhere."""
    told = str(env.str("METRICS_PORT", default="")).strip()
    if told and not (told.isdecimal() and 1 <= int(told) <= 65535):
        raise _refuse("METRICS_PORT", told, "a port from 1 to 65535")
    return int(told or 0)


def metrics_token() -> str:
    """METRICS_TOKEN: what who asks for metrics has to know; "" when absent."""
    told = str(env.str("METRICS_TOKEN", default=""))
    if told and not re.fullmatch(r"[\x21-\x7e]{16,}", told):
        raise ImproperlyConfigured(f"METRICS_TOKEN has {len(told)} characters: expected 16 at least, of ASCII and without spaces")
    return told


def metrics_host(token: str) -> str:
    """METRICS_HOST: the address at which that port is; this machine's own when absent. Who has no token must come by a network of one's own."""
    told = str(env.str("METRICS_HOST", default="127.0.0.1")).strip()
    try:
        address = ip_address(told)
    except ValueError as problem:
        raise _refuse("METRICS_HOST", told, "an address of this machine, such as 10.0.0.5") from problem
    if not token and (address.is_unspecified or not address.is_private):
        raise _refuse("METRICS_HOST", told, "METRICS_TOKEN beside it, or the address of a private network, such as 10.0.0.5")
    return told


def oidc() -> Oidc | None:
    """The OIDC_* variables; None where none is set."""
    needed = {
        "OIDC_ISSUER": env.str("OIDC_ISSUER", default="").strip(),
        "OIDC_CLIENT_ID": env.str("OIDC_CLIENT_ID", default="").strip(),
        "OIDC_CLIENT_SECRET": env.str("OIDC_CLIENT_SECRET", default="").strip(),
        "OIDC_GROUP": env.str("OIDC_GROUP", default="").strip(),
    }
    name = env.str("OIDC_NAME", default="").strip()
    claim = env.str("OIDC_GROUPS_CLAIM", default="").strip()
    scopes = env.str("OIDC_SCOPES", default="").strip()
    if not any((*needed.values(), name, claim, scopes)):
        return None
    if missing := [one for one, value in needed.items() if not value]:
        are = "is" if len(missing) == 1 else "are"
        raise ImproperlyConfigured(f"{', '.join(missing)} {are} not set: expected all of {', '.join(needed)}, or no OIDC_* at all")
    issuer, client_id, secret, group = needed.values()
    expected = "the issuer as the provider spells it, such as https://id.example/realms/school; http for this machine alone"
    try:
        parts = urlsplit(issuer)
    except ValueError as problem:
        raise _refuse("OIDC_ISSUER", issuer, expected) from problem
    safe = parts.scheme == "https" or (parts.scheme == "http" and not _elsewhere(issuer))
    if not safe or not parts.hostname or parts.query or parts.fragment or "/.well-known/" in issuer:
        raise _refuse("OIDC_ISSUER", issuer, expected)
    if scopes and "openid" not in scopes.split():
        raise _refuse("OIDC_SCOPES", scopes, "scopes separated by spaces, openid among them")
    return Oidc(issuer, client_id, secret, group, name or parts.hostname, claim or "groups", scopes.split() or ["openid", "profile", "email"])


def sentry_dsn() -> str:
    """SENTRY_DSN: where errors are reported to; "" when absent, for nowhere."""
    told = str(env.str("SENTRY_DSN", default="")).strip()
    try:
        parts = urlsplit(told)
        whole = parts.scheme in ("http", "https") and parts.username and parts.hostname and parts.path.strip("/")
        usable = whole and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if told and not usable:
        raise _refuse("SENTRY_DSN", told, "an address such as https://key@sentry.example/1")
    return told


def seconds(name: str) -> int:
    """A whole number of seconds; 0 when absent."""
    told = env.str(name, default="0").strip()
    if not told.isdecimal() or len(told) > 9:
        raise _refuse(name, told, "a whole number of seconds, such as 31536000")
    return int(told)


def keep_days() -> int | None:
    """KEEP_DAYS: after how many days what was played is deleted; None, for ever, when absent."""
    told = env.str("KEEP_DAYS", default="").strip()
    if not told:
        return None
    if not told.isdecimal() or not 1 <= int(told[:9]) <= 36_500:
        raise _refuse("KEEP_DAYS", told, "a whole number of days from 1 to 36500, such as 180")
    return int(told)


def keep() -> str:
    """KEEP: what stays of what is older than KEEP_DAYS."""
    told = str(env.str("KEEP", default="results")).strip()
    if told not in KEEP:
        raise _refuse("KEEP", told, " or ".join(KEEP))
    return told


def make_private(folder: Path) -> None:
    """Take the rights to our state from everybody else, also where it was made before: 0700 for folders, 0600 for files. A folder for
    everybody (/tmp) stays what it is, and so does what is not ours in it.
    """
    if folder.stat().st_mode & stat.S_ISVTX:
        return
    ours = [path for name in OURS for path in folder.glob(f"{name}*")]
    for path in (folder, *ours, *(inner for one in ours if one.is_dir() and not one.is_symlink() for inner in one.iterdir())):
        with suppress(OSError):  # gone meanwhile, or somebody else's
            mode = path.stat(follow_symlinks=False).st_mode
            if mode & 0o077 and (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
                path.chmod(stat.S_IMODE(mode) & 0o700)


def secret_key(state: Path) -> str:
    """SECRET_KEY, or one made on first use and kept in the state folder with mode 600."""
    key = str(env.str("SECRET_KEY", default=""))
    if key:
        if len(key) < 32:
            raise _refuse("SECRET_KEY", "*" * len(key), "at least 32 characters")
        return key
    if name := next((name for name in ("DATABASE_URL", "REDIS_URL") if _elsewhere(env.str(name, default=""))), ""):
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set, and {name} is on another host: expected at least 32 characters, the same for every process, "
            "because links and cookies that one of them signs are read by the others"
        )
    path = state / "secret-key"
    if not path.exists():
        try:
            _keep_once(path, secrets.token_urlsafe(48))
        except OSError as problem:
            raise _refuse("STATE_DIR", state, f"a folder that can be written ({problem.strerror})") from problem
    key = path.read_text().strip()
    if not key:
        raise ImproperlyConfigured(f"{path} is empty: remove it and a new key will be made")
    return key


def _elsewhere(url: str) -> bool:
    """Whether what has this address is on another machine: a file, a socket and a loopback address are not."""
    with suppress(ValueError):
        return (urlsplit(url).hostname or "localhost") not in ("localhost", "127.0.0.1", "::1")
    return False  # what is wrong with it, its own reader says


def _keep_once(path: Path, text: str) -> None:
    """Write a file that is whole as soon as it is there. Of two processes that start together one writes and the other reads."""
    whole = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        with suppress(FileExistsError):
            os.link(whole, path)
    finally:
        whole.unlink(missing_ok=True)
