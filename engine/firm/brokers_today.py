"""What brokers and those who speak with them can see of a run and may tell: who sends how much, whose orders come again, who complains."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.firm import post_only, replays, routing
from engine.market.arrivals import FIRST_ORDER
from engine.market.state import ORDERS
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


class Busiest(NamedTuple):
    """The broker that sends most for its size: its part of the orders of the last minute, over the part it has on other days; and how many."""

    broker: str = ""
    part: float = 0.0
    lead: float = 0.0
    per_min: float = 0.0


def busiest(sim: "Simulation") -> Busiest:
    """Who leads in the last minute; nobody where nothing has come in or the scenario names no brokers."""
    brokers = sim.scenario.flow.broker
    if not brokers:
        return Busiest()
    rates = sim.gauges.flow_rates()[: len(brokers) + 1, ORDERS].tolist()[1:]
    total = sum(rates)
    if not total:
        return Busiest()
    found = [Busiest(broker.name, rate / total, rate / total / broker.share, rate * 60) for broker, rate in zip(brokers, rates, strict=True)]
    return max(found, key=lambda row: row.lead)


def waiting_for_release(sim: "Simulation") -> list[str]:
    """Brokers that are held although their gateways are mended."""
    return [name for name in replays.mended(sim) if routing.broker_is_held(sim, name) and name not in replays.replaying(sim)]


def repeated(sim: "Simulation") -> tuple[int, int]:
    """(order, how often it has come again) of one that a gateway has sent more than once; (0, 0) when none has."""
    for _, onset in reversed(list(enumerate(sim.onsets.begun))):
        if onset.orders:
            turns = (sim.now - onset.since) * round(onset.strength) // (STEPS_PER_MINUTE * len(onset.orders))
            return onset.orders[-1], turns
    return 0, 0


def _nth(names: list[str], n: int) -> str | None:
    return names[min(n, len(names) - 1)] if names else None


def _taken(sim: "Simulation", n: int) -> Mapping[str, Any]:
    """The last order of the n-th broker that complains which took: {order, symbol, side (1 or -1), price_hc, step}; None where nothing is known."""
    names = post_only.unhappy(sim) or post_only.departed(sim)
    found = post_only.last_taken(sim, names[min(n, len(names) - 1)]) if names else None
    if found is None:
        return {"order": 0, "symbol": None, "side": 1, "price_hc": None, "step": sim.now}
    order = int(found["parent"])
    s = int(sim.arrivals["symbol"][order - FIRST_ORDER])
    price_hc = int(found["price"]) * int(sim.machine.symbols["tick_hc"][s])
    return {"order": order, "symbol": sim.names[s], "side": 1 if found["side"] > 0 else -1, "price_hc": price_hc, "step": int(found["step"])}


def told_of_brokers(sim: "Simulation") -> Mapping[str, Callable[[], object]]:
    """Placeholder -> what fills it now, see `insider_facts.telling`."""
    return {
        "busy_broker": lambda: busiest(sim).broker,
        "busy_broker_share": lambda: round(100 * busiest(sim).part),
        "busy_broker_orders": lambda: round(busiest(sim).per_min / 10) * 10,
        "orders_in": lambda: round(6 * sum(sim.gauges.flow_rates()[: len(sim.scenario.brokers) + 1, ORDERS].tolist())) * 10,
        "repeated_order": lambda: repeated(sim)[0],
        "repeated_times": lambda: repeated(sim)[1],
        "mended_broker": lambda: _nth(waiting_for_release(sim), 0),
        "unhappy_broker": lambda: _nth(post_only.unhappy(sim), 0),
        "unhappy_other": lambda: _nth(post_only.unhappy(sim), 1),
        "their_order": lambda: _taken(sim, 0)["order"],
        "their_symbol": lambda: _taken(sim, 0)["symbol"],
        "their_price": lambda: _taken(sim, 0)["price_hc"],
        "their_side": lambda: _taken(sim, 0)["side"],
        "their_clock": lambda: _taken(sim, 0)["step"],
        "other_order": lambda: _taken(sim, 1)["order"],
        "other_order_symbol": lambda: _taken(sim, 1)["symbol"],
        "gone_brokers": lambda: post_only.departed(sim),
    }
