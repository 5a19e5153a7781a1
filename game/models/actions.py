"""What a team takes on after the debrief: one change, one owner, one date each. Thirty days later it is asked what became of them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from game.models import bounds
from game.rules import RuleBroken

if TYPE_CHECKING:
    from game.models import Team

MOST = 20  # of a team: who takes on more does nothing of it
CHANGE_LENGTH, OWNER_LENGTH, SAID_LENGTH = 200, 40, 200


class Action(models.Model):
    """One of a team's actions. Its owner is whoever the team typed, in the room or not."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("Not asked yet")
        DONE = "done", gettext_lazy("Done")
        UNDER_WAY = "under way", gettext_lazy("Under way")
        DROPPED = "dropped", gettext_lazy("Dropped")

    team = models.ForeignKey("game.Team", on_delete=models.CASCADE, related_name="actions")
    change = models.CharField(max_length=CHANGE_LENGTH)
    owner = models.CharField(max_length=OWNER_LENGTH)
    due: "models.DateField[date, date]" = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    said = models.CharField(max_length=SAID_LENGTH, blank=True, help_text="what became of it, in a sentence")
    created: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "game"
        ordering = ["due", "pk"]
        constraints = [
            bounds.filled("an_action_has_a_change_and_an_owner", "change", "owner"),
            bounds.one_of("an_action_stands_somehow", state=("open", "done", "under way", "dropped")),
        ]

    def __str__(self) -> str:
        return self.change

    def told(self) -> dict[str, Any]:
        """An action as pages and reports show it; `due` as 2027-01-15, `state` empty while nobody was asked."""
        state = self.get_state_display() if self.state != self.State.OPEN else ""
        return {"pk": self.pk, "change": self.change, "owner": self.owner, "due": self.due.isoformat(), "state": state, "said": self.said}


def of_team(team: "Team | int") -> list[dict[str, Any]]:
    """A team's actions, the earliest date first."""
    return [action.told() for action in Action.objects.filter(team=team)]


def may_write(team: "Team") -> None:
    """Raises RuleBroken with the reason why a team's list cannot change now."""
    if team.exercise.state != "ended":
        raise RuleBroken(gettext("The exercise has not ended: its actions follow from the debrief."))
    if team.exercise.archived:
        raise RuleBroken(gettext("The facilitator has archived this exercise: its actions can no longer change."))


def keep(team: "Team", pk: int | None, values: dict[str, Any]) -> Action:
    """Add an action, or change the one of this number. Raises RuleBroken."""
    may_write(team)
    if pk is None:
        if team.actions.count() >= MOST:
            raise RuleBroken(gettext("A team can have %(most)d actions: remove one first.") % {"most": MOST})
        return team.actions.create(**values)
    if not team.actions.filter(pk=pk).update(**values):
        raise RuleBroken(gettext("That action has been removed meanwhile."))
    return team.actions.get(pk=pk)


def remove(team: "Team", pk: int) -> None:
    """Take one out of the list; none of this number is as good. Raises RuleBroken."""
    may_write(team)
    team.actions.filter(pk=pk).delete()
