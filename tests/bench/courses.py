"""What the courses of a debrief cost in CPU, all in one process and without a queue: of the morning that `debrief` plays, every course that is
wanted of it, each knowing what else is (`shared_s`) and each knowing nothing of the others (`alone_s`), by turns kind by kind.
"""

import time
from collections.abc import Iterable
from typing import Any

import engine
from tests.bench.debrief import played


def run(args: Any = None) -> dict[str, Any]:
    """CPU seconds by kind, of all of them and of one, and whether both ways came to the same."""
    log = _log(played())
    shared, alone = engine.Replays(log), engine.Replays(log)
    losses: dict[str, float] = {}
    found: dict[str, Any] = {"courses": 0, "shared_s": {}, "alone_s": {}, "failures": 0}
    for kind in ("alternatives", "subsets", "barriers"):
        wanted = _wanted(log, kind, losses)
        first, shared_s = _timed(log, shared, wanted, wanted)
        second, alone_s = _timed(log, alone, wanted, ())
        losses |= {key: one.loss_usd for key, one in first.items()}
        found["failures"] += sum(first[key] != second[key] for key in first)
        found["courses"] += len(first)
        found["shared_s"][kind], found["alone_s"][kind] = round(shared_s, 1), round(alone_s, 1)
    found["all_s"] = round(sum(found["shared_s"].values()), 1)
    return found | {"course_s": round(found["all_s"] / found["courses"], 2)}


def _log(run: engine.Rehearsal) -> engine.Log:
    refused, until = frozenset(command.seq for command, _ in run.refused), engine.Moment.at_end(run.sim.now, run.commands)
    return engine.Log(run.sim.scenario, run.sim.seed, tuple(run.commands), until, refused=refused)


def _wanted(log: engine.Log, kind: str, losses: dict[str, float]) -> list[engine.Counterfactual]:
    """Those that are not there yet; shares are reckoned of decisions whose worth is known."""
    if kind == "alternatives":
        return engine.alternatives(log)
    if kind == "barriers":
        return engine.barrier_counterfactuals(log)
    chosen = engine.pivotal(log, {one.number: losses[f"without:{one.number}"] - losses["played"] for one in log.decisions})
    found = {one.key: one for one in (engine.subset(chosen, taken) for taken in engine.subsets(len(chosen), log.seed))}
    return [one for key, one in found.items() if key not in losses]


def _timed(
    log: engine.Log, replays: engine.Replays, wanted: list[engine.Counterfactual], others: Iterable[engine.Counterfactual]
) -> tuple[dict[str, engine.CounterfactualResult], float]:
    """What came of each, and the CPU seconds of all."""
    barriers, began = engine.barrier_counterfactuals(log), time.process_time()
    found = {one.key: engine.barrier_outcome(log, one) if one in barriers else replays.outcome(one, others) for one in wanted}
    return found, time.process_time() - began
