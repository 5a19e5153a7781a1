"""What one desk may see: the only code that turns state into something a browser, an autopilot or a log may read.

A sight is cards, name -> JSON-able object. Money in whole dollars, clocks as text. Only the facilitator's holds the truth.
Each desk's cards are in a file of its own; here is the door.
"""

from collections.abc import Callable
from typing import Any

from engine.market_time import clock
from engine.score import score
from engine.sight_deployer import deployer
from engine.sight_facilitator import facilitator
from engine.sight_operator import operator
from engine.sight_parts import bell_card, clock_card, headlines_card, tape_card, tiles_card
from engine.sight_pins import register_pins
from engine.sight_risk import risk
from engine.simulation import Simulation

register_pins()  # what desks may share is made of their cards


def projector(sim: Simulation, help_level: str) -> dict[str, Any]:
    """The room: clock, price moves, headlines, and the loss so far (which the game may delay or hide)."""
    money = score(sim)
    return {
        "clock": clock_card(sim),
        "bell": bell_card(sim),
        "tiles": tiles_card(sim),
        "loss": {"clock": clock(sim.now), "loss_usd": round(money["total"])},
        "headlines": headlines_card(sim),
        "tape": tape_card(sim),
    }


SIGHTS: dict[str, Callable[[Simulation, str], dict[str, Any]]] = {
    "deployer": deployer,
    "operator": operator,
    "risk": risk,
    "projector": projector,
    "facilitator": facilitator,
}


def sight(sim: Simulation, desk: str, help_level: str | None = None) -> dict[str, Any]:
    """Cards of one desk at a help level (the run's own unless one is named). Raises KeyError for a desk that has no sight."""
    return SIGHTS[desk](sim, help_level or sim.help_level)
