"""The deployer's cards: releases as the copy tool reported them, checksums asked for; no rates, no positions, no money."""

from typing import Any

from engine.sight_parts import alerts_card, clock_card, inbox_card, levers_card, work_card
from engine.simulation import Simulation


def deployer(sim: Simulation, help_level: str) -> dict[str, Any]:
    """All cards of the deployer."""
    return {
        "clock": clock_card(sim),
        "inbox": inbox_card(sim, "deployer"),
        "alerts": alerts_card(sim, "deployer"),
        "work": work_card(sim, "deployer"),
        "levers": levers_card(sim, "deployer"),
    }
