"""The files that `play` keeps of what its processes say, filled by real processes."""

import os
import sys
import time
from pathlib import Path

import pytest

from game.ops import logs
from game.ops.supervisor import Supervisor
from tests.builders import eventually


@pytest.fixture
def supervisor(tmp_path: Path):
    made = Supervisor(tmp_path / "log", dict(os.environ), lambda line: said.append(line))
    said: list[str] = []
    made.said = said
    yield made
    made.end_all()


def run(supervisor: Supervisor, program: str, *, lines: int = 0) -> None:
    """Have a child run this and end, and read all it says."""
    child = supervisor.add("child", [sys.executable, "-c", program])
    until = time.monotonic() + 30
    while child.process.poll() is None and time.monotonic() < until:
        supervisor.logs.wait(0.05)
    supervisor.logs.drain()


def told(supervisor: Supervisor) -> list[bytes]:
    """Every line of both files, the older first."""
    new = supervisor.logs.path("child")
    return [line for path in (new.with_suffix(".log.1"), new) if path.exists() for line in path.read_bytes().splitlines()]


def test_a_file_is_put_aside_while_its_process_lives_and_no_line_is_lost(supervisor, monkeypatch):
    monkeypatch.setattr(logs, "LOG_BYTES", 60_000)
    run(supervisor, "for n in range(10_000): print(f'line {n:05d}', flush=n % 100 == 0)")
    assert told(supervisor)[-1] == b"line 09999"
    new = supervisor.logs.path("child")
    kept = told(supervisor)
    assert kept == [b"line %05d" % n for n in range(10_000 - len(kept), 10_000)], "whole lines, in order, none missing in between"
    assert max(path.stat().st_size for path in new.parent.iterdir()) <= 60_000
    assert len(list(new.parent.iterdir())) == 2


def test_two_files_hold_everything_that_fits_into_two(supervisor, monkeypatch):
    monkeypatch.setattr(logs, "LOG_BYTES", 60_000)
    run(supervisor, "for n in range(9_000): print(f'line {n:05d}')")
    assert told(supervisor) == [b"line %05d" % n for n in range(9_000)]


def test_a_process_that_dies_leaves_its_traceback(supervisor):
    run(supervisor, "print('before', flush=True); raise ValueError('why it died')")
    assert told(supervisor)[0] == b"before"
    assert told(supervisor)[-1] == b"ValueError: why it died"


def test_a_process_that_is_killed_leaves_its_last_words(supervisor):
    run(supervisor, "import os, signal; os.write(2, b'last words'); os.kill(os.getpid(), signal.SIGKILL)")
    assert told(supervisor) == [b"last words"]


def test_a_file_that_cannot_be_written_stops_nobody_and_says_what_it_left_out(supervisor, monkeypatch):
    """/dev/full is a disk without room."""
    monkeypatch.setattr(logs, "HELD_BYTES", 50_000)
    monkeypatch.setattr(logs, "AGAIN_S", 0.0)
    path = supervisor.logs.path("child")
    path.parent.mkdir()
    path.symlink_to("/dev/full")
    run(supervisor, "for n in range(10_000): print(f'line {n:05d}')")
    assert supervisor.said == ["The disk is full: games stand still until there is room."]
    path.unlink()
    supervisor.logs._of["child"].close()
    supervisor.logs.wait(0)
    first, *rest = told(supervisor)
    assert len(rest) == 4_545, "as many whole lines as may be held"
    assert rest == [b"line %05d" % n for n in range(10_000 - len(rest), 10_000)]
    assert first == b"[60,005 bytes are left out here: they could not be written]"
    assert supervisor.said[1:] == ["There is room on the disk again: games go on."]


def test_what_a_game_meets_is_said_at_the_terminal_once_and_again_when_it_is_over(supervisor, monkeypatch):
    line = "print(\"timestamp='x' level='warning' event='the disk is full' run=1\", flush=True)"
    run(supervisor, f"{line}; {line}; print('somebody says that the disk is full')")
    assert supervisor.said == ["The disk is full: games stand still until there is room."]
    now = time.monotonic()
    monkeypatch.setattr(logs.time, "monotonic", lambda: now + logs.SILENT_S + 1)
    supervisor.logs.wait(0)
    assert supervisor.said[1:] == ["There is room on the disk again: games go on."]


def test_a_terminal_that_is_gone_ends_nothing(tmp_path):
    def gone(line: str) -> None:
        raise OSError(28, "No space left on device")

    supervisor = Supervisor(tmp_path, dict(os.environ), gone)
    child = supervisor.add("child", [sys.executable, "-c", "pass"])
    eventually(lambda: child.process.poll() is not None, 10)
    supervisor._look_at(child)
    assert child.deaths == 1
    supervisor.end_all()
