"""The printable report: A4, light, made on the server without a browser. What it tells is composed by game/views/debrief.py."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import get_language

import engine

KEPT = 24  # reports of a room that has just ended: everybody asks for the same
_one_at_a_time = threading.Lock()


def make(told: dict[str, Any], calendar: engine.Calendar) -> bytes:
    """A report as PDF. The same is drawn once: a room of people asks for it in the same minute."""
    text = json.dumps(told, sort_keys=True, cls=DjangoJSONEncoder)
    with _one_at_a_time:
        return _drawn(text, calendar, get_language())


@lru_cache(maxsize=KEPT)
def _drawn(text: str, calendar: engine.Calendar, language: str | None) -> bytes:
    # Here, because what reads fonts is half a second of every start, and wanted by the first report alone.
    from game.debrief.report import pages
    from game.debrief.report.paper import Paper

    told = json.loads(text)
    paper = Paper("".join(_texts(told)), told["foot"], told["words"], calendar)
    paper.set_title(f"Debrief: {told['title']}" if len(told["teams"]) > 1 else f"Debrief: {told['teams'][0]['name']}, {told['title']}")
    paper.set_creator("Opening Bell")
    paper.set_creation_date(datetime.fromisoformat(told["ended_at"]))
    if told["compared"]:
        pages.together(paper, told)
    for one in told["teams"]:
        pages.team(paper, told, one)
    return bytes(paper.output())


def _texts(value: Any) -> Iterator[str]:
    """Every text in what is told."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
