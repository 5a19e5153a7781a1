"""How long a desk waits for something new, in wall time at the speeds a run is played at.

New is what a desk is told and has not done itself: a call, a piece of evidence, a result, a choice with a deadline. A machine that says the
same again with other figures says nothing new, and a lever that nobody has pulled yet is no news at all.
"""

import re
from collections.abc import Iterable
from typing import TypedDict

from engine.arguments import Sentence
from engine.events import DESKS, Happened
from engine.evidence.telling import ids
from engine.market_time import SPEEDS, STEPS_PER_SECOND, Calendar

LONG_S = 60.0  # longer than this nobody should wait
# What a desk hears of what it or another has just done at its own screen, where nothing comes of it.
_DONE = frozenset(
    {
        "command.applied", "command.refused", "call.answered", "call.missed", "pin.read", "check.ticked", "check.unticked", "assistant.asked",
        "symptom.noticed",
    }
)  # fmt: skip
_FIGURES = re.compile(r"\S*\d\S*|\b[A-Z]+(?:-[A-Z]+)*\b")  # figures, and names in capitals: of a job, a line, a stock

Wait = TypedDict("Wait", {"from": str, "to": str, "wall_s": float})


class Waits(TypedDict):
    """Of a desk: how often it waited and how long in all, the longest of its waits, and those longer than LONG_S in their order."""

    waits: int
    wall_s: float
    longest: Wait
    long: list[Wait]


def waits_of(calendar: Calendar, events: Iterable[Happened], since: int, until: int, speeds: dict[str, float] = SPEEDS) -> dict[str, Waits]:
    """Each desk's waits from step `since` to `until`, which count as moments too. `events`: of a run, in order; what a desk was told before
    `since` is not new any more.
    """
    rows = list(events)
    return {desk: _waits(calendar, [since, *_news(rows, desk, since, until), until], speeds) for desk in DESKS}


def wall_s(calendar: Calendar, step: int, speeds: dict[str, float] = SPEEDS) -> float:
    """Seconds of wall time from the first evening to a step; the evening before the block is not waited for."""
    opens, bell_end = calendar.open, calendar.bell_end
    spans = ((calendar.week, 0), (0, opens), (opens, bell_end), (bell_end, calendar.close), (calendar.block, calendar.end))
    return sum(max(0, min(step, end) - begin) / STEPS_PER_SECOND / speeds[calendar.phase(begin)] for begin, end in spans)


def _waits(calendar: Calendar, steps: list[int], speeds: dict[str, float]) -> Waits:
    moments = sorted({*steps})
    found: list[Wait] = [
        {
            "from": calendar.told(first, 0),
            "to": calendar.told(last, 0),
            "wall_s": round(wall_s(calendar, last, speeds) - wall_s(calendar, first, speeds), 1),
        }
        for first, last in zip(moments, moments[1:], strict=False)
    ]
    return {
        "waits": len(found),
        "wall_s": round(sum(wait["wall_s"] for wait in found), 1),
        "longest": max(found, key=lambda wait: wait["wall_s"]),
        "long": [wait for wait in found if wait["wall_s"] > LONG_S],
    }


def _news(rows: list[Happened], desk: str, since: int, until: int) -> list[int]:
    """Steps at which the desk is told something new."""
    said, found = set[tuple[str, ...]](), list[int]()
    for row in rows:
        if desk not in row.audience or row.step > until or row.kind in _DONE or row.data.get("desk") == desk:
            continue
        words = _words(row)
        if words not in said and row.step >= since:
            found.append(row.step)
        if words:
            said.add(words)
    return found


def _words(row: Happened) -> tuple[str, ...]:
    """What an event says, figures apart, where it may be said again; else nothing."""
    data = row.data
    if row.kind == "mail.arrived":
        return (row.kind, data["sender"], *_texts(data["subject"]))
    if row.kind == "alert.raised":
        return (row.kind, *_texts(data["text"]))
    if row.kind in ("breaker.paused", "breaker.resumed"):
        return (row.kind, data["symbol"])
    return (row.kind, data["limit"]) if row.kind == "limit.reached" else ()


def _texts(sentence: Sentence) -> tuple[str, ...]:
    """The texts that something said is made of, whatever figures fill them."""
    return (_FIGURES.sub("", sentence),) if isinstance(sentence, str) else (*ids(sentence),)
