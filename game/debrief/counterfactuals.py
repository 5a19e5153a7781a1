"""What every decision of a finished run was worth: which courses of it are wanted, what came of them, and how it is told.

A course that was run is a row, so a killed worker loses at most the one it was at. What is still wanted follows from the rows alone:
first the run without each decision, then its other alternatives, then, when these say which are pivotal, the runs that their shares need.
Whoever looks sends for what nobody is at. Courses are compared up to 11:30 of the market: a run that is past it is begun with while it goes
on, as long as the lab has nothing else to do, so that a room that has played on to the close finds all of it there.

What is known is kept with what else follows from the run (game/debrief/finished.py). Where the rules that it was played by are gone that is told,
and nothing more is sent for.
"""

from collections.abc import Container, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import structlog

import engine
from game.debrief import finished
from game.live import senders
from game.live.broker import BROKER_GONE, client, go_first, others_go_first
from game.live.claims import claim
from game.live.senders import QueueGone
from game.live.words import reader_of
from game.models import contents, packing
from game.models.outcomes import Course, Finished
from game.models.run_log import log_of, log_told
from game.spoken import from_row

if TYPE_CHECKING:
    from game.models import Run

logger = structlog.get_logger(__name__)
AHEAD = 2  # courses at a time of a run that goes on
PATIENCE_S = 20.0  # courses that nobody has answered by then are sent for again; one that is there already is not run twice
WORTH_A_WORD_USD = 100_000  # a decision that saved or cost less was neither right nor wrong
FIRST_MS = 10_000  # experiments stand aside so long after somebody has asked
SAME = "same"  # not a course: whether the played run comes out again bit for bit


def rows_of(run: "Run") -> dict[str, Course]:
    """The courses that were run by what it was played by, by key."""
    packing.unpack(run)
    return {row.key: row for row in Course.objects.filter(run=run, made_by=run.made_by)}


def _pivotal(log: engine.Log, rows: dict[str, Course]) -> "tuple[engine.Decision, ...] | None":
    """The decisions that get shares, once it is known what the day costs without each."""
    keys = {one.number: f"without:{one.number}" for one in log.decisions}
    if any(key not in rows for key in ("played", *keys.values())):
        return None
    return engine.pivotal(log, {number: rows[key].loss_usd - rows["played"].loss_usd for number, key in keys.items()})


def counterfactuals_of(log: engine.Log, rows: dict[str, Course]) -> dict[str, engine.Counterfactual]:
    """Every course that is wanted as far as is known yet, by key."""
    found = {one.key: one for one in (*engine.alternatives(log), *engine.barrier_counterfactuals(log))}
    chosen = _pivotal(log, rows)
    if chosen:
        found |= {one.key: one for one in (engine.subset(chosen, taken) for taken in engine.subsets(len(chosen), log.seed))}
    return found


def send_for_missing(run: "Run", log: engine.Log, rows: dict[str, Course], only: Container[str] | None = None) -> None:
    """Ask workers for every course that is wanted and that nobody is at; `only`: of these."""
    missing = [key for key in (*counterfactuals_of(log, rows), SAME) if key not in rows and (only is None or key in only)]
    try:
        go_first(FIRST_MS)
        for key in missing:
            if _claim(run, key):
                senders.reckon(run.pk, key)
    except (*BROKER_GONE, QueueGone) as problem:
        logger.warning("courses could not be sent for", run=run.pk, problem=str(problem))


def drawn(key: str) -> bool:
    """Whether a course can be asked for as a line on the curve: those that only shares are reckoned from cannot."""
    return not key.startswith("taken:")


def task_key(run_id: int, key: str) -> str:
    """That somebody was sent for to run this course."""
    return f"ob:course:{run_id}:{key}"


def _claim(run: "Run", key: str) -> bool:
    return claim(task_key(run.pk, key), PATIENCE_S)


def begin_ahead() -> None:
    """Send for a few courses of a run that goes on, if nothing waits for the lab: whoever asks for anything else is not kept waiting."""
    from game.models import Run

    going = Run.objects.filter(state="running", step__gte=0, team__exercise__state="running", rules=engine.RULES).order_by("pk")
    for run in going.select_related("team__exercise"):
        horizon = run.calendar.horizon
        if run.step < horizon:
            continue
        if client().llen(senders.LAB) or others_go_first():
            return
        run.step = horizon  # not its own any more: what comes after changes no course, and the log is read once
        log, rows = log_of(run), rows_of(run)
        free = list(islice((key for key in counterfactuals_of(log, rows) if key not in rows and _claim(run, key)), AHEAD))
        for key in free:
            senders.reckon(run.pk, key)
        if free:
            return


def known_so_far(run: "Run") -> dict[str, Any]:
    """All that is known, for the page; what is missing is sent for. `needs`: why nothing more will be, or ""."""
    found, needs = known(run), contents.needs(run)
    if whole(found):
        needs = ""
    elif not needs:
        send_for_missing(run, log_of(run), rows_of(run))
    return {"team": run.team.name, "needs": needs, **found}


def known(run: "Run") -> dict[str, Any]:
    """What is known of a run that has ended, see `reckoned`, in words."""
    return reader_of(run).told(_known(run))


def _known(run: "Run") -> dict[str, Any]:
    """What is kept of it, once it is whole or cannot be more."""
    kept = finished.of(run)
    if whole(kept.worth) or (kept.worth and contents.needs(run)):
        return dict(kept.worth)
    rows = rows_of(run)
    found = reckoned(log_told(run), rows, (run.score or {}).get("claims", ()))
    if len(rows) > kept.done:
        Finished.objects.filter(pk=kept.pk, done__lt=len(rows)).update(worth=found, done=len(rows))
    return found


def keep(run: "Run") -> None:
    """Put down what follows from a run that has just ended. What goes wrong with it is no fault of the run."""
    try:
        _known(run)
    except Exception:
        logger.exception("what follows from a run could not be put down", run=run.pk)


def whole(found: dict[str, Any]) -> bool:
    """Whether nothing is missing any more."""
    return bool(found) and found["complete"] and found["same"] is not None


def reckoned(log: engine.Log, rows: dict[str, Course], claims: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    """What these courses of a run say of its decisions and barriers, and beside its diagnoses (`claims` of its score) of how sure it was."""
    wanted = counterfactuals_of(log, rows)
    done = sum(key in rows for key in wanted)
    chosen = _pivotal(log, rows)
    complete = done == len(wanted) and chosen is not None
    share = _shares(log, chosen, rows) if complete and chosen else {}
    played = rows["played"].loss_usd if "played" in rows else None
    decisions = [_decision(log, one, rows, wanted, share) for one in log.decisions]
    return {
        "done": done,
        "of": len(wanted) if chosen is not None else None,  # how many more there will be is not known before
        "complete": complete,
        "until": log.scenario.calendar.hm(log.horizon.step),
        "until_step": log.horizon.step,
        "played_usd": _dollars(played),
        "nothing_usd": _dollars(rows["nothing"].loss_usd) if "nothing" in rows else None,
        "same": None if SAME not in rows else rows[SAME].reason or True,
        "exact": not any(error for _, error in share.values()),
        "decisions": decisions,
        "sureness": engine.sureness(_forecasts(decisions, claims)),
        "barriers": [line for one in log.scenario.barriers.slice if (line := _barrier(one, rows, wanted))],
    }


def _forecasts(decisions: list[dict[str, Any]], claims: Iterable[dict[str, Any]]) -> Iterator[engine.Forecast]:
    """What was said with how much certainty: diagnoses, and decisions that are known to have saved or cost something worth a word."""
    for said in claims:
        if said["confidence"]:
            yield engine.Forecast(said["desk"], said["confidence"], said["right"])
    for one in decisions:
        if one["confidence"] and one["worth_usd"] is not None and abs(one["worth_usd"]) >= WORTH_A_WORD_USD:
            yield engine.Forecast(one["desk"], one["confidence"], one["worth_usd"] > 0)


def _barrier(one: Any, rows: dict[str, Course], wanted: Container[str]) -> dict[str, Any] | None:
    """One barrier of the week in its other state: what closing it saved, or would have saved (below 0: cost). None where that is not asked."""
    key = next((key for key in (f"closed:{one.id}", f"left:{one.id}") if key in wanted), None)
    if key is None:
        return None
    row, week = rows.get(key), rows.get("week")
    line: dict[str, Any] = {"id": one.id, "label": one.said(), "key": key, "usd": None, "reason": from_row(row.reason) if row else ""}
    if row and week and not row.reason:
        saved = week.loss_usd - row.loss_usd
        line["usd"] = round(saved if key.startswith("closed:") else -saved)
    return line


def curve_of(run: "Run", key: str) -> list[list[int]] | None:
    """[step, loss in dollars] of every full minute in another course of a run, before the first difference as it was played. None where
    that course has not been run, or could not be.
    """
    rows = rows_of(run)
    if key not in rows or key == SAME or not drawn(key) or rows[key].reason:
        return None
    curve = rows[key].curve
    first = curve[0][0] if curve else 0
    return [*(minute for minute in run.curve if minute[0] < first), *curve]


def best(run: "Run") -> dict[str, Any] | None:
    """The decision that the day would have cost most without: `usd`, `words` and `at`. None until every one is reckoned, or where none saved
    anything. Sends for nothing.
    """
    return _best_of(known(run)["decisions"])


def _best_of(decisions: list[dict[str, Any]]) -> dict[str, Any] | None:
    if not decisions or any(one["worth_usd"] is None for one in decisions):
        return None
    most = max(decisions, key=lambda one: one["worth_usd"])
    at = most["at"].rpartition(":")[0] if most["at"][2:3] == ":" else most["at"]  # to the minute, or an evening
    return {"usd": most["worth_usd"], "words": most["words"], "at": at} if most["worth_usd"] > 0 else None


def best_so_far(run: "Run") -> dict[str, Any]:
    """How far it is known which decision was worth most: `done` of `of` courses, 0 of 0 where nothing that was done could have changed a trade;
    `best`, as above; `until`: the minute up to which they are compared; `lost`: whether it will never be known. What is missing of these
    courses is sent for, and nothing else: a whole room is told before anybody's other courses are run.
    """
    kept = finished.of(run).worth
    found = kept if kept and all(one["worth_usd"] is not None for one in kept["decisions"]) else _known(run)
    decisions = found["decisions"]
    of = len(decisions) + 1 if decisions else 0
    done = (found["played_usd"] is not None) + sum(one["worth_usd"] is not None for one in decisions) if of else 0
    lost = done < of and bool(contents.needs(run))
    if done < of and not lost:
        send_for_missing(run, log_of(run), rows_of(run), {"played", *(f"without:{one['number']}" for one in decisions)})
    return {"done": done, "of": of, "best": reader_of(run).told(_best_of(decisions)), "until": found["until"], "lost": lost}


def brier_scores(run: "Run") -> dict[str, float]:
    """Desk -> its Brier score, and "" -> the team's, as far as it is known; nothing where nobody said how sure it was. Sends for nothing."""
    return {row["desk"]: row["score"] for row in known(run).get("sureness", ())} if run.state == "ended" else {}


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
        "at": log.scenario.calendar.told(one.first, 0),
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
            line[word] = {"usd": None if row.reason else round(played.loss_usd - row.loss_usd), "reason": from_row(row.reason)}
    if one.number in share:
        line["share_usd"], line["error_usd"] = (round(value) for value in share[one.number])
    return line
