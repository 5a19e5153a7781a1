"""`/metrics` of one process, in the format of Prometheus, on a port of its own: never among the pages.

What every process could see alike (rows, queues) a control worker tells alone, and asks for it when it is asked.
"""

import hmac
import logging
import socket
import threading
from collections.abc import Iterable, Iterator
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count
from prometheus_client import REGISTRY, Info, disable_created_metrics, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

import engine
from game import __version__, metrics
from game.live.broker import BROKER_GONE, client
from game.live.db_threads import let_go
from game.models import Exercise, Run

log = structlog.get_logger(__name__)
PATH = "/metrics"
QUEUES = ("games", "control", "lab", "replay")
PATIENCE_S = 10.0  # with who asks and does not go on


def serve(port: int, *, rows: bool) -> None:
    """Answer from now on, in threads of this process. `rows`: also what is in the database and the queues. Raises OSError where the port
    cannot be used.
    """
    server = _Server(settings.METRICS_HOST, port)
    server.set_app(guarded)
    if rows:
        REGISTRY.register(Rows())
    logging.getLogger().addHandler(LogCounter(logging.WARNING))
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


disable_created_metrics()  # type: ignore[no-untyped-call]
_metrics = make_wsgi_app()
Info("opening_bell_build", "The version, and the rules that new runs are played by.").info({"version": __version__, "rules": str(engine.RULES)})


def guarded(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """The WSGI application: `/metrics` for who has the token, where one is set."""
    if environ["PATH_INFO"] != PATH:
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b"Expected /metrics.\n"]
    told, expected = environ.get("HTTP_AUTHORIZATION", ""), f"Bearer {settings.METRICS_TOKEN}"
    if settings.METRICS_TOKEN and not hmac.compare_digest(told.encode(), expected.encode()):
        start("401 Unauthorized", [("Content-Type", "text/plain"), ("WWW-Authenticate", "Bearer")])
        return [b"Expected the header Authorization: Bearer METRICS_TOKEN.\n"]
    answer: Iterable[bytes] = _metrics(environ, start)
    return answer


class Rows(Collector):
    """How many exercises and runs there are in each state, and how much waits in each queue. What cannot be asked now is left out."""

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: or the registry would ask the database for the names."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Asked at every scrape, in a thread of it."""
        try:
            yield _by_state("opening_bell_exercises", "Exercises by state.", Exercise, Exercise.State.values)
            yield _by_state("opening_bell_runs", "Runs of teams by state.", Run, Run.State.values)
        except (DatabaseError, InterfaceError) as problem:
            log.warning("rows could not be counted", problem=str(problem))
            let_go()
        finally:
            connection.close()  # this thread ends with the answer
        try:
            lengths = [client().llen(queue) for queue in QUEUES]
        except BROKER_GONE as problem:
            log.warning("queues could not be measured", problem=str(problem))
            return
        found = GaugeMetricFamily("opening_bell_queue_length", "Tasks that wait for a worker.", labels=["queue"])
        for queue, length in zip(QUEUES, lengths, strict=True):
            found.add_metric([queue], length)
        yield found


def _by_state(name: str, says: str, model: Any, states: Iterable[str]) -> GaugeMetricFamily:
    there = dict(model.objects.order_by().values_list("state").annotate(Count("pk")))
    found = GaugeMetricFamily(name, says, labels=["state"])
    for state in states:
        found.add_metric([state], there.get(state, 0))
    return found


class LogCounter(logging.Handler):
    """Counts lines by what stays the same in them: structlog's event, or of a library's line its logger."""

    def emit(self, record: logging.LogRecord) -> None:
        event = record.msg.get("event", "") if isinstance(record.msg, dict) else record.name
        metrics.LOGGED.labels(record.levelname.lower(), event).inc()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Silent)

    def server_bind(self) -> None:
        """Without asking the network for this host's name, as the library does."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()


class _Silent(WSGIRequestHandler):
    timeout = PATIENCE_S

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a line every few seconds tells nobody anything."""
