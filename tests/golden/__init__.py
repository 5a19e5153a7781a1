"""Golden digests: what history's run gives at a few moments, kept so that results never change by accident.

`python -m tests.golden` writes them anew. A change of results is deliberate: write them in the commit that changes the engine,
and say why there.
"""

import json
from pathlib import Path
from typing import Any

from engine import Simulation, load_scenario, playbook, step_at

SCENARIOS = ("knight-2012",)
SEEDS = (79, 7)
MOMENTS = ("09:30", "09:45", "10:15")
PLAYBOOK = "history"


def path(scenario_id: str) -> Path:
    """The file of a scenario's digests."""
    return Path(__file__).with_name(f"{scenario_id}.json")


def stored(scenario_id: str) -> dict[str, Any]:
    """The scenario's fingerprint, the playbook, and digests by seed and moment, as they were written."""
    found: dict[str, Any] = json.loads(path(scenario_id).read_text(encoding="utf-8"))
    return found


def made_now(scenario_id: str, seed: int) -> dict[str, str]:
    """Digests by moment of this engine; a moment's own commands are not given yet."""
    scenario = load_scenario(scenario_id)
    sim, waiting, found = Simulation(scenario, seed), playbook(scenario, PLAYBOOK, seed), {}
    for moment in MOMENTS:
        while waiting and waiting[0].step < step_at(moment):
            command = waiting.pop(0)
            sim.step(command.step - sim.now)
            assert sim.submit(command) is None, command
        sim.step(step_at(moment) - sim.now)
        found[moment] = sim.digest()
    return found


def write(scenario_id: str) -> None:
    """Store this engine's digests."""
    digests = {str(seed): made_now(scenario_id, seed) for seed in SEEDS}
    golden = {"scenario": load_scenario(scenario_id).sha256, "playbook": PLAYBOOK, "digests": digests}
    path(scenario_id).write_text(json.dumps(golden, indent=2) + "\n", encoding="utf-8")
