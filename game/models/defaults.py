"""What a new exercise begins with where nobody chose, how many may play alone, and what people are told is recorded: one row, kept in the
admin.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, ngettext

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
    recorded = models.TextField(
        blank=True,
        max_length=600,
        help_text="what the join page says is recorded, who sees it and for how long; empty: what this game does, in the reader's language",
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

    @property
    def recorded_told(self) -> str:
        """What is recorded of people, who sees it and for how long: the house's own words, or these."""
        if self.recorded.strip():
            return self.recorded.strip()
        what = gettext(
            "Recorded: your name, and what you do and write at your desk. Your team and the facilitator see it, and after the end so does anyone "
            "who may see your team's result."
        )
        days = settings.KEEP_DAYS
        if days is None:
            kept = gettext("It is kept until the facilitator deletes it.")
        elif settings.KEEP == "nothing":
            kept = ngettext("It is deleted %(days)s day after the end.", "It is deleted %(days)s days after the end.", days) % {"days": days}
        else:
            kept = ngettext(
                "%(days)s day after the end only the result stays, without names.",
                "%(days)s days after the end only the result stays, without names.",
                days,
            ) % {"days": days}
        return f"{what} {kept}"
