"""Golden outcomes: what came of a few logs when behaviour was last changed on purpose, and by which rules.

A log is data and stays as it is: `day` is history's day with its evening, `levers` a week and a day in which every lever is pulled that
`day` leaves out (at once, so that all have their turn), `quiet` a stop of all servers on the other scenario, `any` a morning of the
deck on which a server is checked, stopped and started, `first` the lesson as its guide has it. `python -m tests.golden` plays them and writes
their outcomes anew, with the rules that are here: after RULES was raised, in the same commit, and it says why there.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine import RULES, Command, Moment, Simulation, executed, load_scenario, outcome_digest, score, step_to
from tests.days import clock, date

NAMES = ("day", "levers", "quiet", "any", "first", "end-0958", "front", "same-bug", "same-bug-hard", "failover", "test-data", "wrong-year")
HOW_TO = "raise RULES in engine/rules.py by one, run `python -m tests.golden`, and say in the commit what plays differently and why"


def path(name: str) -> Path:
    """The file of a log and its outcomes."""
    return Path(__file__).with_name(f"{name}.json")


def stored(name: str) -> dict[str, Any]:
    """scenario, sha256, seed, start, instant, rules, moments {time: digest}, until [step, seq], commands."""
    found: dict[str, Any] = json.loads(path(name).read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=len(NAMES))
def made_now(name: str) -> tuple[dict[str, str], frozenset[str]]:
    """Outcomes by time as this engine makes them, and the kinds of the commands that it applied. At a time nothing of its step is given
    yet; at the end everything."""
    golden = stored(name)
    sim = Simulation(load_scenario(golden["scenario"]), golden["seed"], start=golden["start"], instant=golden["instant"])
    commands, until = [Command(*row) for row in golden["commands"]], Moment(*golden["until"])
    events, curve, found = list[Any](), list[list[int]](), dict[str, str]()
    steps = sorted(golden["steps"])
    for place in [*range(len(commands)), None]:
        command = commands[place] if place is not None else None
        target = command.step if command else until.step
        while steps and steps[0] <= target:
            step_to(sim, steps.pop(0), curve)
            events += sim.take_events()
            found[told(sim.now)] = outcome_digest(events, score(sim), curve, executed(sim))
        step_to(sim, target, curve)
        if command:
            sim.submit(command)
    events += sim.take_events()
    found["end"] = outcome_digest(events, score(sim), curve, executed(sim))
    return found, frozenset(event.data["command"] for event in events if event.kind == "command.applied")


def told(step: int) -> str:
    """A time as the file names it."""
    return f"{date(step)} {clock(step)}"


def write(name: str) -> bool:
    """Store this engine's outcomes; whether they are others than those that were there."""
    golden = stored(name)
    outcomes, _ = made_now(name)
    scenario = load_scenario(golden["scenario"])
    new = golden | {"rules": RULES, "sha256": scenario.sha256, "outcomes": outcomes}
    if scenario.code:
        new["own_rules"] = scenario.extension.rules
    head = {key: new[key] for key in sorted(new) if key != "commands"}
    rows = ",\n  ".join(json.dumps(row) for row in new["commands"])
    path(name).write_text(f'{json.dumps(head, indent=1)[:-2]},\n "commands": [\n  {rows}\n ]\n}}\n', encoding="utf-8")
    return bool(golden.get("outcomes") != outcomes)


def faults(rules: int, others: dict[str, list[str]], now: int = RULES) -> list[str]:
    """What is wrong with the rules' number: `rules` stored, `others` the times whose outcome changed by name of the log."""
    changed = ", ".join(f"{name} at {times[0]}" for name, times in others.items() if times)
    if changed and rules == now:
        return [f"What comes out changed and RULES is {now} as before ({changed}). If that is no bug: {HOW_TO}."]
    if changed:
        return [f"RULES was raised from {rules} to {now}: run `python -m tests.golden`, which writes what comes out by them."]
    if rules != now:
        return [f"RULES is {now} and was {rules}, but nothing comes out otherwise: set it back, or add a log here that shows what changed."]
    return []
