"""Who sees a team's result besides the facilitator: its players in the browser they played in, and whoever has the team's link.

A link is signed and not stored. It opens for thirty days, on any device, until the facilitator takes the links back (Team.links counts how
often that was done).
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from game.models import Exercise, RuleBroken, Team
from game.models.lessons import desk_of
from game.people.access import player_of

LINK_DAYS = 30
COOKIE = "result"
_SALT = "opening-bell.result"


def link_token(team: Team) -> str:
    """A new link's token, good from now on."""
    return signing.dumps([team.pk, team.links], salt=_SALT)


def until(now: datetime | None = None) -> datetime:
    """Up to when a link that is made now opens."""
    return (now or timezone.now()) + timedelta(days=LINK_DAYS)


def team_of_link(token: str) -> Team:
    """The team of a link. Raises RuleBroken with the reason why it does not open."""
    try:
        pk, links = signing.loads(token, salt=_SALT, max_age=timedelta(days=LINK_DAYS))
    except signing.SignatureExpired as problem:
        reason = gettext("This link has expired: it was valid for %(link_days)s days. Ask the facilitator for a new one.") % {"link_days": LINK_DAYS}
        raise RuleBroken(reason) from problem
    except (signing.BadSignature, ValueError, TypeError) as problem:
        raise RuleBroken(gettext("This link is incomplete. Copy all of it, or ask for a new one.")) from problem
    team = Team.objects.select_related("exercise").filter(pk=pk).first()
    if team is None:
        raise RuleBroken(gettext("This exercise has been deleted."))
    if team.links != links:
        raise RuleBroken(gettext("The facilitator has revoked this link. Ask for a new one."))
    return team


def work_token(team: Team, salt: str) -> str:
    """The token of a link by which somebody without a seat writes for a team, told apart by `salt`: it opens until the links are taken back."""
    return signing.dumps([team.pk, team.links], salt=salt)


def team_of_work(token: str, salt: str) -> Team | None:
    """The team of such a link, or None where it does not open."""
    try:
        pk, times_revoked = signing.loads(token, salt=salt)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Team.objects.select_related("exercise").filter(pk=pk, links=times_revoked).first()


def take_back(exercise: Exercise) -> None:
    """No link that was made up to now opens any longer."""
    Team.objects.filter(exercise=exercise).update(links=F("links") + 1)


def played_in(cookies: Mapping[str, str], exercise: Exercise) -> int | None:
    """The team of an exercise where this browser's player sits, or sat, or is incident commander or scribe."""
    player = player_of(cookies)
    if player is None or player.exercise_id != exercise.pk:
        return None
    if (sat := desk_of(player)) is not None:
        return int(sat[0].pk)
    return player.aiding.values_list("team_id", flat=True).first()


def give_cookie(request: HttpRequest, response: HttpResponse, token: str) -> None:
    """Let this browser see what a link opens, for as long as it does."""
    age = LINK_DAYS * 24 * 3600
    path = settings.COOKIE_PATH
    response.set_cookie(COOKIE, token, max_age=age, path=path, httponly=True, samesite="Lax", secure=request.is_secure())


def own_teams(cookies: Mapping[str, str], exercise: Exercise) -> set[int]:
    """The teams of an exercise whose result is this browser's own: its player's, and that of the link it opened last."""
    found = {played_in(cookies, exercise)} - {None}
    with suppress(RuleBroken):
        team = team_of_link(cookies[COOKIE]) if COOKIE in cookies else None
        if team is not None and team.exercise_id == exercise.pk:
            found.add(team.pk)
    return {pk for pk in found if pk is not None}


def writes(cookies: Mapping[str, str], team: Team) -> bool:
    """Whether this browser may change what its team takes on: a player's, or one that opened the team's link. Seeing it is not enough."""
    return team.pk in own_teams(cookies, team.exercise)
