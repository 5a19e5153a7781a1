"""Three small pieces between the browser and the views."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

from game.people.limiter import TooOften
from game.views.errors import too_often


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


class Patience:
    """A page for whoever has to wait, wherever that was found out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """429, with how long to wait."""
        return too_often(request, str(problem)) if isinstance(problem, TooOften) else None


class SocketOrigin:
    """Names this host's ws: address in `connect-src`: Safari before 16 does not count it as 'self'."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        scheme = "wss" if request.is_secure() else "ws"
        response._csp_update = {"connect-src": [f"{scheme}://{request.get_host()}"]}  # type: ignore[attr-defined]
        return response
