"""Many threads write at once, on both databases: nothing is lost, nothing is written twice, and SQLite's log is folded in beside them."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

import engine
from game.live import run_store
from game.models import Checkpoint, Command, Run
from game.sqlite_writer import fold, insertion, write, writing
from tests.builders import new_exercise

EACH = 10


@pytest.fixture
def runs(world) -> list[Run]:
    exercise = new_exercise(team="Team 1")
    for number in range(2, 13):
        exercise.add_team(f"Team {number}")
    exercise.start()
    Command.objects.all().delete()  # what a game begins with
    return [run_store.claim(run.pk) for run in exercise.runs()]


def at_once(acts: list[Callable[[], Any]]) -> None:
    """Each in a thread of its own, all from one moment; what one raises is raised here."""
    start, problems = threading.Barrier(len(acts)), []

    def go(act: Callable[[], Any]) -> None:
        try:
            start.wait()
            act()
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def click(run: Run, number: int) -> Command:
    return Command(run=run, client_id=uuid.UUID(int=number), desk="operator", kind="bridge.say", args={"text": f"{number} %s"})


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_clicks_and_clocks_of_many_runs_lose_nothing(runs):
    def clicks(run: Run) -> None:
        for number in range(EACH):
            for _ in range(2):  # a double click
                write(*insertion([click(run, number)], unless_there=True))

    def clock(run: Run) -> None:
        seq, told = 0, 0
        for step in range(400):
            stamped = run_store.stamp(run, step, seq)
            seq += len(stamped)
            events = [engine.Event(step, "said", ("operator",), {"seq": row.seq}) for row in stamped]
            run_store.tell(run, [run_store.CommandOutcome(row, None if row.seq % 2 else "no") for row in stamped], events, told, step=step)
            told += len(events)
            if seq == EACH:
                return

    at_once([lambda act=act, run=run: act(run) for run in runs for act in (clicks, clock)])
    for run in runs:
        for row in run_store.stamp(run, 400, run.commands.exclude(seq=None).count()):  # what came after the clock had gone
            run_store.tell(run, [run_store.CommandOutcome(row, None if row.seq % 2 else "no")], [], EACH, step=400)
        log = list(run.commands.order_by("seq"))
        assert [row.seq for row in log] == list(range(1, EACH + 1))
        assert [(row.state, row.reason) for row in log] == [("applied", ""), ("refused", "no")] * (EACH // 2)
        assert sorted(row.args["text"] for row in log) == sorted(f"{number} %s" for number in range(EACH))
        assert [event.data["seq"] for event in run.events.order_by("number")] == list(range(1, run.events.count() + 1))


def test_a_transaction_that_fails_leaves_nothing_and_lets_the_next_one_in(runs):
    with pytest.raises(ZeroDivisionError), writing() as cursor:
        cursor.execute(*insertion([click(runs[0], 1)]))
        raise ZeroDivisionError
    at_once([lambda: write(*insertion([click(runs[0], 2)]))])
    assert [row.client_id.int for row in runs[0].commands.all()] == [2]


def test_folding_leaves_nothing_in_the_log_for_a_writer_to_copy(runs):
    run_store.save_checkpoint(runs[0], Checkpoint(step=0, seq=0, events=0, blob=b"x" * 400_000), [])
    fold()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        busy, pages, copied = cursor.fetchone()
    assert not busy and pages == copied
