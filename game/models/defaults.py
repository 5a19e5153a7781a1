"""What a new exercise begins with where nobody chose, and how many may play alone: one row, kept in the admin."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

import engine
from game.models import bounds
from game.rules import ASSISTANT

PLAYS_MOST = 5000
AUTOPILOTS = tuple((name, name) for name in engine.AUTOPILOTS)


class Defaults(models.Model):
    """The only row."""

    autopilot = models.CharField(
        max_length=80, choices=AUTOPILOTS, default=ASSISTANT, help_text="plays the desks of a new exercise that nobody takes"
    )

    plays_a_minute = models.PositiveSmallIntegerField(
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(PLAYS_MOST)],
        help_text="games for one that can be begun from one address in a minute",
    )
    solo_places = models.PositiveSmallIntegerField(
        default=40,
        validators=[MinValueValidator(1), MaxValueValidator(PLAYS_MOST)],
        help_text="games for one that this machine plays at once; one address has half of them at most",
    )

    class Meta:
        verbose_name = verbose_name_plural = "defaults"
        constraints = [
            bounds.one_of("the_defaults_play", autopilot=engine.AUTOPILOTS),
            bounds.between("there_is_one_row_of_defaults", id=(1, 1)),
            bounds.between("somebody_may_play_alone", plays_a_minute=(1, PLAYS_MOST), solo_places=(1, PLAYS_MOST)),
        ]

    def __str__(self) -> str:
        return "Defaults"

    @classmethod
    def now(cls) -> "Defaults":
        """As they stand."""
        return cls.objects.get_or_create(pk=1)[0]
