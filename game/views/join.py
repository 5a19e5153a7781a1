"""The start page: what this is, what runs, and the field for a code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from game.models import Exercise

SHOWN = 12


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What it is, and links to what can be watched."""
    return _page(request)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """From a code to what can be watched under it."""
    typed = (request.POST if request.method == "POST" else request.GET).get("code", "").strip()
    if not typed:
        return _page(request, error="Type the code that is shown on the wall, such as K7-M4Q." if request.method == "POST" else None)
    exercise = Exercise.objects.filter(code=normal(typed)).first()
    if exercise is None:
        return _page(request, code=typed[:20], error=f"There is no exercise {typed[:20]}.", status=404)
    return redirect("projector", code=exercise.code)


def normal(code: str) -> str:
    """A code as people type it: case, blanks and the dash do not matter."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return f"{letters[:2]}-{letters[2:]}"


def _page(request: HttpRequest, *, code: str = "", error: str | None = None, status: int = 200) -> HttpResponse:
    found = Exercise.objects.filter(state__in=("lobby", "running", "paused"))[:SHOWN]
    context = {
        "page_title": "Opening Bell",
        "exercises": [
            {"code": one.code, "title": one.title, "state": one.state, "watch_url": reverse("projector", args=[one.code])}
            for one in found
        ],
        "join_error": error,
        "code": code,
    }
    return render(request, "home.html", context, status=status)
