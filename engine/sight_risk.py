"""The risk manager's cards: the position monitor, late; limits, prices, calls; no servers, no releases, no rates."""

from typing import Any

from engine.sight_parts import alerts_card, clock_card, inbox_card, levers_card, work_card
from engine.sight_team import team_cards
from engine.simulation import Simulation


def risk(sim: Simulation, help_level: str) -> dict[str, Any]:
    """All cards of the risk manager."""
    return {
        "clock": clock_card(sim),
        "inbox": inbox_card(sim, "risk"),
        "alerts": alerts_card(sim, "risk"),
        "work": work_card(sim, "risk"),
        "levers": levers_card(sim, "risk"),
        **team_cards(sim, "risk"),
    }
