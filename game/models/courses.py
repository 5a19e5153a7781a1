"""Courses: who is taught in which cohort, what is set as homework, and the attempts at it. Each attempt is an exercise of its own.

A student has no account. The personal link is signed and not stored, as the links to results are (game.people.sharing): who reads the database
cannot open one, and `links` counts how often it was renewed.
"""

import unicodedata
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.core import signing
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

import engine
from game.models import bounds
from game.rules import ASSISTANT, DESKS, RuleBroken

TITLE_MAX = 80
NAME_MAX = 80
IDENT_MAX = 254  # the longest e-mail address
ATTEMPTS_MOST = 20
TEAM_MAX = 24  # as a team of an exercise
_SALT = "opening-bell.student"


def ident_key(typed: str) -> str:
    """What two students of a cohort must not share, however it is typed."""
    return unicodedata.normalize("NFKC", typed).casefold()


class TaughtCourse(models.Model):
    """A course: its teacher's, and the staff's. (A `Course` of a run is another course of its events.)"""

    title = models.CharField(max_length=TITLE_MAX)
    teacher = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="courses")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [bounds.filled("a_taught_course_is_named", "title")]

    def __str__(self) -> str:
        return self.title


class Cohort(models.Model):
    """The students who take a course together."""

    course = models.ForeignKey(TaughtCourse, on_delete=models.CASCADE, related_name="cohorts")
    name = models.CharField(max_length=TITLE_MAX)
    created = models.DateTimeField(default=timezone.now)
    nameless = models.DateTimeField(null=True, help_text="when the names of its students were deleted, see game.courses.keeping")

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            bounds.filled("a_cohort_is_named", "name"),
            models.UniqueConstraint(fields=["course", "name"], name="one_cohort_of_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.course.title}, {self.name}"


class Student(models.Model):
    """A line of a cohort's roster."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="students")
    name = models.CharField(max_length=NAME_MAX)
    ident = models.CharField(max_length=IDENT_MAX, help_text="e-mail address or id, as the school knows them")
    key = models.CharField(max_length=IDENT_MAX, help_text="the same, as two are compared")
    team = models.CharField(max_length=TEAM_MAX, blank=True)
    links = models.PositiveIntegerField(default=0, help_text="how often the personal link was renewed")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            bounds.filled("a_student_is_known", "name", "ident", "key"),
            models.UniqueConstraint(fields=["cohort", "key"], name="one_student_of_an_id"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def token(self) -> str:
        """What the personal link has: the same each time, until it is renewed."""
        return signing.Signer(salt=_SALT).sign_object([self.pk, self.links])

    @classmethod
    def of_token(cls, token: str) -> "Student | None":
        """Whose link that is; None for one that is incomplete, forged or was renewed since."""
        try:
            pk, links = signing.Signer(salt=_SALT).unsign_object(token)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return cls.objects.select_related("cohort__course").filter(pk=pk, links=links).first()

    def renew(self) -> None:
        """Another personal link: the one before opens nothing any longer."""
        Student.objects.filter(pk=self.pk).update(links=models.F("links") + 1)
        self.refresh_from_db(fields=["links"])


class Homework(models.Model):
    """What a cohort plays by a deadline, and which of the attempts counts."""

    class Way(models.TextChoices):
        ALONE = "alone", gettext_lazy("Alone")
        TEAM = "team", gettext_lazy("In the roster's teams")

    class Seeds(models.TextChoices):
        SAME = "same", gettext_lazy("One market for everybody and every attempt")
        ATTEMPT = "attempt", gettext_lazy("Another market for each attempt, the same for everybody")
        OWN = "own", gettext_lazy("A market of its own for every attempt")

    class Counts(models.TextChoices):
        BEST = "best", gettext_lazy("The best one")
        LAST = "last", gettext_lazy("The last one")

    class Late(models.TextChoices):
        CLOSED = "closed", gettext_lazy("None can begin")
        MARKED = "marked", gettext_lazy("It counts, and is marked late")
        PRACTICE = "practice", gettext_lazy("It is for practice and does not count")

    class Pace(models.TextChoices):
        SLOW = "slow", gettext_lazy("Half as fast")
        USUAL = "usual", gettext_lazy("As in a room")
        QUICK = "quick", gettext_lazy("Twice as fast")

    class Start(models.TextChoices):
        WEEK = "week", gettext_lazy("The week")
        MORNING = "morning", gettext_lazy("The morning")
        BELL = "bell", gettext_lazy("The bell")

    DESKS_ALONE = (*DESKS, "all", "choose")  # of who plays alone: one of them, all three, or the student chooses

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="homework")
    title = models.CharField(max_length=TITLE_MAX)
    scenario = models.CharField(max_length=40)
    way = models.CharField(max_length=5, choices=Way.choices, default=Way.ALONE)
    desk = models.CharField(max_length=8, default="choose", help_text="that is played alone; the autopilot has the others")
    autopilot = models.CharField(max_length=80, default=ASSISTANT, help_text="plays the desks that nobody is at")
    start = models.CharField(max_length=7, choices=Start.choices, default=Start.MORNING)
    help = models.CharField(max_length=8, default="assisted")
    pace = models.CharField(max_length=5, choices=Pace.choices, default=Pace.USUAL)
    deadline: "models.DateTimeField[Any, Any]" = models.DateTimeField()
    zone = models.CharField(max_length=64, default="UTC", help_text="that the deadline was typed in")
    late = models.CharField(max_length=8, choices=Late.choices, default=Late.CLOSED, help_text="an attempt that would begin after the deadline")
    attempts_most = models.PositiveSmallIntegerField(default=3, help_text="attempts that each has")
    counts = models.CharField(max_length=4, choices=Counts.choices, default=Counts.BEST, help_text="which attempt")
    seeds = models.CharField(max_length=7, choices=Seeds.choices, default=Seeds.SAME)
    drawn = models.JSONField(default=list, help_text="the seeds, attempt by attempt; empty: each draws its own")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "homework"
        ordering = ["deadline", "pk"]
        constraints = [
            bounds.filled("homework_is_named", "title", "scenario", "zone"),
            bounds.one_of(
                "homework_is_of_a_kind",
                way=("alone", "team"),
                desk=(*DESKS, "all", "choose"),
                autopilot=engine.AUTOPILOTS,
                start=("week", "morning", "bell"),
                help=("2012", "assisted", "guided"),
                pace=("slow", "usual", "quick"),
                late=("closed", "marked", "practice"),
                counts=("best", "last"),
                seeds=("same", "attempt", "own"),
            ),
            bounds.between("homework_has_attempts", attempts_most=(1, ATTEMPTS_MOST)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def deadline_there(self) -> datetime:
        """The deadline by the clocks of the zone that it was typed in, without the zone: templates would put it into theirs."""
        there: datetime = self.deadline.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        return there


class Attempt(models.Model):
    """One attempt at a homework: a student's, or a team's. The exercise may be deleted before it; what came of it stays in `outcome`."""

    homework = models.ForeignKey(Homework, on_delete=models.CASCADE, related_name="attempts")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, null=True, related_name="attempts")
    team = models.CharField(max_length=TEAM_MAX, blank=True)
    number = models.PositiveSmallIntegerField()
    exercise = models.OneToOneField("game.Exercise", on_delete=models.SET_NULL, null=True, related_name="attempt")
    begun: "models.DateTimeField[Any, Any]" = models.DateTimeField()
    late = models.BooleanField(default=False, help_text="it began after the deadline")
    outcome = models.JSONField(null=True, help_text="of one that has ended, see game.courses.outcomes")

    class Meta:
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["homework", "student", "number"], condition=Q(student__isnull=False), name="one_attempt_of_a_student"),
            models.UniqueConstraint(fields=["homework", "team", "number"], condition=Q(student=None), name="one_attempt_of_a_team"),
            bounds.holds(
                "an_attempt_is_somebodys", Q(student__isnull=False, team="") | Q(student=None) & ~Q(team=""), "Expected a student or a team."
            ),
            bounds.between("an_attempt_has_a_number", number=(1, 1000)),
        ]

    def __str__(self) -> str:
        return f"{self.homework}, attempt {self.number}"


class Participation(models.Model):
    """A student in an attempt, and the player that they are there."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="participations")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="participations")
    player = models.OneToOneField("game.Player", on_delete=models.SET_NULL, null=True, related_name="participation")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "student"], name="a_student_attempts_once")]


def cohort_named(course: TaughtCourse, typed: str, cohort: Cohort | None = None) -> str:
    """A cohort's name. Raises RuleBroken for none, one that is too long, or another cohort's of the course."""
    name = titled(typed)
    if course.cohorts.filter(name=name).exclude(pk=cohort.pk if cohort else 0).exists():
        raise RuleBroken(gettext("There is already a cohort %(name)s in this course. Choose another name.") % {"name": name})
    return name


def titled(typed: str) -> str:
    """A title as it is kept. Raises RuleBroken with what was expected."""
    title = " ".join("".join(letter for letter in typed if unicodedata.category(letter) not in ("Cc", "Cs", "Co")).split())
    if not 1 <= len(title) <= TITLE_MAX:
        raise RuleBroken(gettext("Expected a name of 1 to %(most)d characters.") % {"most": TITLE_MAX})
    return title
