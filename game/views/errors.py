"""Errors, each with a sentence and a way out."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.urls import reverse_lazy

from game.people.limiter import WINDOW_S

HOME: dict[str, Any] = {"href": reverse_lazy("home"), "label": "To the start page"}
SENTENCES = {
    400: "The server could not read this request.",
    403: "You may not do this here.",
    404: "There is nothing at this address.",
    429: "This came too often. Wait a little.",
    500: "Something went wrong on the server. It has been written down.",
}


def error(request: HttpRequest, status: int, sentence: str = "", way_out: dict[str, Any] | None = None) -> HttpResponse:
    """The page of an error."""
    context = {
        "status": status,
        "sentence": sentence or SENTENCES[status],
        "way_out": way_out or HOME,
        "page_title": "Opening Bell",
    }
    return render(request, "error.html", context, status=status)


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
    """500."""
    return error(request, 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is not taken, and why: it came from elsewhere, without our cookie, or from a page that is too old."""
    return error(request, 403, f"{_cause(request, reason)} Nothing was done.", {"href": _page_before(request), "label": "Load it again"})


def _cause(request: HttpRequest, reason: str) -> str:
    own, origin = f"{request.scheme}://{request.get_host()}", request.headers.get("origin", "")
    if reason.startswith("Origin checking"):
        told = f"This form came from {origin[:80]}, and this server is {own} to itself."
        return f"{told} Whoever runs it behind a proxy names that in TRUSTED_PROXIES, or the address of the pages in TRUSTED_ORIGINS."
    if reason.startswith("Referer checking"):
        return f"This browser did not say that the form was on a page of {own}: something on the way takes the Referer header out."
    if reason == REASON_NO_CSRF_COOKIE:
        plain = "" if request.is_secure() or not settings.CSRF_COOKIE_SECURE else " SECURE_COOKIES is set, and this page came without https."
        return f"This browser sent no cookie back: it keeps none of this page, or they were cleared.{plain}"
    return "This page had been open too long, or somebody signed in meanwhile in another tab. Load the page again and repeat it."


def _page_before(request: HttpRequest) -> str:
    """The path of the page the form was on; the start page when it was not ours."""
    came_from = urlsplit(request.headers.get("referer", ""))
    path = came_from.path if came_from.netloc == request.get_host() else ""
    return path if path.startswith("/") and not path.startswith("//") else str(HOME["href"])
