"""PlannedMoment exercises and deadlines as iCalendar (RFC 5545): what is in a calendar, and as what it is written.

Times are UTC, which is an instant everywhere and needs no table of a zone. Nothing of a person is in it, and no link that opens what is
somebody's: calendars are shared.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import icalendar
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, gettext

import engine
from game import __version__
from game.models import CalendarEntry, Cohort, Exercise, Homework
from game.models.calendars import PlannedMoment

PAST = timedelta(days=90)  # what was before is in no calendar that is asked for now
MOST = 500  # entries of a calendar
QUARTER_MIN = 15
PLAYED_SHARE = 0.6  # of a session; the rest is for talking about it, see game.control.guide
DRAWN_FOR = timedelta(minutes=90)  # how long would tell which scenario was drawn
AGAIN = timedelta(hours=1)  # when a program should ask again


class CalendarLine(NamedTuple):
    """An entry with what stands beside its title, and where to go."""

    entry: CalendarEntry
    note: str
    address: str


def lasts(exercise: Exercise) -> timedelta:
    """How long it takes with talking about it, in whole quarters of an hour."""
    if exercise.drawn:
        return DRAWN_FOR
    calendar, minute = exercise.calendar, engine.STEPS_PER_MINUTE
    played_min = sum(1 / exercise.speed_at(step) for step in range(exercise.start_step, calendar.close, minute))
    return timedelta(minutes=QUARTER_MIN * max(1, math.ceil(played_min / PLAYED_SHARE / QUARTER_MIN)))


def of_facilitator(owner: User, now: datetime) -> list[CalendarEntry]:
    """Their own exercises that are planned, the deadlines of their courses, and what of it was cancelled."""
    mine = Exercise.objects.filter(owner=None, facilitator=owner, planned_for__gte=now - PAST)
    found = mine.exclude(archived=True, state=Exercise.State.LOBBY).order_by("planned_for", "pk")[:MOST]
    planned = {one.pk: _of_exercise(one) for one in found}
    known = CalendarEntry.objects.filter(Q(owner=owner) | Q(exercise__in=list(planned)), cohort=None)
    _bring_up(known.filter(begins__gte=now - PAST) | known.filter(exercise__in=list(planned)), planned, now, owner)
    deadlines = of_cohorts(Cohort.objects.filter(course__teacher=owner), now)
    own = CalendarEntry.objects.filter(owner=owner, begins__gte=now - PAST).select_related("exercise")[:MOST]
    return sorted([*own, *deadlines], key=lambda one: (one.begins, one.pk))


def of_cohorts(cohorts: QuerySet[Cohort], now: datetime) -> list[CalendarEntry]:
    """The deadlines of their homework, and those that were taken back."""
    found = Homework.objects.filter(cohort__in=cohorts, deadline__gte=now - PAST).select_related("cohort")[:MOST]
    planned = {one.pk: PlannedMoment(_plain(one.title), one.deadline, None) for one in found}
    known = CalendarEntry.objects.filter(cohort__in=cohorts)
    missing = {one.pk: one.cohort for one in found}
    _bring_up(known.filter(begins__gte=now - PAST) | known.filter(homework__in=list(planned)), planned, now, missing)
    return list(CalendarEntry.objects.filter(cohort__in=cohorts, begins__gte=now - PAST).select_related("homework__cohort__course")[:MOST])


def of_exercise(exercise: Exercise, now: datetime) -> CalendarEntry | None:
    """Its own entry, or None where it is planned for no time or is nobody's."""
    if exercise.planned_for is None or exercise.facilitator is None:
        return None
    _bring_up(CalendarEntry.objects.filter(exercise=exercise), {exercise.pk: _of_exercise(exercise)}, now, exercise.facilitator)
    return CalendarEntry.objects.get(exercise=exercise)


def _of_exercise(exercise: Exercise) -> PlannedMoment:
    begins: datetime = exercise.planned_for  # type: ignore[assignment]  # those that are planned
    return PlannedMoment(_plain(exercise.title), begins, begins + lasts(exercise))


def _bring_up(known: QuerySet[CalendarEntry], planned: Mapping[int, PlannedMoment], now: datetime, whose: User | Mapping[int, Cohort]) -> None:
    """Change the rows that are known to what is planned now, and make those that are missing. `whose`: the owner of exercises, or the cohort
    of each homework."""
    source, owner = ("exercise", whose) if isinstance(whose, User) else ("homework", None)
    left = dict(planned)
    for entry in known.select_related("owner"):
        entry.bring_up(now, left.pop(getattr(entry, f"{source}_id"), None), owner)
    rows = []
    for pk, one in left.items():
        row = CalendarEntry(**one._asdict(), **{f"{source}_id": pk}, created=now, changed=now)
        row.owner, row.cohort = owner, None if isinstance(whose, User) else whose[pk]
        rows.append(row)
    CalendarEntry.objects.bulk_create(rows, ignore_conflicts=True)  # two may ask at once


def written(name: str, told: Iterable[CalendarLine]) -> bytes:
    """A calendar of these, as it is sent."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//Opening Bell//{__version__}//{(get_language() or 'en').upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _plain(name))
    calendar.add("x-wr-calname", _plain(name))
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(AGAIN))
    for one in told:
        calendar.add_component(_event(one))
    return bytes(calendar.to_ical())


def _event(told: CalendarLine) -> icalendar.Event:
    entry, event = told.entry, icalendar.Event()
    event.add("uid", str(entry.uid))
    event.add("dtstamp", entry.changed)  # of what is published: when it was last changed
    event.add("created", entry.created)
    event.add("last-modified", entry.changed)
    event.add("sequence", entry.sequence)
    event.add("summary", entry.title, parameters={"LANGUAGE": get_language() or "en"})
    event.add("dtstart", entry.begins)
    if entry.ends is not None:
        event.add("dtend", entry.ends)
    event.add("transp", "TRANSPARENT" if entry.ends is None or entry.cancelled else "OPAQUE")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if told.note:
        event.add("description", told.note)
    if told.address and not entry.cancelled:
        event.add("url", told.address)
    return event


def note_of(entry: CalendarEntry) -> str:
    """What stands under its title."""
    if entry.cancelled:
        return gettext("Cancelled")
    if entry.homework is not None:
        return gettext("Deadline of a homework: %(cohort)s. Play it at your personal link.") % {"cohort": _plain(str(entry.homework.cohort))}
    return gettext("Join with the code %(code)s.") % {"code": entry.exercise.code} if entry.exercise is not None else ""


def _plain(text: str) -> str:
    """A title in one line, of signs that a calendar may hold."""
    return " ".join("".join(" " if ord(letter) < 32 or 127 <= ord(letter) < 160 else letter for letter in text).split()) or "-"
