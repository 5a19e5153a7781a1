"""The log of a run, as the engine reads it."""

from typing import TYPE_CHECKING

import engine
from game.models import contents
from game.models.packing import PackedLog

if TYPE_CHECKING:
    from game.models import Run

LOGS_KEPT = 24  # two rooms' worth of runs

_logs: dict[tuple[str, int, int, int], engine.Log] = {}


def log_of(run: "Run") -> engine.Log:
    """The log of a run that has ended, as the engine reads it. A room of people asks for it every other second: it is kept, for as long as
    the run stays as it is.
    """
    key = (run.team.exercise.code, run.pk, run.epoch, run.step)
    found = _logs.get(key)
    if found is None:
        found = _logs[key] = _read(run, contents.scenario_of(run))
        for old in list(_logs)[:-LOGS_KEPT]:
            _logs.pop(old, None)
    return found


def log_told(run: "Run") -> engine.Log:
    """The same to be told from, not to be played: in the words that are here where this engine cannot read its data any more."""
    try:
        return log_of(run)
    except engine.ScenarioError:
        return _read(run, contents.told_by(run))


def _read(run: "Run", scenario: engine.Scenario) -> engine.Log:
    exercise = run.team.exercise
    fields = ("seq", "step", "desk", "kind", "args", "confidence", "why", "state")
    rows = list(run.given.values_list(*fields, named=True))  # thousands: no model for each
    commands = tuple(
        engine.Command(row.seq, row.step, row.desk, row.kind, row.args, row.confidence or None, row.why)
        for row in rows
    )
    if PackedLog.objects.filter(run=run).exists():  # it was put away between these looks
        return _read(run, scenario)
    return engine.Log(
        scenario,
        exercise.seed,
        commands,
        engine.Moment.at_end(run.step, commands) if run.seq is None else engine.Moment(run.step, run.seq),
        noise=exercise.noise,
        start=exercise.first_step,
        since=max(exercise.start_step if run.start_step is None else run.start_step, exercise.first_step),
        refused=frozenset(row.seq for row in rows if row.state == "refused"),
        closed=frozenset(name for name, state in states_of(run).items() if state == "closed"),
    )


def states_of(run: "Run") -> dict[str, str]:
    """The barriers of the week as they stood at the bell: closed, hole or open. {} where history's week stands before the run."""
    told = run.events.filter(kind="week.closed").order_by("number").first()  # which is not put away with the rest
    return dict(told.data["slices"]) if told else {}
