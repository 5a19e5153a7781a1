"""Real processes that come up quickly: forked from one that has read the libraries and loaded the kernels, and nothing of ours.

A worker takes two seconds of a core to come up, most of it spent on reading modules. `python -m NAME ARGUMENTS` and `python manage.py
ARGUMENTS` begin here behind that: with the environment it was given, settings, models and everything else of the game are read by the
process itself. What is not the same as a fresh start: the command line that the kernel shows, and libraries that the linker would load
first (`can_start`).
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from tests.children import end_with_us

ROOT = Path(__file__).resolve().parents[2]
MESSAGE = 1 << 17  # bytes: a command and its environment
# What takes long to read and looks at no settings. Nothing that makes an event loop or a thread: they do not survive a fork.
LIBRARIES = """autobahn.twisted.websocket celery celery.app.amqp celery.apps.worker celery.bin.worker celery.concurrency.thread celery.worker.consumer channels.layers
    channels_redis.core django.contrib.admin.options django.contrib.postgres.fields django.contrib.postgres.forms django.core.handlers.asgi
    django.core.management django.core.management.commands.migrate django.db.backends.sqlite3.base django.db.models django.forms
    django.template.engine django.views.generic environ fpdf kombu.transport.redis limits numpy psycopg pydantic redis.asyncio segno structlog
    twisted.internet.asyncioreactor twisted.web.http""".split()  # noqa: SIM905
MANAGE = "manage.py"
BARE = "--bare"  # without the engine


class Forked:
    """A process of the nursery's, with what of `subprocess.Popen` the tests use."""

    returncode: int | None = None

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self.pid, self._nursery = pid, nursery

    def poll(self) -> int | None:
        """Its exit code, or None while it lives."""
        self.returncode = self._nursery.ending(self.pid) if self.returncode is None else self.returncode
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            self._nursery.listen(left)
        return code

    def send_signal(self, sign: int) -> None:
        """A signal, to a process that has not ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sign)

    def kill(self) -> None:
        """kill -9."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)


class Nursery:
    """The process that others are forked from; it ends with this one. `bare`: it has read no engine, whose cache of kernels is then looked for
    by whoever is forked. `before`: what the command line begins with. `environment`: what it is started with beside this process's own.
    """

    def __init__(self, *, bare: bool = False, before: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> None:
        end_with_us()
        given = {**os.environ, **(environment or {})}
        self._preload = given.get("LD_PRELOAD")
        self._here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock, self._endings, self._born = threading.Lock(), dict[int, int](), list[int]()
        with there:
            command = [*before, sys.executable, "-m", "tests.integration.nursery", str(there.fileno()), *([BARE] if bare else [])]
            self._process = subprocess.Popen(command, cwd=ROOT, env=given, stdin=subprocess.DEVNULL, pass_fds=[there.fileno()])

    def can_start(self, command: list[str], environment: dict[str, str]) -> bool:
        """Whether this is a module or `manage.py` run by this Python, as this one was started itself."""
        return command[:2] in ([sys.executable, "-m"], [sys.executable, MANAGE]) and environment.get("LD_PRELOAD") == self._preload

    def start(self, command: list[str], environment: dict[str, str], log: int, problems: int | None = None) -> Forked:
        """Run a command in a session of its own; what it says goes to the file `log`, or what is wrong to another."""
        message = json.dumps({"arguments": command[1 + (command[1] == "-m") :], "environment": environment}).encode()
        with self._lock:
            socket.send_fds(self._here, [message], [log, log if problems is None else problems])
            while not self._born:
                self._hear(None)
            return Forked(self, self._born.pop())

    def run(self, command: list[str], environment: dict[str, str], timeout: float) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, as `subprocess.run` with its output captured. Raises subprocess.TimeoutExpired."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as problems:
            process = self.start(command, environment, out.fileno(), problems.fileno())
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            out.seek(0), problems.seek(0)
            return subprocess.CompletedProcess(command, code, out.read(), problems.read())

    def ending(self, pid: int) -> int | None:
        """Exit code of one that has ended; minus a signal's number where one ended it."""
        with self._lock:
            while self._hear(0):
                pass
            return self._endings.get(pid)

    def listen(self, seconds: float | None) -> None:
        """Wait for any news, so long at most."""
        with self._lock:
            self._hear(min(seconds, 0.05) if seconds is not None else 0.05)

    def _hear(self, seconds: float | None) -> bool:
        if not select.select([self._here], [], [], seconds)[0]:
            return False
        said = self._here.recv(MESSAGE)
        if not said:
            raise RuntimeError("the nursery has ended; what it said stands above")
        for kind, pid, code in [json.loads(said)]:
            if kind == "born":
                self._born.append(pid)
            else:
                self._endings[pid] = code
        return True


def _serve(wire: socket.socket) -> None:
    """Fork for every message, and tell who has ended."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([wire, woken], [], [])
        if woken in ready:
            os.read(woken, 1 << 12)
            while (found := _ended())[0]:
                wire.send(json.dumps(["ended", found[0], os.waitstatus_to_exitcode(found[1])]).encode())
        if wire not in ready:
            continue
        message, files, _, _ = socket.recv_fds(wire, MESSAGE, 2)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(woken), os.close(wake), wire.close()
            _become(json.loads(message), *files)
        for file in files:
            os.close(file)
        wire.send(json.dumps(["born", pid, 0]).encode())


def _ended() -> tuple[int, int]:
    try:
        return os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return 0, 0


def _become(wanted: dict[str, Any], log: int, problems: int) -> NoReturn:
    """Be the process that was asked for, from here to its end."""
    os.setsid()
    os.dup2(log, 1)
    os.dup2(problems, 2)
    os.close(log), os.close(problems)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    name, *arguments = wanted["arguments"]
    sys.argv = [name, *arguments]
    if name == MANAGE:
        runpy.run_path(name, run_name="__main__")
    else:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    sys.exit()


def main() -> None:
    """Read the libraries, then serve whoever started this until they close the line."""
    from game.lifeline import die_with_parent

    die_with_parent(os.getppid())
    wire = socket.socket(fileno=int(sys.argv[1]))
    os.environ["PYTHONUNBUFFERED"] = "1"
    sys.stdout.reconfigure(line_buffering=True, write_through=True)  # type: ignore[union-attr]
    for name in LIBRARIES:
        importlib.import_module(name)
    if BARE in sys.argv:
        os.environ.setdefault("NUMBA_LOOP_VECTORIZE", "0")  # as the engine has it; numba asks once
        importlib.import_module("numba")
    else:
        import engine

        engine.warm()
    gc.freeze()  # or every child would look through, and so copy, all that was read here
    _serve(wire)


if __name__ == "__main__":
    main()
