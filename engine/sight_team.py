"""Cards that a team shares, each as one desk may see it: the bridge, the risk manager's word."""

from typing import Any

from engine.commands import LEVERS
from engine.market_time import clock
from engine.simulation import Simulation


def bridge_card(sim: Simulation) -> dict[str, Any]:
    """What was said and pinned for all three desks, oldest first."""
    return {"items": [{"at": clock(item["step"]), **{key: value for key, value in item.items() if key != "step"}} for item in sim.bridge]}


def words_card(sim: Simulation) -> dict[str, Any]:
    """Where the risk manager's word stands for every lever that needs it."""
    return {
        "words": [
            {
                "what": what,
                "label": LEVERS[what].label,
                "state": word["state"],
                "by": word["by"],
                "at": clock(word["step"]) if word["by"] else "",
            }
            for what, word in sim.words.items()
        ]
    }


def team_cards(sim: Simulation, desk: str) -> dict[str, Any]:
    """All cards of the team for one desk."""
    return {"bridge": bridge_card(sim), "words": words_card(sim)}
