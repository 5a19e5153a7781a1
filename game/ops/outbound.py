"""A request to an address that somebody typed: never into the house itself, never elsewhere than was looked at, and soon over.

The name is looked up once, and the connection goes to the address that was judged (a name that leads elsewhere a moment later gains nothing).
Nothing is redirected and no proxy of the environment is asked.
"""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_noop

import engine

Network = IPv4Network | IPv6Network
STEP_S, WHOLE_S = 5.0, 10.0  # without a sign of the other side, and in all
ANSWER_MOST = 2048  # bytes that are read
SAID_MOST = 200  # characters of them that are kept
_NAT64 = ip_network("64:ff9b::/96")
_DEFAULT_PORTS = {"https": 443, "http": 80}


class NotSent(Exception):
    """There was no answer; `reason` is a sentence for whoever wanted it sent."""

    def __init__(self, reason: engine.Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


class HttpAnswer(NamedTuple):
    """What came back: the status, and how the answer begins."""

    status: int
    said: str


class HttpReply(NamedTuple):
    """What came back: the status, headers by their names in small letters, and the body, which is no longer than was allowed."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> str:
        """How it begins, as it may be shown."""
        return _text(self.body[:ANSWER_MOST])


def post(address: str, body: bytes, headers: Mapping[str, str], allowed: Sequence[Network] = ()) -> HttpAnswer:
    """Send it, to a public address or one in an `allowed` network (over http to those alone). Raises NotSent."""
    reply = _ask("POST", address, body, headers, allowed, ANSWER_MOST)
    return HttpAnswer(reply.status, _text(reply.body))


def ask(method: str, address: str, body: bytes | None, headers: Mapping[str, str], allowed: Sequence[Network], most: int) -> HttpReply:
    """The same for an answer that is read: all of it, of `most` bytes. Raises NotSent, also where it is longer."""
    reply = _ask(method, address, body, headers, allowed, most + 1)
    if len(reply.body) > most:
        raise NotSent(engine.phrase(gettext_noop("The answer is longer than {most} kB."), most=most >> 10))
    return reply


def _ask(method: str, address: str, body: bytes | None, headers: Mapping[str, str], allowed: Sequence[Network], most: int) -> HttpReply:
    parts = urlsplit(address)
    try:
        with _within(WHOLE_S, _line(parts, allowed)) as line:
            line.request(method, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body, dict(headers))
            answer = line.getresponse()
            return HttpReply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read(most))
    except TimeoutError:
        raise NotSent(engine.phrase(gettext_noop("There was no whole answer within {seconds} s."), seconds=round(WHOLE_S))) from None
    except (OSError, HTTPException, ValueError) as problem:  # the last: a host or path that cannot be sent
        why = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
        raise NotSent(engine.phrase(gettext_noop("It could not be reached: {problem}."), problem=why)) from None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is one of the internet's. One that carries an IPv4 address leads there, and is judged as that."""
    if isinstance(address, IPv6Address):
        carried = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address.ipv4_mapped or address.sixtofour
        if carried is not None:
            return is_public(carried)
    return address.is_global and not (address.is_multicast or address.is_reserved)


class _Judged(HTTPConnection):
    """Connects to an address that was judged, and speaks to it under its name."""

    judged = ""
    line: socket.socket | None = None

    def connect(self) -> None:
        self.sock = socket.create_connection((self.judged, self.port), self.timeout)
        self.line = self.sock.dup()  # TLS takes the other one away, and both end by a shutdown of either


class _JudgedTls(HTTPSConnection, _Judged):
    """The same, then TLS in the host's name."""


def _line(parts: SplitResult, allowed: Sequence[Network]) -> _Judged:
    host, port = str(parts.hostname), parts.port or _DEFAULT_PORTS[parts.scheme]
    if not host.isascii():
        host = host.encode("idna").decode()
    found = {str(row[4][0]).partition("%")[0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    addresses = sorted(map(ip_address, found), key=lambda one: (one.version, one))
    within = [one for one in addresses if any(one in network for network in allowed)]
    fit = within or ([one for one in addresses if is_public(one)] if parts.scheme == "https" else [])
    if not fit:
        said = gettext_noop("{name} leads to {address}, where this server does not send anything.")
        raise NotSent(engine.phrase(said, name=host, address=str(addresses[0]) if addresses else "nothing"))
    line = _JudgedTls(host, port, timeout=STEP_S, context=_tls()) if parts.scheme == "https" else _Judged(host, port, timeout=STEP_S)
    line.judged = str(fit[0])
    return line


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@contextmanager
def _within(seconds: float, line: _Judged) -> Iterator[_Judged]:
    """Cut it off after so long, also where the other side says a letter every now and then."""
    cut = threading.Event()

    def end() -> None:
        cut.set()
        with suppress(OSError, AttributeError):
            line.line.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield line
    except (OSError, HTTPException):
        if cut.is_set():
            raise TimeoutError from None
        raise
    else:
        if cut.is_set():  # what was heard by then looks like a whole answer
            raise TimeoutError
    finally:
        timer.cancel()
        line.close()
        if line.line is not None:
            line.line.close()


def _text(found: bytes) -> str:
    """How an answer begins, as it may be shown."""
    return "".join(letter if letter.isprintable() else " " for letter in found.decode(errors="replace"))[:SAID_MOST].strip()
