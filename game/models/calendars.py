"""Calendars: what was last told of a planned exercise or of a homework's deadline, and the link that a facilitator subscribes to.

A row remembers what calendars were told, so that what has changed since is found when they ask again, however it was changed, and what was
deleted is told as cancelled. The link is signed and not stored, as a student's is.
"""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.core import signing
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from game.models import bounds
from game.models.courses import TITLE_MAX

_SALT = "opening-bell.calendar"


class PlannedMoment(NamedTuple):
    """When something is to be; without an end it is a moment, as a deadline is."""

    title: str
    begins: datetime
    ends: datetime | None


class CalendarEntry(models.Model):
    """What calendars know of an exercise, or of a homework, under one UID for as long as it is there and after."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    exercise = models.OneToOneField("game.Exercise", on_delete=models.SET_NULL, null=True, related_name="calendar_entry")
    homework = models.OneToOneField("game.Homework", on_delete=models.SET_NULL, null=True, related_name="calendar_entry")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="calendar_entries", help_text="of an exercise: whose")
    cohort = models.ForeignKey("game.Cohort", on_delete=models.CASCADE, null=True, related_name="calendar_entries", help_text="of a homework")
    title = models.CharField(max_length=TITLE_MAX)
    begins: "models.DateTimeField[Any, datetime]" = models.DateTimeField()
    ends: "models.DateTimeField[Any, datetime | None]" = models.DateTimeField(null=True)
    cancelled = models.BooleanField(default=False)
    sequence = models.PositiveIntegerField(default=0, help_text="how often it was changed")
    created: "models.DateTimeField[Any, datetime]" = models.DateTimeField(default=timezone.now)
    changed: "models.DateTimeField[Any, datetime]" = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "calendar entries"
        ordering = ["begins", "pk"]
        constraints = [
            bounds.filled("a_calendar_entry_is_named", "title"),
            bounds.holds(
                "a_calendar_entry_is_somebodys",
                Q(owner=None, cohort__isnull=False) | Q(owner__isnull=False, cohort=None),
                "Expected an owner or a cohort.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def bring_up(self, now: datetime, planned: PlannedMoment | None, owner: User | None = None) -> None:
        """Tell calendars what is planned now; None: nothing any more. Of two that find the same change one writes it."""
        new: dict[str, Any] = {"cancelled": planned is None}
        if planned is not None:
            new |= planned._asdict()
            if owner is not None:
                new["owner"] = owner
        if all(getattr(self, name) == value for name, value in new.items()):
            return
        mine = CalendarEntry.objects.filter(pk=self.pk, sequence=self.sequence)
        mine.update(**new, sequence=F("sequence") + 1, changed=now)
        self.refresh_from_db()

    @classmethod
    def forget(cls, before: datetime) -> int:
        """Delete those of what is not there any more and would have been before a moment; how many."""
        return cls.objects.filter(exercise=None, homework=None, begins__lt=before).delete()[0]


class CalendarLink(models.Model):
    """How often a facilitator renewed the link of their calendar; no row: never."""

    owner = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_link")
    renewed = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"calendar of {self.owner}"

    @classmethod
    def token(cls, owner: User) -> str:
        """What the link has: the same each time, until it is renewed."""
        return signing.Signer(salt=_SALT).sign_object([owner.pk, cls._renewed(owner.pk)])

    @classmethod
    def owner_of(cls, token: str) -> User | None:
        """Whose link that is; None for one that is incomplete, forged or was renewed since."""
        try:
            pk, renewed = signing.Signer(salt=_SALT).unsign_object(token)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return User.objects.filter(pk=pk, is_active=True).first() if cls._renewed(pk) == renewed else None

    @classmethod
    def _renewed(cls, owner: int) -> int:
        return cls.objects.filter(owner=owner).values_list("renewed", flat=True).first() or 0

    @classmethod
    def renew(cls, owner: User) -> None:
        """Another link: the one before opens nothing any longer."""
        cls.objects.get_or_create(owner=owner)
        cls.objects.filter(owner=owner).update(renewed=F("renewed") + 1)
