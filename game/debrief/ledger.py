"""Who knew what when, for the result page."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import engine
from game.models.run_log import log_told

if TYPE_CHECKING:
    from game.models import Run


def ledger_of(run: "Run", events: Iterable[Any]) -> dict[str, Any]:
    """The ledger of a run, from all its events: rows for the table, and the same as steps for the lanes."""
    log = log_told(run)
    entries = engine.ledger(events, log.decisions)
    decisions = {one.number: one for one in log.decisions}
    return {
        "rows": [_row(entry, decisions, log.scenario) for entry in entries],
        "lanes": [
            {
                **{key: getattr(entry, key) for key in ("title", "desk", "seen", "shared", "read")},
                "acted": None if entry.acted is None else decisions[entry.acted].first,
                "actor": None if entry.acted is None else decisions[entry.acted].commands[0].desk,
            }
            for entry in entries
        ],
    }


def _row(entry: engine.Entry, decisions: dict[int, engine.Decision], scenario: engine.Scenario) -> dict[str, Any]:
    acted = None if entry.acted is None else decisions[entry.acted]
    then = acted and {"words": engine.decision_words(scenario, acted), "after": engine.span(acted.first - entry.shared)}
    return {
        "title": entry.title,
        "desk": entry.desk,
        "seen": scenario.calendar.told(entry.seen, 0),
        "shared_after": engine.span(entry.shared - entry.seen),
        "read": [{"desk": desk, "after": engine.span(step - entry.shared)} for desk, step in entry.read.items()],
        "acted": then,
    }
