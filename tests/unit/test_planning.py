"""The planning pause of an evening: who is waited for, for how long, and what ends it."""

from datetime import timedelta

import pytest
from django.utils import timezone

import engine
from game import planning
from game.drive import drive
from game.models import Exercise, Planning, RuleBroken, Seat
from game.overview import overview
from tests.builders import new_exercise, taken_seat

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def an_evening(**values) -> Exercise:
    """An exercise of the week that has started, with people at two desks."""
    exercise = new_exercise(**{"start_step": engine.WEEK, "autopilot": "assistant", **values})
    for desk, name in (("operator", "Dana"), ("risk", "Eli")):
        taken_seat(exercise, desk, name=name)
    exercise.start()
    return exercise


def later(seconds: float):
    return NOW + timedelta(seconds=seconds)


def ready(exercise: Exercise, name: str, on: bool = True) -> None:
    planning.say_ready(exercise.players.get(name=name), ready=on)


def test_an_evening_waits_until_every_desk_that_people_sit_at_is_ready():
    exercise = an_evening()
    assert planning.holds(exercise, engine.WEEK, NOW) == (True, True)
    assert planning.holds(exercise, engine.WEEK, later(5)) == (True, False)
    assert planning.told(exercise, later(5)) == {"evening": 0, "left_s": 85, "ready": 0, "of": 2}
    ready(exercise, "Dana")
    assert planning.holds(exercise, engine.WEEK, later(6))[0] and planning.told(exercise, later(6))["ready"] == 1
    ready(exercise, "Dana", on=False)
    ready(exercise, "Eli")
    assert planning.holds(exercise, engine.WEEK, later(7))[0]
    ready(exercise, "Dana")
    assert planning.holds(exercise, engine.WEEK, later(8)) == (False, True)
    assert planning.holds(exercise, engine.WEEK, later(8)) == (False, False), "a second team's run finds it over"
    assert planning.told(exercise, later(8)) is None
    with pytest.raises(RuleBroken, match="nobody waits any more"):
        ready(exercise, "Eli", on=False)


def test_it_waits_for_ninety_seconds_at_most_and_as_long_as_the_exercise_says():
    exercise = an_evening()
    planning.holds(exercise, engine.WEEK, NOW)
    assert planning.holds(exercise, engine.WEEK, later(89))[0]
    assert planning.holds(exercise, engine.WEEK, later(90)) == (False, True)
    short = an_evening(planning_s=5)
    planning.holds(short, engine.WEEK, NOW)
    assert planning.holds(short, engine.WEEK, later(5)) == (False, True)
    none = an_evening(planning_s=0)
    assert planning.holds(none, engine.WEEK, NOW) == (False, False) and not Planning.objects.filter(exercise=none).exists()


def test_each_evening_opens_with_one_of_its_own_and_an_earlier_ready_does_not_count():
    exercise = an_evening()
    planning.holds(exercise, engine.WEEK, NOW)
    for name in ("Dana", "Eli"):
        ready(exercise, name)
    planning.holds(exercise, engine.WEEK, NOW)
    monday = engine.week_step(1, "18:00")
    assert planning.next_opening(exercise, engine.WEEK) == planning.next_opening(exercise, monday - 1) == monday
    assert planning.holds(exercise, monday - 1, NOW) == (False, False)
    assert planning.holds(exercise, monday, NOW) == (True, True)
    assert planning.next_opening(exercise, engine.week_step(2, "18:00")) is None and planning.opening(exercise, 0) is None


def test_an_exercise_that_begins_within_an_evening_plans_it_there():
    start = engine.week_step(1, "18:30")
    exercise = an_evening(start_step=start)
    assert planning.opening(exercise, engine.WEEK) is None and planning.opening(exercise, engine.week_step(1, "18:00")) is None
    assert planning.opening(exercise, start) == 1


def test_nobody_waits_for_empty_seats_for_those_whom_the_assistant_covers_or_for_a_team_that_has_ended():
    exercise = an_evening()
    planning.holds(exercise, engine.WEEK, NOW)
    ready(exercise, "Dana")
    Seat.objects.filter(team__exercise=exercise, desk="risk").update(covered=True)
    assert planning.holds(exercise, engine.WEEK, NOW) == (False, True)
    empty = new_exercise(start_step=engine.WEEK, autopilot="assistant")
    empty.start()
    assert planning.holds(empty, engine.WEEK, NOW) == (False, False)
    left = an_evening()
    planning.holds(left, engine.WEEK, NOW)
    left.runs().update(state="ended")
    assert planning.holds(left, engine.WEEK, NOW) == (False, True)


def test_while_the_exercise_is_paused_the_seconds_stand_still():
    exercise = an_evening()
    planning.holds(exercise, engine.WEEK, timezone.now())
    exercise.pause()
    assert 85 <= planning.told(exercise, later(500))["left_s"] <= 90
    exercise.go_on()
    assert planning.holds(exercise, engine.WEEK, timezone.now()) == (True, False)
    assert 85 <= planning.told(exercise, timezone.now())["left_s"] <= 90


def test_whoever_has_the_clock_can_begin_at_once_or_advance_beyond_it(monkeypatch):
    monkeypatch.setattr("game.drive.tell_state", lambda exercise: None)
    monkeypatch.setattr("game.drive.dispatch_all", lambda exercise: None)
    exercise = an_evening()
    with pytest.raises(RuleBroken, match="No evening waits"):
        drive(exercise, "begin")
    planning.holds(exercise, engine.WEEK, timezone.now())
    assert overview(exercise, {})["planning"]["of"] == 2
    drive(exercise, "begin")
    assert planning.holds(exercise, engine.WEEK, timezone.now()) == (False, False)
    monday = engine.week_step(1, "18:00")
    planning.holds(exercise, monday, timezone.now())
    drive(exercise, "advance", "08:00")
    assert planning.told(exercise, timezone.now()) is None
