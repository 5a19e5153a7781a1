"""The planning pause of an evening: who is waited for, for how long, and what ends it."""

import pytest

from game.control.exercise_controls import drive
from game.control.overview import overview
from game.models import Exercise, Planning, RuleBroken, Seat, planning
from tests import days
from tests.builders import new_exercise, taken_seat

pytestmark = pytest.mark.django_db
START = 7000.0


def an_evening(**values) -> Exercise:
    """An exercise of the week that has started, with people at two desks."""
    exercise = new_exercise(**{"start_step": days.WEEK, "autopilot": "assistant", **values})
    for desk, name in (("operator", "Dana"), ("risk", "Eli")):
        taken_seat(exercise, desk, name=name)
    exercise.start()
    return exercise


class Clock:
    """Looks as a clock that stands does, four times a second of its own time."""

    def __init__(self, exercise: Exercise, step: int = days.WEEK) -> None:
        self.exercise, self.step, self.now = exercise, step, START

    def look(self) -> tuple[bool, bool]:
        return planning.holds(self.exercise, self.step, self.now)

    def goes_on(self, seconds: float) -> tuple[bool, bool]:
        """So many seconds; what the last look said."""
        for _ in range(round(4 * seconds)):
            self.now += 0.25
            said = self.look()
        return said


def ready(exercise: Exercise, name: str, on: bool = True) -> None:
    planning.say_ready(exercise.players.get(name=name), ready=on)


def test_an_evening_waits_until_every_desk_that_people_sit_at_is_ready():
    exercise = an_evening()
    clock = Clock(exercise)
    assert clock.look() == (True, True)
    assert clock.goes_on(5) == (True, False)
    assert planning.pause_state(exercise) == {"evening": 0, "left_s": 85, "ready": 0, "of": 2}
    ready(exercise, "Dana")
    assert clock.goes_on(1)[0] and planning.pause_state(exercise)["ready"] == 1
    ready(exercise, "Dana", on=False)
    ready(exercise, "Eli")
    assert clock.goes_on(1)[0]
    ready(exercise, "Dana")
    assert clock.look() == (False, True)
    assert clock.look() == (False, False), "a second team's run finds it over"
    assert planning.pause_state(exercise) is None
    with pytest.raises(RuleBroken, match="no one is waiting any more"):
        ready(exercise, "Eli", on=False)


def test_it_waits_for_ninety_seconds_at_most_and_as_long_as_the_exercise_says():
    clock = Clock(an_evening())
    clock.look()
    assert clock.goes_on(89)[0]
    assert clock.goes_on(1) == (False, True)
    short = Clock(an_evening(planning_s=5))
    short.look()
    assert short.goes_on(5) == (False, True)
    none = an_evening(planning_s=0)
    assert Clock(none).look() == (False, False) and not Planning.objects.filter(exercise=none).exists()


def test_the_seconds_of_many_teams_are_counted_once_and_go_on_with_another_worker():
    exercise = an_evening()
    clocks = [Clock(exercise) for _ in range(3)]
    for number, clock in enumerate(clocks):
        clock.now += number / 12
        clock.look()
    for _ in range(30):
        for clock in clocks:
            clock.goes_on(1)
    assert 59 <= planning.pause_state(exercise)["left_s"] <= 61
    planning._seen.forget(Planning.objects.get().pk)  # as in a worker that takes over
    after = Clock(exercise)
    after.now = 20.0
    after.look()
    after.goes_on(30)
    assert 29 <= planning.pause_state(exercise)["left_s"] <= 31


def test_each_evening_opens_with_one_of_its_own_and_an_earlier_ready_does_not_count():
    exercise = an_evening()
    Clock(exercise).look()
    for name in ("Dana", "Eli"):
        ready(exercise, name)
    Clock(exercise).look()
    monday = days.week_step(1, "18:00")
    assert planning.next_opening(exercise, days.WEEK) == planning.next_opening(exercise, monday - 1) == monday
    assert Clock(exercise, monday - 1).look() == (False, False)
    assert Clock(exercise, monday).look() == (True, True)
    assert planning.next_opening(exercise, days.week_step(2, "18:00")) is None and planning.opening(exercise, 0) is None


def test_an_exercise_that_begins_within_an_evening_plans_it_there():
    start = days.week_step(1, "18:30")
    exercise = an_evening(start_step=start)
    assert planning.opening(exercise, days.WEEK) is None and planning.opening(exercise, days.week_step(1, "18:00")) is None
    assert planning.opening(exercise, start) == 1


def test_nobody_waits_for_empty_seats_for_those_whom_the_assistant_covers_or_for_a_team_that_has_ended():
    exercise = an_evening()
    Clock(exercise).look()
    ready(exercise, "Dana")
    Seat.objects.filter(team__exercise=exercise, desk="risk").update(covered=True)
    assert Clock(exercise).look() == (False, True)
    empty = new_exercise(start_step=days.WEEK, autopilot="assistant")
    empty.start()
    assert Clock(empty).look() == (False, False)
    left = an_evening()
    Clock(left).look()
    left.runs().update(state="ended")
    assert Clock(left).look() == (False, True)


def test_while_the_exercise_is_paused_the_seconds_stand_still():
    exercise = an_evening()
    Clock(exercise).look()
    clock = Clock(exercise)
    clock.goes_on(10)
    exercise.pause()
    clock.now += 500  # no clock looks meanwhile
    exercise.go_on()
    assert clock.look() == (True, False)
    assert 78 <= planning.pause_state(exercise)["left_s"] <= 80


def test_whoever_has_the_clock_can_begin_at_once_or_advance_beyond_it(monkeypatch):
    monkeypatch.setattr("game.control.exercise_controls.tell_state", lambda exercise: None)
    monkeypatch.setattr("game.control.exercise_controls.dispatch_all", lambda exercise: None)
    exercise = an_evening()
    with pytest.raises(RuleBroken, match="No evening is waiting"):
        drive(exercise, "begin")
    Clock(exercise).look()
    assert overview(exercise, {})["planning"]["of"] == 2
    drive(exercise, "begin")
    assert Clock(exercise).look() == (False, False)
    monday = days.week_step(1, "18:00")
    Clock(exercise, monday).look()
    drive(exercise, "advance", "08:00")
    assert planning.pause_state(exercise) is None
