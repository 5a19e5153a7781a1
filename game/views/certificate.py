"""Certificates as PDF: a player's own, and everybody's for the facilitator."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from game.debrief import tables
from game.debrief.report.words import DASH
from game.models import Exercise, Player, Run, contents
from game.models.lessons import desk_of
from game.people.access import own_exercise, player_of
from game.views.account import facilitators_only
from game.views.debrief import report_head
from game.views.errors import error
from game.views.lessons import NOBODY
from game.views.result import NO_RESULT, team_told


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Of the player of this browser, when the result is seen."""
    player = player_of(request.COOKIES)
    if player is None:
        return error(request, 403, NOBODY)
    exercise = player.exercise
    if exercise.held or desk_of(player) is None:
        return error(request, 404, NO_RESULT)
    return _pdf(request, exercise, [player])


@require_safe
@facilitators_only
def everybodys(request: HttpRequest, code: str) -> HttpResponse:
    """A page for everybody who had a desk, by name; programs get none."""
    exercise = own_exercise(request, code)
    return _pdf(request, exercise, [player for player in exercise.players.filter(bot=False).order_by("name_key") if desk_of(player)])


def _pdf(request: HttpRequest, exercise: Exercise, players: list[Player]) -> HttpResponse:
    runs = {run.team_id: run for run in tables.played(exercise)}
    if not players or not runs or any(run.state not in Run.DONE for run in runs.values()):
        return error(request, 409, gettext("Certificates are made when the exercise has ended, for everybody who had a desk."))
    from game.debrief.report import certificate  # half a second of imports that no other page should wait for

    ghost, desks = exercise.ghost, exercise.words["desks"]
    told = {pk: team_told(run, ghost) for pk, run in runs.items()}
    people = []
    for player in players:
        sat = desk_of(player)
        if sat and sat[0].pk in told:
            one = told[sat[0].pk]
            people.append(certificate.Certified(player.name, one["name"], desks[sat[1]]["title"] if sat[1] in desks else DASH, one["objectives"]))
    first = next(iter(runs.values()))
    address = request.build_absolute_uri(reverse("result", args=[exercise.code]))
    head = {**report_head(exercise, [*runs.values()], address), "scenario": contents.told_by(first).title}
    name = f"opening-bell-{exercise.code}-certificate{'s' if len(people) > 1 else ''}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(certificate.make(head, people, first.calendar), content_type="application/pdf", headers=headers)
