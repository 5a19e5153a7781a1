"""A team's incident commander and its scribe: players without a desk and without a lever, who hear the bridge, speak on it and write its log.

Nobody waits for them and no assistant covers them. What they say is said to every desk of the team, in their name, by the command with which
a facilitator speaks in somebody's name: so it stands in the run's log, and a run is played again with it.
"""

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

import engine
from game.models import bounds, injects
from game.models.incident_log import ROLES
from game.models.people import Player
from game.rules import DESKS, RuleBroken

if TYPE_CHECKING:
    from game.models import Team

NAME_LENGTH = 18  # with the role behind it, it is who a message is from
SENDER_LENGTH = 40


class Aide(models.Model):
    """A player in one of the roles of a team."""

    team = models.ForeignKey("game.Team", on_delete=models.CASCADE, related_name="aides")
    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="aiding")
    role = models.CharField(max_length=12)

    class Meta:
        app_label = "game"
        ordering = ["role"]
        constraints = [
            models.UniqueConstraint(fields=["team", "role"], name="one_aide_a_role"),
            models.UniqueConstraint(fields=["player"], name="a_player_aides_one_team"),
            bounds.one_of("an_aide_has_a_role", role=ROLES),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.role}"

    @property
    def sender(self) -> str:
        """Who their words are from: "Kim (Scribe)". In English, as all that is kept and told to several who may each read another language."""
        with translation.override("en"):
            both = f"{self.player.name} ({ROLES[self.role]})"
        return both if len(both) <= SENDER_LENGTH else self.player.name


def enter(team: "Team", role: str, typed: str, player: Player | None = None) -> tuple[Aide, str]:
    """Come in as a team's commander or scribe, under a name; the cookie's token, or "" for the `player` whom this browser has already.
    Raises RuleBroken.
    """
    from game.models import Deed, Exercise  # the models are made of this one

    exercise = Exercise.objects.get(pk=team.exercise_id)
    if exercise.state == "ended":
        raise RuleBroken(gettext("This exercise has ended."))
    if exercise.closed:
        raise RuleBroken(gettext("The facilitator has closed the door: nobody new can join."))
    known = player if player is not None and player.exercise_id == exercise.pk else None
    if known is not None and known.holdings.exists():
        raise RuleBroken(gettext("This browser has a desk in this exercise. Open the link in another browser, or on a phone."))
    there = Aide.objects.filter(team=team, role=role).exclude(player=known).select_related("player").first()
    if there is not None:
        raise RuleBroken(gettext("%(name)s has that role. Choose the other one, or ask the facilitator to free it.") % {"name": there.player.name})
    token = ""
    try:
        with transaction.atomic():
            if known is None:
                known, token = Player.enter(exercise, typed)
            elif known.name != typed:
                known.rename(typed)
            aide, _ = Aide.objects.update_or_create(player=known, defaults={"team": team, "role": role})
    except IntegrityError as problem:
        raise RuleBroken(gettext("Somebody else has just taken that role. Reload the page.")) from problem
    Deed.record(exercise, engine.phrase(ENTERS[role]), team=team, by=known.name)
    return aide, token


ENTERS = {"commander": gettext_noop("comes in as incident commander"), "scribe": gettext_noop("comes in as scribe")}


def say(aide: Aide, text: str) -> "injects.Message":
    """Say something to every desk of the team. Raises RuleBroken with what was wrong."""
    by, exercise = aide.player.name, aide.team.exercise
    return injects.say_as(exercise, aide.team, by, sender=aide.sender, desks=list(DESKS), text=text.strip(), role=aide.role)


def of_team(team_id: int) -> list[dict[str, Any]]:
    """Who is there for a team without a desk, as its desks see them: role, name, online."""
    return [told(aide) for aide in Aide.objects.filter(team=team_id).select_related("player")]


def told(aide: Aide) -> dict[str, Any]:
    """One of them."""
    return {"role": aide.role, "name": aide.player.name, "online": aide.player.gone_at is None}
