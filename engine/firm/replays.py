"""A broker's gateway that sends its last orders again and again, until the broker has mended it.

It begins as any onset does, with orders a minute for its strength. The broker looks into it once it has been told, by a hold of its orders or
on the telephone, and has mended it so many minutes later (`flow.mends_min`). What the gateway sends while its broker is held goes back at once.
"""

from typing import TYPE_CHECKING

import numpy as np

from engine.firm.onsets import MECHANISMS, Onset, Turns, drawn
from engine.firm.routing import broker_is_held
from engine.market.arrivals import FIRST_ORDER
from engine.market.resent import NO_ORDERS, REPEATED, gateway_of, resent
from engine.market.state import FIRST_RESENT, RecordArray
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

_REPLAY = "broker-replay"


def _number(onset: Onset) -> int:
    return int(onset.place.split()[1])


def _name(sim: "Simulation", onset: Onset) -> str:
    return sim.scenario.brokers[_number(onset) - 1]


def _begins(sim: "Simulation", onset: Onset) -> None:
    """The last orders that the broker has sent are those it repeats. Where it is held already it asks why at once."""
    known = sim.arrivals[: int(np.searchsorted(sim.arrivals["step"], onset.since))]
    onset.orders = known["id"][known["broker"] == _number(onset)][-REPEATED:].tolist()
    if broker_is_held(sim, _name(sim, onset)):
        _tell(sim, onset)


def _ends(sim: "Simulation", onset: Onset) -> None:
    sim.tell("gateway.mended", broker=_name(sim, onset))


MECHANISMS.update({_REPLAY: Turns(_begins, _ends)})


def _tell(sim: "Simulation", onset: Onset) -> None:
    """Its broker knows from now on, and has mended it some time later, if it does not end before."""
    if onset.told is None:
        onset.told, mended = sim.now, sim.now + sim.scenario.flow.mends_min * STEPS_PER_MINUTE
        onset.until = mended if onset.until is None else min(onset.until, mended)


def tell_of_replay(sim: "Simulation", broker: str | None = None) -> None:
    """A broker, or every one, is told to look at its gateway: whoever has nothing to mend does nothing."""
    for _, onset in sim.onsets.running(_REPLAY):
        if broker in (None, _name(sim, onset)):
            _tell(sim, onset)


def replaying(sim: "Simulation") -> list[str]:
    """Brokers whose gateways send again now, held or not."""
    return [_name(sim, onset) for _, onset in sim.onsets.running(_REPLAY)]


def mended(sim: "Simulation") -> list[str]:
    """Brokers whose gateways have sent again, and do no more."""
    return [_name(sim, onset) for onset in sim.onsets.begun if onset.mechanism == _REPLAY and onset.over]


def sent_again(sim: "Simulation", first: int, until: int) -> RecordArray:
    """What gateways send again in steps [first, until), by step: (N,) ARRIVAL."""
    rows = NO_ORDERS
    for number, onset in sim.onsets.running(_REPLAY):
        repeated = sim.arrivals[np.array(onset.orders, dtype=np.int64) - FIRST_ORDER]
        more = resent(repeated, number, onset.since, round(onset.strength), first, until)
        rows = more if not len(rows) else np.concatenate([rows, more])
    return rows[np.lexsort((rows["id"], rows["step"]))] if len(rows) else NO_ORDERS


def order_of(sim: "Simulation", order: int) -> int:
    """The number by which an order is told: what was sent again has that of the order it repeats."""
    if order < FIRST_RESENT:
        return order
    number, turn = gateway_of(order)
    orders = sim.onsets.begun[number].orders
    return orders[turn % len(orders)]


def come_again(sim: "Simulation", told: list[tuple[int, int]]) -> bool:
    """Whether one of these (step, order) is of an order that the fault of the day sends again, since it does."""
    onset = drawn(sim)
    return onset is not None and any(step >= onset.since and order in onset.orders for step, order in told)
