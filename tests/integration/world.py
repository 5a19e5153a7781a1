"""The real thing for a test: broker, database, workers and web server as processes that can be killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis

from game.environment import broker_url
from tests.builders import eventually, missing
from tests.children import own_folder
from tests.integration.nursery import Forked, Nursery

ROOT = Path(__file__).resolve().parents[2]
GONE_S = 5.0
MANAGE_S = 120.0


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def managed(nursery: Nursery | None, arguments: Sequence[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a management command to its end, forked where that can be."""
    command = [sys.executable, "manage.py", *arguments]
    if nursery and nursery.can_start(command, environment):
        return nursery.run(command, environment, MANAGE_S)
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=MANAGE_S)


class Postgres:
    """A throw-away PostgreSQL cluster on a socket, run as an ordinary user (it refuses root). `like`: a cluster at rest that it is a copy of."""

    def __init__(self, folder: Path, like: Path | None = None) -> None:
        self.bin = self.programs()
        self.data = folder / "postgres"
        self.user = "postgres" if os.getuid() == 0 else ""
        if self.user:
            folder.chmod(0o711)
        if like:
            subprocess.run(["cp", "-a", str(like), str(self.data)], check=True)
        else:
            self.data.mkdir(mode=0o700)
            if self.user:
                shutil.chown(self.data, self.user)
            self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "--no-sync")
        self.port = free_port()
        self.listen = ""  # an address beside the socket
        self.start()
        if not like:
            self._run("createdb", "-h", str(self.data), "-p", str(self.port), "-U", "postgres", "bell")
        self.url = f"postgres://postgres@/bell?host={self.data}&port={self.port}"

    @staticmethod
    def programs() -> Path:
        """The folder of the newest PostgreSQL there is."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        program = str(found[-1]) if found else shutil.which("initdb")
        if not program:
            missing("PostgreSQL", "apt-get install -y postgresql")
        return Path(program).parent

    def _run(self, program: str, *arguments: str) -> None:
        before = ["runuser", "-u", self.user, "--"] if self.user else []
        done = subprocess.run([*before, str(self.bin / program), *arguments], capture_output=True, text=True, cwd="/", timeout=60)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    def start(self) -> None:
        """Start it, also after it was stopped."""
        options = f"-k {self.data} -h '{self.listen}' -p {self.port} -c fsync=on -c max_connections=200"
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.data / "log"), "-o", options, "start")

    def listen_on(self, address: str, subnet: str) -> str:
        """Start it again so that hosts of a subnet reach it, without a password; its address for them."""
        self.stop("fast")
        with (self.data / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {subnet} trust\n")
        self.listen = address
        self.start()
        return f"postgres://postgres@{address}:{self.port}/bell"

    def stop(self, mode: str = "immediate") -> None:
        """End it; "fast" leaves files that can be copied."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")


class World:
    """Processes by name, in a folder of their own."""

    def __init__(self, database: str = "sqlite", nursery: Nursery | None = None, cluster: Path | None = None) -> None:
        self.nursery = nursery  # forks the processes, where it can: they come up in a third of the time
        self.folder = own_folder()
        self.state = self.folder / "state"
        self.state.mkdir(mode=0o700)
        self.postgres = Postgres(self.folder, cluster) if database == "postgresql" else None
        self.processes: dict[str, subprocess.Popen[bytes] | Forked] = {}
        self.port = free_port()
        self.environment = {
            **os.environ,
            "STATE_DIR": str(self.state),
            "SECRET_KEY": "k" * 50,
            "LOG_LEVEL": "INFO",
            "PYTHONUNBUFFERED": "1",
        }
        self.broker_url = broker_url(self.state)
        self.broker_options: list[str] = []  # of its command line, beside those of `play`
        if self.postgres:
            self.environment["DATABASE_URL"] = self.postgres.url

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a management command to its end."""
        return managed(self.nursery, arguments, {**self.environment, **environment})

    def start(self, name: str, command: list[str], **environment: str) -> subprocess.Popen[bytes] | Forked:
        """Start a process; its output goes to <name>.log."""
        given = {**self.environment, **environment}
        with (self.folder / f"{name}.log").open("ab") as log:
            if self.nursery and self.nursery.can_start(command, given):
                self.processes[name] = self.nursery.start(command, given, log.fileno())
            else:
                self.processes[name] = subprocess.Popen(
                    command, cwd=ROOT, env=given, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
        return self.processes[name]

    def start_broker(self) -> None:
        """The embedded server with the options of `play`."""
        from game.ops import brokers

        self.spawn("broker")
        eventually(brokers.answers, what="the broker answers")

    def start_games(self, name: str = "games-1", threads: int = 8) -> None:
        """A worker that turns games."""
        self.start_all(name, threads=threads)

    def start_all(self, *names: str, threads: int = 8, queues: str = "control,lab,replay", within: float = 40) -> None:
        """Workers (games-1, games-2, control) and web server together, until each is ready. `queues`: what control works at."""
        self.queues = queues
        for name in names:
            self.spawn(name, threads=threads)
        for name in names:
            up = self._web_answers if name == "web" else lambda name=name: "ready." in self.log(name)
            eventually(up, within, f"{name} is ready")

    def spawn(self, name: str, threads: int = 8) -> None:
        """Start one of them, or the broker, and do not wait for it."""
        if name == "broker":
            from game.ops import brokers

            self.start(name, [*brokers.command(brokers.find_server()), *self.broker_options])
        elif name == "web":
            self.start(name, [sys.executable, "manage.py", "web", "--port", str(self.port)])
        elif name == "control":
            self._celery(name, "-Q", self.queues, "-c", "4")
        else:
            self._celery(name, "-Q", "games", "-c", str(threads))

    def _celery(self, name: str, *options: str) -> None:
        base = [sys.executable, "-m", "celery", "--app", "game", "worker", "--pool", "threads", "--loglevel", "INFO"]
        self.start(name, [*base, "--without-gossip", "--without-mingle", "-n", f"{name}@%h", *options])

    def _web_answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.5):
            return True
        return False

    def log(self, name: str) -> str:
        """What a process has written."""
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def kill(self, name: str) -> None:
        """kill -9 of the process and of nothing else."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def terminate(self, name: str, within: float = 10.0) -> int:
        """SIGTERM, and wait for the end; the exit code."""
        process = self.processes.pop(name)
        process.terminate()
        return process.wait(within)

    def close(self) -> None:
        """End everything and remove the folder."""
        for process in self.processes.values():
            if process.poll() is None:  # else its number may be another's by now
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if self.postgres and (self.postgres.data / "postmaster.pid").exists():
            self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Watch:
    """Listens to a run as a web process does: when which step was told, from a subscription of its own."""

    def __init__(self, url: str, run_id: int, desk: str = "operator") -> None:
        from game.live.broker import channel

        self.channel = channel(run_id, desk)
        self.url = url
        self.heard: list[tuple[float, int]] = []
        self._done = threading.Event()

    def __enter__(self) -> "Watch":
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()
        self.more(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._ear.join()

    def more(self, messages: int, within: float = 15.0) -> None:
        """Wait until so many more messages have come."""
        enough = len(self.heard) + messages
        eventually(lambda: len(self.heard) >= enough, within, f"{messages} more messages come")

    def _listen(self) -> None:
        """Hear until the end; go on through a restart of the broker."""
        from game.live.loudspeaker import unpack

        pubsub: Any = None
        while not self._done.is_set():
            try:
                if pubsub is None:
                    pubsub = redis.Redis.from_url(self.url, decode_responses=True).pubsub(ignore_subscribe_messages=True)
                    pubsub.subscribe(self.channel)
                message = pubsub.get_message(timeout=0.1)
            except (redis.RedisError, OSError):
                pubsub = None
                self._done.wait(0.02)
                continue
            if message:
                self.heard.append((time.monotonic(), unpack(message["data"]).step))

    def gap(self) -> float:
        """The longest silence, in seconds."""
        times = [at for at, _ in self.heard]
        return max((b - a for a, b in zip(times, times[1:], strict=False)), default=float("inf"))

    def steps(self) -> list[int]:
        """The steps in the order they were told."""
        return [step for _, step in self.heard]
