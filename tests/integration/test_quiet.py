"""A house where nothing goes on is asked a few questions several times a second and nothing more, and wakes at once."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from game.models import Exercise, Experiment, Player, Run
from game.ops.reaper import AWAKE, Reaper, _sql, _to_turn
from tests.builders import eventually, made_by_here, new_exercise, new_facilitator, taken_seat

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request) -> str:
    return request.param


def looked(guard: Reaper, now: float) -> int:
    """What a look asks the database."""
    with CaptureQueriesContext(connection) as asked:
        guard.look(now)
    return len(asked)


def somebody_comes_in() -> None:
    taken_seat(Exercise.objects.get(title="waits"), name="Dana")


def an_exercise_begins() -> None:
    Exercise.objects.get(title="waits").start()


def one_that_was_begun_elsewhere_ends() -> None:
    Exercise.objects.filter(pk=new_exercise().pk).update(state="ended", ended_at=timezone.now())


def an_experiment_runs() -> None:
    Experiment.objects.create(facilitator=new_facilitator(), title="One", scenario="knight-2012", players="nobody", state="running", made_by=made_by_here())


@BOTH
def test_a_quiet_house_is_asked_the_least_and_whatever_happens_wakes_it(world):
    new_exercise(title="waits")
    over = new_exercise(title="is over")
    taken_seat(over, name="Robin")
    Exercise.objects.filter(pk=over.pk).update(state="ended", ended_at=timezone.now())
    wakes: tuple[Callable[[], None], ...] = (somebody_comes_in, an_exercise_begins, one_that_was_begun_elsewhere_ends, an_experiment_runs)
    for wake in wakes:
        guard = Reaper()
        eventually(lambda guard=guard: looked(guard, 0.0) == len(AWAKE), what="nothing is left to look after")
        wake()
        assert looked(guard, 0.5) > len(AWAKE), wake.__name__
        Experiment.objects.all().delete()
        Player.objects.update(gone_at=timezone.now())
        Exercise.objects.filter(state="running").update(state="ended", ended_at=timezone.now())


@BOTH
def test_the_runs_that_are_watched_are_those_that_have_something_left_to_do(world):
    guard = Reaper()

    def watched() -> set[int]:
        guard.watch_runs(0.0)
        return {int(key.rpartition(":")[2]) for key in guard._stood._seen}

    assert watched() == set()
    going, waits = new_exercise(), new_exercise()
    going.start()
    assert watched() == set(Run.to_turn().values_list("pk", flat=True)) == {going.runs().get().pk}
    waits.start()
    going.runs().update(state="ended")
    assert watched() == set(Run.to_turn().values_list("pk", flat=True)) == {waits.runs().get().pk}


@BOTH
def test_finished_runs_are_not_looked_through_for_those_that_go_on(world):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off")  # which it prefers where there are hardly any rows
        sql, values = _sql(_to_turn)
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}", values)
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "runs_by_state" in plan, plan
