"""A teacher's courses: cohorts, rosters, personal links, homework, and the table of what came of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from game.courses import keeping, members, outcomes, roster, sheets
from game.courses.forms import HomeworkForm
from game.debrief import exports
from game.models import Attempt, Cohort, LtiLink, LtiScore, RuleBroken, Student, TaughtCourse
from game.models.courses import TITLE_MAX, cohort_named, titled
from game.ops.lti import services
from game.people import sharing
from game.people.access import cohorts_of, courses_of, scenarios_of
from game.spoken import tell
from game.views.account import facilitators_only
from game.views.errors import error


def _cohort(request: HttpRequest, cohort: int) -> Cohort:
    """One of theirs. Raises Http404 for somebody else's, as for one that does not exist."""
    return get_object_or_404(cohorts_of(request.user), pk=cohort)


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def courses(request: HttpRequest) -> HttpResponse:
    """Their courses; with a POST of `course` and `cohort` a new one with its first cohort, and on to that."""
    refused, typed = "", {name: request.POST.get(name, "")[: 2 * TITLE_MAX] for name in ("course", "cohort")}
    if request.method == "POST":
        assert isinstance(request.user, User), "nobody else passes the decorator"
        try:
            title, name = titled(typed["course"]), titled(typed["cohort"])
        except RuleBroken as problem:
            refused = str(problem)
        else:
            course = TaughtCourse.objects.create(title=title, teacher=request.user)
            return redirect("cohort", Cohort.objects.create(course=course, name=name).pk)
    found = courses_of(request.user).select_related("teacher").prefetch_related("cohorts")
    rows = [(course, outcomes.summary(course)) for course in found]
    context = {"page_title": gettext("Courses"), "courses": rows, "refused": refused, "typed": typed, "title_max": TITLE_MAX}
    return render(request, "facilitator/courses.html", context, status=400 if refused else 200)


@require_http_methods(["POST"])
@facilitators_only
def act_on_course(request: HttpRequest, course: int) -> HttpResponse:
    """`do`: cohort (one more, `name`), rename (`name`), delete (one without cohorts)."""
    found, do, name = get_object_or_404(courses_of(request.user), pk=course), request.POST.get("do", ""), request.POST.get("name", "")
    try:
        if do == "cohort":
            return redirect("cohort", Cohort.objects.create(course=found, name=cohort_named(found, name)).pk)
        if do == "rename":
            TaughtCourse.objects.filter(pk=found.pk).update(title=titled(name))
        elif do == "delete":
            if found.cohorts.exists():
                raise RuleBroken(gettext("Delete the cohorts of %(course)s first.") % {"course": found})
            found.delete()
        else:
            raise RuleBroken(gettext("Unknown action: expected one of %(verbs)s.") % {"verbs": "cohort, rename, delete"})
    except RuleBroken as problem:
        messages.error(request, str(problem))
    return redirect("courses")


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def cohort(request: HttpRequest, cohort: int) -> HttpResponse:
    """The cohort's table, its homework and its roster. With a POST what `do` says, see _act."""
    found = _cohort(request, cohort)
    if request.method != "POST":
        return _page(request, found)
    try:
        return _act(request, found)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect("cohort", found.pk)


def _page(request: HttpRequest, cohort: Cohort, read: roster.Roster | None = None, refused: str = "") -> HttpResponse:
    homework, rows = outcomes.table(cohort)
    context = {
        "page_title": str(cohort),
        "cohort": cohort,
        "homework": homework,
        "rows": rows,
        "progress": outcomes.progress(homework, rows),
        "read": read,
        "refused": refused,
        "shown": roster.PROBLEMS_SHOWN,
        "most": roster.STUDENTS_MOST,
        "title_max": TITLE_MAX,
        "unsent": any(score.state != LtiScore.State.DELIVERED for row in rows for cell in row.cells for score in cell.scores),
        "links": LtiLink.objects.filter(homework__cohort=cohort).select_related("platform", "homework"),
    }
    return render(request, "facilitator/cohort.html", context, status=400 if read or refused else 200)


def _act(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """`do`: roster (a file `csv`), rename (`name`), renew (the link of `student`), erase (`student`), members (of the platform of `link`), again
    (scores that no platform took in), delete. Raises RuleBroken.
    """
    do = request.POST.get("do", "")
    if do == "roster":
        return _upload(request, cohort)
    if do == "rename":
        Cohort.objects.filter(pk=cohort.pk).update(name=cohort_named(cohort.course, request.POST.get("name", ""), cohort))
    elif do in ("renew", "erase"):
        typed = request.POST.get("student", "")
        student = get_object_or_404(cohort.students.all(), pk=int(typed) if typed.isdecimal() and len(typed) < 12 else 0)
        return _act_on_student(request, student, do)
    elif do == "members":
        _bring(request, cohort)
    elif do == "again":
        for score in LtiScore.objects.filter(link__homework__cohort=cohort).exclude(state=LtiScore.State.DELIVERED):
            score.again()
        messages.success(request, gettext("The grades are sent again."))
    elif do == "delete":
        keeping.remove(cohort)
        messages.success(request, gettext("%(title)s is deleted.") % {"title": cohort})
        return redirect("courses")
    else:
        raise RuleBroken(gettext("Unknown action: expected one of %(verbs)s.") % {"verbs": "roster, rename, renew, erase, members, again, delete"})
    return redirect("cohort", cohort.pk)


def _act_on_student(request: HttpRequest, student: Student, do: str) -> HttpResponse:
    if do == "renew":
        student.renew()
        messages.success(request, gettext("%(name)s has a new link. The old one no longer works.") % {"name": student.name})
        return redirect("cohort-links", student.cohort_id)
    keeping.erase(student)
    messages.success(request, gettext("%(name)s is erased: name, id and link are gone, results stay.") % {"name": student.name})
    return redirect("cohort", student.cohort_id)


def _upload(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    file = request.FILES.get("csv")
    if file is None:
        return _page(request, cohort, refused=gettext("Choose a CSV first: a line for every student, with name, e-mail or id, and team."))
    read = roster.read(file.read(roster.BYTES_MOST + 1))
    if read.wrong:
        return _page(request, cohort, read)
    new, changed = roster.enrol(cohort, read.lines)
    said = ngettext("%(new)d new student, %(changed)d changed.", "%(new)d new students, %(changed)d changed.", new) % {"new": new, "changed": changed}
    messages.success(request, said)
    return redirect("cohort", cohort.pk)


def _bring(request: HttpRequest, cohort: Cohort) -> None:
    """The students of the platform's course that a link is in. Raises RuleBroken."""
    typed = request.POST.get("link", "")
    found = LtiLink.objects.filter(homework__cohort=cohort).exclude(members_url="").select_related("platform")
    link = get_object_or_404(found, pk=int(typed) if typed.isdecimal() and len(typed) < 12 else 0)
    try:
        new, changed = members.join(link.platform, cohort, services.members(link))
    except services.NoService as problem:
        raise RuleBroken(tell(None, problem.reason)) from None
    said = ngettext("%(new)d new student, %(changed)d changed.", "%(new)d new students, %(changed)d changed.", new) % {"new": new, "changed": changed}
    messages.success(request, said)


@require_safe
@facilitators_only
def links(request: HttpRequest, cohort: int) -> HttpResponse:
    """The personal links, to print and hand out."""
    found = _cohort(request, cohort)
    students = [(one, _address(request, one.token)) for one in found.students.all()]
    context = {"page_title": gettext("Personal links of %(cohort)s") % {"cohort": found}, "cohort": found, "students": students}
    return render(request, "facilitator/cohort-links.html", context)


@require_safe
@facilitators_only
def table(request: HttpRequest, cohort: int, what: str) -> Any:
    """`attempts.csv`, `attempts.xlsx` or `links.csv`."""
    found = _cohort(request, cohort)
    name = f"opening-bell-{slugify(found.course.title)[:40] or found.course_id}-{slugify(found.name)[:40] or found.pk}-{what}"
    if what == "attempts.xlsx":
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(sheets.as_xlsx(found), content_type=sheets.XLSX, headers=headers)
    text = sheets.as_csv(found) if what == "attempts.csv" else sheets.links(found, lambda token: _address(request, token))
    return exports.streamed(text, name, "text/csv")


def _address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("learn", args=[token]))


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def homework(request: HttpRequest, cohort: int, homework: int = 0) -> HttpResponse:
    """Set one, or change it; with `do=delete` take it back, as long as no attempt was begun."""
    found = _cohort(request, cohort)
    one = get_object_or_404(found.homework.all(), pk=homework) if homework else None
    if one is not None and request.POST.get("do") == "delete":
        if one.attempts.exists():
            messages.error(request, gettext("%(title)s has attempts: move its deadline instead.") % {"title": one})
        else:
            one.delete()
        return redirect("cohort", found.pk)
    form = HomeworkForm(request.POST or None, cohort=found, homework=one, brought=scenarios_of(request.user))
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        said = gettext("%(title)s is set: every student sees it at their personal link.") if one is None else gettext("%(title)s is changed.")
        messages.success(request, said % {"title": saved})
        return redirect("cohort", found.pk)
    title = gettext("Change %(title)s") % {"title": one} if one else gettext("Set a homework")
    context = {"page_title": title, "cohort": found, "homework": one, "form": form}
    return render(request, "facilitator/homework.html", context, status=400 if form.errors else 200)


@require_safe
@facilitators_only
def attempt(request: HttpRequest, attempt: int) -> HttpResponse:
    """The result of an attempt, as its student or team sees it."""
    found = Attempt.objects.filter(homework__cohort__in=cohorts_of(request.user)).select_related("exercise", "homework")
    return result_of(request, get_object_or_404(found, pk=attempt))


def result_of(request: HttpRequest, attempt: Attempt, to: str = "result") -> HttpResponse:
    """On to the result, or the report (`to`: team-report), with the link's cookie that opens it in this browser."""
    exercise = attempt.exercise
    if exercise is None or exercise.state != "ended":
        return error(request, 409, gettext("This attempt has no result yet, or it was deleted."))
    team = exercise.teams.get()
    response = redirect(to, exercise.code, *([team.pk] if to == "team-report" else []))
    sharing.give_cookie(request, response, sharing.link_token(team))
    return response
