"""What a socket must show before anything of ours hears of it: a host that is ours, an origin that is this very address, a path there is."""

from typing import Any
from urllib.parse import urlsplit

import structlog
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.utils.translation import get_language_from_request, override

from game.sockets.proxy import PORTS, App, Scope

log = structlog.get_logger(__name__)
BOT = "/ws/bot/"


def header(scope: Scope, wanted: bytes) -> str:
    """The value of a header of a socket; empty without one. Of several the last one, as Django has it."""
    return next((value.decode("latin-1") for name, value in reversed(scope["headers"]) if name.lower() == wanted), "")


def is_ours(host: str) -> bool:
    """Whether ALLOWED_HOSTS has it."""
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def is_same(origin: str, host: str) -> bool:
    """Whether a page of this origin is one of this host: the same name, the same port. A page of another port is another program's. The
    scheme is not compared: TLS may end at a proxy that does not say so.
    """
    try:
        parts = urlsplit(origin.lower())
        port = str(parts.port or PORTS[parts.scheme])
    except (ValueError, KeyError):
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    name, asked = split_domain_port(host.lower())
    return bool(name) and name == split_domain_port(parts.netloc)[0] and port == (asked or PORTS[parts.scheme])


class SameHost:
    """Sockets for pages of this host: another site's page, or another program's on this machine, cannot play with our cookie."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        host, origin = header(scope, b"host"), header(scope, b"origin")
        # A program has no page, and on its own path no cookie counts: nobody could use it from another site.
        bot = not origin and scope["path"].removeprefix(scope["root_path"]) == BOT
        if is_ours(host) and (bot or is_same(origin, host)) and (scope["scheme"] == "wss" or not settings.SECURE_SSL_REDIRECT):
            await self.app(scope, receive, send)
            return
        log.warning("a socket was refused", host=host[:80], origin=origin[:80], path=scope["path"][:80], address=scope["client"][0])
        await WebsocketDenier()(scope, receive, send)


def language_of(scope: Scope) -> str:
    """What LocaleMiddleware decides for a page of this browser: by its cookie, then by what it asks for."""
    request = HttpRequest()
    request.COOKIES = scope["cookies"]
    request.META["HTTP_ACCEPT_LANGUAGE"] = header(scope, b"accept-language")
    return get_language_from_request(request)


class InTheirLanguage:
    """Whoever is behind a socket is answered in the language of its page. That holds in every task and thread of rows that its consumer
    begins; who begins one that is shared says in which language it works.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        with override(language_of(scope)):
            await self.app(scope, receive, send)


class KnownPaths:
    """The sockets there are; any other path is refused, as a page that is not there."""

    def __init__(self, router: URLRouter) -> None:
        self.router = router

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        path = scope["path"].removeprefix(scope["root_path"]).lstrip("/")
        known = any(route.pattern.match(path) for route in self.router.routes)
        await (self.router if known else WebsocketDenier())(scope, receive, send)
