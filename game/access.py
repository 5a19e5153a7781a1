"""Who may: tokens, the seat's cookie, the facilitator's session. The desk always comes from here, never from a message."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse

from game.keys import hashed
from game.models import Seat

SEAT_COOKIE = "seat"
SEAT_COOKIE_AGE_S = 14 * 24 * 3600
_SALT = "opening-bell.seat"
_FACILITATOR = "facilitator"


def give_seat_cookie(request: HttpRequest, response: HttpResponse, seat: Seat, token: str) -> None:
    """Hand the browser the seat."""
    value = signing.dumps({"seat": seat.pk, "token": token}, salt=_SALT)
    response.set_cookie(
        SEAT_COOKIE, value, max_age=SEAT_COOKIE_AGE_S, httponly=True, samesite="Lax", secure=request.is_secure()
    )


def seat_of(cookies: Mapping[str, str]) -> Seat | None:
    """The seat these cookies hold, or None: no cookie, a forged one, or the seat has moved to somebody else."""
    try:
        content: dict[str, Any] = signing.loads(cookies.get(SEAT_COOKIE, ""), salt=_SALT, max_age=SEAT_COOKIE_AGE_S)
        seat = Seat.objects.select_related("team__exercise").get(pk=content["seat"])
    except (signing.BadSignature, KeyError, TypeError, Seat.DoesNotExist):
        return None
    same = seat.cookie_hash and secrets.compare_digest(seat.cookie_hash, hashed(content["token"]))
    return seat if same else None


def make_facilitator(request: HttpRequest) -> None:
    """Open the facilitator's pages to this browser."""
    request.session.cycle_key()
    request.session[_FACILITATOR] = True


def is_facilitator(request: HttpRequest) -> bool:
    """Whether this browser opened a facilitator's link."""
    return bool(request.session.get(_FACILITATOR))
