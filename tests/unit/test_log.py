"""What is logged: an event a line whatever it holds, short whatever a client sends, and no traceback for what a client did."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

ROOT = Path(__file__).resolve().parents[2]
BEGIN = """
import logging, structlog, django
django.setup()
log = structlog.get_logger("game.x")
"""


def logged(script: str, form: str = "json", level: str = "INFO", tmp: Path | None = None) -> list[str]:
    """The lines that a process writes which does this."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "game.settings", "LOG_FORMAT": form, "LOG_LEVEL": level, "STATE_DIR": str(tmp)}
    done = subprocess.run([sys.executable, "-c", BEGIN + script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stderr.splitlines()


def test_an_event_is_one_object_whatever_it_holds(tmp_path):
    script = 'log.info("two\\nlines", who="Zoë", what={1, 2}, where=object)\nlogging.getLogger("a.library").warning("of %s", "another")'
    first, second = map(json.loads, logged(script, tmp=tmp_path))
    assert (first["event"], first["who"], first["level"]) == ("two\nlines", "Zoë", "info")
    assert (second["event"], second["level"]) == ("of another", "warning")


def test_a_fault_of_ours_is_one_object_with_its_traceback(tmp_path):
    (line,) = logged('try:\n    1 / 0\nexcept ZeroDivisionError:\n    log.exception("stumbled")', tmp=tmp_path)
    assert "ZeroDivisionError" in json.loads(line)["exception"]


@pytest.mark.django_db
@pytest.mark.parametrize("ask", [{"headers": {"host": "evil.example"}}, {"path": "/" + "a" * 6000}, {"path": "/join/%00/"}], ids=["host", "path", "byte"])
def test_one_request_never_logs_more_than_two_kilobytes_and_no_traceback(client, caplog, ask):
    client.raise_request_exception = False
    answer = client.get(**{"path": "/", **ask})
    assert answer.status_code in (400, 404)
    (handler,) = (one for one in logging.getLogger().handlers if isinstance(one.formatter, structlog.stdlib.ProcessorFormatter))
    told = [handler.format(record) for record in caplog.records]
    assert told and len("".join(told).encode()) < 2000 and "Traceback" not in "".join(told), told
    assert all("level='warning'" in one for one in told)
