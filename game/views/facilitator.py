"""The facilitator's pages: one-time link, list of exercises, and what can be done to each."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

import engine
from game.access import is_facilitator, make_facilitator
from game.control import tell_team
from game.drive import drive
from game.forms import NewExercise
from game.models import Exercise, FacilitatorLink, RuleBroken, Run, Seat
from game.views.errors import error

SPEEDS = (0.5, 1, 2, 5, 10, 30, 60, 120)
View = Callable[..., HttpResponse]


def facilitators_only(view: View) -> View:
    """Refuse everybody whose browser has not opened a facilitator's link."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_facilitator(request):
            return error(request, 403, "This page is the facilitator's. `manage.py play` prints the link to it.")
        return view(request, *args, **kwargs)

    return never_cache(checked)


@never_cache
@require_GET
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link."""
    if FacilitatorLink.use(token):
        make_facilitator(request)
    elif not is_facilitator(request):
        return error(request, 403, "This link has been used, or is not known. `manage.py play` prints a new one at its start.")
    return redirect("facilitator")


@require_safe
@facilitators_only
def exercises(request: HttpRequest) -> HttpResponse:
    """Every exercise, with what can be done to it."""
    return _page(request, NewExercise())


def _page(request: HttpRequest, form: NewExercise, status: int = 200) -> HttpResponse:
    links = request.session.pop("links", {})
    context = {
        "page_title": "Facilitator",
        "exercises": [_row(exercise, links) for exercise in Exercise.objects.all()[:50]],
        "speeds": SPEEDS,
        "form": form,
        "new_url": reverse("facilitator-new"),
    }
    return render(request, "facilitator/index.html", context, status=status)


@require_POST
@facilitators_only
def new(request: HttpRequest) -> HttpResponse:
    """Create an exercise; its desks are played by history until somebody takes them."""
    form = NewExercise(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    data = form.cleaned_data
    exercise = Exercise.objects.create(
        title=data["title"], seed=data["seed"], start_step=data["start"], loss_counter=data["loss_counter"] or "delayed"
    )
    exercise.add_team(data["team"])
    return redirect("facilitator")


@require_POST
@facilitators_only
def act(request: HttpRequest, code: str) -> HttpResponse:
    """Start, pause, resume, end, speed, advance, try a failed run again."""
    exercise = get_object_or_404(Exercise, code=code)
    verb = request.POST.get("do", "speed" if "speed" in request.POST else "")
    value = request.POST.get({"speed": "speed", "advance": "to"}.get(verb, ""))
    try:
        drive(exercise, verb, value)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    return redirect("facilitator")


@require_POST
@facilitators_only
def seat_link(request: HttpRequest, seat_id: int) -> HttpResponse:
    """A new one-time link to a seat, shown once; `do=vacate` gives the desk back to its autopilot."""
    seat = get_object_or_404(Seat, pk=seat_id)
    if request.POST.get("do") == "vacate":
        seat.vacate()
        tell_team(seat.team_id)
    else:
        address = request.build_absolute_uri(reverse("take-seat", args=[seat.issue_link()]))
        request.session["links"] = {**request.session.get("links", {}), str(seat.pk): address}
    return redirect("facilitator")


def _row(exercise: Exercise, links: dict[str, str]) -> dict[str, Any]:
    state = exercise.state
    return {
        "code": exercise.code,
        "title": exercise.title,
        "scenario": exercise.scenario,
        "seed": exercise.seed,
        "state": state,
        "speed": exercise.speed_at(exercise.step),
        "clock": engine.clock(exercise.step),
        "teams": [_team(exercise, team, links) for team in exercise.teams.all()],
        "projector_url": reverse("projector", args=[exercise.code]),
        "result_url": reverse("result", args=[exercise.code]),
        "action_url": reverse("facilitator-act", args=[exercise.code]),
        "can": {
            "start": state == "lobby",
            "pause": state == "running",
            "resume": state == "paused",
            "end": state in ("running", "paused"),
            "retry": exercise.runs().filter(state="failed").exists(),
        },
    }


def _team(exercise: Exercise, team: Any, links: dict[str, str]) -> dict[str, Any]:
    run = Run.objects.filter(team=team).first()
    return {
        "name": team.name,
        "run_state": run.state if run else "lobby",
        "reason": run.reason if run else "",
        "clock": engine.clock(run.step if run else exercise.start_step),
        "loss_usd": run.curve[-1][1] if run and run.curve else None,
        "seats": [
            {
                "id": seat.pk,
                "desk": seat.desk,
                "holder": ", ".join(player.name for player in seat.holders),
                "autopilot": seat.autopilot,
                "link": links.get(str(seat.pk)),
                "link_url": reverse("facilitator-seat-link", args=[seat.pk]),
            }
            for seat in team.seats.prefetch_related("holdings__player")
        ],
    }
