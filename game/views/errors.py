"""Errors, each with a sentence and a way out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

HOME = {"href": "/", "label": "To the start page"}
SENTENCES = {
    400: "The server could not read this request.",
    403: "You may not do this here.",
    404: "There is nothing at this address.",
    500: "Something went wrong on the server. It has been written down.",
}


def error(
    request: HttpRequest, status: int, sentence: str = "", way_out: dict[str, str] | None = None
) -> HttpResponse:
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
    return error(request, 403, "This form is too old. Go back, load the page again and repeat it.")
