"""A backup that is taken while a game is played is put back elsewhere: the run goes on from there, and people come back to their seats."""

import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest
from django.db import connection

from game.models import Exercise, Run
from tests.builders import eventually, taken_seat
from tests.integration.test_crash import running, shown_step
from tests.integration.world import World


def seen(world: World) -> tuple[Run, str]:
    """A run whose market has moved, and the cookie of a seat."""
    world.start_all("games-1", "control")
    run = running()
    _, cookie = taken_seat(run.team.exercise)
    eventually(lambda: shown_step(run) > run.team.exercise.start_step + 40, 20, "the market moves")
    return run, cookie


def test_sqlite_is_copied_while_it_is_written_and_goes_on_elsewhere(world):
    run, cookie = seen(world)
    copy = world.folder / "backup.sqlite3"
    with closing(sqlite3.connect(world.state / "opening-bell.sqlite3")) as here, closing(sqlite3.connect(copy)) as there:
        here.backup(there)
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        saved = kept.execute("SELECT step FROM game_run WHERE id = ?", [run.pk]).fetchone()[0]
    world.kill("games-1"), world.kill("control"), connection.close()
    for left in world.state.glob("opening-bell.sqlite3*"):
        left.unlink()
    shutil.copy(copy, world.state / "opening-bell.sqlite3")
    assert goes_on(world, run, saved, cookie)


@pytest.mark.parametrize("database", ["postgresql"])
def test_postgresql_is_dumped_while_it_is_written_and_goes_on_elsewhere(world, database):
    run, cookie = seen(world)
    postgres = world.postgres
    where = ["-h", str(postgres.data), "-p", str(postgres.port), "-U", "postgres"]

    def do(program: str, *arguments: str) -> None:
        done = subprocess.run([str(postgres.bin / program), *where, *arguments], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr

    dump = str(world.folder / "backup.dump")
    do("pg_dump", "-Fc", "-f", dump, "bell")
    saved = Run.objects.get(pk=run.pk).step
    world.kill("games-1"), world.kill("control"), connection.close()
    connection.close_pool()
    do("dropdb", "--force", "bell")
    do("createdb", "bell")
    do("pg_restore", "--exit-on-error", "--no-owner", "-d", "bell", dump)
    assert goes_on(world, run, saved - 1000, cookie)


def goes_on(world: World, run: Run, saved: int, cookie: str) -> bool:
    """Whether the restored run is turned again by new workers, and the seat's cookie still opens it."""
    from game.people.access import place_of

    assert world.manage("control", "--check").stdout == "Ready.\n"
    back = Run.objects.get(pk=run.pk)
    assert back.step >= saved and Exercise.objects.get(pk=back.team.exercise_id).state == "running"
    world.start_all("games-2", "control")
    eventually(lambda: Run.objects.get(pk=run.pk).step > back.step + 40, 30, "the market goes on")
    return place_of({"player": cookie}, "operator") is not None
