"""`manage.py play`: everything that a game needs, on one machine, with one command."""

import multiprocessing
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, connections
from kombu import pools

import engine
from game.live.broker import client
from game.management.process import checked_port, read_ahead, refusal
from game.models import Exercise, FacilitatorLink, RuleBroken, checked_speed
from game.ops import brokers, demo, door, static_files
from game.ops.addresses import keep_address, names_of, reachable
from game.ops.supervisor import Supervisor
from game.scenarios import standard

READY_S = 60.0
GAMES = ("games-1", "games-2")  # one takes over at once when the other is killed
MEASURED = ("web", "control", *GAMES, "lab", "replay")  # their metrics are at METRICS_PORT and the numbers that follow


MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]


def _collect_ahead() -> None:
    with suppress(Exception):  # found again, and told, by who waits for it
        static_files.collect()


def _let_go() -> None:
    """Close every line to the database and the broker: copies of this process would speak into them too."""
    connections.close_all()
    if getattr(connection, "pool", None):
        connection.close_pool()  # type: ignore[attr-defined]
    client().close()
    client.cache_clear()
    pools.reset()  # type: ignore[no-untyped-call]


def _metrics_ports() -> dict[str, int]:
    """Of each process; none where there is no METRICS_PORT."""
    return {name: settings.METRICS_PORT + number for number, name in enumerate(MEASURED)} if settings.METRICS_PORT else {}


def _metrics_port(name: str) -> tuple[str, ...]:
    port = _metrics_ports().get(name)
    return ("--metrics-port", str(port)) if port else ()


class Command(BaseCommand):
    """Checks, prepares, starts, watches over, ends."""

    help = "Start the game: broker, workers, web server. Ctrl-C ends everything."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 lets the room in (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
        parser.add_argument("--demo", action="store_true", help="start an exercise in which autopilots play history")
        parser.add_argument("--at", default="09:28", metavar="HH:MM", help="market time at which the demo starts (default 09:28)")
        parser.add_argument("--speed", type=float, default=5.0, help="speed of the demo up to 10:15 (default 5)")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        try:
            checked_speed(options["speed"])
        except RuleBroken as problem:
            raise refusal(f"--speed is {options['speed']:g}: {problem}") from problem
        start_step = self._start_step(options["at"])
        self._check_port(host, port, "--port")
        for metrics_port in _metrics_ports().values():
            self._check_port(settings.METRICS_HOST, metrics_port, "METRICS_PORT")
        supervisor = Supervisor(settings.STATE_DIR / "log", self._environment(host), self.stdout.write)
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, supervisor.stop)
        try:
            if not self._start_broker(supervisor):
                return
            with supervisor.interruptible():
                self._prepare()
            if supervisor.stopping:
                return
            # Not a copy: its event loop is made when its libraries are read. It needs no market, which is made ready meanwhile.
            supervisor.add("web", [*MANAGE, "web", "--host", host, "--port", str(port), *_metrics_port("web")])
            if engine.compiled():
                with supervisor.interruptible():
                    engine.warm()
            if not self._wait_for_web(supervisor, host, port):
                return
            address = f"http://{reachable(host)}:{port}{settings.BASE_PATH}"
            keep_address(settings.STATE_DIR, address)
            self._greet(address, demo.start(options["speed"], start_step) if options["demo"] else None)
            if not self._start_workers(supervisor):  # after the pages: five processes that begin would hold them up for two seconds
                return
            _let_go()
            supervisor.watch_over()
        finally:
            supervisor.say("Ending ...")
            supervisor.end_all()
            supervisor.say("Everything has ended. The next `play` goes on where this one stopped.")

    def _start_step(self, text: str) -> int:
        scenario = standard()
        calendar = engine.Calendar.of() if scenario is None else scenario.calendar
        try:
            step = calendar.step_at(text)
        except ValueError as problem:
            raise refusal(f"--at is {text!r}: expected a market time such as 09:28 ({problem})") from problem
        if step >= calendar.close:
            raise refusal(f"--at is {text!r}: expected a market time from {calendar.hm(0)} to {calendar.hm(calendar.close)}")
        return step

    def _check_port(self, host: str, port: int, name: str) -> None:
        checked_port(port, name)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except socket.gaierror as problem:
                raise refusal(f"--host is {host!r}: expected an address of this machine ({problem.strerror})") from problem
            except OSError as problem:
                raise refusal(f"Port {port} of {host} cannot be used: {problem.strerror}. Choose another with {name}.") from problem

    def _environment(self, host: str) -> dict[str, str]:
        names = ",".join(names_of(host, settings.ALLOWED_HOSTS))
        return {**os.environ, "ALLOWED_HOSTS": names, "STATE_DIR": str(settings.STATE_DIR), "PYTHONUNBUFFERED": "1"}

    def _start_broker(self, supervisor: Supervisor) -> bool:
        """Have a broker that answers; false when a signal came meanwhile."""
        try:
            if brokers.external_url():
                brokers.check_external()
                return True
            server = brokers.find_server()
        except brokers.NoBroker as problem:
            raise refusal(str(problem)) from problem
        if brokers.left_over():
            where = settings.STATE_DIR
            raise refusal(f"Another `play` runs on {where}. Stop it first, or set STATE_DIR to another folder.")
        child = supervisor.add("broker", brokers.command(server), last_to_end=True)
        until = time.monotonic() + READY_S
        ready = supervisor.watch_over(lambda: brokers.answers() or child.deaths > 2 or time.monotonic() > until)
        if ready and not brokers.answers():
            raise refusal(f"The broker {server} does not start; why stands in {supervisor.logs.path('broker')}")
        return ready

    def _prepare(self) -> None:
        """The tables, and beside them the static files, by a copy where there can be one: each takes a processor for two seconds the first time."""
        beside = multiprocessing.get_context("fork").Process(target=_collect_ahead) if sys.platform == "linux" else None
        if beside:
            _let_go()
            beside.start()
        call_command("migrate", interactive=False, verbosity=0)
        if beside:
            beside.join()
        static_files.collect()  # has nothing to do where the copy did it, and says why where it could not

    def _start_workers(self, supervisor: Supervisor) -> bool:
        """Have a market, and start who plays it; false when a signal came meanwhile."""
        started = time.monotonic()
        if not engine.compiled():
            # By a process of its own, which can be ended at once: the compiler takes no notice of signals.
            self.stdout.write("Preparing the market (once) ...")
            self.stdout.flush()
            child = supervisor.add("market", [*MANAGE, "warm"], at_once=True, once=True)
            if not supervisor.watch_over(child.has_ended):
                return False
            if not engine.compiled():
                raise refusal(f"The market cannot be compiled. {supervisor.logs.last_line('market')}")
        with supervisor.interruptible():
            engine.warm()
            read_ahead()
        if supervisor.stopping:
            return False
        self.stdout.write(f"The market is ready ({time.monotonic() - started:.1f} s).")
        self.stdout.flush()
        _let_go()
        for name in GAMES:
            self._add(supervisor, name, "worker", "games", "--name", name)
        self._add(supervisor, "control", "control")
        self._add(supervisor, "lab", "worker", "lab", at_once=True)
        self._add(supervisor, "replay", "worker", "replay", at_once=True)
        return True

    def _add(self, supervisor: Supervisor, name: str, *arguments: str, at_once: bool = False) -> None:
        arguments += _metrics_port(name)
        copied = sys.platform == "linux"  # elsewhere libraries of the system do not live through it
        supervisor.add(name, partial(door.run, ["manage.py", *arguments]) if copied else [*MANAGE, *arguments], at_once=at_once)

    def _wait_for_web(self, supervisor: Supervisor, host: str, port: int) -> bool:
        until = time.monotonic() + READY_S

        def up() -> bool:
            try:
                socket.create_connection((reachable(host), port), timeout=0.5).close()
            except OSError:
                return time.monotonic() > until
            return True

        ready = supervisor.watch_over(up)
        if ready and time.monotonic() > until:
            raise refusal(f"The web server does not start; why stands in {supervisor.logs.path('web')}")
        return ready

    def _greet(self, address: str, started: "tuple[Exercise, str] | None") -> None:
        say = self.stdout.write
        say(f"\nOpening Bell plays at {address}/")
        say(f"  Facilitator (opens once):   {address}/facilitator/{FacilitatorLink.issue()}/")
        resumed = Exercise.objects.filter(state__in=("running", "paused")).order_by("created")
        for exercise in resumed:
            if started is None or exercise.pk != started[0].pk:
                say(f"  Goes on ({exercise.state}):          {address}/projector/{exercise.code}/  {exercise.title}")
        if started:
            exercise, token = started
            say(f"  Demo, watch it:             {address}/projector/{exercise.code}/")
            say(f"  Demo, play the operator:    {address}/seat/{token}/")
        say("  Stop with Ctrl-C.\n")
        self.stdout.flush()
