"""Teams beside each other in the unwind: who waits, for whom, how long, and for whom nobody does."""

import pytest
from django.utils import timezone

import engine
from game.live.control import state_of, state_of_run
from game.live.pacing import PATIENCE_S, Pace
from game.models import Exercise, Player, Run
from tests.builders import new_exercise, taken_seat

pytestmark = pytest.mark.django_db
MINUTE = engine.STEPS_PER_MINUTE
NOON = 150 * MINUTE
BEAT_S = 0.25


class Clock:
    """A team's clock of its own time: it looks four times a second, as one that stands does."""

    def __init__(self, run: Run) -> None:
        self.run, self.pace, self.now = run, Pace(), 7000.0

    def look(self, *, apart: bool = True) -> tuple[bool, bool]:
        return self.pace.holds(self.run, self.run.step, self.now, apart=apart)

    def stands_for(self, most_s: float) -> float:
        """Seconds until it goes on, at most so many."""
        began = self.now
        while self.now - began < most_s and self.look()[0]:
            self.now += BEAT_S
        return self.now - began


def at(run: Run, minutes: float, **values) -> Run:
    """Its row, so many minutes after noon."""
    Run.objects.filter(pk=run.pk).update(state="running", step=NOON + round(minutes * MINUTE), **values)
    return Run.objects.select_related("team__exercise").get(pk=run.pk)


@pytest.fixture
def teams() -> list[Run]:
    """Amber, Cobalt and Slate with somebody at a desk each, all at noon."""
    exercise = new_exercise(start_step=0)
    for name in ("Amber", "Slate"):
        exercise.add_team(name)
    for name in ("Amber", "Cobalt", "Slate"):
        taken_seat(exercise, team=name, name=f"P {name}")
    exercise.start()
    return [at(run, 0) for run in Run.objects.filter(team__exercise=exercise).order_by("team__name")]


def told(run: Run) -> dict | None:
    """What its desks are told of whom it waits for."""
    run = Run.objects.select_related("team__exercise").get(pk=run.pk)
    return state_of_run(run, state_of(Exercise.objects.get(pk=run.team.exercise_id), run.step)).get("waits")


def test_who_is_five_minutes_ahead_waits_and_says_for_whom_until_the_slowest_is_close(teams):
    amber, cobalt, slate = teams
    fast = Clock(at(cobalt, 5))
    at(slate, 3)
    assert fast.look() == (True, True)
    assert told(cobalt) == {"for": ["Amber", "Slate"], "left_s": 60}
    at(slate, 4)
    fast.now += 1
    assert fast.look() == (True, True) and told(cobalt) == {"for": ["Amber"], "left_s": 59}
    at(amber, 3)
    assert fast.look()[0], "it does not go on in jerks"
    at(amber, 4)
    assert fast.look() == (False, True) and told(cobalt) is None
    assert fast.pace.limit == NOON + 9 * MINUTE, "and looks again before it can be five minutes ahead"
    assert Clock(at(amber, 4)).look() == (False, False)


def test_nobody_waits_longer_than_a_minute_and_a_worker_that_takes_over_counts_on(teams):
    cobalt = at(teams[1], 30)
    assert Clock(cobalt).stands_for(40) == 40
    after = Clock(at(cobalt, 30))
    assert PATIENCE_S - 43 < after.stands_for(90) <= PATIENCE_S - 38
    assert told(cobalt) is None and Run.objects.get(pk=cobalt.pk).waited_s >= PATIENCE_S
    assert Clock(at(cobalt, 90)).look() == (False, False), "nor again on the same day"


@pytest.mark.parametrize("values", [{"paused": True}, {"stopped": True}], ids=str)
def test_a_team_that_stands_alone_is_not_waited_for(teams, values):
    amber, cobalt, slate = teams
    for run in (amber, slate):
        at(run, 0, **values)
    assert Clock(at(cobalt, 30)).look() == (False, False)


@pytest.mark.parametrize("state", ["failed", "standing", "ended"])
def test_a_team_whose_market_does_not_move_is_not_waited_for(teams, state):
    Run.objects.exclude(pk=teams[1].pk).update(state=state)
    assert Clock(at(teams[1], 30)).look() == (False, False)


def test_a_team_that_nobody_is_at_is_not_waited_for(teams):
    cobalt = at(teams[1], 30)
    assert Clock(cobalt).look()[0]
    Player.objects.exclude(holdings__seat__team=cobalt.team_id).update(gone_at=timezone.now())
    assert Clock(at(cobalt, 30)).look() == (False, True)


def test_who_is_advanced_or_is_not_in_the_unwind_waits_for_nobody(teams):
    fast = Clock(at(teams[1], 30))
    assert fast.look(apart=False) == (False, False)
    assert fast.look() == (True, True)
    assert fast.look(apart=False) == (False, True), "and its desks are told"
