"""The planning pause: each evening of the week opens with the clock stopped until every desk that people sit at is ready, for so many
seconds at most.

A row an evening: a worker that takes over, a page that is reloaded and the other teams' runs find the same pause. The clocks that stand
count its seconds down, by their own monotonic time: while the exercise is paused, or no worker is there, the seconds stand still too.
"""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext

from game.models import bounds
from game.models.people import Player, Seat
from game.rules import EVENINGS, RuleBroken
from game.stillness import Stillness

if TYPE_CHECKING:
    from game.models import Exercise

PLANNING_S = 90
COUNT_S = 1.0  # the row is counted down so often


class Planning(models.Model):
    """One evening's pause: for how long yet, whoever is ready."""

    exercise = models.ForeignKey("game.Exercise", on_delete=models.CASCADE, related_name="plannings")
    evening = models.PositiveSmallIntegerField()
    left_s = models.FloatField(default=PLANNING_S)
    counts = models.PositiveIntegerField(default=0, help_text="how often it was counted down")
    over = models.BooleanField(default=False)

    class Meta:
        ordering = ["evening"]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "evening"], name="one_pause_an_evening"),
            bounds.between("a_pause_is_of_an_evening", evening=(0, EVENINGS - 1)),
        ]

    def __str__(self) -> str:
        return f"planning of evening {self.evening}"

    def end(self) -> bool:
        """Let the evening begin; true for the one call that did."""
        return Planning.objects.filter(pk=self.pk, over=False).update(over=True) == 1

    def count_down(self, now: float) -> None:
        """What this process has seen pass, where nobody else has counted for a second. Of all clocks that stand one does it."""
        stood = _seen.still(self.pk, self.counts, now)
        if stood < COUNT_S:
            return
        if Planning.objects.filter(pk=self.pk, counts=self.counts).update(counts=self.counts + 1, left_s=models.F("left_s") - stood):
            _seen.still(self.pk, self.counts + 1, now)
            self.left_s -= stood


_seen = Stillness()


def opening(exercise: "Exercise", step: int) -> int | None:
    """The evening that opens at this step, where it opens with a pause."""
    calendar = exercise.calendar
    evening = calendar.evening_of(step)
    if evening is None or not exercise.planning_s or step < exercise.start_step:
        return None
    return evening if step == max(calendar.evening_step(evening), exercise.start_step) else None


def next_opening(exercise: "Exercise", step: int) -> int | None:
    """The first step after `step` at which the clock may have to stand."""
    calendar = exercise.calendar
    moments = [max(calendar.evening_step(evening), exercise.start_step) for evening in range(len(calendar.evenings))]
    return min((moment for moment in moments if step < moment < 0), default=None) if step < 0 and exercise.planning_s else None


def holds(exercise: "Exercise", step: int, now: float) -> tuple[bool, bool]:
    """Whether the clock stands at this step, and whether that changed with this look: the pause began, or is over. `now` is monotonic."""
    evening = opening(exercise, step)
    if evening is None:
        return False, False
    waiting = waited_for(exercise)
    if not waiting.exists():
        return False, _end_open(exercise)
    pause, began = Planning.objects.get_or_create(exercise=exercise, evening=evening, defaults={"left_s": exercise.planning_s})
    if pause.over:
        return False, False
    pause.count_down(now)
    if pause.left_s <= 0 or not waiting.exclude(models.Q(ready=evening, ready__isnull=False)).exists():
        return False, pause.end()
    return True, began


def waited_for(exercise: "Exercise") -> "models.QuerySet[Seat]":
    """The seats that people sit at, in teams whose market goes on: nobody waits for one that is paused alone, or ended."""
    held = Seat.objects.filter(team__exercise=exercise, covered=False).exclude(holdings=None)
    stands = models.Q(team__run__state__in=("ended", "failed", "standing")) | models.Q(team__run__paused=True) | models.Q(team__run__stopped=True)
    return held.exclude(pk__in=held.filter(stands).values("pk")).distinct()


def open_pause(exercise: "Exercise") -> Planning | None:
    """The pause that is on now."""
    if exercise.start_step >= 0 or exercise.state not in ("running", "paused"):
        return None
    return Planning.objects.filter(exercise=exercise, over=False).last()


def pause_state(exercise: "Exercise") -> dict[str, Any] | None:
    """The pause as every screen is told: which evening, seconds left, how many desks are ready and of how many."""
    pause = open_pause(exercise)
    if pause is None:
        return None
    seats = waited_for(exercise)
    left = max(0, round(pause.left_s))
    return {"evening": pause.evening, "left_s": left, "ready": seats.filter(ready=pause.evening).count(), "of": seats.count()}


def say_ready(player: Player, *, ready: bool) -> None:
    """A player is ready at every desk held, or is not any more. Raises RuleBroken when nobody waits for that."""
    pause = open_pause(player.exercise)
    if pause is None:
        raise RuleBroken(gettext("The evening has started: no one is waiting any more."))
    Seat.objects.filter(holdings__player=player).update(ready=pause.evening if ready else None)


def begin(exercise: "Exercise") -> None:
    """Go on at once. Raises RuleBroken when nothing stands still."""
    if not _end_open(exercise):
        raise RuleBroken(gettext("No evening is waiting to start."))


def passed(exercise: "Exercise") -> None:
    """The exercise is advanced beyond the evening that was being planned."""
    _end_open(exercise)


def _end_open(exercise: "Exercise") -> bool:
    return Planning.objects.filter(exercise=exercise, over=False).update(over=True) > 0
