"""Starts the processes of `play`, restarts what dies, and ends them all.

On Linux a child of our own begins as a copy of this process, which has read the code and compiled the market by then: it is there at
once, and what none of them changes is in memory once. Every child has a session of its own, so that Ctrl-C reaches only the supervisor,
which then ends them in order. If the supervisor itself is killed, the kernel ends them (game/lifeline.py). What they say goes through it
into files (game/ops/logs.py).
"""

import functools
import gc
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess
from pathlib import Path

from game.lifeline import PARENT, die_with_parent, name_process
from game.ops.logs import Logs

BACK_OFF_S = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
STEADY_S = 10.0  # up for so long, a child starts with a clean record again
WORKERS_S, BROKER_S = 2.0, 0.7  # time to end, before force
LOOK_S, END_LOOK_S = 0.1, 0.02


class Copy(ForkProcess):
    """A copy of this process that goes on to do something of its own; with what of `subprocess.Popen` is used here."""

    def poll(self) -> int | None:
        """Its exit code, or None while it lives."""
        return self.exitcode

    @property
    def returncode(self) -> int | None:
        """The same."""
        return self.exitcode

    def wait(self) -> None:
        """Until it has ended."""
        self.join()


@dataclass
class Child:
    """One process: the program it runs, or what a copy of this one does, and how often it died."""

    name: str
    does: list[str] | Callable[[], int]
    last_to_end: bool = False  # the broker: the others still need it when they end
    at_once: bool = False  # nothing of what it does is lost when it is killed
    once: bool = False  # it has something to do, and ends: whoever started it looks how
    process: subprocess.Popen[bytes] | Copy | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    deaths: int = 0

    def has_ended(self) -> bool:
        """Whether its process is over."""
        return self.process is None or self.process.poll() is not None


@dataclass
class Supervisor:
    """Keeps children alive until it is told to stop."""

    folder: Path
    environment: dict[str, str]
    terminal: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    _break_off: bool = False

    def __post_init__(self) -> None:
        self.logs = Logs(self.folder, self.say)

    def say(self, line: str) -> None:
        """Tell whoever started it. A terminal that is gone, or a file on a full disk in its place, ends no game."""
        with suppress(OSError):
            self.terminal(line)

    def add(self, name: str, does: list[str] | Callable[[], int], *, last_to_end: bool = False, at_once: bool = False, once: bool = False) -> Child:
        """Start a child and keep it."""
        child = Child(name, does, last_to_end, at_once, once)
        self.children.append(child)
        self._start(child)
        return child

    def _start(self, child: Child) -> None:
        log = self.logs.pipe(child.name)
        try:
            child.process = self._run(child.does, log) if isinstance(child.does, list) else self._copy(child.name, child.does, log)
        finally:
            os.close(log)
        child.started_at = time.monotonic()
        child.restart_at = 0.0

    def _run(self, command: list[str], log: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**self.environment, PARENT: str(os.getpid())},
            start_new_session=True,
            # Safe: this process has one thread.
            preexec_fn=functools.partial(die_with_parent, os.getpid()) if sys.platform == "linux" else None,
        )

    def _copy(self, name: str, act: Callable[[], int], log: int) -> Copy:
        if not gc.get_freeze_count():  # once: a collection writes to every page, and whoever was copied before it would share none of them
            gc.collect()
            gc.freeze()
        copy = Copy(target=_become, args=(name, act, log, os.getpid()))
        copy.start()
        return copy

    def watch_over(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Restart what dies until told to stop (false) or `until` holds (true)."""
        with _wakeup(self.logs.selector):
            while not self.stopping:
                if until():
                    return True
                for child in self.children:
                    self._look_at(child)
                self._rest()
        return False

    def _rest(self) -> None:
        """Write down what children say until it is time to look at them again."""
        until = time.monotonic() + LOOK_S
        while not self.stopping and (left := until - time.monotonic()) > 0:
            self.logs.wait(left)

    def _look_at(self, child: Child) -> None:
        now = time.monotonic()
        if child.restart_at:
            if now >= child.restart_at:
                self._start(child)
            return
        if child.process is None or child.process.poll() is None:
            if child.deaths and now - child.started_at > STEADY_S:
                child.deaths = 0
            return
        if child.once:
            return
        wait = BACK_OFF_S[min(child.deaths, len(BACK_OFF_S) - 1)]
        child.deaths += 1
        child.restart_at = now + wait
        self.say(f"{child.name} ended ({_ending(child.process.returncode or 0)}); it is started again" + (f" in {wait:g} s." if wait else "."))
        if child.deaths >= 3:
            self.say(f"  why it ended stands in {self.logs.path(child.name)}")

    def stop(self, *_: object) -> None:
        """End watching over; the handler of the signals that mean "end"."""
        self.stopping = True
        if self._break_off:
            raise KeyboardInterrupt

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Around work of this process that would not notice a signal for long: it is broken off (and `stopping` is set)."""
        self._break_off = True
        try:
            yield
        except KeyboardInterrupt:
            pass
        finally:
            self._break_off = False

    def end_all(self) -> None:
        """End every child: workers and web first, then the broker they save into."""
        for group, patience in ((False, WORKERS_S), (True, BROKER_S)):
            self._end([child for child in self.children if child.last_to_end is group], patience)
        self.logs.close()

    def _end(self, children: list[Child], patience: float) -> None:
        alive = [(child, child.process) for child in children if child.process and child.process.poll() is None]
        for child, process in alive:
            (process.kill if child.at_once else process.terminate)()
        until = time.monotonic() + patience
        while any(process.poll() is None for _, process in alive) and (left := until - time.monotonic()) > 0:
            self.logs.wait(min(left, END_LOOK_S))  # one that cannot say its last words would not end
        for _, process in alive:
            if process.poll() is None:
                # The whole session, with whatever it has started.
                assert process.pid
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _become(name: str, act: Callable[[], int], log: int, parent: int) -> None:
    """Be a process of its own in this copy: nothing that the supervisor listens to, or has said and not written yet, is this one's."""
    signal.set_wakeup_fd(-1)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.default_int_handler if sign == signal.SIGINT else signal.SIG_DFL)
    os.setsid()
    os.dup2(log, 1), os.dup2(log, 2)
    die_with_parent(parent)
    name_process(name)
    sys.exit(act())


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


class _wakeup:
    """Has a signal cut short a wait on the selector: its handler runs, and the pipe it writes to is readable."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector

    def __enter__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._selector.register(self._read, selectors.EVENT_READ)

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._before)
        self._selector.unregister(self._read)
        os.close(self._read)
        os.close(self._write)
