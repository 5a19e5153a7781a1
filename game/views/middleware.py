"""Three small pieces between the browser and the views."""

from collections.abc import Callable

import structlog
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from whitenoise.middleware import WhiteNoiseMiddleware

import engine
from game.people.limiter import TooOften
from game.views.errors import error, too_often

log = structlog.get_logger(__name__)


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise that answers with bytes: Django warns about (and buffers) a file iterator under ASGI, and ours are small."""

    @staticmethod
    def serve(static_file: object, request: HttpRequest) -> HttpResponse:
        """The static file as a plain response."""
        found = static_file.get_response(request.method, request.META)  # type: ignore[attr-defined]
        body = b""
        if found.file is not None:
            with found.file:
                body = found.file.read()
        response = HttpResponse(body, status=int(found.status))
        del response["content-type"]
        for name, value in found.headers:
            response[name] = value
        return response


class Explained:
    """A page that says why a view could not go on, wherever that was found out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """429, with how long to wait; 400 of what the database does not take (text with a NUL in it); 409 of a scenario that cannot be read here
        any more. What is wrong with it facilitators alone are told: its files name what players are to find out.
        """
        if isinstance(problem, TooOften):
            return too_often(request, str(problem))
        if isinstance(problem, DataError):
            log.warning("the database does not take what was sent", problem=str(problem))
            return error(request, 400, gettext("Something in the address or the form is no text or no number that can be looked up."))
        if not isinstance(problem, engine.ScenarioError):
            return None
        log.error("a scenario cannot be read", problem=str(problem))
        said = gettext("The scenario of this exercise cannot be read on this server any more.")
        return error(request, 409, f"{said} {problem}" if request.user.is_authenticated else said)


class SocketOrigin:
    """Names this host's ws: address in `connect-src`: Safari before 16 does not count it as 'self'."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        scheme = "wss" if request.is_secure() else "ws"
        besides = getattr(response, "_csp_update", {})  # what a page has asked for
        response._csp_update = {**besides, "connect-src": [f"{scheme}://{request.get_host()}"]}  # type: ignore[attr-defined]
        return response
