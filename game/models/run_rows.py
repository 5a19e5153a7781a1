"""What a run leaves in rows: a checkpoint, commands, events; and the run of history that it is measured against."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_noop

import engine
from game.models import bounds
from game.models.columns import SoundJSON
from game.spoken import to_row

if TYPE_CHECKING:
    from game.models import Run


class Checkpoint(models.Model):
    """A cache of replay: the simulation before `step`. Thrown away when it does not match."""

    run = models.OneToOneField("game.Run", on_delete=models.CASCADE, related_name="checkpoint")
    step = models.IntegerField()
    seq = models.PositiveIntegerField(help_text="the last command in it")
    events = models.PositiveIntegerField(help_text="how many it had told")
    blob = models.BinaryField()
    score = models.JSONField(default=dict, help_text="as it stood: what the run is scored by where it cannot go on from here")
    executions = models.CharField(max_length=64, blank=True, help_text="their digest, see engine.executed")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [bounds.between("a_checkpoint_is_of_the_week", step=bounds.STEPS)]


class Command(models.Model):
    """Something a desk does. The row comes first: the clock stamps it with a step, commits, and only then tells the engine."""

    class State(models.TextChoices):
        PENDING = "pending"
        STAMPED = "stamped"
        APPLIED = "applied"
        REFUSED = "refused"

    run = models.ForeignKey("game.Run", on_delete=models.CASCADE, related_name="commands")
    client_id = models.UUIDField()
    seq = models.PositiveIntegerField(null=True)
    step = models.IntegerField(null=True)
    desk = models.CharField(max_length=12)
    kind = models.CharField(max_length=40)
    args = SoundJSON(default=dict)
    confidence = models.CharField(max_length=8, blank=True)
    why = models.TextField(blank=True)
    by = models.CharField(max_length=24, blank=True, help_text="the holder's name, or autopilot")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    reason = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["run", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["run", "client_id"], name="a_click_counts_once"),
            models.UniqueConstraint(fields=["run", "seq"], name="one_order_of_commands"),
            bounds.holds(
                "a_stamp_is_whole",
                models.Q(seq__isnull=True, step__isnull=True) | models.Q(seq__isnull=False, step__isnull=False),
                "Expected seq and step together.",
            ),
            bounds.holds(
                "who_waits_has_no_stamp",
                models.Q(state="pending", seq__isnull=True)
                | models.Q(state__in=("stamped", "applied"), seq__isnull=False)
                | models.Q(state="refused"),
                "Expected pending without a place in the log; stamped or applied with one; or refused.",
            ),
            bounds.between("a_command_is_of_the_week", step=bounds.STEPS),
            bounds.one_of("a_command_is_somebodys", desk=bounds.SEATED, confidence=bounds.CONFIDENCE),
            bounds.filled("a_command_has_a_kind", "kind"),
        ]
        indexes = [models.Index(fields=["run", "state"], name="commands_waiting")]

    @classmethod
    def refuse_waiting(cls, run: "Run") -> None:
        """Answer the commands that came too late for a run that has ended."""
        late = engine.phrase(gettext_noop("The exercise ended before this could be done."))
        cls.objects.filter(run=run, state="pending").update(state="refused", reason=to_row(late))


class Event(models.Model):
    """Something that happened in a run, in order. `number` makes a second telling of the same event impossible."""

    run = models.ForeignKey("game.Run", on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    step = models.IntegerField()
    kind = models.CharField(max_length=40)
    audience = models.JSONField(default=list)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="an_event_is_told_once"),
            bounds.between("an_event_is_of_the_week", step=bounds.STEPS),
            bounds.filled("an_event_has_a_kind", "kind"),
        ]
        indexes = [models.Index(fields=["kind", "run"], name="events_by_kind")]


class Ghost(models.Model):
    """History's run on a market: what every team of that seed is measured against."""

    scenario = models.CharField(max_length=40)
    seed = models.PositiveBigIntegerField()
    noise = models.PositiveBigIntegerField(null=True)
    made_by = models.CharField(max_length=40, help_text="see game.contents")
    curve = models.JSONField(default=list)
    score = models.JSONField(default=dict)
    story = models.JSONField(default=list, help_text="[{at, desk, text}, ...], see engine.story")
    injects_key = models.CharField(max_length=32, blank=True, help_text="of the injects in it that went to all teams, see game.injects")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [bounds.filled("a_ghost_has_a_market", "scenario")]
