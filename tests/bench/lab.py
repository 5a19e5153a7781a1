"""What an experiment of the controls lab costs: seconds for trials of history's morning, of its week, and of commands played again, with one
worker and with two, and so what a hundred seeds with and without safeguards take.

Trials are run by real workers from the queue of the lab, and sent for as the reaper does. A few seeds are measured: they cost the same.
On a busy machine the CPU seconds of a trial tell more than its wall seconds.
"""

import time
from typing import Any

from tests import days
from tests.bench.stage import cpu_s, go_ahead, stage
from tests.builders import eventually, new_facilitator

WORKERS = (1, 2)
SEEDS = {"morning": 3, "week": 3, "nobody": 4}
PLAYED = {"morning": ("all history", 0), "week": ("all competent", days.WEEK), "nobody": ("nobody", 0)}
SET = ["limit", "paging"]
LOOK_S = 0.1
PATIENCE_S = 500.0


def run(args: Any = None) -> dict[str, Any]:
    """Seconds by what is played and number of workers, and what 100 seeds on both sides then take in minutes."""
    with stage() as world:
        erin = new_facilitator("erin")
        found: dict[str, Any] = {}
        for count in WORKERS:
            names = [f"bench-{count}-{number}" for number in range(count)]  # one whose name begins with lab would step back behind all else
            for name in names:
                world._celery(name, "-Q", "lab", "-c", "1")
            for name in names:
                eventually(lambda name=name: "ready." in world.log(name), 240, f"{name} is ready")
            if args and args.ahead:
                go_ahead(world)
            for what in PLAYED:
                found.setdefault(what, {})[f"workers_{count}"] = _measure(erin, what, [world.processes[name].pid for name in names])
            for name in names:
                world.kill(name)
        return found


def _measure(erin: Any, what: str, workers: list[int]) -> dict[str, float]:
    """Of one experiment without its first seed: a worker that has just begun loads what it needs."""
    from game.lab import trial_slots
    from game.models import Experiment

    players, since = PLAYED[what]
    values = {"scenario": "knight-2012", "players": players, "since": since, "safeguards": SET, "seeds": SEEDS[what] + 1}
    experiment = Experiment.begin(erin, title=what, **values)
    first, began, cpu, until = 0, 0.0, 0.0, time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        trial_slots.look_after()
        done = experiment.trials.count()
        if not first and done >= len(experiment.sides):
            first, began, cpu = done, time.monotonic(), sum(map(cpu_s, workers))
        if done == len(experiment.wanted()):
            trial_s = (time.monotonic() - began) / (done - first)
            trial_cpu_s = (sum(map(cpu_s, workers)) - cpu) / (done - first)
            return {"trial_s": round(trial_s, 2), "trial_cpu_s": round(trial_cpu_s, 2), "hundred_seeds_min": round(trial_s * 200 / 60, 1)}
        time.sleep(LOOK_S)
    raise RuntimeError(f"not within {PATIENCE_S:g} s")
