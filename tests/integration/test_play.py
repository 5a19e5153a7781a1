"""`manage.py play` as a person uses it: one command, an address, Ctrl-C."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.builders import eventually
from tests.children import processes_of
from tests.integration.conftest import nursery
from tests.integration.world import ROOT, World, free_port

END_S = 3.0


class Play:
    """One `play` in a state folder."""

    def __init__(self, world: World, *options: str, **more: str) -> None:
        self.world = world
        self.port = free_port()
        environment = {key: value for key, value in world.environment.items() if key not in ("SECRET_KEY", "LOG_LEVEL")} | more
        self.output = world.folder / f"play-{self.port}.log"
        with self.output.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "play", "--port", str(self.port), *options],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        world.processes[f"play-{self.port}"] = self.process
        eventually(lambda: "Stop with Ctrl-C" in self.text(), 90, f"play greets; it said: {self.text()}")

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def address(self, kind: str) -> str:
        """The address of a kind of page that was printed."""
        found = re.search(rf"http://\S+/{kind}/\S+", self.text())
        assert found, self.text()
        return found[0]

    def child(self, name: str) -> int | None:
        """The process id of a child, if there is one now."""
        marks = {"games": "games-1", "web": "manage.py web", "broker": "valkey-server"}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    line += (folder / "comm").read_text()  # a copy of `play` has its command line, and a name of its own
                    parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
                except OSError:
                    continue
                if int(parent) == self.process.pid and marks[name] in line:
                    return int(folder.name)
        return None

    def steps(self) -> list[int]:
        """How far the runs in the database are."""
        with sqlite3.connect(self.world.state / "opening-bell.sqlite3") as database:
            return [row[0] for row in database.execute("select step from game_run order by id")]


@pytest.fixture
def bare() -> Iterator[World]:
    """A folder and an environment; nothing runs."""
    world = World(nursery=nursery())
    yield world
    world.close()


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.read().decode()


def six_free_ports() -> int:
    """The first of six in a row."""
    while True:
        first = free_port()
        with ExitStack() as stack, suppress(OSError, OverflowError):
            for port in range(first + 1, first + 6):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            return first


@pytest.mark.alone
def test_the_demo_starts_restarts_what_dies_ends_on_ctrl_c_and_goes_on_next_time(bare):
    first = six_free_ports()
    metrics = [f"http://127.0.0.1:{port}/metrics" for port in range(first, first + 6)]
    bare.environment["METRICS_PORT"] = str(first)
    play = Play(bare, "--demo", "--at", "09:29", "--speed", "10")
    eventually(lambda: play.steps() and play.steps()[0] > 21360, 30, "the demo moves")
    wall = fetch(play.address("projector"))
    assert '"board"' in wall
    assert (bare.state / "secret-key").stat().st_mode & 0o777 == 0o600
    assert (bare.state / "broker" / "valkey.sock").stat().st_mode & 0o777 == 0o600
    assert ["opening_bell_queue_length{" in fetch(address) for address in metrics] == [False, True, False, False, False, False], "control is the second"
    for name in ("broker", "web", "games"):
        old = eventually(lambda name=name: play.child(name), 10, f"{name} runs")
        os.kill(old, signal.SIGKILL)
        eventually(lambda name=name, old=old: play.child(name) not in (None, old), 10, f"{name} is started again")
    before = play.steps()[0]
    eventually(lambda: play.steps()[0] > before, 20, "the market goes on")
    eventually(lambda: all(_answers(address) for address in (play.address("projector"), *metrics)), 20, "all of it is served again")

    started = time.monotonic()
    play.process.send_signal(signal.SIGINT)
    assert play.process.wait(10) == 0
    assert time.monotonic() - started < END_S
    assert processes_of(bare.state) == {}
    stood = play.steps()[0]

    again = Play(bare)
    assert "Goes on (running)" in again.text()
    eventually(lambda: again.steps()[0] > stood, 20, "the market goes on where it stood")
    os.kill(again.process.pid, signal.SIGKILL)
    eventually(lambda: processes_of(bare.state) == {}, 5, f"no process is left: {processes_of(bare.state)}")


def test_pages_are_there_before_the_market_is_compiled_and_ctrl_c_does_not_wait_for_it(bare):
    play = Play(bare, "--demo", OPENING_BELL_CACHE=str(bare.folder / "nothing-compiled"))
    assert '"board"' in fetch(play.address("projector"))
    eventually(lambda: "Preparing the market" in play.text(), 10, "then it is compiled")
    assert "The market is ready" not in play.text() and play.child("games") is None
    started = time.monotonic()
    play.process.send_signal(signal.SIGINT)
    assert play.process.wait(20) == 0
    assert time.monotonic() - started < 2 * END_S
    assert "Traceback" not in play.text() and "Everything has ended" in play.text(), play.text()
    assert processes_of(bare.state) == {}


def _answers(address: str) -> bool:
    try:
        return bool(fetch(address))
    except OSError:
        return False


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The single line of a refusal."""
    assert done.returncode == 2, (done.stdout, done.stderr)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_taken_port_is_one_clear_line(bare):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = one_line(bare.manage("play", "--port", str(port)))
    assert str(port) in line and "--port" in line


def test_a_missing_broker_is_one_clear_line(bare):
    line = one_line(bare.manage("play", "--port", str(free_port()), REDIS_URL="redis://127.0.0.1:1/0"))
    assert "REDIS_URL is 'redis://127.0.0.1:1/0'" in line and "expected" in line


def test_an_unwritable_folder_is_one_clear_line(bare):
    (bare.folder / "file").write_text("")
    line = one_line(bare.manage("play", STATE_DIR=str(bare.folder / "file" / "state")))
    assert "STATE_DIR" in line and "expected a folder that can be written" in line


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DATABASE_URL", "mysql://x", "expected sqlite:"),
        ("DATABASE_URL", "postgres://u:p@h:port/x", "expected sqlite:"),
        ("REDIS_URL", "http://x", "expected redis:"),
        ("ALLOWED_HOSTS", "http://x/", "expected host names"),
        ("DEBUG", "perhaps", "expected true or false"),
        ("SECRET_KEY", "short", "at least 32"),
        ("LOG_LEVEL", "LOUD", "expected DEBUG"),
        ("LOG_FORMAT", "xml", "expected line or json"),
    ],
)
def test_a_bad_variable_is_one_clear_line_with_its_name_value_and_what_was_expected(bare, name, value, expected):
    line = one_line(bare.manage("check", **{name: value}))
    assert name in line and expected in line


@pytest.mark.parametrize(("option", "value"), [("--at", "9.28"), ("--at", "17:00"), ("--port", "0"), ("--host", "no.such.host.invalid")])
def test_a_bad_option_is_one_clear_line(bare, option, value):
    options = ["--port", str(free_port())] if option != "--port" else []
    line = one_line(bare.manage("play", *options, option, value))
    assert option in line and "expected" in line
