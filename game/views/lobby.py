"""The lobby: who sits where, what one's desk is, a first lever to try, and the start."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from game.control.briefs import brief, named, picture
from game.control.exercise_controls import drive
from game.live.control import tell_team
from game.models import Attempt, Player, RuleBroken
from game.models.contents import scenario_of_all
from game.models.incident_log import ROLES
from game.people import joining
from game.people.access import player_of
from game.people.desks import ORDER
from game.people.lobby import lobby_card
from game.sockets.protocol import lobby_hello
from game.views.errors import error

JOIN: dict[str, Any] = {"href": reverse_lazy("join"), "label": gettext_lazy("Join with a code")}


@never_cache
@require_safe
def lobby(request: HttpRequest) -> HttpResponse:
    """Before the start; afterwards the way leads to the desk or the result."""
    player = player_of(request.COOKIES)
    if player is None:
        return error(request, 403, gettext("This browser has not joined an exercise, or its seat was opened in another browser."), JOIN)
    exercise = player.exercise
    if exercise.state == "ended":
        return redirect("result", exercise.code)
    if exercise.state != "lobby":
        return redirect("first-desk")
    card = lobby_card(exercise)
    held = sorted(player.seats, key=lambda seat: ORDER.index(seat.desk))
    desks, scenario = [seat.desk for seat in held], scenario_of_all(exercise)
    context: dict[str, Any] = {
        "page_title": gettext("Lobby"),
        "exercise": exercise,
        "player": player,
        "owner": exercise.owner_id == player.pk,
        "alone": exercise.owner_id == player.pk and not Attempt.objects.filter(exercise=exercise, student=None).exists(),
        "join_url": request.build_absolute_uri(reverse("join-code", args=[exercise.code])),
        "host": request.get_host() + settings.BASE_PATH,
        "starts_at": exercise.calendar.hm(exercise.start_step),
        "ask": exercise.owner_id is None and not player.replies.filter(when="before").exists(),
        "team": held[0].team if held else None,
        "briefs": [brief(desk, scenario, exercise.start_step) for desk in desks],
        "others": [brief(desk, scenario) for desk in ORDER if desk not in desks],
        "picture": picture(scenario),
        "card": _marked(card, player),
        "seats_held": len(held),
        "first": {"hello": lobby_hello(player), "cards": {"lobby": {"v": 0, "d": card}}},
    }
    return render(request, "lobby.html", context)


def _marked(card: dict[str, Any], player: Player) -> dict[str, Any]:
    """The card as the template needs it: one's own seats marked, desks with their titles."""
    words = player.exercise.words
    teams = [
        {
            **team,
            "mine": any(_is_mine(seat, player) for seat in team["seats"]),
            "aides": [{**one, "title": ROLES[one["role"]]} for one in team["aides"]],
            "seats": [{**seat, **named(seat["desk"], words), "mine": _is_mine(seat, player)} for seat in team["seats"]],
        }
        for team in card["teams"]
    ]
    return {**card, "teams": sorted(teams, key=lambda team: not team["mine"])}


def _is_mine(seat: dict[str, Any], player: Player) -> bool:
    return any(holder["name"] == player.name for holder in seat["holders"])


@require_POST
def seat(request: HttpRequest) -> HttpResponse:
    """Take another seat, one more, or give one up: `take`, `also` or `leave` is a seat's number."""
    player = player_of(request.COOKIES)
    if player is None:
        return redirect("lobby")
    before = set(player.seats.values_list("team_id", flat=True))
    try:
        for verb in ("take", "also", "leave"):
            number = request.POST.get(verb, "")
            if number.isdecimal() and len(number) < 12:
                chosen = joining.leave(player, int(number)) if verb == "leave" else joining.move(player, int(number), also=verb == "also")
                before.add(chosen.team_id)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    for team_id in before:
        tell_team(team_id)
    return redirect("lobby")


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """The start of a game for one, by its owner."""
    player = player_of(request.COOKIES)
    if player is None:
        return redirect("lobby")
    if player.exercise.owner_id != player.pk:
        owner = player.exercise.owner
        theirs = gettext("%(name)s opened this attempt, and starts it.")
        messages.error(request, theirs % {"name": owner.name} if owner else gettext("The facilitator starts the exercise."))
        return redirect("lobby")
    try:
        drive(player.exercise, "start")
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect("lobby")
    return redirect("first-desk")
