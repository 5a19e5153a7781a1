"""What a facilitator keeps about an exercise: private notes, and a record of what was done to it besides commands.

Neither reaches a simulation, and players are shown neither.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

import engine
from game.models import bounds, contents
from game.rules import RuleBroken
from game.spoken import from_row, tell, to_row

if TYPE_CHECKING:
    from game.models import Exercise, Team

NOTE_LENGTH = 500
FACILITATOR = gettext_noop("The facilitator")  # who has no name of their own
SOMEBODY, ROOM, GAME = gettext_noop("Somebody"), gettext_noop("The room"), gettext_noop("The game")
NAMELESS = {FACILITATOR, SOMEBODY, ROOM, GAME}


class Note(models.Model):
    """A facilitator's note to themselves, stamped with market time: pinned to the debrief."""

    exercise = models.ForeignKey("game.Exercise", on_delete=models.CASCADE, related_name="notes")
    team = models.ForeignKey("game.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="notes", help_text="empty: about all")
    step = models.IntegerField()
    text = models.CharField(max_length=NOTE_LENGTH)
    by = models.CharField(max_length=150, blank=True)
    created: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["step", "pk"]
        constraints = [bounds.filled("a_note_says_something", "text"), bounds.between("a_note_is_of_the_week", step=bounds.STEPS)]

    def __str__(self) -> str:
        return f"{self.exercise.calendar.clock(self.step)} {self.text[:40]}"

    def told(self) -> dict[str, Any]:
        """For a facilitator's page."""
        at = tell(None, self.exercise.calendar.when(self.step, 0))
        return {"id": self.pk, "at": at, "team": self.team.name if self.team else "", "text": self.text, "by": self.by}

    @classmethod
    def pin(cls, exercise: "Exercise", typed: str, *, team: "Team | None" = None, at: str = "", by: str = "") -> "Note":
        """Keep a note, at a market time (`at`: a clock text) or now. Raises RuleBroken for an empty or endless one, or another clock."""
        text = " ".join(typed.split())
        if not text:
            raise RuleBroken(gettext("Enter a note."))
        if len(text) > NOTE_LENGTH:
            raise RuleBroken(gettext("That note is too long: at most %(note_length)s characters.") % {"note_length": NOTE_LENGTH})
        try:
            step = exercise.calendar.step_at(at[:20]) if at else _now(exercise, team)
        except engine.NotATime as problem:
            raise RuleBroken(f"{tell(None, problem.reason)}.") from problem
        return cls.objects.create(exercise=exercise, team=team, step=step, text=text, by=by)


def _now(exercise: "Exercise", team: "Team | None") -> int:
    return team.run.step if team and hasattr(team, "run") else exercise.step


class Deed(models.Model):
    """Something that was done to an exercise besides commands: paused, a seat taken, a team renamed."""

    exercise = models.ForeignKey("game.Exercise", on_delete=models.CASCADE, related_name="deeds")
    team = models.ForeignKey("game.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="deeds")
    step = models.IntegerField()
    by = models.CharField(max_length=150)
    text = models.TextField(help_text="a sentence, see game.spoken.to_row; an older row holds words")
    created: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [bounds.filled("a_deed_is_somebodys", "by", "text"), bounds.between("a_deed_is_of_the_week", step=bounds.STEPS)]

    def __str__(self) -> str:
        return " ".join(self.told())

    def told(self) -> tuple[str, str]:
        """Who did it, and what, for whoever is answered now."""
        return gettext(self.by) if self.by in NAMELESS else self.by, tell(contents.here(self.exercise.scenario), from_row(self.text))

    @classmethod
    def record(cls, exercise: "Exercise", said: engine.Sentence, *, team: "Team | None" = None, by: str = "") -> None:
        """Keep it, for the event feed. `said` goes on after the name of who did it: "paused everybody"."""
        run = getattr(team, "run", None)
        step = run.step if run else exercise.step
        cls.objects.create(exercise=exercise, team=team, step=step, by=(by or FACILITATOR)[:150], text=to_row(said))
