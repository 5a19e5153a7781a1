"""What every decision of a finished run was worth: which courses of it are wanted, what came of them, and how it is told.

A course that was run is a row, so a killed worker loses at most the one it was at. What is still wanted follows from the rows alone:
first the alternatives of every decision, then, when these say which are pivotal, the runs that their shares need. Whoever looks sends
for what nobody is at. Courses are compared up to 11:30 of the market: a run that is past it is begun with while it goes on, as long as
the lab has nothing else to do, so that a room that has played on to the close finds all of it there.
"""

from collections.abc import Container
from itertools import islice
from typing import TYPE_CHECKING, Any

import structlog
from django.db import models
from kombu.exceptions import OperationalError as QueueGone

import engine
from game.broker import BROKER_GONE, LAB_FIRST_KEY, client, go_first
from game.celery import app

if TYPE_CHECKING:
    from game.models import Run

logger = structlog.get_logger(__name__)
AHEAD = 2  # courses at a time of a run that goes on
PATIENCE_MS = 20_000  # courses that nobody has answered by then are sent for again; one that is there already is not run twice
FIRST_MS = 10_000  # experiments stand aside so long after somebody has asked
LOGS_KEPT = 24  # two rooms' worth of runs
QUEUE = "lab"
SAME = "same"  # not a course: whether the played run comes out again bit for bit

_logs: dict[tuple[str, int, int, int], engine.Log] = {}


class Course(models.Model):
    """Another course of a run, and what the day cost then. `key`: see engine.alternatives and engine.subset."""

    run = models.ForeignKey("game.Run", on_delete=models.CASCADE, related_name="courses")
    key = models.CharField(max_length=60)
    loss_usd = models.FloatField()
    reason = models.TextField(blank=True, help_text="why what was moved could not have been done then")
    curve = models.JSONField(default=list, help_text="[step, loss in dollars] of every full minute from the first difference on")
    engine_version = models.CharField(max_length=40)

    class Meta:
        app_label = "game"
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="a_course_is_run_once")]


def log_of(run: "Run") -> engine.Log:
    """The log of a run that has ended, as the engine reads it. A room of people asks for it every other second: it is kept, for as long as
    the run stays as it is.
    """
    key = (run.team.exercise.code, run.pk, run.epoch, run.step)
    found = _logs.get(key)
    if found is None:
        found = _logs[key] = _read(run)
        for old in list(_logs)[:-LOGS_KEPT]:
            _logs.pop(old, None)
    return found


def _read(run: "Run") -> engine.Log:
    exercise = run.team.exercise
    fields = ("seq", "step", "desk", "kind", "args", "confidence", "why", "state")
    rows = list(run.commands.filter(step__isnull=False).order_by("seq").values_list(*fields, named=True))  # thousands: no model for each
    commands = tuple(engine.Command(row.seq, row.step, row.desk, row.kind, row.args, row.confidence or None, row.why) for row in rows)
    return engine.Log(
        engine.load_scenario(exercise.scenario),
        exercise.seed,
        commands,
        run.step,
        noise=exercise.noise,
        start=exercise.first_step,
        since=max(exercise.start_step if run.start_step is None else run.start_step, exercise.first_step),
        refused=frozenset(row.seq for row in rows if row.state == "refused"),
        closed=frozenset(name for name, state in states_of(run).items() if state == "closed"),
    )


def states_of(run: "Run") -> dict[str, str]:
    """The barriers of the week as they stood at the bell: closed, hole or open. {} where history's week stands before the run."""
    told = run.events.filter(kind="week.closed").first()
    return dict(told.data["slices"]) if told else {}


def rows_of(run: "Run") -> dict[str, Course]:
    """The courses that this engine has run, by key."""
    return {row.key: row for row in Course.objects.filter(run=run, engine_version=engine.ENGINE_VERSION)}


def _pivotal(log: engine.Log, rows: dict[str, Course]) -> "tuple[engine.Decision, ...] | None":
    """The decisions that get shares, once it is known what the day costs without each."""
    keys = {one.number: f"without:{one.number}" for one in log.decisions}
    if any(key not in rows for key in ("played", *keys.values())):
        return None
    return engine.pivotal(log, {number: rows[key].loss_usd - rows["played"].loss_usd for number, key in keys.items()})


def courses(log: engine.Log, rows: dict[str, Course]) -> dict[str, engine.Variation]:
    """Every course that is wanted as far as is known yet, by key."""
    found = {one.key: one for one in (*engine.alternatives(log), *engine.barrier_variations(log))}
    chosen = _pivotal(log, rows)
    if chosen:
        found |= {one.key: one for one in (engine.subset(chosen, taken) for taken in engine.subsets(len(chosen), log.seed))}
    return found


def send_for_missing(run: "Run", log: engine.Log, rows: dict[str, Course]) -> None:
    """Ask workers for every course that is wanted and that nobody is at."""
    missing = [key for key in (*courses(log, rows), SAME) if key not in rows]
    try:
        go_first(FIRST_MS)
        for key in missing:
            if _claim(run, key):
                _send(run, key)
    except (*BROKER_GONE, QueueGone) as problem:
        logger.warning("courses could not be sent for", run=run.pk, problem=str(problem))


def _claim(run: "Run", key: str) -> bool:
    return bool(client().set(f"ob:course:{run.pk}:{key}", 1, nx=True, px=PATIENCE_MS))


def _send(run: "Run", key: str) -> None:
    app.send_task("game.tasks.reckon", [run.pk, key])


def begin_ahead() -> None:
    """Send for a few courses of a run that goes on, if nothing waits for the lab: whoever asks for anything else is not kept waiting."""
    from game.models import Run

    going = Run.objects.filter(state="running", step__gte=engine.HORIZON, team__exercise__state="running").order_by("pk")
    for run in going.select_related("team__exercise"):
        if client().llen(QUEUE) or client().exists(LAB_FIRST_KEY):
            return
        run.step = engine.HORIZON  # not its own any more: what comes after changes no course, and the log is read once
        log, rows = log_of(run), rows_of(run)
        free = list(islice((key for key in courses(log, rows) if key not in rows and _claim(run, key)), AHEAD))
        for key in free:
            _send(run, key)
        if free:
            return


def told(run: "Run") -> dict[str, Any]:
    """All that is known, for the page; what is missing is sent for."""
    log, rows = log_of(run), rows_of(run)
    wanted = courses(log, rows)
    done = sum(key in rows for key in wanted)
    chosen = _pivotal(log, rows)
    complete = done == len(wanted) and chosen is not None
    if not complete or SAME not in rows:
        send_for_missing(run, log, rows)
    share = _shares(log, chosen, rows) if complete and chosen else {}
    played = rows["played"].loss_usd if "played" in rows else None
    return {
        "team": run.team.name,
        "done": done,
        "of": len(wanted) if chosen is not None else None,  # how many more there will be is not known before
        "complete": complete,
        "until": engine.clock(log.horizon)[:5],
        "played_usd": _dollars(played),
        "nothing_usd": _dollars(rows["nothing"].loss_usd) if "nothing" in rows else None,
        "same": None if SAME not in rows else rows[SAME].reason or True,
        "exact": not any(error for _, error in share.values()),
        "decisions": [_decision(log, one, rows, wanted, share) for one in log.decisions],
        "barriers": [line for one in log.scenario.barriers.slice if (line := _barrier(one, rows, wanted))],
    }


def _barrier(one: Any, rows: dict[str, Course], wanted: Container[str]) -> dict[str, Any] | None:
    """One barrier of the week in its other state: what closing it saved, or would have saved (below 0: cost). None where that is not asked."""
    key = next((key for key in (f"closed:{one.id}", f"left:{one.id}") if key in wanted), None)
    if key is None:
        return None
    row, week = rows.get(key), rows.get("week")
    line: dict[str, Any] = {"id": one.id, "label": one.label, "key": key, "usd": None, "reason": row.reason if row else ""}
    if row and week and not row.reason:
        saved = week.loss_usd - row.loss_usd
        line["usd"] = round(saved if key.startswith("closed:") else -saved)
    return line


def curve_of(run: "Run", key: str) -> list[list[int]] | None:
    """[step, loss in dollars] of every full minute in another course of a run, before the first difference as it was played. None where
    that course has not been run, or could not be.
    """
    rows = rows_of(run)
    if key not in rows or key == SAME or rows[key].reason:
        return None
    curve = rows[key].curve
    first = curve[0][0] if curve else 0
    return [*(minute for minute in run.curve if minute[0] < first), *curve]


def best(run: "Run") -> dict[str, Any] | None:
    """The decision that the day would have cost most without: `usd` and `words`. None until every one is reckoned, or where none saved
    anything. Sends for nothing.
    """
    log, rows = log_of(run), rows_of(run)
    keys = {one.number: f"without:{one.number}" for one in log.decisions}
    if not keys or any(key not in rows for key in ("played", *keys.values())):
        return None
    usd, one = max(((rows[keys[one.number]].loss_usd - rows["played"].loss_usd, one) for one in log.decisions), key=lambda found: found[0])
    return {"usd": round(usd), "words": engine.decision_words(log.scenario, one)} if usd > 0 else None


def _dollars(usd: float | None) -> int | None:
    return None if usd is None else round(usd)


def _shares(log: engine.Log, chosen: "tuple[engine.Decision, ...]", rows: dict[str, Course]) -> dict[int, tuple[float, float]]:
    """Number of a decision -> its share and the standard error of it, dollars."""
    loss = {taken: rows[engine.subset(chosen, taken).key].loss_usd for taken in engine.subsets(len(chosen), log.seed)}
    found = engine.shares(len(chosen), log.seed, loss)
    return {one.number: (share.usd, share.error_usd) for one, share in zip(chosen, found, strict=True)}


def _decision(
    log: engine.Log, one: "engine.Decision", rows: dict[str, Course], wanted: Container[str], share: dict[int, tuple[float, float]]
) -> dict[str, Any]:
    """One line: what it was worth, and what the same five minutes earlier or later would have been worth more (below 0: less)."""
    played, without = rows.get("played"), rows.get(f"without:{one.number}")
    line: dict[str, Any] = {
        "number": one.number,
        "at": engine.told(one.first, 0),
        "step": one.first,
        "desk": one.commands[0].desk,
        "words": engine.decision_words(log.scenario, one),
        "confidence": one.commands[0].confidence,
        "worth_usd": round(without.loss_usd - played.loss_usd) if played and without else None,
        "share_usd": None,
        "movable": f"earlier:{one.number}" in wanted,
        "earlier": None,
        "later": None,
    }
    for word in ("earlier", "later"):
        row = rows.get(f"{word}:{one.number}")
        if row and played:
            line[word] = {"usd": None if row.reason else round(played.loss_usd - row.loss_usd), "reason": row.reason}
    if one.number in share:
        line["share_usd"], line["error_usd"] = (round(value) for value in share[one.number])
    return line
