"""A run ends at a step and a place in its log: wherever its clock is stopped, its bundle plays again to the last bit."""

import uuid

import pytest

import engine
from game.control.exercise_controls import drive
from game.debrief.bundles import bundle_of
from game.models import Command, Exercise, Holding, Planning, Run
from game.people import joining
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


def test_a_team_that_is_ahead_in_the_unwind_waits_at_the_fifth_minute_whoever_turns_it(world):
    start = days.step_at("10:15")
    exercise = new_exercise(start_step=start, autopilot="assistant")
    exercise.add_team("Amber", "assistant")
    for team in ("Amber", "Cobalt"):
        taken_seat(exercise, team=team, name=f"P {team}")
    exercise.start()
    amber, cobalt = (Run.objects.get(team__exercise=exercise, team__name=name) for name in ("Amber", "Cobalt"))
    Run.objects.filter(pk=amber.pk).update(state="running", step=start)  # its worker is slow
    limit = start + 5 * engine.STEPS_PER_MINUTE

    def waiting(at_least_s: float) -> Run | None:
        return Run.objects.filter(pk=cobalt.pk, step=limit, waits_for=["Amber"], waited_s__gte=at_least_s).first()

    with turning(cobalt):
        eventually(lambda: waiting(1), 60, "it waits")
    forget()
    with turning(cobalt):
        assert eventually(lambda: waiting(3), 60, "who takes over counts on").shown_to == limit, "no screen was shown more"
        Run.objects.filter(pk=amber.pk).update(step=limit)
        eventually(lambda: Run.objects.filter(pk=cobalt.pk, step__gt=limit, waits_for=[]).exists(), 20, "it goes on")
        Exercise.objects.get(pk=exercise.pk).end()
        assert differs(ended(cobalt)) == []


def test_a_game_for_one_stands_at_its_start_until_its_player_begins(world):
    player, _ = joining.play_now("operator", "08:00")
    exercise = player.exercise
    drive(exercise, "start")
    run = Run.objects.select_related("team__exercise").get(team__exercise=exercise)
    assert exercise.begins == "soon"

    def now() -> Exercise:
        return Exercise.objects.get(pk=exercise.pk)

    with turning(run):
        eventually(lambda: now().begins == "now", 60, "it is there")
    assert (now().state, Run.objects.get(pk=run.pk).step) == ("paused", 0)
    drive(now(), "pause")  # and on again: what was never begun stands there once more
    drive(now(), "resume")
    with turning(run):
        eventually(lambda: now().begins == "now", 60, "it stands there again")
    drive(now(), "resume")
    assert now().begins is None
    with turning(run):
        eventually(lambda: Run.objects.get(pk=run.pk).step > 0, 60, "the clock goes")
        drive(now(), "end")
