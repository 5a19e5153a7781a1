"""The facilitator's pages: one-time link, list of exercises, a new one, and what can be done to each."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import engine
from game.control import control_room
from game.control.control_room import team_of
from game.control.exercise_controls import SPEEDS, drive, drive_team
from game.control.forms import NewExercise
from game.control.overview import brief, overview
from game.control.room import first_rows
from game.control.schedule import in_sight
from game.models import Exercise, FacilitatorLink, RuleBroken, Seat, branching
from game.ops.addresses import is_loopback
from game.people import seating
from game.people.access import exercises_of, own_exercise, scenarios_of
from game.people.accounts import is_facilitator, local_facilitator
from game.sockets.pages import join_card
from game.sockets.protocol import watch_hello
from game.views.account import facilitators_only
from game.views.desk import show
from game.views.errors import error

STUCK_AFTER_MIN = (0, 1, 2, 3, 5, 10)
SHOWN = 12


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link: its button signs this browser in. Looking at the page spends nothing, for mail programs and chats look first."""
    link = FacilitatorLink.use(token) if request.method == "POST" else FacilitatorLink.unused(token)
    if link is None:
        if is_facilitator(request.user):
            return redirect("facilitator")
        return error(request, 403, gettext("This link has been used, or is unknown. `manage.py facilitator` prints a new one."))
    if request.method != "POST":
        return render(request, "link.html", {"page_title": gettext("Sign in"), "user_name": link.user.get_username() if link.user else ""})
    login(request, link.user or local_facilitator(), backend="django.contrib.auth.backends.ModelBackend")
    return redirect("facilitator")


@require_safe
@facilitators_only
def exercises(request: HttpRequest) -> HttpResponse:
    """Their exercises, and the form for a new one."""
    return _list(request, NewExercise(brought=scenarios_of(request.user)))


def _list(request: HttpRequest, form: NewExercise, status: int = 200) -> HttpResponse:
    found = in_sight(exercises_of(request.user))[:SHOWN]
    context = {"page_title": gettext("Facilitator"), "exercises": [brief(one) for one in found], "form": form}
    return render(request, "facilitator/index.html", context, status=status)


@require_POST
@facilitators_only
def new(request: HttpRequest) -> HttpResponse:
    """Create an exercise, and on to its page."""
    form = NewExercise(request.POST, brought=scenarios_of(request.user))
    if not form.is_valid():
        return _list(request, form, status=400)
    assert isinstance(request.user, User), "nobody else passes the decorator"
    return redirect("facilitator-exercise", form.create(request.user).code)


@require_safe
@facilitators_only
def exercise(request: HttpRequest, code: str) -> HttpResponse:
    """One exercise: how to come in, who sits where, and its time."""
    found = own_exercise(request, code)
    context = {
        "page_title": found.title,
        "exercise": found,
        "fork": branching.of(found),
        "speeds": SPEEDS,
        "join": join_card(request.get_host(), found.code, secure=request.is_secure()),
        "this_machine_only": is_loopback(request.get_host()),
        "first": {**_state(request, found), **first_rows(found)},
        "autopilots": engine.AUTOPILOTS,
        "stuck_after": sorted({*STUCK_AFTER_MIN, found.stuck_s // 60}),
        "stuck_min": found.stuck_s // 60,
    }
    return render(request, "facilitator/exercise.html", context)


def _state(request: HttpRequest, exercise: Exercise) -> dict[str, Any]:
    """The picture, with links that were made a moment ago: they are shown once."""
    return overview(exercise, request.session.pop("links", {}))


@require_safe
@facilitators_only
def watch(request: HttpRequest, code: str, team: int, desk: str) -> HttpResponse:
    """A desk exactly as its player sees it; nothing can be done there."""
    seat = get_object_or_404(Seat.objects.select_related("team__exercise"), team=team, team__exercise=own_exercise(request, code), desk=desk)
    return show(request, seat, watch_hello(seat))


@require_POST
@facilitators_only
def act_on_exercise(request: HttpRequest, code: str) -> HttpResponse:
    """Start, pause, resume, end, speed, advance, try again: all teams, or the one of `team`."""
    exercise = own_exercise(request, code)
    verb = request.POST.get("do", "speed" if "speed" in request.POST else "")
    value = request.POST.get({"speed": "speed", "advance": "to", "losses": "to", "step": "to"}.get(verb, ""))
    reason = ""
    try:
        team = team_of(exercise, request.POST.get("team", ""))
        if team:
            drive_team(team, verb, value, name_of(request))
        else:
            drive(exercise, verb, value, name_of(request))
    except RuleBroken as problem:
        reason = str(problem)
    return answer(request, exercise, reason)


@require_POST
@facilitators_only
def seat_link(request: HttpRequest, seat_id: int) -> HttpResponse:
    """A new one-time link to a seat, shown once; with `do` what seating.change_seat can do with the seat, or `bot` (`name`): a program's token."""
    seat = get_object_or_404(Seat.objects.select_related("team__exercise"), pk=seat_id, team__exercise__in=exercises_of(request.user))
    reason = ""
    try:
        if request.POST.get("do") == "bot":
            token = seating.give_to_bot(seat, request.POST.get("name", ""), by=name_of(request))
            request.session["links"] = {**request.session.get("links", {}), str(seat.pk): token}
        elif "do" in request.POST:
            verb, value, who = (request.POST.get(name, "") for name in ("do", "to", "who"))
            seating.change_seat(seat, verb, value, who, by=name_of(request))
        else:
            address = request.build_absolute_uri(reverse("take-seat", args=[seat.issue_link()]))
            request.session["links"] = {**request.session.get("links", {}), str(seat.pk): address}
    except RuleBroken as problem:
        reason = str(problem)
    return answer(request, seat.team.exercise, reason)


@require_POST
@facilitators_only
def room(request: HttpRequest, code: str) -> HttpResponse:
    """What is not about time: `team-add`, `team-rename` (`team`, `name`), `note` (`text`, `team`, `at`), `unnote` (`note`), `stuck` (`minutes`)."""
    exercise = own_exercise(request, code)
    reason = ""
    try:
        control_room.change_room(exercise, request.POST, name_of(request))
    except RuleBroken as problem:
        reason = str(problem)
    return answer(request, exercise, reason)


def name_of(request: HttpRequest) -> str:
    """Whoever does it, for the record."""
    return request.user.get_username() if request.user.is_authenticated else ""


def answer(request: HttpRequest, exercise: Exercise, reason: str) -> HttpResponse:
    """For the page's script the new picture and why it could not be done; for a plain form the page again, which may be the
    result's (`result`)."""
    if "application/json" in request.headers.get("accept", ""):
        exercise.refresh_from_db()
        return JsonResponse({"reason": reason, "state": _state(request, exercise)})
    if reason:
        messages.error(request, reason)
    return redirect("result" if "result" in request.POST else "facilitator-exercise", exercise.code)
