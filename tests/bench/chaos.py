"""Rounds of a real game while its processes are killed by force and frozen: nothing acknowledged is lost, and every bundle verifies.

`--rounds 200` over both databases takes a while on two cores; every round is told on the error stream with its seed as it ends, and
`--seed N --rounds 1 --database D` draws the same one again. The exit code is 1 when anything was wrong.
"""

import json
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import Any

ROUNDS = 200
BATCH = 16  # rounds in one world: then everything is started anew
DATABASES = ("sqlite", "postgresql")
ROOT = Path(__file__).resolve().parents[2]


def run(args: Any = None) -> dict[str, Any]:
    """Rounds, kills by kind, acknowledged commands, verified bundles, and failures with their seeds."""
    rounds, first = getattr(args, "rounds", None) or ROUNDS, getattr(args, "seed", None) or 0
    database = getattr(args, "database", None) or "both"
    if database != "both" and rounds <= BATCH:
        return _in_a_world(database, range(first, first + rounds))
    these = DATABASES if database == "both" else (database,)
    found: list[dict[str, Any]] = []
    lanes = [threading.Thread(target=_in_turn, args=(name, range(first, first + -(-rounds // len(these))), found)) for name in these]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    return _together(found)


def _in_turn(database: str, seeds: range, found: list[dict[str, Any]]) -> None:
    """Batch after batch, each in a process of its own: Django knows one database a process."""
    for place in range(0, len(seeds), BATCH):
        batch = seeds[place : place + BATCH]
        command = [sys.executable, "-m", "tests.bench", "chaos", "--database", database, "--seed", str(batch[0]), "--rounds", str(len(batch)), "--json"]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            found.append(json.loads(done.stdout))
        except ValueError:
            found.append({"failures": [{"seed": batch[0], "database": database, "what": [f"the bench ended with {done.returncode}"]}]})


def _in_a_world(database: str, seeds: range) -> dict[str, Any]:
    from tests.bench.stage import stage

    with stage(database) as world:
        from tests.chaos import rounds
        from tests.chaos.plan import drawn

        world.environment["LOG_LEVEL"] = "INFO"
        rounds.begin(world)
        found = []
        for seed in seeds:
            found.append(_told(database, rounds.play(world, drawn(seed))))
            if found[-1]["failures"]:
                _keep_logs(world.folder, database, seed)
        return _together(found)


def _told(database: str, found: Any) -> dict[str, Any]:
    plan = found.plan
    what = "; ".join(f"{act.kind} at {act.at_s}" for act in plan.acts)
    end = "right" if not found.troubles else "WRONG: " + "; ".join(found.troubles)
    line = f"seed {plan.seed} {database} {plan.phase} {plan.teams} teams, {found.seconds} s, {found.acknowledged} commands, {what}: {end}"
    print(line, file=sys.stderr, flush=True)
    failure = {"seed": plan.seed, "database": database, "phase": plan.phase, "what": found.troubles}
    return {
        "rounds": {f"{plan.phase} on {database}": 1},
        "kills": dict(found.kills),
        "died_by_themselves": dict(found.died),
        "acknowledged": found.acknowledged,
        "too_late": found.too_late,
        "verified": found.verified,
        "runs": plan.teams,
        "frames": found.frames,
        "came_back": found.back,
        "seconds": found.seconds,
        "failures": [failure] if found.troubles else [],
    }


def _keep_logs(folder: Path, database: str, seed: int) -> None:
    """What the processes wrote, for whoever looks for the cause."""
    for log in folder.glob("*.log"):
        (Path(tempfile.gettempdir()) / f"chaos-{database}-{seed}-{log.name}").write_bytes(log.read_bytes()[-2_000_000:])


def _together(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The sum of parts."""
    whole: dict[str, Any] = {"rounds": Counter(), "kills": Counter(), "died_by_themselves": Counter(), "failures": []}
    for name in ("acknowledged", "too_late", "verified", "runs", "frames", "came_back"):
        whole[name] = sum(part.get(name, 0) for part in found)
    whole["seconds"] = round(sum(part.get("seconds", 0.0) for part in found), 1)
    for part in found:
        for name in ("rounds", "kills", "died_by_themselves"):
            whole[name].update(part.get(name, {}))
        whole["failures"] += part.get("failures", [])
    return {name: dict(sorted(value.items())) if isinstance(value, Counter) else value for name, value in whole.items()}
