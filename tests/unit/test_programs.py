"""A clock that waits for programs, without a clock: whom it waits for, for how long, and what is told of it."""

import pytest

import engine
from game.live.control import state_of, state_of_run
from game.live.programs import Patience
from game.models import Exercise, Player, Run, Seat
from game.people import seating
from tests.builders import new_exercise, taken_seat

pytestmark = pytest.mark.django_db
STEP, BEAT_S = 2400, 0.25


class Worker:
    """A worker's clock, which looks four times a second."""

    def __init__(self, run: Run) -> None:
        self.run, self.patience, self.now = run, Patience(), 500.0

    def look(self, step: int = STEP, *, due: bool = True) -> tuple[bool, bool]:
        return self.patience.holds(self.run, step, self.now, due=due)

    def stands_for(self, most_s: float) -> float:
        """Seconds until it goes on, at most so many."""
        began = self.now
        while self.now - began < most_s and self.look()[0]:
            self.now += BEAT_S
        return self.now - began


@pytest.fixture
def run() -> Run:
    """Robo plays the operator by looks and Rollo the deployer by frames; Dana manages risk; six seconds are waited for a move."""
    exercise = new_exercise(start_step=0, move_s=6)
    team = exercise.teams.get()
    taken_seat(exercise, "risk", name="Dana")
    for desk, name in (("operator", "Robo"), ("deployer", "Rollo")):
        seating.give_to_bot(team.seats.get(desk=desk), name)
    team.seats.get(desk="operator").owe(moves=True)
    exercise.start()
    Run.objects.update(state="running", step=STEP)
    return Run.objects.select_related("team__exercise").get()


def robos(run: Run) -> Seat:
    return run.team.seats.get(desk="operator")


def told(run: Run) -> dict | None:
    """What its desks are told of whom it waits for."""
    run = Run.objects.select_related("team__exercise").get(pk=run.pk)
    return state_of_run(run, state_of(Exercise.objects.get(pk=run.team.exercise_id), run.step)).get("waits")


def test_it_waits_for_who_plays_by_looks_until_the_move_and_tells_people_when_that_takes_long(run):
    worker = Worker(run)
    assert worker.look() == (True, False) and told(run) is None, "most programs answer before anybody could read it"
    assert worker.stands_for(3.0) == 3.0
    assert told(run) == {"for": ["Robo (bot)"], "left_s": 4, "moves": True}
    robos(run).has_moved(STEP)
    assert worker.look() == (False, True) and told(run) is None and robos(run).waited_s == 0
    assert worker.look(STEP + 120) == (True, False), "and at the next look again"
    assert worker.look(STEP + 120, due=False) == (False, False), "not between two looks, and not where the clock is advanced"


def test_a_worker_that_takes_over_goes_on_counting_and_a_slow_program_is_waited_for_again_once_it_answers(run):
    assert Worker(run).stands_for(3.0) == 3.0
    other = Worker(Run.objects.select_related("team__exercise").get(pk=run.pk))
    assert 2.0 <= other.stands_for(60) <= 5.0, "six seconds in all, and a second at most is not counted where it changes hands"
    assert robos(run).moved is None and told(run) is None and other.look(STEP + 120) == (False, False)
    robos(run).owe(moves=True)  # it has come back, and says nothing again
    assert other.stands_for(60) <= 1.25, "who has used up its time has not got it anew"
    robos(run).has_moved(STEP)
    assert other.look(STEP + 240) == (True, False)


@pytest.mark.parametrize("gone", ["hung up", "covered", "a person's"])
def test_nobody_waits_for_a_program_that_is_not_there(run, gone):
    if gone == "hung up":
        Player.objects.filter(name="Robo (bot)").update(gone_at=run.created)
    elif gone == "covered":
        run.team.seats.filter(desk="operator").update(covered=True)
    else:
        seating.change_seat(robos(run), "vacate")
        robos(run).take(Player.objects.get(name="Dana"))
    assert Worker(run).look() == (False, False)


def test_a_program_of_another_kind_at_the_same_desk_owes_nothing(run):
    seating.give_to_bot(robos(run), "Rita")
    assert robos(run).moved is None and Worker(run).look() == (False, False)
    robos(run).owe(moves=True)
    assert Worker(run).look(engine.EARLIEST) == (True, False), "also at the very first step of a week"
