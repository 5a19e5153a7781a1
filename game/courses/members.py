"""Students who come from a learning platform: known by platform and subject, one in a cohort, whatever comes at once."""

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext

from game.courses.roster import STUDENTS_MOST
from game.models import Cohort, LtiMember, LtiPlatform, RuleBroken, Student
from game.models.courses import ident_key
from game.models.lti import student_ident


class PlatformMember(NamedTuple):
    """Somebody, as their platform tells it; a name may be ""."""

    subject: str
    name: str


def join(platform: LtiPlatform, cohort: Cohort, members: list[PlatformMember]) -> tuple[int, int]:
    """Make these students of a cohort, and give those who are there the name that the platform has; how many of each. Raises RuleBroken
    where that would be too many, and changes nothing then.
    """
    with transaction.atomic():
        cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)  # of two launches at once the second finds whom the first has made
        known = {one.subject: one.student for one in LtiMember.objects.filter(platform=platform, cohort=cohort).select_related("student")}
        fresh = {one.subject: one.name for one in members if one.subject not in known}
        if cohort.students.count() + len(fresh) > STUDENTS_MOST:
            raise RuleBroken(gettext("A cohort has at most %(most)d students: make another one.") % {"most": STUDENTS_MOST})
        for subject, name in fresh.items():
            ident = student_ident(platform, subject)
            made = Student.objects.create(cohort=cohort, name=name or gettext("Student"), ident=ident, key=ident_key(ident))
            LtiMember.objects.create(platform=platform, cohort=cohort, subject=subject, student=made)
        if fresh and cohort.nameless is not None:  # it was over: whoever comes now is forgotten by the next sweep, as the others were
            Cohort.objects.filter(pk=cohort.pk).update(nameless=None)
        changed = 0
        for one in members:
            student = known.get(one.subject)
            if student is not None and one.name and student.name != one.name:
                changed += Student.objects.filter(pk=student.pk).update(name=one.name)
    return len(fresh), changed


def student_of(platform: LtiPlatform, cohort: Cohort, member: PlatformMember) -> Student:
    """The student whom a launch is of. Raises RuleBroken."""
    join(platform, cohort, [member])
    return LtiMember.objects.select_related("student__cohort__course").get(platform=platform, cohort=cohort, subject=member.subject).student
