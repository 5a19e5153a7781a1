"""Finished runs as rows, as if a clock had played them: rehearsals are played once a process and put down as often as they are wanted."""

import json
import uuid
from functools import lru_cache
from typing import Any

import engine
from tests import days
from tests.builders import new_exercise

SEED = 79


@lru_cache(maxsize=16)
def rehearsed(line_up: str, since: str = "09:28", until: str = "10:30", scenario: str = "knight-2012") -> engine.Rehearsal:
    """Autopilots' play: one name for all desks, or three for deployer, operator and risk manager with commas between."""
    names = line_up.split(",") * (1 if "," in line_up else 3)
    seats = dict(zip(engine.DESKS, names, strict=True))
    return engine.rehearse(engine.load_scenario(scenario), SEED, seats, since=days.step_at(since), until=days.step_at(until))


def put_down(run: Any, played: engine.Rehearsal, by: str = "") -> None:
    """The rows of a run that a rehearsal played. `by`: whose commands they are."""
    from game.models import Command, Event, Run, ScenarioContent
    from game.spoken import to_row

    sim, refused = played.sim, {command.seq: to_row(reason) for command, reason in played.refused}
    told = {"step": sim.now, "score": engine.score(sim), "digest": played.outcome(), "rules": engine.RULES, "content_id": ScenarioContent.keep(sim.scenario)}
    told |= {"seq": max((one.seq for one in played.commands), default=0), "events_told": len(played.events)}
    Run.objects.filter(pk=run.pk).update(state="ended", curve=played.curve, **told)
    Command.objects.bulk_create(
        Command(
            run=run, client_id=uuid.uuid4(), seq=one.seq, step=one.step, desk=one.desk, kind=one.kind, args=one.args, why=one.why, by=by,
            confidence=one.confidence or "", state="refused" if one.seq in refused else "applied", reason=refused.get(one.seq, ""),
        )
        for one in played.commands
    )  # fmt: skip
    Event.objects.bulk_create(
        Event(run=run, number=number, step=one.step, kind=one.kind, audience=list(one.audience), data=json.loads(json.dumps(one.data)))
        for number, one in enumerate(played.events)
    )


def ghost(until: str, scenario: str = "knight-2012") -> None:
    """History's run on the same market."""
    from game.models import Ghost
    from tests.builders import made_by_here

    run = history(until, scenario)
    score = engine.score(run.sim)
    told = engine.story(run.events, run.sim.scenario, score)
    Ghost.objects.create(scenario=scenario, seed=SEED, made_by=made_by_here(scenario), curve=run.curve, score=score, story=told)


@lru_cache(maxsize=2)
def history(until: str, scenario: str) -> engine.Rehearsal:
    """The playbook of the record."""
    return engine.play(engine.load_scenario(scenario), "history", SEED, until=days.step_at(until))


def finished(line_ups: dict[str, str], since: str = "09:28", until: str = "10:30", **values: Any) -> Any:
    """An exercise that has ended, with a team a line-up (name -> see `rehearsed`) and history's run beside them."""
    first, *others = line_ups
    exercise = new_exercise(team=first, start_step=days.step_at(since), **values)
    for name in others:
        exercise.add_team(name)
    exercise.start()
    exercise.end()
    for run in exercise.runs():
        put_down(run, rehearsed(line_ups[run.team.name], since, until))
    ghost(until)
    exercise.refresh_from_db()
    return exercise
