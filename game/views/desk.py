"""A seat's one-time link, and the desk behind it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from game.access import give_seat_cookie, seat_of
from game.control import tell_seat_moved, tell_state
from game.models import Run, Seat
from game.pages import desk_cards
from game.protocol import seat_hello
from game.views.errors import error

DEFAULT_HOLDER = "You"


@never_cache
@require_GET
def take_seat(request: HttpRequest, token: str) -> HttpResponse:
    """Take the seat over from its autopilot (or from whoever holds it), once."""
    taken = Seat.open_link(token, DEFAULT_HOLDER)
    if taken is None:
        if seat_of(request.COOKIES) is not None:
            return redirect("desk")
        return error(request, 403, "This link has been used, or is not known. Ask the facilitator for a new one.")
    seat, cookie = taken
    tell_seat_moved(seat.pk)
    tell_state(seat.team.exercise)
    response = redirect("desk")
    give_seat_cookie(request, response, seat, cookie)
    return response


@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The desk of the seat this browser holds."""
    seat = seat_of(request.COOKIES)
    if seat is None:
        return error(request, 403, "This browser holds no seat. Open the link that the facilitator gave you.")
    run = Run.objects.filter(team=seat.team).first()
    context = {
        "page_title": f"{seat.desk.capitalize()}, {seat.team.name}",
        "exercise": seat.team.exercise,
        "team": seat.team,
        "desk": seat.desk,
        "first": {"hello": seat_hello(seat), "cards": desk_cards(run.pk, seat.desk) if run else {}},
    }
    return render(request, f"desks/{seat.desk}.html", context)
