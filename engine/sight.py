"""What one desk may see: the only code that turns state into something a browser, an autopilot or a log may read.

A sight is cards, name -> JSON-able object. Money in whole dollars, clocks as text. Only the facilitator's holds the truth.
Each desk's cards are in a file of its own; here is the door.
"""

from collections.abc import Callable
from typing import Any

from engine.fleet import STARTING, STOPPED
from engine.gauges import knight
from engine.market_time import clock
from engine.score import score
from engine.sight_deployer import deployer
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


def facilitator(sim: Simulation, help_level: str) -> dict[str, Any]:
    """The truth, and every desk's cards."""
    money, runaway = score(sim), knight(sim)
    truth = {
        "loss": money,
        "gross_usd": runaway["gross_usd"],
        "mid_mark_usd": round(money["mid_mark"]),
        "reverted_usd": round(money["reverted"]),
        "bad_servers": sum(sim.fleet.sends(server.n) and sim.fleet.defective(server.n) for server in sim.fleet.servers),
        "down_servers": sum(server.state in (STOPPED, STARTING) for server in sim.fleet.servers),
        "runaway_parents": sim.runaway,
        "executions": runaway["executions"],
        "shares": runaway["shares"],
    }
    return {**projector(sim, help_level), "truth": truth, "injects": injects_card(sim)}


def injects_card(sim: Simulation) -> dict[str, Any]:
    """What the facilitator has added: what waits, what was delivered and when, and what was said in somebody's name."""
    return {
        "waiting": [{**row, "at": clock(row["at"])} for row in sim.deck.waiting],
        "played": [{"id": number, "at": clock(step)} for number, step in sim.deck.played],
        "messages": [{**message, "at": clock(message["step"])} for message in sim.deck.messages],
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
