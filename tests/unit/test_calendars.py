"""Calendars: what they are told is read back by the library, before and after a change, at the ends of summer time, and by whom."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.test import Client
from django.utils import timezone

from game.control import calendars, schedule
from game.courses import roster
from game.models import CalendarEntry, CalendarLink, Cohort, Exercise, Homework, TaughtCourse
from game.views.calendars import link_of
from tests.builders import new_exercise, new_facilitator

pytestmark = pytest.mark.django_db
SOON = timezone.now().replace(microsecond=0) + timedelta(days=7)
HOSTILE = "Fun;\\n,\r\nEND:VEVENT\r\nBEGIN:VALARM \x00\x0b\x85 \u202e日本 🎉 \"quoted\" " + "long " * 4


@pytest.fixture
def erin() -> Any:
    return new_facilitator()


def read(answer: Any) -> list[Any]:
    """The events of what was served."""
    assert answer.status_code == 200 and answer["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n")), "lines are folded"
    found = icalendar.Calendar.from_ical(answer.content)
    assert not found.errors and found["version"] == "2.0" and found["method"] == "PUBLISH"
    events = list(found.walk("VEVENT"))
    assert len(events) == answer.content.count(b"BEGIN:VEVENT") and not any(one.errors for one in events)
    return events


def feed(owner: Any, **asked: str) -> list[Any]:
    return read(Client().get(f"/calendar/{CalendarLink.token(owner)}/sessions.ics", asked))


def test_a_planned_exercise_is_in_its_facilitators_calendar_and_nobody_elses(erin):
    exercise = new_exercise(title="Autumn class", facilitator=erin, planned_for=SOON)
    new_exercise(title="No date", facilitator=erin)
    new_exercise(title="Finn's", facilitator=new_facilitator("finn"), planned_for=SOON)
    (event,) = feed(erin)
    assert str(event["summary"]) == "Autumn class" and event["dtstart"].dt == SOON and event["dtstart"].dt.utcoffset() == timedelta(0)
    assert event["dtend"].dt == SOON + calendars.lasts(exercise) and event["status"] == "CONFIRMED" and event["sequence"] == 0
    assert exercise.code in event["description"] and str(event["url"]).endswith(f"/join/{exercise.code}/")


def test_an_exercise_lasts_as_long_as_its_speeds_say_and_talking_about_it():
    morning = new_exercise(start_step=0)
    week = new_exercise(start_step=morning.calendar.week)
    slow = new_exercise(start_step=0, speeds={"bell": 1.0})
    lengths = [calendars.lasts(one) for one in (morning, week, slow)]
    assert timedelta(minutes=25) <= lengths[0] <= timedelta(minutes=45) and lengths[0] < lengths[1] < lengths[2]
    assert all(one.total_seconds() % 900 == 0 for one in lengths)
    assert calendars.lasts(new_exercise(start_step=0, drawn=True)) == calendars.DRAWN_FOR


def test_a_change_keeps_the_uid_and_counts_up_once_and_what_stays_is_served_the_same(client, erin):
    exercise = new_exercise(title="Autumn class", facilitator=erin, planned_for=SOON)
    address = f"/calendar/{CalendarLink.token(erin)}/sessions.ics"
    first = client.get(address).content
    assert client.get(address).content == first, "nothing changed"
    (before,) = feed(erin)
    Exercise.objects.filter(pk=exercise.pk).update(planned_for=SOON + timedelta(hours=1), title="Winter class")
    feed(erin)
    (after,) = feed(erin)
    assert after["uid"] == before["uid"] and (before["sequence"], after["sequence"]) == (0, 1)
    assert after["last-modified"].dt >= before["last-modified"].dt and after["created"].dt == before["created"].dt
    assert after["dtstart"].dt == SOON + timedelta(hours=1) and str(after["summary"]) == "Winter class"


def test_what_is_deleted_archived_or_planned_no_longer_is_told_as_cancelled_and_comes_back(erin):
    gone, away, undated = (new_exercise(title=name, facilitator=erin, planned_for=SOON) for name in ("gone", "away", "undated"))
    uids = {str(one["summary"]): one["uid"] for one in feed(erin)}
    schedule.remove(gone)
    schedule.archive(away, away=True)
    Exercise.objects.filter(pk=undated.pk).update(planned_for=None)
    told = {str(one["summary"]): one for one in feed(erin)}
    assert {name: one["uid"] for name, one in told.items()} == uids
    assert all((one["status"], one["sequence"], one["transp"]) == ("CANCELLED", 1, "TRANSPARENT") for one in told.values())
    schedule.archive(away, away=False)
    Exercise.objects.filter(pk=undated.pk).update(planned_for=SOON)
    told = {str(one["summary"]): one for one in feed(erin)}
    assert [(told[name]["status"], told[name]["sequence"]) for name in ("away", "undated", "gone")] == [("CONFIRMED", 2)] * 2 + [("CANCELLED", 1)]


def test_one_planned_exercise_is_downloaded_and_one_without_a_date_says_what_to_do(client, erin):
    exercise = new_exercise(title="Autumn class", facilitator=erin, planned_for=SOON)
    address = f"/facilitator/{exercise.code}/session.ics"
    assert client.get(address).status_code == 403
    client.force_login(erin)
    answer = client.get(address)
    assert answer["content-disposition"] == f'inline; filename="opening-bell-{exercise.code.lower()}.ics"'
    (event,) = read(answer)
    assert event["uid"] == feed(erin)[0]["uid"], "a program that has both shows it once"
    Exercise.objects.filter(pk=exercise.pk).update(planned_for=None)
    answer = client.get(address)
    assert answer.status_code == 409 and "has no date yet" in answer.content.decode()


def test_the_link_opens_nothing_once_it_was_renewed_forged_or_its_owner_is_no_facilitator(client, erin):
    old = CalendarLink.token(erin)
    assert client.get(f"/calendar/{old}/sessions.ics").status_code == 200
    client.force_login(erin)
    assert client.post("/facilitator/calendar/").status_code == 302
    new = CalendarLink.token(erin)
    assert old != new and new in client.get("/facilitator/sessions/").content.decode()
    assert client.get(f"/calendar/{old}/sessions.ics").status_code == 404 and client.get(f"/calendar/{new}/sessions.ics").status_code == 200
    assert client.get(f"/calendar/{new[:-1]}/sessions.ics").status_code == 404
    erin.groups.clear()
    assert client.get(f"/calendar/{new}/sessions.ics").status_code == 404


def test_titles_that_would_be_calendar_lines_are_titles(erin):
    new_exercise(title=HOSTILE[:80], facilitator=erin, planned_for=SOON)
    (event,) = feed(erin)
    assert set(event) >= {"SUMMARY", "UID", "STATUS"} and not event.subcomponents
    words = str(event["summary"])
    assert words.startswith("Fun;\\n, END:VEVENT BEGIN:VALARM \u202e日本 🎉") and not any(ord(letter) < 32 for letter in words)


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2027-03-28T01:59", "2027-03-28T00:59"), ("2027-03-28T02:30", "2027-03-28T01:30"),  # is not there: half an hour after
        ("2027-03-28T03:00", "2027-03-28T01:00"),
        ("2027-10-31T01:59", "2027-10-30T23:59"), ("2027-10-31T02:30", "2027-10-31T00:30"),  # it is there twice: the first
        ("2027-10-31T03:00", "2027-10-31T02:00"),
    ],
)  # fmt: skip
def test_a_time_is_the_instant_that_was_typed_also_on_the_days_when_clocks_change(client, erin, typed, utc):
    client.force_login(erin)
    client.post("/facilitator/new/", {"title": "Clocks change", "planned_for": typed, "zone": "Europe/Berlin"})
    exercise = Exercise.objects.get()
    (event,) = feed(erin)
    instant = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert event["dtstart"].dt == instant and event["dtstart"].to_ical() == f"{instant:%Y%m%dT%H%M%SZ}".encode()
    assert event["dtend"].dt - event["dtstart"].dt == calendars.lasts(exercise), "an hour that is not there does not count"


@pytest.fixture
def cohort(erin) -> Cohort:
    cohort = Cohort.objects.create(course=TaughtCourse.objects.create(title="Operational risk", teacher=erin), name="Spring")
    roster.enrol(cohort, [roster.RosterLine("Wilhelmina", "w@example.org", ""), roster.RosterLine("Erik", "77", "")])
    return cohort


def homework(cohort: Cohort, title: str = "The first morning", **values: Any) -> Homework:
    return Homework.objects.create(cohort=cohort, title=title, scenario="knight-2012", **{"deadline": SOON, **values})


def test_a_students_deadlines_come_by_the_personal_link_and_hold_nobodys_name_nor_link(client, cohort):
    student = cohort.students.get(name="Wilhelmina")
    one = homework(cohort)
    address = f"/learn/{student.token}/deadlines.ics"
    answer = client.get(address)
    (event,) = read(answer)
    assert str(event["summary"]) == one.title and event["dtstart"].dt == SOON and "dtend" not in event and event["transp"] == "TRANSPARENT"
    assert "Operational risk, Spring" in event["description"]
    assert not any(word in answer.content.decode() for word in ("Wilhelmina", "example.org", student.token))
    assert f'href="{address}"' in client.get(f"/learn/{student.token}/").content.decode()
    assert feed(cohort.course.teacher)[0]["uid"] == event["uid"], "the teacher has it, too"
    Homework.objects.filter(pk=one.pk).update(deadline=SOON + timedelta(days=1))
    (event,) = read(client.get(address))
    assert event["dtstart"].dt == SOON + timedelta(days=1) and event["sequence"] == 1
    one.delete()
    (event,) = read(client.get(address))
    assert (event["status"], event["sequence"]) == ("CANCELLED", 2)
    student.renew()
    assert client.get(address).status_code == 404


def test_another_cohorts_deadlines_are_in_nobody_elses_calendar(client, cohort):
    homework(cohort)
    other = Cohort.objects.create(course=TaughtCourse.objects.create(title="Elsewhere"), name="Spring")
    roster.enrol(other, [roster.RosterLine("Ada", "1", "")])
    assert read(client.get(f"/learn/{other.students.get().token}/deadlines.ics")) == []


def test_what_is_long_past_is_in_no_calendar_and_goes_from_the_rows(erin):
    now = timezone.now()
    kept, gone = (new_exercise(title=name, facilitator=erin, planned_for=now - timedelta(days=80)) for name in ("kept", "gone"))
    calendars.of_facilitator(erin, now)
    schedule.remove(gone)
    later = now + timedelta(days=20)
    assert calendars.of_facilitator(erin, later) == []
    assert CalendarEntry.forget(later - calendars.PAST) == 1 and CalendarEntry.objects.get().exercise == kept


def test_the_words_beside_a_title_are_in_the_language_of_the_link(client, rf, erin):
    exercise = new_exercise(title="Herbst", facilitator=erin, planned_for=SOON)
    assert f"Join with the code {exercise.code}." in feed(erin)[0]["description"]
    german = feed(erin, language="de")[0]
    assert exercise.code in german["description"] and "Join with" not in german["description"] and german["summary"].params["LANGUAGE"] == "de"
    assert feed(erin, language="../xx")[0]["sequence"] == 0, "another language is no change"
    assert link_of(rf.get("/"), erin).endswith("?language=en")


def test_many_planned_exercises_cost_no_query_each(erin, django_assert_max_num_queries):
    for number in range(12):
        new_exercise(title=f"Class {number}", facilitator=erin, planned_for=SOON.astimezone(ZoneInfo("Asia/Tokyo")))
    feed(erin)
    with django_assert_max_num_queries(16):
        assert len(feed(erin)) == 12
