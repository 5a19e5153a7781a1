"""History's run on the default seed of each scenario, kept beside the code, so that nobody waits for it: see `manage.py keep_history`.

It stands for what the engine that is here would play: what was kept by other rules or on other data is as good as not there.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import engine
from game.models import Exercise, Ghost, contents

FILE = Path(__file__).with_name("history.json")
PLAYBOOK = "history"


def played(scenario: engine.Scenario, seed: int, noise: int | None, added: list[tuple[int, str, Any]], until: int | None = None) -> dict[str, Any]:
    """History on a market, minute by minute, with what went to all teams: the curve, score and story of a ghost."""
    in_the_week = any((args.get("at") or 0) < 0 for _, _, args in added)
    since = scenario.calendar.week if in_the_week else 0
    run = engine.play(scenario, PLAYBOOK, seed, noise=noise, since=since, added=added, until=until)
    score = engine.score(run.sim)
    return {"curve": run.curve, "score": score, "story": engine.story(run.events, scenario, score)}


def keep() -> dict[str, Any]:
    """Play history on the default seed of every scenario that ships, and keep what came of it."""
    found = {}
    for scenario in map(engine.load_scenario, engine.shipped_ids()):
        made_by = contents.made_by(engine.RULES, scenario.sha256)
        found[scenario.id] = {"seed": scenario.default_seed, "made_by": made_by, **played(scenario, scenario.default_seed, None, [])}
    FILE.write_text("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in sorted(found.items())) + "\n}\n")
    kept.cache_clear()
    return found


@lru_cache(maxsize=1)
def kept() -> dict[str, Any]:
    """What is kept, by scenario: {seed, made_by, curve, score, story}."""
    found: dict[str, Any] = json.loads(FILE.read_text()) if FILE.is_file() else {}
    return found


def put_down(exercise: Exercise, made_by: str) -> bool:
    """Give an exercise its ghost where it is kept; whether it was. Nothing of it may have been given to history on the way."""
    one = kept().get(exercise.scenario)
    if one is None or (one["seed"], one["made_by"]) != (exercise.seed, made_by) or exercise.noise is not None or exercise.ghost_keys()[0]:
        return False
    told = {key: one[key] for key in ("curve", "score", "story")}
    Ghost.objects.create(scenario=exercise.scenario, seed=exercise.seed, noise=None, made_by=made_by, **told)
    return True
