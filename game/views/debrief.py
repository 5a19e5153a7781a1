"""What leaves the page of a result, and what the facilitator chooses for it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from game import tables
from game.access import own_exercise
from game.models import Exercise
from game.views.account import facilitators_only
from game.views.errors import error
from game.views.result import NO_RESULT, seen_run


@require_POST
@facilitators_only
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """`names`: whom the debrief names, for everybody who sees it."""
    exercise = own_exercise(request, code)
    names = request.POST.get("names", "")
    if names in Exercise.Names.values:
        Exercise.objects.filter(pk=exercise.pk).update(names=names)
    else:
        messages.error(request, "Choose letters, teams, or people as well.")
    return redirect("result", exercise.code)


@require_safe
@facilitators_only
def whole(request: HttpRequest, code: str) -> Any:
    """Every table of every team as JSON."""
    exercise = own_exercise(request, code)
    return tables.json_of(exercise, tables.played(exercise))


@never_cache
@require_safe
def table(request: HttpRequest, code: str, team: int, what: str) -> Any:
    """A table of one team as CSV, for whoever sees its result."""
    run = seen_run(request, code, team)
    if what not in tables.ROWS:
        raise Http404
    return error(request, 404, NO_RESULT) if run is None else tables.csv_of(run.team.exercise, what, [run])


@never_cache
@require_safe
def one(request: HttpRequest, code: str, team: int) -> Any:
    """Every table of one team as JSON, for whoever sees its result."""
    run = seen_run(request, code, team)
    return error(request, 404, NO_RESULT) if run is None else tables.json_of(run.team.exercise, [run])
