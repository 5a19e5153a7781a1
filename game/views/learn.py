"""A student's page, behind the personal link: what is set, until when, the attempts that are left, and what came of those that were."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from game.control.briefs import brief
from game.courses import attempts, outcomes
from game.live.control import tell_state, tell_team
from game.models import Attempt, Homework, LtiMember, RuleBroken, Student, contents
from game.people.access import give_player_cookie
from game.people.desks import ORDER
from game.spoken import read
from game.views.courses import result_of
from game.views.errors import error

NO_LINK = gettext_lazy("This link is incomplete, or your teacher has replaced it. Copy all of it, or ask for a new one.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def learn(request: HttpRequest, token: str) -> HttpResponse:
    """The page; with a POST of `homework` (and `desk`) an attempt at it begins, or goes on in this browser."""
    student = Student.of_token(token)
    if student is None:
        return error(request, 404, str(NO_LINK))
    if request.method == "POST":
        typed = request.POST.get("homework", "")
        homework = get_object_or_404(student.cohort.homework.all(), pk=int(typed) if typed.isdecimal() and len(typed) < 12 else 0)
        try:
            return _begin(request, homework, student)
        except RuleBroken as problem:
            messages.error(request, str(problem))
            return redirect("learn", token)
    now = timezone.now()
    context = {
        "page_title": gettext("Homework"),
        "student": student,
        "token": token,
        "homework": [_told(one, student, now) for one in student.cohort.homework.all()],
        "recorded": recorded(student),
    }
    return render(request, "learn.html", context)


def _begin(request: HttpRequest, homework: Homework, student: Student) -> HttpResponse:
    player, token = attempts.begin(homework, student, timezone.now(), request.POST.get("desk", ""))
    exercise = player.exercise
    for team in exercise.teams.all():
        tell_team(team.pk)
    if exercise.state != "lobby":
        tell_state(exercise)
    response = redirect("lobby" if exercise.state == "lobby" else "first-desk")
    give_player_cookie(request, response, player, token)
    return response


def _told(homework: Homework, student: Student, now: Any) -> dict[str, Any]:
    stands, scenario = attempts.standing(homework, student, now), contents.here(homework.scenario)
    alone = scenario if homework.way == Homework.Way.ALONE else None
    choose = homework.desk == "choose" and alone is not None and not alone.guide.step and stands.open is None
    return {
        "homework": homework,
        "scenario": read(scenario).title if scenario else homework.scenario,
        "stands": stands,
        "number": len(stands.attempts) + 1,
        "told": outcomes.told_of(homework, stands.attempts),
        "past": now > homework.deadline,
        "desks": [brief(desk, alone) for desk in ORDER] if alone and choose else [],
        "desk": brief(homework.desk, alone)["title"] if alone and homework.desk in ORDER else "",
    }


def recorded(student: Student) -> str:
    """What is recorded of a student, who sees it and for how long."""
    member = LtiMember.objects.filter(student=student).select_related("platform").first()
    if member is None:
        what = gettext(
            "Recorded: your name and e-mail address or id as your teacher entered them, when you began and ended each attempt, what you did and "
            "wrote at your desk, and how it came out. Your teacher sees it, and so does your team where you play in one."
        )
    else:
        what = gettext(
            "Recorded: your name and your number as %(platform)s tells them, when you began and ended each attempt, what you did and wrote at "
            "your desk, and how it came out. Your teacher sees it, and so does your team where you play in one; %(platform)s gets the grade that "
            "counts."
        ) % {"platform": member.platform}
    days = settings.KEEP_DAYS
    if days is None:
        kept = gettext("It is kept until your teacher deletes it.")
    elif settings.KEEP == "nothing":
        kept = ngettext("It is deleted %(days)s day after the last deadline.", "It is deleted %(days)s days after the last deadline.", days)
    else:
        kept = ngettext(
            "%(days)s day after the last deadline only results stay, without names.",
            "%(days)s days after the last deadline only results stay, without names.",
            days,
        )
    return f"{what} {kept % {'days': days} if days else kept}"


@never_cache
@require_safe
def result(request: HttpRequest, token: str, attempt: int, to: str) -> HttpResponse:
    """The result of an attempt that was theirs, or its report (`to`: team-report)."""
    student = Student.of_token(token)
    if student is None:
        return error(request, 404, str(NO_LINK))
    found = get_object_or_404(Attempt.objects.filter(participations__student=student).select_related("exercise"), pk=attempt)
    return result_of(request, found, to)
