"""A seat's one-time link, and the desk behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

import engine
from game.control.briefs import brief, named, picture, reading
from game.control.exercise_controls import SPEEDS, to_next
from game.live.control import tell_state, tell_team
from game.models import Deed, Player, RuleBroken, Run, Seat, contents
from game.people.access import give_player_cookie, place_of, player_of
from game.people.desks import seat_words
from game.rules import DESKS
from game.sockets.pages import desk_cards
from game.sockets.protocol import seat_hello
from game.views.errors import error

NO_SEAT = gettext_lazy("This browser has no seat. Join with the code, or open the link from your facilitator.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_seat(request: HttpRequest, token: str) -> HttpResponse:
    """Take the seat over from its autopilot (or from whoever holds it), once, by the button of the link's page. Looking at the page spends
    nothing, for mail programs and chats look first.
    """
    player = player_of(request.COOKIES)
    seat = Seat.of_link(token)
    if request.method != "POST" and seat is not None:
        other = player if player and player.exercise_id != seat.team.exercise_id and player.exercise.state != "ended" else None
        called = named(seat.desk, seat.team.exercise.words)
        return render(request, "link.html", {"page_title": gettext("Take a seat"), "seat": seat, "desk": called, "here": player, "other": other})
    try:
        taken = Seat.open_link(token, player)
    except RuleBroken as problem:
        return error(request, 403, str(problem))
    if taken is None:
        if player is not None and player.seats.exists():
            return redirect("first-desk")
        return error(request, 403, gettext("This link has been used, or is unknown. Ask the facilitator for a new one."))
    seat, player, cookie = taken
    Deed.record(seat.team.exercise, engine.phrase(gettext_noop("takes {seat} by a link"), seat=seat_words(seat)), team=seat.team, by=player.name)
    tell_team(seat.team_id)
    tell_state(seat.team.exercise)
    response = redirect("desk", seat.desk)
    if cookie:
        give_player_cookie(request, response, player, cookie)
    return response


@never_cache
@require_safe
def first_desk(request: HttpRequest) -> HttpResponse:
    """The first of the desks this browser holds."""
    place = place_of(request.COOKIES)
    return no_desk(request, player_of(request.COOKIES)) if place is None else redirect("desk", place.seat.desk)


@never_cache
@require_safe
def desk(request: HttpRequest, name: str) -> HttpResponse:
    """One of the desks this browser holds."""
    place = place_of(request.COOKIES, name) if name in DESKS else None
    if place is None:
        return no_desk(request, player_of(request.COOKIES))
    exercise = place.seat.team.exercise
    held = [named(one.desk, exercise.words) for one in place.player.seats]
    scenario = contents.scenario_of_all(exercise)
    first = {"b": brief(name, scenario, exercise.step), "picture": picture(scenario)}
    return show(request, place.seat, seat_hello(place), held, first)


def show(
    request: HttpRequest, seat: Seat, hello: dict[str, Any], held: Sequence[dict[str, Any]] = (), also: Mapping[str, Any] | None = None
) -> HttpResponse:
    """A desk's page. `held`: the desks of its player, for who has several; `also`: what its first screen shows to who plays at it."""
    run, calendar = Run.objects.select_related("team__exercise").filter(team=seat.team).first(), seat.team.exercise.calendar
    context = {
        "page_title": f"{named(seat.desk, seat.team.exercise.words)['short']}, {seat.team.name}",
        "exercise": seat.team.exercise,
        "team": seat.team,
        "desk": seat.desk,
        "held": held,
        "reading": reading(seat.desk, seat.team.exercise.help),
        "drive": {"speeds": SPEEDS, "next": {phase: said for phase in engine.PHASES if (said := to_next(calendar, phase))}},
        "first": {"hello": hello, "cards": desk_cards(run, seat.desk) if run else {}},
        **(also or {}),
    }
    return render(request, f"desks/{seat.desk}.html", context)


def no_desk(request: HttpRequest, player: Player | None) -> HttpResponse:
    """Why there is no desk here, and the way to one."""
    held = player.seats.first() if player else None
    if player is not None and held is not None:
        way = {
            "href": reverse("desk", args=[held.desk]),
            "label": gettext("Go to your desk: %(words)s") % {"words": player.exercise.words["desks"][held.desk]["short"]},
        }
        return error(request, 403, gettext("This is not your desk."), way)
    return error(request, 403, NO_SEAT)
