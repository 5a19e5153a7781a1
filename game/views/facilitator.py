"""The facilitator's pages: one-time link, list of exercises, a new one, and what can be done to each."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from game.access import exercises_of, own_exercise
from game.accounts import is_facilitator, local_facilitator
from game.control import tell_team
from game.drive import drive
from game.forms import NewExercise
from game.hosts import is_loopback
from game.models import Exercise, FacilitatorLink, RuleBroken, Seat
from game.overview import brief, overview
from game.pages import join_card
from game.protocol import watch_hello
from game.views.account import facilitators_only
from game.views.desk import show
from game.views.errors import error

SPEEDS = (0.5, 1, 2, 5, 10, 30, 60, 120)
SHOWN = 50


@never_cache
@require_GET
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link: it signs this browser in as the machine's own facilitator."""
    if FacilitatorLink.use(token):
        login(request, local_facilitator(), backend="django.contrib.auth.backends.ModelBackend")
    elif not is_facilitator(request.user):
        return error(request, 403, "This link has been used, or is not known. `manage.py play` prints a new one at its start.")
    return redirect("facilitator")


@require_safe
@facilitators_only
def exercises(request: HttpRequest) -> HttpResponse:
    """Their exercises, and the form for a new one."""
    return _list(request, NewExercise())


def _list(request: HttpRequest, form: NewExercise, status: int = 200) -> HttpResponse:
    found = exercises_of(request.user)[:SHOWN]
    context = {"page_title": "Facilitator", "exercises": [brief(one) for one in found], "form": form}
    return render(request, "facilitator/index.html", context, status=status)


@require_POST
@facilitators_only
def new(request: HttpRequest) -> HttpResponse:
    """Create an exercise, and on to its page."""
    form = NewExercise(request.POST)
    if not form.is_valid():
        return _list(request, form, status=400)
    return redirect("facilitator-exercise", form.create(request.user).code)


@require_safe
@facilitators_only
def exercise(request: HttpRequest, code: str) -> HttpResponse:
    """One exercise: how to come in, who sits where, and its time."""
    found = own_exercise(request, code)
    context = {
        "page_title": found.title,
        "exercise": found,
        "speeds": SPEEDS,
        "join": join_card(request.get_host(), found.code, secure=request.is_secure()),
        "this_machine_only": is_loopback(request.get_host()),
        "first": _state(request, found),
    }
    return render(request, "facilitator/exercise.html", context)


def _state(request: HttpRequest, exercise: Exercise) -> dict[str, Any]:
    """The picture, with links that were made a moment ago: they are shown once."""
    return overview(exercise, request.session.pop("links", {}))


@require_safe
@facilitators_only
def state(request: HttpRequest, code: str) -> HttpResponse:
    """The same as JSON, for the page's own looks every two seconds."""
    return JsonResponse(overview(own_exercise(request, code), {}))


@require_safe
@facilitators_only
def watch(request: HttpRequest, code: str, team: int, desk: str) -> HttpResponse:
    """A desk exactly as its player sees it; nothing can be done there."""
    seat = get_object_or_404(Seat.objects.select_related("team__exercise"), team=team, team__exercise=own_exercise(request, code), desk=desk)
    return show(request, seat, watch_hello(seat))


@require_POST
@facilitators_only
def act(request: HttpRequest, code: str) -> HttpResponse:
    """Start, pause, resume, end, speed, advance, try a failed run again."""
    exercise = own_exercise(request, code)
    verb = request.POST.get("do", "speed" if "speed" in request.POST else "")
    value = request.POST.get({"speed": "speed", "advance": "to", "losses": "to"}.get(verb, ""))
    reason = ""
    try:
        drive(exercise, verb, value)
    except RuleBroken as problem:
        reason = str(problem)
    return _answer(request, exercise, reason)


@require_POST
@facilitators_only
def seat_link(request: HttpRequest, seat_id: int) -> HttpResponse:
    """A new one-time link to a seat, shown once; `do=vacate` gives the desk back to its autopilot."""
    seat = get_object_or_404(Seat.objects.select_related("team__exercise"), pk=seat_id, team__exercise__in=exercises_of(request.user))
    if request.POST.get("do") == "vacate":
        seat.vacate()
        tell_team(seat.team_id)
    else:
        address = request.build_absolute_uri(reverse("take-seat", args=[seat.issue_link()]))
        request.session["links"] = {**request.session.get("links", {}), str(seat.pk): address}
    return _answer(request, seat.team.exercise, "")


def _answer(request: HttpRequest, exercise: Exercise, reason: str) -> HttpResponse:
    """For the page's script the new picture and why it could not be done; for a plain form the page again."""
    if "application/json" in request.headers.get("accept", ""):
        exercise.refresh_from_db()
        return JsonResponse({"reason": reason, "state": _state(request, exercise)})
    if reason:
        messages.error(request, reason)
    return redirect("facilitator-exercise", exercise.code)
