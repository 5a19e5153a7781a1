"""Who a request comes from, by which scheme, and to which address, where proxies stand in front: one layer around pages and sockets, so
that the lock-out, the limits, cookies and logs all hear the same.

Only what a proxy of TRUSTED_PROXIES says counts; the same headers from anybody else are dropped before anything reads them.
"""

from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings

Headers = list[tuple[bytes, bytes]]
Scope = dict[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]
Network = IPv4Network | IPv6Network
LOCAL = "unix"  # a proxy on this machine that comes by a socket file has no address
SECURE = {"http": "https", "websocket": "wss"}
PLAIN = {"http": "http", "websocket": "ws"}
PORTS = {"http": "80", "ws": "80", "https": "443", "wss": "443"}


def is_forwarded(name: bytes) -> bool:
    """Whether a header tells of what lies before a proxy."""
    return name.lower().replace(b"_", b"-").startswith((b"x-forwarded-", b"forwarded", b"x-real-ip"))


def is_trusted(address: str, trusted: Iterable[str]) -> bool:
    """Whether an address (LOCAL: a socket file) is that of one of our proxies."""
    if address == LOCAL:
        return LOCAL in trusted
    try:
        found = ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found  # ::ffff:10.0.0.1, as a socket for both families says it
    return any(one != LOCAL and found in ip_network(one, strict=False) for one in trusted)


def sender(chain: list[str], peer: str, trusted: Iterable[str]) -> str:
    """Whoever sent the request: the last of the chain that is no proxy of ours. What stands before them they may have made up."""
    for address in reversed(chain):
        plain = _address(address)
        if plain is None:
            return peer
        if not is_trusted(plain, trusted):
            return plain
        peer = plain
    return peer


def _address(told: str) -> str | None:
    """An address as a proxy writes it, perhaps with a port: 10.0.0.1:5000, [::1]:5000."""
    text = told.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def believed(scope: Scope, trusted: Iterable[str], base: str = "") -> Scope:
    """The scope of a connection as it left the browser. `base`: the path all our addresses begin with, which some proxies cut off."""
    headers: Headers = list(scope["headers"])
    peer = str(scope["client"][0]) if scope.get("client") else LOCAL
    told = {name.lower(): value.decode("latin-1") for name, value in headers if is_forwarded(name)}
    headers = [(name, value) for name, value in headers if not is_forwarded(name)]
    scheme = scope.get("scheme") or PLAIN[scope["type"]]
    address = peer
    if is_trusted(peer, trusted):
        chain = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
        address = sender([one for one in ",".join(chain).split(",") if one.strip()], peer, trusted)
        scheme = _scheme(told.get(b"x-forwarded-proto", ""), scope["type"], scheme)
        headers = _host(headers, told, scheme)
    path, root = scope["path"], base
    if base and path != base and not path.startswith(base + "/"):
        path = base + path
    client = [address, scope["client"][1] if scope.get("client") else 0]
    return {**scope, "headers": headers, "client": client, "scheme": scheme, "path": path, "root_path": root}


def _scheme(told: str, kind: str, direct: str) -> str:
    said = told.split(",")[-1].strip().lower()
    if said in ("https", "wss"):
        return SECURE[kind]
    return PLAIN[kind] if said in ("http", "ws") else direct


def _host(headers: Headers, told: dict[bytes, str], scheme: str) -> Headers:
    """The headers with the host that the browser asked for, where a proxy put its own there or lost the port."""
    host = told.get(b"x-forwarded-host", "").split(",")[-1].strip()
    port = told.get(b"x-forwarded-port", "").split(",")[-1].strip()
    if not host:
        return headers
    if port.isdecimal() and port != PORTS[scheme] and ":" not in host.rpartition("]")[2]:
        host = f"{host}:{port}"
    return [(name, value) for name, value in headers if name.lower() != b"host"] + [(b"host", host.encode("latin-1"))]


class Behind:
    """The application behind our proxies."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] in PLAIN:
            scope = believed(scope, settings.TRUSTED_PROXIES, settings.BASE_PATH)
        await self.app(scope, receive, send)
