"""60 concurrent games in two workers, as `play` has them, four beats a second: how late beats begin, and what it costs.

Measured twice: in the opening bell at 5x and in the unwind at 90x, from the lateness every clock writes down of its
own beats, and from the workers' CPU time.
"""

import re
import time
from typing import Any

from django.db.models import Avg

import engine
from tests import days
from tests.bench.stage import cpu_s, go_ahead, quantile, rss_mb, stage
from tests.builders import eventually, new_exercise
from tests.integration.world import World

RUNS = 60
WORKERS = ("games-1", "games-2")
WINDOW_S = 62.0  # two segments of every run
PHASES = (("bell", "09:30", 5.0), ("unwind", "10:16", 90.0))
_LATE = re.compile(r"event='lateness' run=\d+ late_ms=\[([^\]]*)\]")


def run(args: Any = None) -> dict[str, Any]:
    """Lateness in ms and CPU share of one core, a phase each. `args.runs` and `args.seconds` make it smaller."""
    runs = getattr(args, "runs", None) or RUNS
    window_s = getattr(args, "seconds", None) or WINDOW_S
    with stage() as world:
        return {"runs": runs, "seconds": window_s, "phases": _phases(world, runs, window_s, ahead=getattr(args, "ahead", False))}


def _phases(world: World, runs: int, window_s: float, *, ahead: bool) -> dict[str, Any]:
    from game.models import Run

    exercise = new_exercise(start_step=days.step_at(PHASES[0][1]), speeds={"bell": PHASES[0][2], "unwind": PHASES[1][2]})
    for number in range(2, runs + 1):
        exercise.add_team(f"Team {number}")
    world.start_all(*WORKERS, "control", threads=runs + 4)
    if ahead:
        go_ahead(world)
    exercise.start()
    found = {}
    for phase, clock, speed in PHASES:
        step = days.step_at(clock)
        if phase != "bell":
            exercise.advance_to(step)
        eventually(lambda step=step: not Run.objects.filter(step__lt=step).exists(), 300, f"all runs reach {clock}")
        found[phase] = {"speed": speed, **_measure(world, window_s)}
    return found


def lateness(log: str) -> list[float]:
    """How late beats began, in ms, as the clocks wrote it down."""
    return [float(value) for line in _LATE.findall(log) for value in line.split(",")]


def _steps() -> float:
    """How far the runs have come, on the mean."""
    from game.models import Run

    return float(Run.objects.aggregate(mean=Avg("step"))["mean"])


def _measure(world: World, window_s: float) -> dict[str, Any]:
    workers = [world.processes[name].pid for name in WORKERS]
    before, started, steps = [len(world.log(name)) for name in WORKERS], time.monotonic(), _steps()
    cpu = sum(map(cpu_s, workers))
    time.sleep(window_s)  # a window of wall time is what is measured, not something waited for
    wall = time.monotonic() - started
    late = [value for name, read in zip(WORKERS, before, strict=True) for value in lateness(world.log(name)[read:])]
    return {
        "achieved_speed": round((_steps() - steps) / wall / engine.STEPS_PER_SECOND, 1),
        "beats": len(late),
        "late_p50_ms": quantile(late, 0.5),
        "late_p99_ms": quantile(late, 0.99),
        "late_max_ms": max(late, default=0.0),
        "cpu_cores": round((sum(map(cpu_s, workers)) - cpu) / wall, 2),
        "rss_mb": sum(map(rss_mb, workers)),
    }
