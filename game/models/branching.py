"""An exercise that goes on from a moment of a run that has ended: every team of it begins with that run's log up to there.

The log is kept with the fork, not looked up: its source may be deleted, and a team that comes late begins with it as well. Nothing else is
copied of the source's state, for the log makes it again (`game/live/clock.py` takes over from a log as after a crash).
"""

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext, gettext_lazy

from game.models import bounds, contents
from game.models.contents import ScenarioContent
from game.rules import RuleBroken

if TYPE_CHECKING:
    from game.models import Exercise, Run

KEPT_MARKET = gettext_lazy("It continues from a moment of another run: scenario, market and start stay the same.")
_ROW = ("seq", "step", "desk", "kind", "args", "confidence", "why")


class Fork(models.Model):
    """What an exercise goes on from. `commands`: the log up to its start, [seq, step, desk, kind, args, confidence, why] each."""

    exercise = models.OneToOneField("game.Exercise", on_delete=models.CASCADE, related_name="fork")
    source = models.ForeignKey("game.Run", on_delete=models.SET_NULL, null=True, related_name="forks")
    code = models.CharField(max_length=8, help_text="of the source's exercise, which may be deleted")
    team = models.CharField(max_length=24)
    since = models.IntegerField(help_text="where the source's team began")
    help = models.CharField(max_length=8, help_text="how much its desks were shown")
    seq = models.PositiveIntegerField(default=0, help_text="the last command of the log that it begins with")
    rules = models.PositiveIntegerField(null=True, help_text="the source was played by")
    content = models.ForeignKey(ScenarioContent, on_delete=models.PROTECT, null=True, related_name="+", help_text="the source was played on")
    commands = models.JSONField(default=list)

    class Meta:
        constraints = [bounds.filled("a_fork_has_a_source", "code", "team"), bounds.between("a_fork_is_of_the_week", since=bounds.STEPS)]

    def __str__(self) -> str:
        return gettext("%(team)s of %(code)s at %(start_step)s") % {
            "team": self.team,
            "code": self.code,
            "start_step": self.exercise.calendar.told(self.exercise.start_step, 0),
        }

    def begin(self, run: "Run") -> None:
        """Give a run that begins its log, with the places that the commands had."""
        from game.models import Command  # the models are made of this one

        rows = [dict(zip(_ROW, values, strict=True)) for values in self.commands]
        Command.objects.bulk_create(Command(run=run, client_id=uuid.uuid4(), state="stamped", by=f"in {self.code}", **row) for row in rows)


def of(exercise: "Exercise") -> Fork | None:
    """What an exercise goes on from, where it is a fork."""
    return Fork.objects.select_related("exercise").filter(exercise=exercise).first() if exercise.first is not None else None


def log_until(run: "Run", step: int) -> list[list[Any]]:
    """The commands of a run that were given before a step: the clock comes there anew, with all its desks."""
    return [list(values) for values in run.given.filter(step__lt=step).values_list(*_ROW)]


def check(run: "Run", step: int) -> None:
    """Raise RuleBroken with the reason when a run cannot be played on from a step."""
    exercise = run.team.exercise
    if exercise.state != "ended" or run.state != "ended":
        raise RuleBroken(gettext("Only a run that has ended can be continued."))
    if needs := contents.needs(run):
        raise RuleBroken(gettext("It cannot be continued. %(needs)s") % {"needs": needs})
    found = contents.here(exercise.scenario)
    if found is None or found.sha256 != run.content_id:
        raise RuleBroken(gettext("It cannot be continued: the data of %(scenario)s has changed since.") % {"scenario": exercise.scenario})
    first = max(exercise.start_step if run.start_step is None else run.start_step, exercise.first_step)
    calendar = found.calendar
    last = min(run.step, calendar.end) - 1
    if not first <= step <= last:
        raise RuleBroken(
            gettext("%(name)s played from %(first)s to %(step)s: expected a moment in between.")
            % {"name": run.team.name, "first": calendar.told(first, 0), "step": calendar.told(run.step, 0)}
        )
    if calendar.close <= step < calendar.block:
        raise RuleBroken(
            gettext("Between the close and %(block)s nothing is played: expected another moment.") % {"block": calendar.hm(calendar.block)}
        )
