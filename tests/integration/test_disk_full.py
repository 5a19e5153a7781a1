"""A disk that fills up under a running exercise, for real: SQLite, PostgreSQL and Valkey on a file system of some megabytes."""

import asyncio
import tempfile
from typing import Any

import pytest

from game.control.exercise_controls import drive
from game.models import Exercise, Run
from game.ops import brokers
from tests import days
from tests.builders import eventually, new_exercise, signed_in_session
from tests.chaos.verdict import troubles
from tests.integration.conftest import live
from tests.integration.disks import SmallDisk, small_disk
from tests.integration.test_control import picture
from tests.integration.test_crash import shown_step
from tests.integration.test_play import Play
from tests.integration.world import World
from tests.socket_client import Socket

SPEED = 10


def begun() -> Exercise:
    exercise = new_exercise(start_step=days.step_at("09:31"), speeds={"bell": SPEED}, autopilot="assistant")
    drive(exercise, "start")
    eventually(lambda: not exercise.runs().filter(step__lt=exercise.start_step + 40).exists(), 90, "the market moves")
    return Exercise.objects.get(pk=exercise.pk)


async def told(world: World, exercise: Exercise, key: str, full: bool) -> None:
    """Wait until the control room says that the disk is full, or says so no longer."""
    socket = await Socket.open("127.0.0.1", world.port, f"/ws/control/{exercise.code}/", session=key)
    await picture(socket, lambda shown: shown.get("disk_full") is full, within=90)
    socket.break_off()


def goes_through(world: World, disk: SmallDisk, fill: Any, free: Any) -> None:
    """Fill, be told, make room, go on, end, and hold the bundle against the log."""
    world.start_all("games-1", "control", "web")
    key = signed_in_session()
    exercise = begun()
    run = Run.objects.get(team__exercise=exercise)
    fill()
    asyncio.run(told(world, exercise, key, full=True))
    run.refresh_from_db()
    assert run.state == "running", "it waits; it has not failed"
    stood = shown_step(run)
    free()
    asyncio.run(told(world, exercise, key, full=False))
    eventually(lambda: shown_step(run) > stood + 40, 90, "the market goes on by itself")
    Exercise.objects.get(pk=exercise.pk).end()
    eventually(lambda: Run.objects.get(pk=run.pk).state == "ended", 60, "it is scored")
    assert troubles(Run.objects.get(pk=run.pk), []) == []


@pytest.mark.parametrize(("database", "megabytes"), [("sqlite", 48), ("postgresql", 160)])
def test_a_run_stands_while_the_database_has_no_room_and_goes_on_by_itself(database, megabytes, django_db_blocker, monkeypatch):
    with small_disk(megabytes) as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
        with live(database, django_db_blocker) as world:
            goes_through(world, disk, disk.fill, disk.free)


def test_a_run_stands_while_the_broker_cannot_write_to_its_disk(django_db_blocker, monkeypatch):
    """A Valkey of one's own that keeps a file: ours keeps none."""
    whole = brokers.command
    with small_disk(8) as disk:
        keeps = ["--dir", str(disk.folder), "--appendonly", "yes", "--appendfsync", "everysec"]
        monkeypatch.setattr(brokers, "command", lambda server: [*whole(server), *keeps])
        with live("sqlite", django_db_blocker) as world:
            goes_through(world, disk, disk.fill, disk.free)


def test_play_says_at_its_terminal_that_the_disk_is_full_and_that_it_goes_on():
    world = World()
    try:
        with small_disk(48, world.state) as disk:
            play = Play(world, "--demo", "--at", "09:31", "--speed", "10")
            eventually(lambda: play.steps() and play.steps()[0] > days.step_at("09:31") + 40, 90, "the demo moves")
            disk.fill()
            eventually(lambda: "The disk is full: games stand still until there is room." in play.text(), 60, f"it says so: {play.text()}")
            stood = play.steps()[0]
            disk.free()
            eventually(lambda: "There is room on the disk again: games go on." in play.text(), 60, f"it says so: {play.text()}")
            eventually(lambda: play.steps()[0] > stood + 40, 60, "the market goes on")
            assert play.process.poll() is None
    finally:
        world.close()
