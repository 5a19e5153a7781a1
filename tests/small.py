"""A scenario small enough for plain Python: few stocks, the day's own numbers."""

import hashlib
from typing import Any

from engine import Command, Scenario, Simulation, load_scenario


def small_scenario(symbols: int = 4, **parts: dict[str, Any]) -> Scenario:
    """knight-2012 with its first stocks only; `parts` updates sections, such as flow={"plain_bell_per_min": 600.0}."""
    whole = load_scenario("knight-2012")
    rows = whole.symbols[:symbols]
    known = {row.symbol for row in rows}
    update: dict[str, Any] = {
        "symbols": rows,
        "parents": (),
        "default_seed": 79,
        "flow": whole.flow.model_copy(
            update={"premarket_flagged": 16, "queued_flagged": 16, "history_short": symbols // 2, "plain_premarket_per_min": 0.5, "plain_bell_per_min": 60.0, **parts.pop("flow", {})}
        ),
    }
    for name, values in parts.items():
        update[name] = getattr(whole, name).model_copy(update=values)
    update["sha256"] = hashlib.sha256(repr((sorted(known), sorted(parts.items()), update["flow"])).encode()).hexdigest()
    return whole.model_copy(update=update)


def give(sim: Simulation, desk: str, kind: str, **args: Any) -> str | None:
    """Give a command now; the reason when it was refused."""
    refusal = sim.submit(Command(len(sim.events) + 1, sim.now, desk, kind, args))
    return refusal.reason if refusal else None


def settle(sim: Simulation) -> None:
    """The risk manager gives the word for everything that needs one now."""
    for what, word in sim.words.items():
        if word["state"] != "given" and sim.word_matters(what):
            assert give(sim, "risk", "authorise.give", what=what) is None
