"""Calendars to subscribe to and events to take away, as iCalendar."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from game.models import CalendarEntry, CalendarLink, Cohort, Student
from game.people.access import own_exercise
from game.people.accounts import is_facilitator
from game.views.account import facilitators_only
from game.views.errors import error
from game.views.learn import NO_LINK


def link_of(request: HttpRequest, owner: User) -> str:
    """What a facilitator subscribes to, in the language of their pages: a calendar asks in none."""
    return request.build_absolute_uri(f"{reverse('calendar', args=[CalendarLink.token(owner)])}?language={translation.get_language()}")


@never_cache
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A facilitator's planned exercises and deadlines, by whoever has the link. `language`: of what stands beside the titles."""
    owner = CalendarLink.owner_of(token)
    if owner is None or not is_facilitator(owner):
        return error(request, 404, gettext("This link is incomplete or was renewed. Copy the one on the page of sessions."))
    from game.control import calendars  # a fifth of a second of imports that no other page should wait for

    language = request.GET.get("language", "")
    with translation.override(language if language in dict(settings.LANGUAGES) else translation.get_language()):
        return _sent(request, gettext("Opening Bell"), calendars.of_facilitator(owner, timezone.now()), "sessions")


@require_POST
@facilitators_only
def renew(request: HttpRequest) -> HttpResponse:
    """Another link to one's own calendar; the one before opens nothing any longer."""
    assert isinstance(request.user, User), "nobody else passes the decorator"
    CalendarLink.renew(request.user)
    messages.success(request, gettext("Your calendar has a new link. The old one no longer works."))
    return redirect(f"{reverse('sessions')}#calendar")


@require_safe
@facilitators_only
def session(request: HttpRequest, code: str) -> HttpResponse:
    """One planned exercise, to take away or to send to those who are invited."""
    exercise = own_exercise(request, code)
    from game.control import calendars

    entry = calendars.of_exercise(exercise, timezone.now())
    if entry is None:
        return error(request, 409, gettext("%(title)s has no date yet: edit it and say when it is planned for.") % {"title": exercise.title})
    return _sent(request, exercise.title, [entry], exercise.code)


@never_cache
@require_safe
def deadlines(request: HttpRequest, token: str) -> HttpResponse:
    """The deadlines of a student's homework, by the personal link."""
    student = Student.of_token(token)
    if student is None:
        return error(request, 404, str(NO_LINK))
    from game.control import calendars

    entries = calendars.of_cohorts(Cohort.objects.filter(pk=student.cohort_id), timezone.now())
    return _sent(request, student.cohort.course.title, entries, "deadlines")


def _sent(request: HttpRequest, name: str, entries: list[CalendarEntry], file: str) -> HttpResponse:
    from game.control import calendars

    told = [calendars.CalendarLine(one, calendars.note_of(one), _address(request, one)) for one in entries]
    headers = {"Content-Disposition": f'inline; filename="opening-bell-{slugify(file)}.ics"'}
    return HttpResponse(calendars.written(name, told), content_type="text/calendar; charset=utf-8", headers=headers)


def _address(request: HttpRequest, entry: CalendarEntry) -> str:
    """Where whoever is invited comes in; a student's link is in no calendar."""
    return request.build_absolute_uri(reverse("join-code", args=[entry.exercise.code])) if entry.exercise is not None else ""
