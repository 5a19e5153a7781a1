"""Slides of a debrief: this room's mornings, what to ask about them, and what really happened."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from game.debrief import compare, first_screen, tables
from game.models import Run
from game.people.access import own_exercise
from game.views.account import facilitators_only
from game.views.errors import error
from game.views.result import team_told


@require_safe
@facilitators_only
def slides(request: HttpRequest, code: str) -> HttpResponse:
    """One slide at a time, by keys; on paper a page each. Nothing of it is there before the end."""
    exercise = own_exercise(request, code)
    runs = tables.played(exercise)
    if not runs or any(run.state not in Run.DONE for run in runs):
        return error(request, 409, gettext("The slides are made when the exercise has ended."))
    ghost = exercise.ghost
    teams = [team_told(run, ghost) for run in runs]
    context = {
        "page_title": gettext("Slides: %(title)s") % {"title": exercise.title},
        "exercise": exercise,
        "ended": exercise.ended_at or exercise.created,
        "teams": teams,
        "compared": _short(compare.table(runs, ghost)) if len(runs) > 1 else None,
        "rounds": compare.rounds(exercise, runs),
        "questions": first_screen.questions_of(runs),
        "objectives": _by_objective(teams),
        "happened": first_screen.epilogue_of(exercise, runs),
        **first_screen.truth_of(exercise),
    }
    return render(request, "facilitator/slides.html", context)


SHOWN = 6  # figures, and teams, that can be read from the last row


def _short(found: dict[str, Any]) -> dict[str, Any]:
    """The first figures of the comparison: the rest is on the result."""
    return {**found, "rows": found["rows"][:SHOWN]}


def _by_objective(teams: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the log shows of each objective: [{title, teams: [{name, words, outcome}]}]."""
    found: dict[str, dict[str, Any]] = {}
    for team in teams:
        for one in team["objectives"]:
            row = found.setdefault(one["id"], {"title": one["title"], "teams": []})
            row["teams"].append({"name": team["name"], "words": one["words"], "outcome": one["outcome"]})
    return list(found.values())
