"""Who may: tokens, the player's cookie, the facilitator's account. The desk always comes from here, never from a message."""

from collections.abc import Mapping
from importlib import import_module
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from game.accounts import is_facilitator
from game.models import Exercise, Experiment, Holding, Player, Seat

PLAYER_COOKIE = "player"
PLAYER_COOKIE_AGE_S = 14 * 24 * 3600
_SALT = "opening-bell.player"


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


def exercises_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Exercise]:
    """The exercises whose control room this user may enter: their own, for staff everybody's. Games for one are nobody's."""
    if not is_facilitator(user):
        return Exercise.objects.none()
    found = Exercise.objects.filter(owner=None)
    return found if user.is_staff else found.filter(facilitator=user)  # type: ignore[union-attr]


def own_exercise(request: HttpRequest, code: str) -> Exercise:
    """The exercise of a code, however its letters were typed, for every address of the control room. Raises Http404 for somebody
    else's, as for one that does not exist.
    """
    return get_object_or_404(exercises_of(request.user), code=code.upper())


def experiments_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Experiment]:
    """The experiments of the controls lab that this user may open: their own, for staff everybody's."""
    if not is_facilitator(user):
        return Experiment.objects.none()
    return Experiment.objects.all() if user.is_staff else Experiment.objects.filter(facilitator=user)  # type: ignore[union-attr]


def user_of(cookies: Mapping[str, str]) -> AbstractBaseUser | AnonymousUser:
    """Who is signed in in this browser, for a socket, which has the cookies only."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(cookies.get(settings.SESSION_COOKIE_NAME))
    return get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]


def facilitates(cookies: Mapping[str, str], exercise: Exercise) -> bool:
    """The same for every socket of the control room: whether this browser may see the exercise as its facilitator does."""
    return exercises_of(user_of(cookies)).filter(pk=exercise.pk).exists()
