"""Workers and broker die while a run is far ahead of its last checkpoint: what was written, stamped or shown stays so, and the log makes it again."""

import shutil
import threading
import uuid

import pytest
from django.db import connection, transaction

import engine
from game.debrief.bundles import bundle_of
from game.live import run_store
from game.live.broker import client
from game.live.run_driver import RunDriver
from game.models import Checkpoint, Command, Event, Run
from game.sockets import inbox
from game.sockets.protocol import CommandMessage
from tests import days
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.test_crash import BOTH, assert_told_once, end, held_by, shown_step
from tests.integration.world import Watch


@pytest.fixture
def database(request) -> str:
    return getattr(request, "param", "sqlite")


def say(run: Run, text: str) -> str:
    """Something said at the operator's desk; its id, once it is acknowledged. At most ten a second are heard from a seat."""
    client_id = uuid.uuid4()
    answers = inbox.put(*held_by(run), CommandMessage(t="command", id=client_id, kind="bridge.say", args={"text": text}))
    assert answers[0]["t"] == "received", answers
    return str(client_id)


def ahead_of_the_checkpoint(run: Run) -> int:
    """How many steps are written in events that no checkpoint holds."""
    last = Event.objects.filter(run=run).order_by("-number").values_list("step", flat=True).first()
    saved = Checkpoint.objects.filter(run=run).values_list("step", flat=True).first()
    return (last or 0) - (saved or 0)


def goes_beyond(run: Run, step: int) -> str:
    """"running" once a screen saw a later step, "failed" where it stands still; "" before."""
    state = Run.objects.get(pk=run.pk).state
    return state if state == "failed" or shown_step(run) > step else ""


@BOTH
@pytest.mark.parametrize("far", [400, 1500])
def test_a_run_that_is_advanced_while_its_people_talk_survives_the_death_of_all_its_workers(world, far):
    world.start_all("games-1", "games-2", "control")
    exercise = new_exercise(start_step=0)
    taken_seat(exercise)
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    eventually(lambda: shown_step(run) > 0, 30, "the market moves")
    exercise.advance_to(days.step_at("11:00"))
    ids = []
    while ahead_of_the_checkpoint(run) < far:
        ids.append(say(run, f"Number {len(ids)}"))
    world.kill("games-1")
    world.kill("games-2")
    written = list(Event.objects.filter(run=run).order_by("number").values_list("number", "step", "kind", "data"))
    ids += [say(run, f"Number {len(ids)}, to nobody") for _ in range(5)]
    world.start_all("games-3")
    stood = eventually(lambda: goes_beyond(run, written[-1][1]), 60, "it goes on")
    assert stood == "running", Run.objects.get(pk=run.pk).reason
    ids.append(say(run, "And on"))
    run = end(run)
    assert_told_once(run, ids)
    first = list(Event.objects.filter(run=run).order_by("number").values_list("number", "step", "kind", "data")[: len(written)])
    assert first == written, "nothing that was written was changed"
    assert engine.verify(engine.unpack(engine.pack(bundle_of(run)))) == []


@pytest.mark.parametrize("speed", [5, 120])
def test_when_broker_and_worker_die_together_no_screen_goes_back(world, speed):
    world.start_all("games-1", "control")
    exercise = new_exercise(start_step=days.step_at("09:28"), speeds={"premarket": speed, "bell": speed})
    taken_seat(exercise)
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    eventually(lambda: shown_step(run) > exercise.start_step, 30, "the market moves")
    with Watch(world.broker_url, run.pk) as watch:
        told = Run.objects.get(pk=run.pk).step
        eventually(lambda: Run.objects.get(pk=run.pk).step != told, what="the row was written a moment ago")
        watch.more(3)  # some beats later: the row does not know them
        world.kill("games-1")
        world.kill("broker")
        seen = watch.heard[-1][1]
        for left in world.state.glob("broker*"):  # nothing of the broker's comes back
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        world.start_broker()
        assert not client().exists(f"ob:cards:{run.pk}:operator"), "the broker has forgotten"
        known = len(watch.heard)
        world.start_all("games-2")
        watch.more(5, within=40)
        assert watch.heard[known][1] >= seen, "the market went back"
    assert watch.steps() == sorted(watch.steps())
    run = end(run)
    assert engine.verify(engine.unpack(engine.pack(bundle_of(run)))) == []


def test_a_run_that_died_at_any_event_makes_the_same_events_again_and_one_that_does_not_stands_still(world):
    exercise = new_exercise(start_step=days.step_at("09:29"))
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    claimed = run_store.claim(run.pk)
    run_store.begin(claimed, engine.load_scenario(exercise.scenario))
    table = RunDriver(claimed)
    table.run_to(days.step_at("09:31"), waiting=True)
    there = list(Event.objects.filter(run=run).order_by("number"))
    again = RunDriver(run_store.claim(run.pk))
    again.catch_up()
    assert again.sim.now >= there[-1].step and again.events == len(there)
    one = there[len(there) // 2]
    Event.objects.filter(pk=one.pk).update(data={**one.data, "n": 1})
    other = RunDriver(run_store.claim(run.pk))
    with pytest.raises(run_store.Contradicted, match=f"event {one.number} was {one.kind}"):
        other.catch_up()
    Event.objects.filter(pk=one.pk).update(data=one.data)
    last = there[-1]
    Event.objects.create(run=run, number=last.number + 1, step=last.step, kind=last.kind, audience=last.audience, data=last.data)
    with pytest.raises(run_store.Contradicted):
        RunDriver(run_store.claim(run.pk)).catch_up()


def test_a_contradicted_run_says_so_to_the_facilitator_and_keeps_all_that_was_written(world):
    world.start_all("games-1", "control")
    exercise = new_exercise(start_step=days.step_at("09:29"), speeds={"premarket": 20, "bell": 20})
    taken_seat(exercise)
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    eventually(lambda: shown_step(run) > exercise.start_step + 40, 30, "the market moves")
    said = say(run, "Still here")
    eventually(lambda: Command.objects.filter(client_id=said, state="applied").exists(), what="it is heard")
    world.kill("games-1")
    Checkpoint.objects.filter(run=run).delete()
    event = Event.objects.filter(run=run, kind="bridge.posted").last() or Event.objects.filter(run=run).order_by("number").last()
    Event.objects.filter(pk=event.pk).update(data={**event.data, "text": "Something else"})
    count = Event.objects.filter(run=run).count()
    world.start_games("games-2")
    failed = eventually(lambda: Run.objects.filter(pk=run.pk, state="failed").first(), 30, "the run stands still")
    assert f"event {event.number} was {event.kind}" in failed.reason
    assert Event.objects.filter(run=run).count() == count


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_whoever_takes_a_run_over_knows_what_its_last_owner_was_still_writing(world):
    """The owner is frozen in the middle of a write: its row is locked, the next owner waits for it, and must not go by what it read before."""
    exercise = new_exercise(start_step=days.step_at("09:29"))
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    frozen = run_store.claim(run.pk)
    run_store.begin(frozen, engine.load_scenario(exercise.scenario))
    taken: list[Run] = []

    def take() -> None:
        taken.append(run_store.claim(run.pk))
        connection.close()

    other = threading.Thread(target=take)
    with transaction.atomic():
        run_store.save_step(frozen, 700, None, shown_to=705)
        other.start()
        eventually(_somebody_waits_for_a_lock, 20, "the next owner waits")
    other.join(20)
    assert (taken[0].step, taken[0].shown_to, taken[0].epoch) == (700, 705, frozen.epoch + 1)


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS(SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])
