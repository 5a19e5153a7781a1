"""Brokers who have meant "post only" by the flag for years: what they get is an order that takes in the end, and they leave for the day.

Nothing of it is a matter of the market: the releases do with the flag what they were written to do. A broker stays whose orders come without
it by the time the fault says.
"""

from typing import TYPE_CHECKING

import numpy as np

from engine.firm import routing
from engine.firm.clients import flag_percent
from engine.market.arrivals import FIRST_ORDER
from engine.market.state import FIRST_RESENT, RecordArray

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


def begin_posting(sim: "Simulation") -> None:
    """On the morning on which that is so, these brokers mean something else by the flag."""
    if sim.fault.mechanism == "overloaded-flag":
        for n in sim.fault.at_brokers:
            routing.set_bit(sim, "posting", n, True)


def unhappy(sim: "Simulation") -> list[str]:
    """Brokers who get what they did not ask for, as long as their orders come with the flag and they have not left."""
    if not sim.machine.controls[0].posting or not flag_percent(sim.machine):
        return []
    brokers = enumerate(sim.scenario.brokers, start=1)
    found = [name for n, name in brokers if routing.bit(sim, "posting", n) and not routing.bit(sim, "gone", n)]
    return [name for name in found if not routing.is_unflagged(sim, name)]


def departed(sim: "Simulation") -> list[str]:
    """Brokers who have left for the day."""
    return [name for n, name in enumerate(sim.scenario.brokers, start=1) if routing.bit(sim, "gone", n)]


def turn_of_post_only(sim: "Simulation", step: int) -> None:
    """When they have waited long enough they leave for the day: nobody had told them to, and what they would have sent is unserved."""
    leaves = sim.fault.text.leaves
    if leaves is not None and step == sim.calendar.step_at(leaves):
        for name in unhappy(sim):
            routing.set_bit(sim, "gone", routing.broker_number(sim, name), True)
            sim.tell("broker.left", broker=name)


def in_question(sim: "Simulation", orders: list[int]) -> bool:
    """Whether one of these orders carries the flag, and its broker means by it that the order must not take."""
    rows = sim.arrivals[np.array([order for order in orders if 0 <= order - FIRST_ORDER < len(sim.arrivals)], dtype=np.int64) - FIRST_ORDER]
    return bool((rows["flagged"] * (int(sim.machine.controls[0].posting) >> rows["broker"] & 1)).any())


def last_taken(sim: "Simulation", broker: str) -> RecordArray | None:
    """The last child that took of an order which this broker had flagged, (), CHILD; None when the logs hold none."""
    recent = sim.machine.recent
    mine = recent[(recent["broker"] == routing.broker_number(sim, broker)) & (recent["filled"] > 0) & (recent["parent"] < FIRST_RESENT)]
    flagged = mine[sim.arrivals["flagged"][mine["parent"] - FIRST_ORDER] == 1]
    if not len(flagged):
        return None
    found: RecordArray = flagged[np.lexsort((flagged["parent"], flagged["step"]))[-1]]
    return found
