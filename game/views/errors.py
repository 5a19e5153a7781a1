"""Errors, each with a sentence and a way out."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

HOME = {"href": "/", "label": "To the start page"}
SENTENCES = {
    400: "The server could not read this request.",
    403: "You may not do this here.",
    404: "There is nothing at this address.",
    429: "This came too often. Wait a little.",
    500: "Something went wrong on the server. It has been written down.",
}


def error(request: HttpRequest, status: int, sentence: str = "", way_out: dict[str, str] | None = None) -> HttpResponse:
    """The page of an error."""
    context = {
        "status": status,
        "sentence": sentence or SENTENCES[status],
        "way_out": way_out or HOME,
        "page_title": "Opening Bell",
    }
    return render(request, "error.html", context, status=status)


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
    """A form that was open too long, or came from elsewhere."""
    sentence = "This page had been open too long, or this browser keeps no cookies, so nothing was done. Load the page again and repeat it."
    return error(request, 403, sentence, {"href": _page_before(request), "label": "Load it again"})


def _page_before(request: HttpRequest) -> str:
    """The path of the page the form was on; the start page when it was not ours."""
    came_from = urlsplit(request.headers.get("referer", ""))
    path = came_from.path if came_from.netloc == request.get_host() else ""
    return path if path.startswith("/") and not path.startswith("//") else HOME["href"]
