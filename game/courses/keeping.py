"""What is held about a student: handed over, erased, and deleted when a cohort is over.

A cohort is over when the last deadline of its homework has passed, and when its last attempt was begun; one without homework, when it was
made. With `results` the figures stay and the names go, as those of players do (game.ops.retention).
"""

import re
from collections import Counter
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext

from game.control import schedule
from game.courses import outcomes
from game.debrief import erasure, person
from game.models import Attempt, Cohort, Exercise, LtiLogin, LtiMember, Participation, RuleBroken, Student, TaughtCourse
from game.models.courses import ident_key

ERASED = "Erased student"
NAMELESS = "Student"


def called(who: str) -> list[Student]:
    """The students of a name, an e-mail address or an id, whatever its capitals, or the one of a number that an export has."""
    found = Student.objects.select_related("cohort__course").order_by("pk")
    if re.fullmatch(r"#\d{1,18}", who, re.ASCII):
        return list(found.filter(pk=int(who[1:])))
    key = ident_key(" ".join(who.split()))
    return list(found.filter(key=key)) or list(found.filter(name__iexact=who.strip()))


def export(student: Student) -> dict[str, Any]:
    """All that is held about a student, as JSON: the roster's line, every attempt, and what each holds of them as a player. No link."""
    cohort = student.cohort
    tries = []
    took = student.participations.select_related("attempt__homework", "attempt__exercise", "player")
    for one in took.order_by("attempt__begun"):
        attempt = one.attempt
        tries.append(
            {
                "homework": attempt.homework.title, "number": attempt.number, "team": attempt.team, "begun": attempt.begun, "late": attempt.late,
                "outcome": outcomes.outcome_of(attempt), "played": person.export(one.player) if one.player else None,
            }
        )  # fmt: skip
    return {
        "student": {name: getattr(student, name) for name in ("pk", "name", "ident", "team", "created")},
        "course": cohort.course.title,
        "cohort": cohort.name,
        "platforms": [_as_platforms_have_it(one) for one in LtiMember.objects.filter(student=student).select_related("platform")],
        "attempts": tries,
    }


def _as_platforms_have_it(member: LtiMember) -> dict[str, Any]:
    """Who they are for a learning platform, and the scores that it was told."""
    scores = member.scores.select_related("link__homework").values("link__homework__title", "grade", "ended", "state", "tried_at")
    return {"platform": member.platform.issuer, "subject": member.subject, "scores": list(scores)}


def erase(student: Student) -> list[erasure.Treated]:
    """Take name, e-mail address and link away, and erase the player that they were in each attempt; results stay. Raises RuleBroken
    where one of them is being played, and changes nothing then.
    """
    taken = Participation.objects.filter(student=student, player__isnull=False).select_related("player__exercise")
    players = [one.player for one in taken if one.player is not None]
    for player in players:
        if player.exercise.state in ("running", "paused"):
            said = gettext("%(exercise)s is being played: end it before somebody is erased from it.")
            raise RuleBroken(said % {"exercise": player.exercise})
    treated = [run for player in players for run in erasure.erase(player)]  # each plays a run again: no transaction is held meanwhile
    _rename(student, f"{ERASED} {student.pk}")
    return treated


def _rename(student: Student, name: str) -> None:
    for member in LtiMember.objects.filter(student=student):
        LtiLogin.objects.filter(platform=member.platform_id, told__subject=member.subject).delete()
        member.delete()  # with what their platform was to be told
    Student.objects.filter(pk=student.pk).update(name=name, ident=f"#{student.pk}", key=f"#{student.pk}", links=student.links + 1)


def due(before: datetime, keep: str) -> list[Cohort]:
    """The cohorts that were over before a moment, and of which there is still something that `keep` does not keep."""
    found = Cohort.objects.annotate(last=Max("homework__deadline")).annotate(over=Greatest("created", Coalesce("last", "created")))
    found = found.filter(over__lt=before).select_related("course")
    if keep == "results":
        found = found.filter(nameless=None)
    recent = Attempt.objects.filter(begun__gte=before).values("homework__cohort")
    going = Attempt.objects.filter(exercise__state="running").values("homework__cohort")
    return list(found.exclude(pk__in=recent).exclude(pk__in=going).order_by("pk"))


def counts_of(cohort: Cohort, keep: str) -> Counter[str]:
    """How many rows, or names, of each kind go with it."""
    if keep == "results":
        return Counter({"names of students": cohort.students.count()})
    return Counter({"cohorts": 1, "students": cohort.students.count(), "homework": cohort.homework.count()})


def forget(cohort: Cohort, keep: str) -> None:
    """Delete it, and its course with the last one; or take the names of its students away."""
    with transaction.atomic():
        if keep != "results":
            course = cohort.course
            cohort.delete()
            TaughtCourse.objects.filter(pk=course.pk, cohorts=None).delete()
            return
        for attempt in Attempt.objects.filter(homework__cohort=cohort, outcome__isnull=True).select_related("exercise", "homework"):
            outcomes.outcome_of(attempt)
        for number, student in enumerate(cohort.students.order_by("pk"), start=1):
            _rename(student, f"{NAMELESS} {number}")
        Cohort.objects.filter(pk=cohort.pk).update(nameless=timezone.now())


def remove(cohort: Cohort) -> None:
    """Delete a cohort with all that was played in it. Raises RuleBroken while something is."""
    played = list(Exercise.objects.filter(attempt__homework__cohort=cohort))
    if any(exercise.state in schedule.PLAYED for exercise in played):
        raise RuleBroken(gettext("An attempt of %(cohort)s is being played: wait until it has ended.") % {"cohort": cohort})
    for exercise in played:
        schedule.remove(exercise)
    cohort.delete()
