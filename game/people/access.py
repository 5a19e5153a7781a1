"""Who may: tokens, the player's cookie, the facilitator's account. The desk always comes from here, never from a message."""

from collections.abc import Mapping
from importlib import import_module
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.core import signing
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext

from game.models import Cohort, Exercise, Experiment, Holding, KeptScenario, LtiPlatform, Player, Seat, TaughtCourse, kept
from game.people import limiter
from game.people.accounts import is_facilitator
from game.tokens import hashed

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
    value, secure = cookie_value(player, token), request.is_secure()
    response.set_cookie(PLAYER_COOKIE, value, max_age=PLAYER_COOKIE_AGE_S, path=settings.COOKIE_PATH, httponly=True, samesite="Lax", secure=secure)


def player_of(cookies: Mapping[str, str]) -> Player | None:
    """Who these cookies are, or None: no cookie, a forged one, or the player has moved to another browser."""
    try:
        content: dict[str, Any] = signing.loads(cookies.get(PLAYER_COOKIE, ""), salt=_SALT, max_age=PLAYER_COOKIE_AGE_S)
        player = Player.objects.select_related("exercise").get(pk=content["player"])
    except (signing.BadSignature, KeyError, TypeError, Player.DoesNotExist):
        return None
    return player if player.is_token(content["token"]) else None


def was_player(cookies: Mapping[str, str]) -> int | None:
    """The player this browser is or was: its cookie is signed by us, though another browser may have the seats now."""
    try:
        content: dict[str, Any] = signing.loads(cookies.get(PLAYER_COOKIE, ""), salt=_SALT, max_age=PLAYER_COOKIE_AGE_S)
        return int(content["player"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def exercise_called(code: str, cookies: Mapping[str, str], address: str) -> Exercise | None:
    """The exercise of a code that anybody may type, however it is typed. Raises limiter.TooOften where too many codes from this address
    were wrong: no code is found by trying. Whoever belongs to the exercise already does not wait.
    """
    exercise = Exercise.objects.filter(code=normal(code)).first()
    if limiter.guess(limiter.WRONG_CODES, address, right=exercise is not None):
        return exercise
    if exercise is not None and (exercise.players.filter(pk=was_player(cookies) or 0).exists() or facilitates(cookies, exercise)):
        return exercise
    raise limiter.TooOften(gettext("%(too_often)s: too many codes were wrong.") % {"too_often": limiter.TOO_OFTEN})


def called_or_404(request: HttpRequest, code: str) -> Exercise:
    """The same for a page. Raises Http404 for a code nobody has."""
    found = exercise_called(code, request.COOKIES, limiter.address_of(request))
    if found is None:
        raise Http404
    return found


def normal(code: str) -> str:
    """A code as it is stored."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return f"{letters[:2]}-{letters[2:]}"


def place_of(cookies: Mapping[str, str], desk: str = "") -> Place | None:
    """The desk of this name these cookies hold (the first one without a name), or None."""
    player = player_of(cookies)
    if player is None:
        return None
    held = Holding.objects.filter(player=player).select_related("seat__team__exercise").order_by("seat__desk")
    holding = (held.filter(seat__desk=desk) if desk else held).first()
    return None if holding is None else Place(holding.pk, player, holding.seat, player.token_hash)


def place_of_bot(token: str) -> Place | None:
    """The desk that a facilitator gave to the program with this token, or None: unknown, or taken back."""
    bots = Holding.objects.filter(player__bot=True, player__token_hash=hashed(token))
    holding = bots.select_related("player__exercise", "seat__team__exercise").first() if token else None
    return None if holding is None else Place(holding.pk, holding.player, holding.seat, holding.player.token_hash)


def is_still(place: Place) -> bool:
    """Whether the place is what it was: the player still holds the seat, in the same browser."""
    return Holding.objects.filter(pk=place.holding, player__token_hash=place.token_hash).exists()


def _is_staff(user: AbstractBaseUser | AnonymousUser) -> bool:
    return isinstance(user, User) and user.is_staff


def exercises_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Exercise]:
    """The exercises whose control room this user may enter: their own, for staff everybody's. Games for one are nobody's."""
    if not is_facilitator(user):
        return Exercise.objects.none()
    found = Exercise.objects.filter(owner=None)
    return found if _is_staff(user) else found.filter(facilitator=user.pk)


def own_exercise(request: HttpRequest, code: str) -> Exercise:
    """The exercise of a code, however its letters were typed, for every address of the control room. Raises Http404 for somebody
    else's, as for one that does not exist.
    """
    return get_object_or_404(exercises_of(request.user), code=code.upper())


def experiments_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Experiment]:
    """The experiments of the controls lab that this user may open: their own, for staff everybody's."""
    if not is_facilitator(user):
        return Experiment.objects.none()
    return Experiment.objects.all() if _is_staff(user) else Experiment.objects.filter(facilitator=user.pk)


def scenarios_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[KeptScenario]:
    """The scenarios that were brought along and that this user may look at and choose: their own and the house's, for staff everybody's."""
    return kept.offered(user) if is_facilitator(user) else KeptScenario.objects.none()


def courses_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[TaughtCourse]:
    """The courses that this user may open: their own, for staff everybody's."""
    if not is_facilitator(user):
        return TaughtCourse.objects.none()
    return TaughtCourse.objects.all() if _is_staff(user) else TaughtCourse.objects.filter(teacher=user.pk)


def cohorts_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Cohort]:
    """The cohorts of those."""
    return Cohort.objects.filter(course__in=courses_of(user)).select_related("course")


def platforms_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[LtiPlatform]:
    """The learning platforms that this user may look after: those they registered, for staff everybody's."""
    if not is_facilitator(user):
        return LtiPlatform.objects.none()
    return LtiPlatform.objects.all() if _is_staff(user) else LtiPlatform.objects.filter(owner=user.pk)


def user_of(cookies: Mapping[str, str]) -> AbstractBaseUser | AnonymousUser:
    """Who is signed in in this browser, for a socket, which has the cookies only."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(cookies.get(settings.SESSION_COOKIE_NAME))
    return get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]


def facilitates(cookies: Mapping[str, str], exercise: Exercise) -> bool:
    """The same for every socket of the control room: whether this browser may see the exercise as its facilitator does."""
    return exercises_of(user_of(cookies)).filter(pk=exercise.pk).exists()
