"""What follows from a run that has ended, told once by the engine that played it and kept: story, ledger, week, decisions and what they
were worth, the words of it all. It is shown from here for ever, whatever engine and scenario are here then.

A run that ended before this was kept is put down when somebody asks for it first.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count

import engine
from game.debrief.ledger import ledger_of
from game.debrief.week_result import week_of
from game.models import contents
from game.models.outcomes import Finished

if TYPE_CHECKING:
    from game.models import Command, Run

NOT_LISTED = [kind for kind, lever in engine.KINDS.items() if lever.talk or lever.routine]
COUNTED = [kind for kind, lever in engine.KINDS.items() if lever.routine]  # a desk opens a hundred mails in a morning


class LogEvent(NamedTuple):
    """An event of a log, as the engine tells it."""

    step: int
    kind: str
    audience: list[str]
    data: engine.EventData


def of(run: "Run") -> Finished:
    """What is kept of a run that has ended; it is put down now where that was not done yet."""
    found = Finished.objects.filter(run=run).first()
    if found is None:
        scenario = contents.told_by(run)
        controls = {one.id: one.label for one in scenario.barriers.slice}
        Finished.objects.bulk_create([Finished(run=run, told=told_of(run), controls=controls)], ignore_conflicts=True)
        found = Finished.objects.get(run=run)
    return found


def told_of(run: "Run") -> dict[str, Any]:
    """What is read from the whole log of a run, and is the same for whoever looks."""
    score, scenario = run.score or {}, contents.told_by(run)
    rows = run.happened.order_by("number").values_list("step", "kind", "audience", "data")
    events = [LogEvent(*row) for row in rows.iterator()]  # thousands: no model for each
    given = run.given.exclude(kind__in=NOT_LISTED)
    opened = run.given.filter(kind__in=COUNTED).order_by("desk").values_list("desk").annotate(Count("pk"))
    return {
        "ledger": ledger_of(run, events),
        "week": week_of(run, scenario),
        "story": engine.story(events, scenario, run.score if score.get("fate") else None),
        "given": [_given(row, scenario) for row in given],
        "opened": [list(row) for row in opened],
    }


def _given(row: "Command", scenario: engine.Scenario) -> dict[str, Any]:
    lever, server = engine.KINDS.get(row.kind), engine.fitting(row.kind, row.args).get("server")
    label = lever.named(scenario) if lever else row.kind
    return {
        "step": int(row.step or 0),
        "at": scenario.calendar.told(int(row.step or 0), 0),
        "desk": row.desk,
        "label": f"{label}: {scenario.fleet.name.format(n=server)}" if server else label,
        "confidence": row.confidence or None,
        "state": row.state,
        "reason": row.reason,
        "by": row.by,
    }
