"""Under which names this machine is reached."""

import socket
from contextlib import suppress
from pathlib import Path

ADDRESS = "address"  # a file of the state folder
EVERYWHERE = ("0.0.0.0", "::", "")


def own_addresses() -> list[str]:
    """This machine's name and addresses, the one the room sees first."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing: it asks which address would be used
        found.append(str(probe.getsockname()[0]))
    name = socket.gethostname()
    with suppress(OSError):
        found += [str(info[4][0]) for info in socket.getaddrinfo(name, None, socket.AF_INET)]
    return list(dict.fromkeys([*found, name]))


def reachable(host: str) -> str:
    """An address to print and to connect to for a server that listens on `host`."""
    if host not in EVERYWHERE:
        return f"[{host}]" if ":" in host else host
    return next(iter(own_addresses()), "127.0.0.1")


def keep_address(state: Path, address: str) -> None:
    """Remember where `play` is reached, for commands that print links."""
    (state / ADDRESS).write_text(address, encoding="utf-8")


def kept_address(state: Path) -> str:
    """What `play` remembered; empty where it never ran."""
    try:
        return (state / ADDRESS).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def names_of(host: str, allowed: list[str]) -> list[str]:
    """ALLOWED_HOSTS for a server that listens on `host`."""
    more = own_addresses() if host in EVERYWHERE else [reachable(host)]
    return list(dict.fromkeys([*allowed, *more]))


def is_loopback(host: str) -> bool:
    """Whether an address of a page ("127.0.0.1:8000", "localhost") leads nowhere from another machine."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return name in ("localhost", "[::1]") or name.startswith("127.")
