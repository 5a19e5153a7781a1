"""The whole day by parts: premarket, the 45 minutes of the incident as history played them, the unwind, and what surrounds a run.

Seconds are medians; CPU seconds are of the whole process. Compiling and a warm start are measured in processes of their own,
the first with an empty folder for kernels.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import engine
from engine.sights.sight import SIGHTS
from tests import days

SEED = 79
WARM = "import engine; engine.warm()"


def _until(sim: engine.Simulation, commands: list[engine.Command], until: int) -> None:
    """Run to a step with the commands on the way."""
    for command in commands:
        if sim.now <= command.step < until:
            sim.step(command.step - sim.now)
            sim.submit(command)
    sim.step(until - sim.now)


def _timed(act: Callable[[], Any]) -> tuple[float, float]:
    """CPU and wall seconds of one call."""
    cpu, wall = time.process_time(), time.perf_counter()
    act()
    return time.process_time() - cpu, time.perf_counter() - wall


def _ms(act: Callable[[], Any], repeats: int) -> float:
    """Median wall time in milliseconds."""
    return round(1000 * median(_timed(act)[1] for _ in range(repeats)), 2)


def _day(threads: int, tape: bool) -> tuple[dict[str, tuple[float, float]], engine.Simulation]:
    """(CPU, wall) of premarket and incident, and the run at 10:15."""
    scenario = engine.load_scenario("knight-2012")
    commands = engine.playbook(scenario, "history", SEED)
    sim = engine.Simulation(scenario, SEED, threads=threads, tape=tape)
    premarket = _timed(lambda: _until(sim, commands, days.OPEN))
    return {"premarket": premarket, "incident": _timed(lambda: _until(sim, commands, days.BELL_END))}, sim


def _medians(times: list[tuple[float, float]]) -> dict[str, float]:
    return {"cpu_s": round(median(cpu for cpu, _ in times), 3), "wall_s": round(median(wall for _, wall in times), 3)}


def _start(folder: str) -> float:
    """Wall seconds from nothing to a warm engine in a new process."""
    environment = {**os.environ, "OPENING_BELL_CACHE": folder}
    return _timed(lambda: subprocess.run([sys.executable, "-c", WARM], env=environment, check=True))[1]


def run(args: Any = None) -> dict[str, Any]:
    """Every part once per repeat, ways taken in turn, so that other load falls on all alike."""
    repeats = getattr(args, "repeats", None) or 5
    with tempfile.TemporaryDirectory() as folder:
        cold, starts = _start(folder), [_start(folder) for _ in range(3)]
    engine.warm()
    ways = {f"threads_{threads}_{'tape' if tape else 'no_tape'}": (threads, tape) for threads in (1, 2) for tape in (False, True)}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    premarket, unwind, digests = [], [], set()
    for _ in range(repeats):
        for name, (threads, tape) in ways.items():
            times, sim = _day(threads, tape)
            found[name].append(times["incident"])
            digests.add(sim.digest())
            if name == "threads_1_no_tape":
                premarket.append(times["premarket"])
                at_bell = sim
                blob = engine.save(sim)
                later = engine.restore(sim.scenario, blob)
                commands = engine.playbook(sim.scenario, "history", SEED)
                unwind.append(_timed(lambda later=later, commands=commands: _until(later, commands, days.CLOSE)))
    return {
        "seed": SEED,
        "repeats": repeats,
        "messages": int(at_bell.machine.market["messages"].sum()),
        "executions": at_bell.executions,
        "same_digest_every_way": len(digests) == 1,
        "digest": at_bell.digest(),
        "incident": {name: _medians(times) for name, times in found.items()},
        "premarket": _medians(premarket),
        "unwind": _medians(unwind),
        "cold_compile_s": round(cold, 2),
        "warm_start_s": round(median(starts), 2),
        "save_ms": _ms(lambda: engine.save(at_bell), repeats),
        "checkpoint_bytes": len(blob),
        "restore_ms": _ms(lambda: engine.restore(at_bell.scenario, blob), repeats),
        "digest_ms": _ms(at_bell.digest, repeats),
        "sight_ms": {desk: _ms(lambda desk=desk: engine.sight(at_bell, desk), 20) for desk in SIGHTS},
    }
