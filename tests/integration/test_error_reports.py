"""Errors go to Sentry where a setting says so, with nothing of people in them; the receiver here speaks as much of its protocol as a client hears."""

import gzip
import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection

from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.world import ROOT


class Sentry:
    """Takes in envelopes."""

    def __init__(self) -> None:
        self.heard = heard = list[tuple[str, str, str]]()  # path, the SDK's key, text

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                text = gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body
                heard.append((self.path, self.headers["X-Sentry-Auth"], text.decode()))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.dsn = f"http://public-key@127.0.0.1:{self.server.server_port}/7"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self) -> list[dict[str, Any]]:
        """What the envelopes hold that is an event."""
        found = []
        for _, _, text in self.heard:
            lines = [json.loads(line) for line in text.splitlines() if line]
            found += [body for head, body in zip(lines[1::2], lines[2::2], strict=True) if head["type"] == "event"]
        return found


@pytest.fixture
def sentry() -> Iterator[Sentry]:
    found = Sentry()
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_an_error_is_reported_once_and_says_nothing_of_who_met_it(world, sentry):
    _, cookie = taken_seat(new_exercise(), name="Dana Quartermaine")
    world.start("web", [sys.executable, "manage.py", "web", "--port", str(world.port)], SENTRY_DSN=sentry.dsn)
    eventually(world._web_answers, 40, "web is ready")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE game_player RENAME TO gone_player")
    line = http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)
    line.request("GET", "/lobby/?from=Dana", headers={"Cookie": f"player={cookie}", "User-Agent": "danas-telephone", "X-Forwarded-For": "203.0.113.9"})
    assert line.getresponse().status == 500
    eventually(lambda: sentry.events(), 10, "the error is reported")
    (event,) = sentry.events()
    ((path, key, text),) = sentry.heard
    assert path == "/api/7/envelope/" and "sentry_key=public-key" in key
    assert event["exception"]["values"][-1]["type"] == "OperationalError" and "game_player" in event["exception"]["values"][-1]["value"]
    assert event["tags"] == {"process": "web", "logger": "django.request"} and event["level"] == "error"
    assert any(frame["filename"].startswith("game/") for frame in event["exception"]["values"][-1]["stacktrace"]["frames"])
    for personal in (cookie, "Dana", "danas-telephone", "203.0.113.9", "127.0.0.1:", '"vars"'):
        assert personal not in text, personal
    assert not event.keys() & {"request", "user"} and event["breadcrumbs"]["values"] == []


REPORTS = """
import sys, structlog, logging
from game.ops import error_reports
error_reports.report("games-1")
log = structlog.get_logger("game.live.clock")
try:
    raise ValueError("duplicate key\\nDETAIL: Key (name)=(Dana) already exists.")
except ValueError:
    log.exception("a run failed", run=7, who="Dana")
log.error("a message that is none was left out", channel="Dana")
log.warning("nobody is told of this", run=8)
print("sentry_sdk" in sys.modules)
"""


def test_an_event_is_known_by_its_name_and_without_the_setting_nothing_is_read(world, sentry):
    def told(**environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", REPORTS]
        return subprocess.run(command, cwd=ROOT, env={**world.environment, **environment}, capture_output=True, text=True, timeout=60)

    assert told().stdout == "False\n" and sentry.heard == []
    done = told(SENTRY_DSN=sentry.dsn)
    assert done.stdout == "True\n" and "Sentry" not in done.stderr
    failed, left_out = eventually(lambda: len(sentry.events()) == 2 and sentry.events(), what="both are reported before the process ends")
    assert failed["tags"] == {"process": "games-1", "logger": "game.live.clock", "event": "a run failed"} and failed["contexts"]["log"] == {"run": 7}
    assert failed["exception"]["values"][0]["value"] == "duplicate key"
    assert (left_out["message"], left_out["tags"]["event"]) == ("a message that is none was left out",) * 2
    assert not any("Dana" in text for _, _, text in sentry.heard)


def test_an_address_that_is_none_is_refused_in_one_line(world):
    for wrong in ("sentry.example", "https://sentry.example/1", "https://key@sentry.example", "https://key@sentry.example:x/1"):
        done = world.manage("control", SENTRY_DSN=wrong)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert f"SENTRY_DSN is '{wrong}': expected an address such as https://key@sentry.example/1" in done.stderr
