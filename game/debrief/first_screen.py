"""What a result says first: three sentences of the run, the decision worth most, the minute that cost most; and what really happened."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

import engine
from game.debrief import counterfactuals, finished
from game.live.words import reader_of
from game.models import Exercise, Run, contents
from game.spoken import read

QUESTIONS = 3
_SMALL_USD = 1000  # a minute that cost less was none


def of(run: Run, who: str = "") -> dict[str, Any]:
    """Of one team: `sentences`, told to `who` ("": you), `how` the runaway ended, `costliest` minute {at, usd} and `best` decision {usd, words, at},
    each None where there is none or it is not known yet, whether the decisions are `known`, and `until` which minute they are compared."""
    told, reader, calendar = finished.told_of_run(run), reader_of(run), run.calendar
    account = told.get("account")
    worst = engine.costliest(run.curve, calendar.open)
    worth: dict[str, Any] = counterfactuals.known(run) if run.state == "ended" else {"decisions": [], "until": ""}
    decisions = worth["decisions"]
    return {
        "sentences": [reader.told(engine.voiced(one, who)) for one in account["sentences"]] if account else [],
        "how": account["ended"]["how"] if account else "",
        "cut_at": calendar.clock(account["ended"]["step"]) if account and account["ended"]["how"] == "cut" else None,
        "assistant": bool(account and account["known"] and account["known"]["assistant"]),
        "costliest": {"at": calendar.hm(worst[0]), "usd": worst[1]} if worst and worst[1] >= _SMALL_USD else None,
        "best": counterfactuals.best(run) if run.state == "ended" else None,
        "known": bool(decisions) and all(one["worth_usd"] is not None for one in decisions),
        "none": not decisions,
        "until": worth["until"],
    }


def epilogue_of(exercise: Exercise, runs: Sequence[Run]) -> dict[str, Any] | None:
    """What really happened, with what these teams did about it; None where the scenario tells nothing of it, or it must not show yet."""
    run = next((one for one in runs if one.content_id is not None), None)
    if run is None or exercise.kept_secret:
        return None
    try:
        scenario = contents.told_by(run)
    except engine.ScenarioError:
        return None
    told = read(scenario).epilogue
    if told.lead is None:
        return None
    beside = [(one, finished.told_of_run(one).get("beside") or {}) for one in runs]
    fault = exercise.fault_told
    signs = told.of(fault["id"]) if fault else None
    return {
        "lead": told.lead,
        "passages": [one.model_dump() for one in (*([signs.basis] if signs and signs.basis else []), *told.passage)],
        "readings": [one.model_dump() for one in told.reading],
        "model": list(told.model),
        "lessons": [
            {
                "title": lesson.title,
                "then": lesson.then,
                "source": lesson.source,
                "now": [{"team": one.team.name, "text": reader_of(one).told(said[lesson.id])} for one, said in beside if lesson.id in said],
            }
            for lesson in told.lesson
        ],
    }


def truth_of(exercise: Exercise) -> dict[str, Any]:
    """What was wrong, and what came beside it, once everybody may know: {fault, act}, each {id, story, epilogue} or None."""
    run = exercise.runs().first()
    if run is None:
        return {"fault": None, "act": None}
    reader = reader_of(run)
    return {"fault": reader.told(exercise.fault_told), "act": reader.told(exercise.act_told)}


def questions_of(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The three questions that a room's own runs suggest: the longest of each kind, a team at most twice."""
    found = [(run, one) for run in runs for one in finished.told_of_run(run).get("questions") or []]
    found.sort(key=lambda pair: -pair[1]["steps"])
    kinds, teams = set[str](), list[int]()

    def chosen() -> Any:
        for run, one in found:
            if one["kind"] not in kinds and teams.count(run.pk) < QUESTIONS - 1 + (len(runs) == 1):
                kinds.add(one["kind"])
                teams.append(run.pk)
                yield _asked(run, one, named=len(runs) > 1)

    return list(islice(chosen(), QUESTIONS))


def _asked(run: Run, one: dict[str, Any], *, named: bool) -> dict[str, Any]:
    reader = reader_of(run)
    return {
        "team": run.team.name if named else "",
        "team_pk": run.team_id,
        "text": reader.told(one["text"]),
        "had": one["had"],
        "needed": one["needed"],
        "long": reader.line(engine.span(one["steps"])),
        "at": run.calendar.told(one["at"], 0),
        "again": not contents.needs(run),
    }
