"""Who may: tokens, the player's cookie, the facilitator's session. The desk always comes from here, never from a message."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from game.models import Exercise, Holding, Player, Seat

PLAYER_COOKIE = "player"
PLAYER_COOKIE_AGE_S = 14 * 24 * 3600
_SALT = "opening-bell.player"
_FACILITATOR = "facilitator"


class Place(NamedTuple):
    """A player at one desk, as a cookie proved it."""

    holding: int
    player: Player
    seat: Seat
    token_hash: str  # of the cookie that proved it: another one may have taken its place since


def cookie_value(player: Player, token: str) -> str:
    """What the cookie of a player says."""
    return signing.dumps({"player": player.pk, "token": token}, salt=_SALT)


def give_player_cookie(request: HttpRequest, response: HttpResponse, player: Player, token: str) -> None:
    """Let the browser be this player."""
    value = cookie_value(player, token)
    response.set_cookie(PLAYER_COOKIE, value, max_age=PLAYER_COOKIE_AGE_S, httponly=True, samesite="Lax", secure=request.is_secure())


def player_of(cookies: Mapping[str, str]) -> Player | None:
    """Who these cookies are, or None: no cookie, a forged one, or the player has moved to another browser."""
    try:
        content: dict[str, Any] = signing.loads(cookies.get(PLAYER_COOKIE, ""), salt=_SALT, max_age=PLAYER_COOKIE_AGE_S)
        player = Player.objects.select_related("exercise").get(pk=content["player"])
    except (signing.BadSignature, KeyError, TypeError, Player.DoesNotExist):
        return None
    return player if player.is_token(content["token"]) else None


def place_of(cookies: Mapping[str, str], desk: str = "") -> Place | None:
    """The desk of this name these cookies hold (the first one without a name), or None."""
    player = player_of(cookies)
    if player is None:
        return None
    held = Holding.objects.filter(player=player).select_related("seat__team__exercise").order_by("seat__desk")
    holding = (held.filter(seat__desk=desk) if desk else held).first()
    return None if holding is None else Place(holding.pk, player, holding.seat, player.token_hash)


def is_still(place: Place) -> bool:
    """Whether the place is what it was: the player still holds the seat, in the same browser."""
    return Holding.objects.filter(pk=place.holding, player__token_hash=place.token_hash).exists()


def make_facilitator(request: HttpRequest) -> None:
    """Open the facilitator's pages to this browser."""
    request.session.cycle_key()
    request.session[_FACILITATOR] = True


def is_facilitator(request: HttpRequest) -> bool:
    """Whether this browser opened a facilitator's link."""
    return bool(request.session.get(_FACILITATOR))


def facilitates(cookies: Mapping[str, str], exercise: Exercise) -> bool:
    """The same for a socket, which has the cookies only: whether this browser may watch the desks of the exercise."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(cookies.get(settings.SESSION_COOKIE_NAME))
    return exercise.owner_id is None and bool(session.get(_FACILITATOR))
