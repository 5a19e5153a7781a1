"""A run ends at a step and a place in its log: wherever its clock is stopped, its bundle plays again to the last bit."""

import uuid

import pytest

import engine
from game.debrief.bundles import bundle_of
from game.models import Command, Exercise, Holding, Planning, Run
from game.sockets import inbox
from game.sockets.protocol import CommandMessage
from tests import days
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.turning import ended, forget, turning


def begun(**values) -> Run:
    """An exercise with people at two desks, started."""
    exercise = new_exercise(**{"autopilot": "assistant", **values})
    for desk, name in (("operator", "Dana"), ("deployer", "Eli")):
        taken_seat(exercise, desk, name=name)
    exercise.start()
    return Run.objects.select_related("team__exercise").get(team__exercise=exercise)


def say(run: Run, text: str, desk: str = "operator") -> Command:
    holding = Holding.objects.select_related("player").get(seat__team=run.team_id, seat__desk=desk)
    client_id = uuid.uuid4()
    answers = inbox.put(holding.pk, holding.player.token_hash, CommandMessage(t="command", id=client_id, kind="bridge.say", args={"text": text}))
    assert answers[0]["t"] == "received", answers
    return Command.objects.get(run=run, client_id=client_id)


def heard(run: Run, *said: Command) -> None:
    """Wait until all of it is applied."""
    ids = [one.pk for one in said]
    eventually(lambda: Command.objects.filter(pk__in=ids, state="applied").count() == len(ids), 30, "it is heard")


def differs(run: Run) -> list[str]:
    """What differs when a run's bundle is read and played again."""
    return engine.verify(engine.unpack(engine.pack(bundle_of(run))))


def test_six_things_are_said_in_a_planning_pause_and_the_bundle_has_them_all(world):
    run = begun(start_step=days.WEEK, planning_s=300)
    with turning(run):
        eventually(lambda: Planning.objects.filter(exercise=run.team.exercise, over=False).exists(), 60, "the evening is planned")
        heard(run, *(say(run, f"Number {number}") for number in range(6)))
        Exercise.objects.get(pk=run.team.exercise_id).end()
        run = ended(run)
    assert run.step == days.WEEK and run.seq == Command.objects.filter(run=run, step__isnull=False).count() >= 6
    assert run.events.filter(kind="bridge.posted").count() >= 6
    assert differs(run) == []


@pytest.mark.parametrize("start", ["09:29:30", "30 Jul 19:00", "18:31"])
def test_a_run_that_is_ended_in_mid_beat_or_while_commands_wait_plays_again(world, start):
    run = begun(start_step=days.step_at(start), planning_s=0, speeds=dict.fromkeys(("deployment", "premarket", "bell", "block"), 13.7))
    exercise = Exercise.objects.get(pk=run.team.exercise_id)
    with turning(run):
        heard(run, say(run, "Begun"))
        said = [say(run, f"Number {number}", desk) for number in range(4) for desk in ("operator", "deployer")]
        exercise.end()
        run = ended(run)
    rows = {row.pk: row for row in Command.objects.filter(run=run)}
    assert all(rows[one.pk].state in ("applied", "refused") for one in said), "every one is answered"
    log = [row.seq for row in rows.values() if row.seq is not None]
    assert sorted(log) == list(range(1, run.seq + 1))
    assert differs(run) == []


def test_another_worker_that_takes_over_in_a_pause_ends_it_at_the_same_moment(world):
    run = begun(start_step=days.WEEK, planning_s=300)
    with turning(run):
        eventually(lambda: Planning.objects.filter(exercise=run.team.exercise).exists(), 60, "the evening is planned")
        heard(run, say(run, "Before"))
    forget()
    with turning(run):
        heard(run, say(run, "After"))
        Exercise.objects.get(pk=run.team.exercise_id).end()
        run = ended(run)
    assert run.step == days.WEEK
    assert differs(run) == []
