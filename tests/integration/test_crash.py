"""kill -9 of every process, for real: the market goes on, and no command is lost or applied twice."""

import uuid
from typing import Any

import pytest

import engine
from game.live.broker import client, lease_key
from game.models import Command, Event, Exercise, Holding, Run
from game.models.run_log import log_of
from game.sockets import inbox
from game.sockets.protocol import CommandMessage
from tests import days
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.world import Watch, World

GAP_S = 4.0
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request) -> str:
    return getattr(request, "param", "sqlite")


def running(speed: float = 20.0, at: str = "09:29") -> Run:
    """An exercise that was started; the reaper finds its run."""
    exercise = new_exercise(start_step=days.step_at(at), speeds={"premarket": speed, "bell": speed})
    exercise.start()
    return Run.objects.get(team__exercise=exercise)


def shown_step(run: Run) -> int:
    """How far the screens have seen it."""
    return int(client().hget(f"ob:cards:{run.pk}:operator", "") or 0)


def give(run: Run, kind: str, **args: Any) -> str:
    """Give a command at the operator's desk, as a socket does; its id."""
    client_id = uuid.uuid4()
    answers = inbox.put(*held_by(run), CommandMessage(t="command", id=client_id, kind=kind, args=args))
    assert answers[0]["t"] == "received", answers
    return str(client_id)


def end(run: Run) -> Run:
    """Wait for the answers, end the exercise and wait for the score."""
    waiting = Command.objects.filter(run=run, state__in=("pending", "stamped"))
    eventually(lambda: not waiting.exists(), 10, "every command is answered")
    Exercise.objects.get(pk=run.team.exercise_id).end()
    return eventually(lambda: Run.objects.filter(pk=run.pk, state="ended").first(), 15, "the run has ended")


def undisturbed(run: Run) -> str:
    """The outcome of a run with the same stamped commands that nothing ever happened to."""
    return engine.played_again(log_of(run)).outcome


def assert_told_once(run: Run, ids: list[str]) -> None:
    """Every command has one row, one place and one outcome; every event one number, without a hole."""
    rows = list(Command.objects.filter(run=run).order_by("seq"))
    mine = [str(row.client_id) for row in rows if row.by not in ("autopilot", "facilitator")]  # nor what a game begins with
    assert sorted(ids) == sorted(mine)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert {row.state for row in rows} <= {"applied", "refused"}
    told = Event.objects.filter(run=run).order_by("number")
    assert [event.number for event in told] == list(range(len(told)))
    seqs = [event.data["seq"] for event in told if event.kind in ("command.applied", "command.refused")]
    assert sorted(seqs) == [row.seq for row in rows]


def owner(world: World, run: Run) -> str:
    """The name of the process that turns the run: its lease says so."""
    token = eventually(lambda: client().get(lease_key(run.pk)), 10, "somebody has the lease")
    pid = int(token.split(":")[0])
    return next(name for name, process in world.processes.items() if process.pid == pid)


@pytest.mark.alone
@BOTH
def test_when_the_worker_is_killed_another_goes_on_and_nothing_is_lost_or_done_twice(world):
    world.start_all("games-1", "games-2", "control")
    run = running()
    taken_seat(run.team.exercise)
    eventually(lambda: shown_step(run) > run.team.exercise.start_step, 20, "the market moves")
    with Watch(world.broker_url, run.pk) as watch:
        ids = [give(run, "server.stop", server=1), give(run, "log.tail", server=2)]
        world.kill(owner(world, run))
        ids += [give(run, "server.stop", server=3), give(run, "server.stop", server=3)]
        watch.more(10)
    assert watch.gap() <= GAP_S
    assert watch.steps() == sorted(watch.steps()), "market time ran backwards"
    assert watch.heard[-1][1] > watch.heard[0][1] + 40
    ids.append(give(run, "log.tail", server=4))
    run = end(run)
    assert_told_once(run, ids)
    assert run.digest == undisturbed(run)
    assert run.epoch >= 2


@pytest.mark.alone
def test_when_the_broker_is_killed_the_market_waits_and_goes_on_where_it_stood(world):
    world.start_all("games-1", "control")
    run = running()
    taken_seat(run.team.exercise)
    eventually(lambda: shown_step(run) > run.team.exercise.start_step, 20, "the market moves")
    with Watch(world.broker_url, run.pk) as watch:
        ids = [give(run, "server.stop", server=1)]
        world.kill("broker")
        ids.append(give(run, "server.stop", server=2))
        world.start_broker()
        watch.more(10)
    assert watch.gap() <= GAP_S
    assert watch.steps() == sorted(watch.steps()), "market time ran backwards"
    run.team.exercise.pause()
    stands = eventually(lambda: not client().exists(lease_key(run.pk)) and shown_step(run), what="the run is let go")
    run.team.exercise.go_on()
    eventually(lambda: shown_step(run) > stands, 10, "the queue works again: the run is taken up")
    run = end(run)
    assert_told_once(run, ids)
    assert run.digest == undisturbed(run)


@pytest.mark.alone
def test_a_worker_that_is_asked_to_stop_hands_over_within_a_second(world):
    world.start_all("games-1", "control")
    run = running()
    eventually(lambda: shown_step(run) > run.team.exercise.start_step, 20, "the market moves")
    world.start_games("games-2")
    with Watch(world.broker_url, run.pk) as watch:
        assert world.terminate("games-1") == 0
        watch.more(5)
    assert watch.gap() <= 1.0
    assert watch.steps() == sorted(watch.steps())
    assert end(run).state == "ended"


def test_a_checkpoint_that_does_not_match_is_thrown_away_and_the_log_is_enough(world):
    world.start_all("games-1", "control")
    run = running()
    taken_seat(run.team.exercise)
    ids = [give(run, "server.stop", server=5)]
    eventually(lambda: shown_step(run) > run.team.exercise.start_step + 40, 20, "the market moves")
    world.terminate("games-1")
    checkpoint = run.checkpoint
    assert checkpoint.seq >= Command.objects.get(client_id=ids[0]).seq
    checkpoint.blob = bytes(checkpoint.blob)[:-100] + bytes(100)
    checkpoint.save()
    before = Run.objects.get(pk=run.pk).step
    world.start_games("games-2")
    eventually(lambda: shown_step(run) > before, 20, "the market moves again")
    run = end(run)
    assert_told_once(run, ids)
    assert run.digest == undisturbed(run)
    assert "thrown away" in world.log("games-2")


def test_pauses_and_speeds_do_not_change_a_run(world):
    world.start_all("games-1", "control")
    run = running()
    exercise = run.team.exercise
    taken_seat(exercise)
    eventually(lambda: shown_step(run) > exercise.start_step + 40, 20, "the market moves")
    exercise.pause()
    stands = eventually(lambda: not client().exists(lease_key(run.pk)) and shown_step(run), what="the run is let go")
    refused = inbox.put(*held_by(run), CommandMessage(t="command", id=uuid.uuid4(), kind="server.stop", args={"server": 1}))
    assert refused[0]["reason"] == "The exercise is paused: you can give commands when it resumes."
    assert shown_step(run) == stands
    exercise.set_speed(120)
    exercise.go_on()
    ids = [give(run, "server.stop", server=2)]
    exercise.advance_to(days.step_at("09:40"))
    eventually(lambda: shown_step(run) >= days.step_at("09:40"), 30, "it has advanced")
    run = end(run)
    assert_told_once(run, ids)
    assert run.digest == undisturbed(run)
    minutes = [step for step, _ in run.curve]
    assert minutes == sorted(set(minutes))
    assert len(minutes) == run.step // engine.STEPS_PER_MINUTE


def held_by(run: Run) -> tuple[int, str]:
    holding = Holding.objects.select_related("player").get(seat__team=run.team_id, seat__desk="operator")
    return holding.pk, holding.player.token_hash


def test_a_run_that_fails_says_why_and_the_others_go_on(world):
    world.start_all("games-1", "control")
    exercise = new_exercise(start_step=days.step_at("09:29"), speeds={"premarket": 20, "bell": 20})
    exercise.add_team("Amber", "no-such-playbook")
    exercise.start()
    sound, broken = exercise.runs()
    eventually(lambda: Run.objects.get(pk=broken.pk).state == "failed", 20, "the broken run stands")
    assert "no-such-playbook" in Run.objects.get(pk=broken.pk).reason
    before = shown_step(sound)
    eventually(lambda: shown_step(sound) > before, what="the other run goes on")
    exercise.end()
    eventually(lambda: Run.objects.get(pk=sound.pk).state == "ended", 15, "the sound run is scored")


def test_autopilots_give_historys_commands_at_exactly_their_step_once_and_not_for_a_desk_that_somebody_holds(world):
    world.start_all("games-1", "games-2", "control")
    start = days.step_at("09:47:50")
    exercise = new_exercise(start_step=start, speeds={"bell": 20})
    exercise.add_team("Amber")
    taken_seat(exercise)
    exercise.start()
    held, free = exercise.runs()
    rollback, disconnect = days.step_at("09:48"), days.step_at("10:11")
    for run in (held, free):
        eventually(lambda run=run: shown_step(run) >= rollback, 30, "history's rollback is given")
    world.kill(owner(world, free))
    exercise.advance_to(disconnect + 10)
    for run in (held, free):
        eventually(lambda run=run: shown_step(run) >= disconnect + 10, 30, "it has advanced")
    deployers = ("deployer", rollback, "release.rollback")
    others = [
        ("operator", days.step_at("10:10"), "authorise.ask"),
        ("risk", days.step_at("10:10:05"), "authorise.give"),
        ("operator", disconnect, "smars.disconnect"),
    ]
    for run, expected in ((held, [deployers]), (free, [deployers, *others])):
        rows = Command.objects.filter(run=run, by="autopilot", step__gte=start).exclude(kind__in=("mail.open", "call.answer")).order_by("seq")
        assert [(row.desk, row.step, row.kind) for row in rows] == expected
    free = end(free)
    held = eventually(lambda: Run.objects.filter(pk=held.pk, state="ended").first(), 15, "the other run has ended")
    for run in (held, free):
        assert_told_once(run, [])
        assert run.digest == undisturbed(run)
    rehearsed = engine.rehearse(engine.load_scenario(exercise.scenario), exercise.seed, dict.fromkeys(engine.DESKS, "history"), until=free.step)
    rows = Command.objects.filter(run=free).order_by("seq")
    assert [(row.seq, row.step, row.desk, row.kind, row.args) for row in rows] == [
        (command.seq, command.step, command.desk, command.kind, command.args) for command in rehearsed.commands
    ]
