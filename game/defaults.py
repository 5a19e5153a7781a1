"""What a new exercise begins with where nobody chose: one row, kept in the admin."""

from django.db import models

import engine
from game.rules import ASSISTANT

AUTOPILOTS = tuple((name, name) for name in engine.AUTOPILOTS)


class Defaults(models.Model):
    """The only row."""

    autopilot = models.CharField(
        max_length=80, choices=AUTOPILOTS, default=ASSISTANT, help_text="plays the desks of a new exercise that nobody takes"
    )

    class Meta:
        verbose_name = verbose_name_plural = "defaults"

    def __str__(self) -> str:
        return "Defaults of new exercises"

    @classmethod
    def now(cls) -> "Defaults":
        """As they stand."""
        return cls.objects.get_or_create(pk=1)[0]
