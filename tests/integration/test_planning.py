"""The planning pause with the real stack: it stands, hears commands, survives kill -9, and ends when everybody is ready."""

import uuid
from typing import Any

from game.live.broker import client, lease_key
from game.models import Command, Exercise, Holding, Planning, Run, planning
from game.sockets import inbox
from game.sockets.protocol import CommandMessage
from tests import days
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.test_crash import owner, shown_step, undisturbed


def in_the_week(**values: Any) -> Run:
    """An exercise of the week with people at two desks, started."""
    exercise = new_exercise(**{"start_step": days.WEEK, "autopilot": "assistant", "speeds": {"deployment": 120.0}, **values})
    for desk, name in (("operator", "Dana"), ("deployer", "Eli")):
        taken_seat(exercise, desk, name=name)
    exercise.start()
    return Run.objects.get(team__exercise=exercise)


def give(run: Run, desk: str, kind: str, **args: Any) -> Command:
    holding = Holding.objects.select_related("player").get(seat__team=run.team_id, seat__desk=desk)
    client_id = uuid.uuid4()
    answers = inbox.put(holding.pk, holding.player.token_hash, CommandMessage(t="command", id=client_id, kind=kind, args=args))
    assert answers[0]["t"] == "received", answers
    return eventually(lambda: Command.objects.filter(client_id=client_id, state__in=("applied", "refused")).first(), 20, f"{kind} is answered")


def begun(run: Run) -> bool:
    """Whether screens saw the evening go on."""
    return days.WEEK < shown_step(run) < 0


def ready(run: Run, *names: str) -> None:
    for name in names:
        planning.say_ready(run.team.exercise.players.select_related("exercise").get(name=name), ready=True)


def test_an_evening_is_planned_with_the_clock_stopped_and_a_killed_worker_changes_nothing(world):
    world.start_all("games-1", "games-2", "control")
    run = in_the_week(planning_s=300)
    exercise = run.team.exercise
    eventually(lambda: Planning.objects.filter(exercise=exercise, over=False).exists(), 30, "the first evening is planned")
    built = give(run, "operator", "inventory.audit")
    refused = give(run, "operator", "inventory.audit")
    assert (built.state, built.step, refused.state) == ("applied", days.WEEK, "refused"), "the hand is taken at once, from the first step on"
    epoch = Run.objects.get(pk=run.pk).epoch
    world.kill(owner(world, run))
    eventually(lambda: Run.objects.get(pk=run.pk).epoch > epoch, 30, "another worker takes the run")
    looked = give(run, "operator", "bridge.say", text="Still planning?")
    assert (looked.state, looked.step, shown_step(run)) == ("applied", days.WEEK, days.WEEK), "it still stands"
    eventually(lambda: planning.pause_state(exercise)["left_s"] < 299, 15, "who took over counts the seconds down")
    assert planning.pause_state(exercise) | {"left_s": 0} == {"evening": 0, "left_s": 0, "ready": 0, "of": 2}
    ready(run, "Dana")
    review = give(run, "deployer", "release.copy", servers=[1], release="smars-rlp")
    assert (review.state, review.step) == ("applied", days.WEEK)
    ready(run, "Eli")
    eventually(lambda: begun(run), 20, "the evening begins")
    assert Planning.objects.get(exercise=exercise).over
    exercise.advance_to(days.week_step(1, "18:00"))
    monday = eventually(lambda: Planning.objects.filter(exercise=exercise, evening=1).first(), 60, "Monday is planned")
    assert not monday.over and shown_step(run) == days.week_step(1, "18:00")
    planning.begin(exercise)
    eventually(lambda: shown_step(run) > days.week_step(1, "18:00"), 20, "Monday begins at once")
    Exercise.objects.get(pk=exercise.pk).end()
    run = eventually(lambda: Run.objects.filter(pk=run.pk, state="ended").first(), 15, "the run has ended")
    assert run.digest == undisturbed(run)


def test_an_evening_begins_by_itself_when_the_seconds_are_over_or_nobody_sits_there(world):
    world.start_all("games-1", "control")
    run = in_the_week(planning_s=1)
    eventually(lambda: begun(run), 30, "it does not wait for ever")
    assert Planning.objects.get(exercise=run.team.exercise).over
    alone = new_exercise(start_step=days.WEEK, autopilot="assistant", speeds={"deployment": 120.0})
    alone.start()
    other = Run.objects.get(team__exercise=alone)
    eventually(lambda: begun(other), 30, "autopilots plan nothing")
    assert not Planning.objects.filter(exercise=alone).exists()


def test_while_an_exercise_is_paused_its_planning_stands_still_and_nothing_is_lost(world):
    world.start_all("games-1", "control")
    run = in_the_week(planning_s=60)
    exercise = run.team.exercise
    eventually(lambda: Planning.objects.filter(exercise=exercise).exists(), 30, "the first evening is planned")
    exercise.refresh_from_db()
    exercise.pause()
    eventually(lambda: not client().exists(lease_key(run.pk)), 20, "the run is let go")
    left = Planning.objects.get(exercise=exercise).left_s
    exercise.go_on()
    eventually(lambda: client().exists(lease_key(run.pk)), 20, "the run is taken up")
    assert left - 2 <= Planning.objects.get(exercise=exercise).left_s <= left
    assert shown_step(run) in (0, days.WEEK) and not Planning.objects.get(exercise=exercise).over
    ready(run, "Dana", "Eli")
    eventually(lambda: begun(run), 20, "the evening begins")
