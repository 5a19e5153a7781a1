"""A log played again, and everything that is shown of it as text: path -> text, a path is words with slashes between.

Through the engine's front door alone, so that it stays as it is when what lies behind it is cut up and moved.
"""

from typing import Any

import engine
from engine import Command, Moment, Rehearsal, Simulation, load_scenario, sight
from tests import days
from tests.bench.corpus.logs import HELP, told
from tests.bench.corpus.text import canonical

LOOKERS = (*engine.DESKS, "projector", "facilitator")
OTHER_HELP = 5  # every so many moments desks are looked at with the other help levels too
STORED = 3  # every so many moments the run goes on from its checkpoint, in logs that do so


def shown(log: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Outcome digest, and path -> text in the order of the run."""
    scenario, commands = load_scenario(log["scenario"]), [Command(*row) for row in log["commands"]]
    run = Rehearsal(Simulation(scenario, log["seed"], noise=log["noise"], start=log["start"], instant=log["instant"]))
    lines, waiting = dict[str, str](), iter([*commands, None])
    following = next(waiting)
    for number, moment in enumerate(log["moments"]):
        while following and Moment(*moment).takes(following):
            _give(run, following)
            following = next(waiting)
        engine.step_to(run.sim, moment[0], run.curve)
        _look(lines, told(moment), run.sim, others=number % OTHER_HELP == 0)
        if log["stored"] and number % STORED == 0:
            run.events += run.sim.take_events()
            run.sim = engine.restore(scenario, engine.save(run.sim))
    run.events += run.sim.take_events()
    outcome = run.outcome()
    lines |= _came_of(log, run)
    if log["whole"]:
        from tests.bench.corpus.pages import pages

        lines |= _worth(log, run) | _scenario(scenario) | {f"pages/{name}": text for name, text in pages(log, run).items()}
    return outcome, lines


def _give(run: Rehearsal, command: Command) -> None:
    engine.step_to(run.sim, command.step, run.curve)
    refusal = run.sim.submit(command)
    run.commands.append(command)
    if refusal is not None:
        run.refused.append((command, refusal.reason))


def _look(lines: dict[str, str], moment: str, sim: Simulation, *, others: bool) -> None:
    """Every card of everybody."""
    for desk in LOOKERS:
        levels = ("", *(level for level in HELP if others)) if desk in engine.DESKS else ("",)
        for level in levels:
            for card, content in sorted(sight(sim, desk, level or None).items()):
                lines[f"{moment}/{desk}{level and f' ({level})'}/{card}"] = canonical(engine.told(sim.scenario, content))


def _came_of(log: dict[str, Any], run: Rehearsal) -> dict[str, str]:
    """What happened and what is told of it afterwards."""
    sim, score = run.sim, engine.score(run.sim)
    lines = {f"events/{number}": canonical({**event.to_dict(), "data": engine.told(sim.scenario, event.data)}) for number, event in enumerate(run.events)}
    lines |= {f"refused/command {command.seq}": engine.tell(run.sim.scenario, reason) for command, reason in run.refused}
    lines |= {"end/score": canonical(score), "end/curve": canonical(run.curve), "end/executions": engine.executed(sim)}
    moments: Any = [one._asdict() for one in engine.moments(run.events, sim.scenario)]
    for name, row in (("story", engine.story(run.events, sim.scenario, score)), ("moments", moments)):
        lines[f"end/{name}"] = canonical(engine.told(sim.scenario, row))
    past = _past(log, run)
    lines["end/decisions"] = canonical([[one.number, sorted(one.seqs), engine.decision_words(sim.scenario, one)] for one in past.decisions])
    lines["end/ledger"] = canonical(engine.told(past.scenario, [one._asdict() for one in engine.ledger(run.events, past.decisions)]))
    lines["end/courses"] = canonical([[one.key, sorted(one.without), sorted(one.moved), one.by] for one in engine.alternatives(past)])
    return lines


def _past(log: dict[str, Any], run: Rehearsal) -> engine.Log:
    until = Moment.at_end(log["until"], run.commands)
    refused = frozenset(command.seq for command, _ in run.refused)
    market = {"noise": log["noise"], "start": log["start"], "since": log["since"]}
    return engine.Log(run.sim.scenario, log["seed"], tuple(run.commands), until, refused=refused, **market)


def _worth(log: dict[str, Any], run: Rehearsal) -> dict[str, str]:
    """The same day again without anything and without the first decision, and without one barrier."""
    past = _past(log, run)
    replays = engine.Replays(past)
    found = {one.key: replays.outcome(one) for one in engine.alternatives(past)[:3] if one.key != "played"}
    found |= {one.key: engine.barrier_outcome(past, one) for one in engine.barrier_counterfactuals(past)[:1]}
    return {f"worth/{key}": canonical(outcome) for key, outcome in found.items()}


def _scenario(scenario: engine.Scenario) -> dict[str, str]:
    """What a scenario says of itself to who prepares an exercise, and what each lever says."""
    found: dict[str, Any] = {
        "injects": engine.ready_injects(scenario),
        "script": engine.scenario_script(scenario, days.WEEK),
        "supply": engine.week_supply(scenario),
        "playbooks": engine.playbook_names(scenario),
        "safeguards": [[one.id, one.group, one.label, one.text] for one in engine.lab_safeguards(scenario, 79)],
    }
    levers = {
        kind: [one.desks, one.named(scenario), {name: parse.__doc__ for name, parse in one.args.items()}, one.dangerous, one.exclusive, one.talk]
        for kind, one in sorted(engine.KINDS.items())
    }
    lines = {f"scenario/{name}": canonical(content) for name, content in found.items()}
    return lines | {f"levers/{kind}": canonical(content) for kind, content in levers.items()}
