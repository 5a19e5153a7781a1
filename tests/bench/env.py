"""Mornings a second of `engine.Environment` on one core, beside a rehearsal of the same moves at the same looks.

Each pair plays a rehearsal and then gives an environment the very commands that came of it: the market is the same, and what differs is an autopilot's
thinking on the one side, numbered moves and masks on the other. Seconds are CPU seconds; the order within a pair changes.
"""

import time
from collections import defaultdict
from statistics import median
from typing import Any

from engine import DESKS, Environment, Rehearsal, load_scenario, rehearse

PAIRS = 5
UNTIL = "10:30"


def rehearsal(scenario: Any, seed: int) -> tuple[float, Rehearsal]:
    """CPU seconds of a rehearsal, and what came of it."""
    started = time.process_time()
    run = rehearse(scenario, seed, dict.fromkeys(DESKS, "competent"), until=scenario.calendar.step_at(UNTIL), live=True)
    return time.process_time() - started, run


def environment(scenario: Any, seed: int, commands: list[Any]) -> tuple[float, str, int]:
    """CPU seconds of the same in the environment, its outcome, and looks taken."""
    given = defaultdict[int, dict[str, list[dict[str, Any]]]](lambda: defaultdict(list))
    for command in commands:
        if command.desk in DESKS:
            about = {"kind": command.kind, "args": command.args, "confidence": command.confidence, "why": command.why}
            given[command.step][command.desk].append(about)
    started = time.process_time()
    env = Environment(scenario, end=UNTIL)
    env.reset(seed=seed)
    looks = 0
    while env.agents:
        env.step(given[env.run().sim.now])
        looks += 1
    return time.process_time() - started, env.run().outcome(), looks


def run(args: Any = None) -> dict[str, Any]:
    """Medians over pairs, each on a seed of its own."""
    scenario = load_scenario("knight-2012")
    rehearsal(scenario, 1)
    ours, theirs, same, looks = [], [], True, 0
    for seed in range(1, (getattr(args, "repeats", None) or PAIRS) + 1):
        commands = rehearsal(scenario, seed)[1].commands
        pair: list[Any] = [None, None]
        for turn in ((0, 1) if seed % 2 else (1, 0)):
            pair[turn] = environment(scenario, seed, commands) if turn else rehearsal(scenario, seed)
        (beside, run), (seconds, outcome, looks) = pair
        same = same and outcome == run.outcome()
        ours.append(seconds)
        theirs.append(beside)
    return {
        "morning": f"08:00 to {UNTIL}",
        "pairs": len(ours),
        "looks": looks,
        "mornings_per_s": round(1 / median(ours), 3),
        "rehearsals_per_s": round(1 / median(theirs), 3),
        "ratio": round(median(other / one for one, other in zip(ours, theirs, strict=True)), 3),
        "same_outcomes": same,
        "failures": 0 if same else 1,
    }
