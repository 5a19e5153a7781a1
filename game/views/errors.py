"""Errors, each with a sentence and a way out."""

import sys
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse_lazy
from django.utils.translation import gettext, gettext_lazy

from game.live.db_threads import DATABASE_GONE, forget_dropped
from game.people.limiter import WINDOW_S

log = structlog.get_logger(__name__)

RETRY_S = 5  # after which a browser, or a balancer, may ask again
HOME: dict[str, Any] = {"href": reverse_lazy("home"), "label": gettext_lazy("Home")}
SENTENCES = {
    400: gettext_lazy("The server could not read this request."),
    403: gettext_lazy("You are not allowed to do this."),
    404: gettext_lazy("There is nothing at this address."),
    429: gettext_lazy("Too many requests. Wait a moment."),
    500: gettext_lazy("Something went wrong on the server. It has been logged."),
    503: gettext_lazy("The server cannot reach its database. Nothing is lost: load this page again in a few seconds."),
}


def error(request: HttpRequest, status: int, sentence: Any = "", way_out: dict[str, Any] | None = None) -> HttpResponse:
    """The page of an error; a bare one where what is wrong keeps the page itself from being made."""
    context = _context(status, sentence, way_out)
    try:
        return render(request, "error.html", context, status=status)
    except Exception as problem:  # the database or the static files, which every page needs: whatever it is, somebody waits for an answer
        log.warning("an error is shown on a bare page", problem=f"{type(problem).__name__}: {problem}")
        return bare(status, context)


def bare(status: int, context: dict[str, Any]) -> HttpResponse:
    """The page of an error that needs neither rows nor static files."""
    return HttpResponse(render_to_string("error-bare.html", context), status=status)


def _context(status: int, sentence: Any = "", way_out: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"status": status, "sentence": sentence or SENTENCES[status], "way_out": way_out or HOME, "page_title": "Opening Bell"}


def too_often(request: HttpRequest, sentence: str = "") -> HttpResponse:
    """429."""
    answer = error(request, 429, sentence)
    answer["Retry-After"] = str(WINDOW_S)
    return answer


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, also for a host name that is not in ALLOWED_HOSTS."""
    return error(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return error(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 while the database is away, on a page that asks nothing of it."""
    problem = sys.exc_info()[1]
    if not isinstance(problem, DATABASE_GONE) or connection.vendor == "sqlite":
        return error(request, 500)
    forget_dropped()
    answer = bare(503, _context(503, way_out={"href": "", "label": gettext("Reload")}))
    answer["Retry-After"] = str(RETRY_S)
    return answer


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is not taken, and why: it came from elsewhere, without our cookie, or from a page that is too old."""
    way = {"href": _page_before(request), "label": gettext("Reload")}
    return error(request, 403, gettext("%(cause)s Nothing was changed.") % {"cause": _cause(request, reason)}, way)


def _cause(request: HttpRequest, reason: str) -> str:
    own, origin = f"{request.scheme}://{request.get_host()}", request.headers.get("origin", "")
    if reason.startswith("Origin checking"):
        told = gettext("This form came from %(origin)s, but this server knows itself as %(own)s.") % {"origin": origin[:80], "own": own}
        return gettext("%(told)s If it runs behind a proxy, name the proxy in TRUSTED_PROXIES or the pages' address in TRUSTED_ORIGINS.") % {
            "told": told
        }
    if reason.startswith("Referer checking"):
        return gettext("This browser did not say that the form came from %(own)s: something on the way removes the Referer header.") % {"own": own}
    if reason == REASON_NO_CSRF_COOKIE:
        plain = "" if request.is_secure() or not settings.CSRF_COOKIE_SECURE else gettext(" SECURE_COOKIES is set, and this page came without https.")
        return gettext("This browser sent no cookie: it blocks cookies from this page, or they were cleared.%(plain)s") % {"plain": plain}
    return gettext("This page was open too long, or someone signed in in another tab. Reload the page and try again.")


def _page_before(request: HttpRequest) -> str:
    """The path of the page the form was on; the start page when it was not ours."""
    came_from = urlsplit(request.headers.get("referer", ""))
    path = came_from.path if came_from.netloc == request.get_host() else ""
    return path if path.startswith("/") and not path.startswith("//") else str(HOME["href"])
