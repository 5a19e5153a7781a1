"""What looking again costs: a finished morning's moments by real workers over HTTP, as its page asks for them.

Milliseconds from asking to the whole answer: of the very first moment, of moments anywhere once the checkpoints are there, and of the
stretches of frames that 60x plays from (each is four seconds of looking). And what the worker holds.
"""

import random
import time
import urllib.request
from typing import Any

import engine
from tests import days
from tests.bench.stage import cpu_s, go_ahead, quantile, rss_mb, stage
from tests.builders import eventually, finished_run

FIRST, UNTIL = "09:24", "11:30"
SEEKS, STRETCHES = 60, 20
FASTEST = 60
LIMITS_MS = {"seek": 300, "stretch": 4000}


def run(args: Any = None) -> dict[str, Any]:
    """Milliseconds, at the median and the 95th per cent; `smooth`: how many times faster than it is looked at 60x comes."""
    with stage() as world:
        seats = dict.fromkeys(engine.DESKS, "novice")
        played = finished_run(engine.rehearse(engine.load_scenario("knight-2012"), 79, seats, since=days.step_at(FIRST), until=days.step_at(UNTIL)))
        world._celery("replay", "-Q", "replay", "-c", "4")
        eventually(lambda: "ready." in world.log("replay"), 60, "the worker is ready")
        world.start_all("web")
        pid = world.processes["replay"].pid
        if args and args.ahead:
            go_ahead(world)
        before = rss_mb(pid)
        found: dict[str, Any] = {"limits_ms": LIMITS_MS, "first_ms": _asked(world, played, "risk", days.step_at("09:40"))}
        started = time.monotonic()
        time.sleep(1.0)
        eventually(lambda: _idle(pid), 120, "the checkpoints are made")
        found["checkpoints_s"] = round(time.monotonic() - started, 1)
        rng = random.Random(1)
        moments = [rng.randrange(days.step_at(FIRST), days.step_at(UNTIL)) for _ in range(SEEKS)]
        found |= _spread("seek", [_asked(world, played, rng.choice(engine.DESKS), moment) for moment in moments])
        length = 16 * FASTEST
        first = days.step_at("09:30") // length * length
        found |= _spread("stretch", [_asked(world, played, "risk", first + n * length, FASTEST) for n in range(STRETCHES)])
        found["smooth"] = round(LIMITS_MS["stretch"] / found["stretch_ms"]["p95"], 1)
        return found | {"worker_mb": {"before": before, "after": rss_mb(pid)}}


def _asked(world: Any, played: Any, desk: str, first: int, rate: int = 0) -> float:
    address = f"http://127.0.0.1:{world.port}/replay/{played.team.exercise.code}/{played.team_id}/{desk}/frames.json?from={first}&rate={rate}"
    began, status = time.monotonic(), 0
    while status != 200:
        with urllib.request.urlopen(address, timeout=30) as answer:
            status = answer.status
            answer.read()
    return round((time.monotonic() - began) * 1000, 1)


def _spread(name: str, values: list[float]) -> dict[str, Any]:
    return {f"{name}_ms": {"p50": quantile(values, 0.5), "p95": quantile(values, 0.95), "most": max(values)}}


def _idle(pid: int) -> bool:
    """Whether a process takes next to nothing of a core for half a second."""
    before = cpu_s(pid)
    time.sleep(0.5)
    return cpu_s(pid) - before <= 0.02
