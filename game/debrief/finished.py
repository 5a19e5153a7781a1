"""What follows from a run that has ended, told once by the engine that played it and kept: its account, story, ledger, week, questions,
objectives, decisions and what they were worth, the words of it all. It is shown from here for ever, whatever engine and scenario are here then.

A run that ended before this was kept is put down when somebody asks for it first.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.db.models import Count

import engine
from game.debrief.ledger import ledger_of
from game.debrief.week_result import week_of
from game.models import contents
from game.models.outcomes import Finished
from game.models.run_log import LOGS_KEPT, log_told
from game.spoken import from_row

if TYPE_CHECKING:
    from game.models import Command, Run

NOT_LISTED = [kind for kind, lever in engine.KINDS.items() if lever.talk or lever.routine]
COUNTED = [kind for kind, lever in engine.KINDS.items() if lever.routine]  # a desk opens a hundred mails in a morning
ASSISTANT = "autopilot"  # whose commands these are, in a command's `by`


class LogEvent(NamedTuple):
    """An event of a log, as the engine tells it."""

    step: int
    kind: str
    audience: list[str]
    data: engine.EventData


_lasting: dict[tuple[Any, ...], dict[str, Any]] = {}


def told_of_run(run: "Run") -> dict[str, Any]:
    """What is read from the whole log of a run: of one that has ended what is kept of it. It is at hand for as long as the run stays as it is,
    as run_log.log_of keeps the log.
    """
    key = (run.team.exercise.code, run.pk, run.epoch, run.step, run.state)
    found = _lasting.get(key)
    if found is None:
        found = _lasting[key] = of(run).told if run.state == "ended" else told_of(run)
        for old in list(_lasting)[:-LOGS_KEPT]:
            _lasting.pop(old, None)
    return found


def of(run: "Run") -> Finished:
    """What is kept of a run that has ended; it is put down now where that was not done yet."""
    found = Finished.objects.filter(run=run).first()
    if found is None:
        scenario = contents.told_by(run)
        controls = {one.id: one.label for one in scenario.barriers.slice}
        Finished.objects.bulk_create([Finished(run=run, told=told_of(run), controls=controls)], ignore_conflicts=True)
        found = Finished.objects.get(run=run)
    elif "account" not in found.told:  # it was put down before runs had one
        found.told = told_of(run) | found.told
        found.save(update_fields=["told"])
    return found


def told_of(run: "Run") -> dict[str, Any]:
    """What is read from the whole log of a run, and is the same for whoever looks."""
    score, scenario = run.score or {}, contents.told_by(run)
    rows = run.happened.order_by("number").values_list("step", "kind", "audience", "data")
    events = [LogEvent(*row) for row in rows.iterator()]  # thousands: no model for each
    given = run.given.exclude(kind__in=NOT_LISTED)
    opened = run.given.filter(kind__in=COUNTED).exclude(by=ASSISTANT).order_by("desk").values_list("desk").annotate(Count("pk"))
    return {
        **_account_of(run, events),
        "ledger": ledger_of(run, events),
        "week": week_of(run, scenario),
        "story": engine.story(events, scenario, run.score if score.get("fate") else None),
        "given": [_given(row, scenario) for row in given],
        "opened": [list(row) for row in opened],
    }


def _account_of(run: "Run", events: list[LogEvent]) -> dict[str, Any]:
    """Three sentences of it, what it did about what was so then, and what it may be asked: sentences of the engine's, to be told by a Reader."""
    if not run.score or "runaway" not in run.score:  # nothing, or of an engine that did not say
        return {"account": None, "beside": {}, "questions": [], "objectives": []}
    log, score = log_told(run), cast("engine.Score", run.score)
    assistants = {seq for seq in run.given.filter(by=ASSISTANT).values_list("seq", flat=True) if seq is not None}
    account = engine.account(log, events, score, assistants)
    entries = engine.ledger(events, log.decisions)
    return {
        "account": account,
        "beside": engine.beside_record(log.scenario, events),
        "questions": engine.questions(log, events, entries, account, score),
        "objectives": engine.objectives(_with_objectives(log, run), events, entries, score, assistants),
    }


def _with_objectives(log: engine.Log, run: "Run") -> engine.Log:
    """Data that was kept before it had objectives was kept without them: they are no part of what is played, and those of the same data hold."""
    found = None if log.scenario.objectives.objective else contents.here(run.team.exercise.scenario)
    return replace(log, scenario=found) if found and found.sha256 == log.scenario.sha256 else log


def _given(row: "Command", scenario: engine.Scenario) -> dict[str, Any]:
    lever, server = scenario.kinds.get(row.kind), engine.fitting(row.kind, row.args, scenario.kinds).get("server")
    label: engine.Sentence = lever.named(scenario) if lever else row.kind
    host = scenario.fleet.name.format(n=server) if server else ""
    return {
        "step": int(row.step or 0),
        "at": scenario.calendar.told(int(row.step or 0), 0),
        "desk": row.desk,
        "label": engine.phrase("{lever}: {target}", lever=label, target=host) if host else label,
        "confidence": row.confidence or None,
        "state": row.state,
        "reason": from_row(row.reason),
        "by": row.by,
    }
