"""`manage.py play` as a process of its own, and what it printed."""

import fcntl
import hashlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any

from tests.children import own_folder

ROOT = Path(__file__).resolve().parents[2]
ROOM = "room.test"  # a name that browsers trust as little as an address of a room's network: the tests' Chromium finds this machine by it
START_S = 120.0  # the first start compiles the market


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PREPARE = """
import django; django.setup()
from django.core.management import call_command
from game.debrief.tasks import make_ghost
from game.ops import static_files
call_command("migrate", interactive=False, verbosity=0)
static_files.collect()
make_ghost.run("knight-2012", 79, None)
"""


@cache
def _prepared_from() -> str:
    """What decides how a prepared state folder looks: 16 hex characters."""
    sha = hashlib.sha256(f"{sys.prefix} {(ROOT / 'requirements.txt').read_text()}".encode())
    for folder in ("game", "engine", "static"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                found = path.stat()
                sha.update(f"{path.relative_to(ROOT)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return sha.hexdigest()[:16]


def _copy_prepared(state: Path) -> None:
    """Fill a state folder so that `play` has nothing to prepare in it: tables are made, static files collected, and history is played on the
    usual market. That takes twenty seconds, so it is done once for all sessions of these very files, and kept beside the compiled kernels.
    """
    kept = Path(os.environ.get("OPENING_BELL_CACHE") or ROOT / ".local") / "e2e"
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = kept / _prepared_from()
        if not ready.exists():
            for old in kept.iterdir():
                shutil.rmtree(old, ignore_errors=True)  # what is there is of other files, or was broken off half way
            making = kept / "making"
            making.mkdir()
            environment = {**os.environ, "STATE_DIR": str(making), "DJANGO_SETTINGS_MODULE": "game.settings"}
            subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=environment, check=True)
            making.rename(ready)
        shutil.copytree(ready, state, dirs_exist_ok=True)


class Stack:
    """The whole game on a free port and a folder of its own. `prepare`: is given the folder before it starts."""

    def __init__(self, *arguments: str, prepare: Callable[[Path], object] = lambda state: None) -> None:
        self.state = own_folder("ob-e2e-")
        _copy_prepared(self.state)
        prepare(self.state)
        self.address = f"http://127.0.0.1:{(port := free_port())}"
        self.printed: list[str] = []
        environment = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DATABASE_URL", "ALLOWED_HOSTS", "SECRET_KEY"}}
        environment["WEBHOOK_NETWORKS"] = "127.0.0.1"  # where a test's learning platform is
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "play", "--port", str(port), *arguments],
            cwd=ROOT,
            env={**environment, "ALLOWED_HOSTS": f"localhost,127.0.0.1,{ROOM}", "STATE_DIR": str(self.state), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._ready.wait(START_S):
            self.stop()
            raise RuntimeError("play did not start:\n" + "".join(self.printed))
        if self.process.poll() is not None:
            raise RuntimeError("play ended:\n" + "".join(self.printed))

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line)
            if "Stop with Ctrl-C" in line:
                self._ready.set()
        self._ready.set()

    def link(self, kind: str) -> str:
        """The first printed address that leads to `kind` ("facilitator", "projector", "seat")."""
        found = re.search(rf"{re.escape(self.address)}/{kind}/\S+", "".join(self.printed))
        assert found, f"play printed no {kind} link:\n" + "".join(self.printed)
        return found.group()

    @property
    def demo(self) -> str:
        """The code of the exercise of the demo."""
        return self.link("projector").rstrip("/").rsplit("/", 1)[1]

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Straight from the database file: Django's own connection may not be used beside Playwright's loop."""
        with closing(sqlite3.connect(f"file:{self.state / 'opening-bell.sqlite3'}?mode=ro", uri=True, timeout=10)) as database:
            return database.execute(query, values).fetchall()

    def stop(self) -> None:
        """Ctrl-C, and force after some seconds."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        shutil.rmtree(self.state, ignore_errors=True)


def wait_for(look: Any, within: float, what: str) -> Any:
    """The first true answer of `look`, asked the more seldom the longer it is waited for; AssertionError when none comes in time."""
    began = time.monotonic()
    while not (found := look()):
        waited = time.monotonic() - began
        assert waited < within, f"not within {within:g} s: {what}"
        time.sleep(min(0.1 + waited / 20, 0.3))
    return found
