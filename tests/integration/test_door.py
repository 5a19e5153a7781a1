"""The one door of the command line: every command beside everything that can be wrong around it. One line, exit code 2, no traceback."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from game.management import commands
from game.ops import brokers, door
from tests.builders import eventually
from tests.integration.conftest import FILE, bare_nursery, migrated, nursery
from tests.integration.disks import bound_by_modes, small_disk
from tests.integration.test_play import one_line
from tests.integration.world import ROOT, Postgres, World, free_port, managed

CLOSED = "postgres://somebody:secret@127.0.0.1:1/bell"
# What each command is tried with: a short piece of its real work.
TRIED = {
    "play": ["--port", "{port}"],
    "replay": ["knight-2012", "--until", "08:01"],
    "rehearse": ["knight-2012", "--until", "08:01", "--unwind", "formula"],
    "arena": ["knight-2012", "--from", "08:00", "--until", "08:01", "--seeds", "1"],
    "slices": ["knight-2012", "--seed", "-1"],  # the table itself takes minutes
    "scenario": ["check", "quiet-open"],
    "warm": [],
    "web": ["--check"],
    "worker": ["games", "--check"],
    "control": ["--check"],
    "verify": ["{bundle}"],
    "facilitator": ["dana"],
    "person": ["export", "nobody"],
    "purge": ["--older-than", "180d", "--dry-run"],
    "migrate": [],
    "check": [],
    "createsuperuser": ["--noinput", "--username", "dana", "--email", "d@example.org"],
}
# Those that open the database, and those that open the broker.
WITH_ROWS, WITH_BROKER = {"play", "web", "worker", "control", "facilitator", "person", "purge", "migrate", "createsuperuser"}, {"play"}
COMPILING = {"play", "replay", "rehearse", "warm", "arena"}  # others need no room for kernels, and do their work without


def manage(arguments: list[str], *, before: Sequence[str] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, by a process that looks for a place for kernels itself where that place is what is wrong."""
    own = before or "OPENING_BELL_CACHE" in environment
    return managed(bare_nursery(*before) if own else nursery(), arguments, {**os.environ, **environment})


@pytest.fixture
def bare() -> Iterator[World]:
    world = World()
    yield world
    world.close()


def has_tables(bare: World) -> None:
    """`play` has nothing to do with its database, and comes to its kernels."""
    (bare.state / FILE).write_bytes(migrated())


def words(command: str, bare: World) -> list[str]:
    named = {"port": str(free_port()), "bundle": str(bare.folder / "none.zip")}
    return [command, *(part.format(**named) for part in TRIED[command])]


def clean(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    """No traceback, and a code that is meant."""
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    assert done.returncode in (0, 2), (done.returncode, done.stderr)
    return done


def test_every_command_of_ours_is_tried():
    ours = {path.stem for path in Path(commands.__path__[0]).glob("*.py")} - {"__init__"}
    writing = {"keep_history", "makemessages"}  # into the project's own folders: see tests/unit/test_kept_history.py and test_spoken.py
    assert ours - writing <= set(TRIED)


@pytest.mark.parametrize("arguments", [
    ["scenario", "docs"], ["replay", "knight-2012", "--until", "08:01"], ["replay", "knight-2012", "--until", "08:01", "--json"],
    ["rehearse", "knight-2012", "--until", "08:01", "--unwind", "formula"], ["replay", "--help"], ["help"], ["--version"],
])  # fmt: skip
def test_a_command_whose_reader_has_gone_ends_without_a_word(bare, arguments):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env={**os.environ, "STATE_DIR": str(bare.state)},
            stdout=writer, stderr=subprocess.PIPE, text=True, timeout=120,
        )  # fmt: skip
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (door.READER_GONE, "")


def test_a_pipe_that_is_closed_elsewhere_is_a_fault_of_our_own(monkeypatch):
    def broken(utility: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(door._Utility, "execute", broken)
    with pytest.raises(BrokenPipeError):
        door.run(["manage.py", "check"])


@pytest.mark.parametrize(("name", "told"), [("replya", "did you mean replay?"), ("nosuch", "`manage.py help` lists")])
def test_a_command_that_there_is_not_is_one_line(capsys, name, told):
    assert door.run(["manage.py", name]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and f"{name!r} is no command" in said.err and told in said.err


@pytest.mark.parametrize("command", TRIED)
def test_a_database_that_is_down_is_one_line(bare, command):
    done = clean(manage(words(command, bare), STATE_DIR=str(bare.state), DATABASE_URL=CLOSED))
    if command in WITH_ROWS:
        line = one_line(done)
        assert "'bell' at 127.0.0.1:1" in line and "cannot be used" in line and "secret" not in line


@pytest.mark.parametrize("command", TRIED)
def test_a_broker_that_is_down_is_one_line(bare, command):
    socket = bare.folder / "gone.sock"
    server = subprocess.Popen([str(brokers.find_server()), "--port", "0", "--unixsocket", str(socket), "--save", ""], stdout=subprocess.DEVNULL)
    eventually(socket.exists, 10, "it listens")
    server.send_signal(signal.SIGKILL)
    server.wait()
    done = clean(manage(words(command, bare), STATE_DIR=str(bare.state), REDIS_URL=f"unix://{socket}"))
    if command in WITH_BROKER:
        assert "REDIS_URL" in one_line(done) and "expected a broker that answers" in one_line(done)


@pytest.mark.parametrize("variable", ["STATE_DIR", "OPENING_BELL_CACHE"])
@pytest.mark.parametrize("command", TRIED)
def test_a_folder_that_cannot_be_written_is_one_line(bare, command, variable):
    locked = bare.folder / "locked"
    locked.mkdir(mode=0o555)
    named = {"STATE_DIR": str(bare.state), variable: str(locked)}
    line = one_line(clean(manage(words(command, bare), before=bound_by_modes(), **named)))
    assert f"{variable} is '{locked}': expected a folder that can be written (" in line


@pytest.mark.parametrize("command", ["web", "worker", "control", "check"])
def test_a_folder_of_scenarios_that_is_not_there_is_one_line(bare, command):
    lost = bare.folder / "lost"
    line = one_line(clean(manage(words(command, bare), STATE_DIR=str(bare.state), SCENARIO_PATH=str(lost))))
    assert f"SCENARIO_PATH is '{lost}': expected folders that are there" in line


@pytest.mark.parametrize("variable", ["STATE_DIR", "OPENING_BELL_CACHE"])
@pytest.mark.parametrize("command", TRIED)
def test_a_disk_that_is_full_is_one_line(bare, command, variable):
    with small_disk(8) as disk:
        folder = disk.folder / "folder"
        folder.mkdir()
        if command == "play" and variable != "STATE_DIR":
            has_tables(bare)
        disk.fill()
        done = clean(manage(words(command, bare), **{"STATE_DIR": str(bare.state), variable: str(folder)}))
        if variable == "STATE_DIR" or command in COMPILING:
            assert "No space left on device" in one_line(done) or "disk is full" in one_line(done)
        disk.free()
        again = clean(manage(["check"], **{"STATE_DIR": str(bare.state), variable: str(folder)}))
        assert again.returncode == 0, "nothing half is left behind"


@contextmanager
def _play_on(disk_folder: Path, cache: str | None = None) -> Iterator[Callable[[], subprocess.CompletedProcess[str]]]:
    named = {"OPENING_BELL_CACHE": cache} if cache else {}
    yield lambda: manage(["play", "--port", str(free_port())], STATE_DIR=str(disk_folder), SECRET_KEY="k" * 50, **named)


@pytest.mark.parametrize("megabytes", [1, 2, 3])
def test_play_on_a_disk_that_fills_while_it_prepares_is_one_line(megabytes):
    """Tables, static files, whatever comes first."""
    with small_disk(megabytes) as disk, _play_on(disk.folder) as play:
        assert "disk is full" in one_line(clean(play()))


def test_play_on_a_disk_with_no_room_for_compiled_kernels_is_one_line(bare):
    has_tables(bare)
    with small_disk(0.25) as disk, _play_on(bare.state, str(disk.folder)) as play:  # the smallest kernels find room
        assert "disk is full" in one_line(clean(play()))


def test_a_postgresql_that_ends_is_one_line():
    folder = Path(tempfile.mkdtemp(prefix="ob-"))
    try:
        postgres = Postgres(folder)
        postgres.stop()
        line = one_line(clean(manage(["migrate"], STATE_DIR=str(folder), DATABASE_URL=postgres.url)))
        assert "'bell'" in line and "cannot be used" in line
    finally:
        shutil.rmtree(folder, ignore_errors=True)


BAD = {
    "play": {"--port": ["0", "65536", "x"], "--host": ["no.such.host.invalid"], "--at": ["9.28", "17:00", ""], "--speed": ["-3", "0", "nan", "inf", "x"]},
    "replay": {
        "": ["no-such"], "--seed": ["-1", "x"], "--noise": ["-1", "1.5"], "--playbook": ["nobody"], "--until": ["25:00", ""],
        "--tape": ["/no/such/folder/x.csv", "x.txt"], "--threads": ["0", "9"],
    },
    "rehearse": {
        "": ["no-such"], "--seats": ["deployer", "operator=nobody"], "--seed": ["-1", "x"], "--noise": ["-1"], "--from": ["25:00"], "--until": ["07:00", "x"],
        "--help-level": ["2013"], "--seeds": ["0", "1001", "x"], "--unwind": ["no"],
    },
    "slices": {"": ["no-such"], "--seed": ["-1", "x"]},
    "web": {"--port": ["0", "65536", "x"]},
    "worker": {"--name": ["lab", "games 2", ""], "--threads": ["0", "1001", "x"]},
    "verify": {"": ["/no/such/file", "/"]},
}  # fmt: skip


@pytest.mark.parametrize(("command", "option", "value"), [(c, o, v) for c, options in BAD.items() for o, values in options.items() for v in values])
def test_a_bad_value_of_any_option_is_one_line_that_says_what_was_expected(capsys, command, option, value):
    given = [f"{option}={value}"] if option else [value]
    first = {"play": [], "verify": [], "web": [], "worker": ["games"]}.get(command, ["knight-2012"]) if option else []
    try:
        code = door.run(["manage.py", command, *first, *given])
    except SystemExit as end:
        code = end.code
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert (option and option in said.err) or value in said.err
    assert len(said.err) > len(value) + 30
