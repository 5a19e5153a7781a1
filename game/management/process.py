"""What the commands that start one process have in common, and how they refuse."""

import importlib
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from game.ops import error_reports, exporter, readiness

WATCHES = 5  # threads beside those that work: game/ops/reaper.py, game/ops/exporter.py


def refusal(line: str) -> CommandError:
    """One clear line, and exit code 2."""
    return CommandError(line, returncode=2)


def checked_port(port: int, name: str = "--port") -> None:
    """Refuse what is no port to listen on."""
    if not 1 <= port <= 65535:
        raise refusal(f"{name} is {port}: expected a number from 1 to 65535")


class Process(BaseCommand):
    """A process of the house: runs until it is told to end, or with --check proves that it could and ends at once."""

    requires_system_checks: list[str] = []
    pages = False  # whether it sends static files
    rows = False  # whether its metrics have what every process could see alike

    def add_arguments(self, parser: ArgumentParser) -> None:
        proves = "prove that database, migrations, broker, clock, folders and files are as it needs them, and end: code 0, or 2 and what is missing"
        parser.add_argument("--check", action="store_true", help=proves)
        parser.add_argument("--metrics-port", type=int, help="the port of this process's /metrics (default: METRICS_PORT; without one there is none)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            error_reports.report(options.get("name") or options.get("queue") or type(self).__module__.rpartition(".")[2])
            self._show_metrics(options["metrics_port"])
            return self.work(options)
        if problems := readiness.missing(pages=self.pages):
            raise refusal(" ".join(problems))
        self.stdout.write("Ready.")
        return None

    def _show_metrics(self, named: int | None) -> None:
        if named is not None:
            checked_port(named, "--metrics-port")
        port = named or settings.METRICS_PORT
        try:
            if port:
                exporter.serve(port, rows=self.rows)
        except OSError as problem:
            where = settings.METRICS_HOST
            raise refusal(f"Port {port} of {where} cannot be used for metrics: {problem.strerror}. Choose another with --metrics-port.") from problem

    def work(self, options: dict[str, Any]) -> None:
        """Do what it is for, until a signal ends it."""
        raise NotImplementedError


def _a_connection_each(threads: int) -> None:
    """Let the pool of connections to PostgreSQL have one for every thread: a clock keeps its own while it turns a run."""
    if pool := connection.settings_dict["OPTIONS"].get("pool"):
        pool["max_size"] = max(pool["max_size"], threads + WATCHES)


def read_ahead() -> None:
    """Read what workers read when they begin, that copies of this process share it."""
    from game.celery import app

    for name in ("celery.apps.worker", "celery.concurrency.thread", "celery.worker.consumer", "kombu.transport.redis"):
        importlib.import_module(name)
    app.loader.import_default_modules()


def run_celery(queue: str, name: str, threads: int) -> None:
    """A Celery worker of one queue, in this process."""
    from game.celery import app

    _a_connection_each(threads)

    app.worker_main(
        [
            "worker", "--pool", "threads", "--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat",
            "-Q", queue, "-c", str(threads), "-n", f"{name}@%h",
        ]
    )  # fmt: skip
