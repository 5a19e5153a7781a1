"""Whose orders are routed, and where: brokers held or without the flag, exchanges stuck or avoided, stocks withdrawn.

Each is a bit of the machine with one meaning, and nothing else of it knows who did it or why. Brokers and exchanges are given by their names,
stocks by their symbols.
"""

from typing import TYPE_CHECKING

from engine.market import market_step
from engine.market.arrivals import FIRST_ORDER

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


def broker_number(sim: "Simulation", name: str) -> int:
    """The number of a broker in the machine's arrays."""
    return sim.scenario.brokers.index(name) + 1


def exchange_number(sim: "Simulation", name: str) -> int:
    """The number of an exchange in the machine's arrays."""
    return sim.scenario.exchanges.index(name) + 1


def bit(sim: "Simulation", name: str, number: int) -> bool:
    """Whether a bit of the machine is set for this broker or exchange."""
    return bool(int(sim.machine.controls[name][0]) >> number & 1)


def set_bit(sim: "Simulation", name: str, number: int, on: bool) -> None:
    """Set a bit of the machine for this broker or exchange."""
    bits = sim.machine.controls[name]
    bits[0] = bits[0] | 1 << number if on else bits[0] & ~(1 << number)


def broker_of(sim: "Simulation", order: int) -> str:
    """Who sent an order; "" where the scenario names no brokers."""
    number = int(sim.arrivals["broker"][order - FIRST_ORDER])
    return sim.scenario.brokers[number - 1] if number else ""


def broker_is_held(sim: "Simulation", broker: str) -> bool:
    """Whether a broker's orders are not routed."""
    return bit(sim, "held", broker_number(sim, broker))


def hold(sim: "Simulation", broker: str, on: bool) -> None:
    """A broker's orders are not routed: they wait as others do that find no server, and are handed back after a minute; or they are again."""
    set_bit(sim, "held", broker_number(sim, broker), on)


def is_unflagged(sim: "Simulation", broker: str) -> bool:
    """Whether a broker's orders come without the flag."""
    return bit(sim, "unflagged", broker_number(sim, broker))


def unflag(sim: "Simulation", broker: str) -> None:
    """New orders of a broker come without the flag; parents already running go on."""
    set_bit(sim, "unflagged", broker_number(sim, broker), True)


def is_stuck(sim: "Simulation", exchange: str) -> bool:
    """Whether an exchange acknowledges nothing."""
    return bit(sim, "stuck", exchange_number(sim, exchange))


def stick(sim: "Simulation", exchange: str) -> None:
    """An exchange acknowledges nothing from now on: what rests there is gone, a parent there sends one child more and waits."""
    number = exchange_number(sim, exchange)
    set_bit(sim, "stuck", number, True)
    market_step.withdraw_resting(sim.machine, number)


def log_on_again(sim: "Simulation", exchange: str) -> None:
    """The session with an exchange is closed and opened anew: what rests there is cancelled and placed again, who waited there goes on."""
    number = exchange_number(sim, exchange)
    set_bit(sim, "stuck", number, False)
    market_step.withdraw_resting(sim.machine, number)


def is_avoided(sim: "Simulation", exchange: str) -> bool:
    """Whether an exchange gets no new parents."""
    return bit(sim, "avoided", exchange_number(sim, exchange))


def avoid(sim: "Simulation", exchange: str, on: bool) -> None:
    """New parents go to the other exchanges; or to this one again."""
    set_bit(sim, "avoided", exchange_number(sim, exchange), on)


def withdrawn_stocks(sim: "Simulation") -> list[str]:
    """Symbols in which the router takes no orders."""
    return [name for name, out in zip(sim.names, sim.machine.withdrawn.tolist(), strict=True) if out]


def withdraw_stocks(sim: "Simulation", symbols: list[str]) -> None:
    """The router's orders in these stocks end, and new ones are handed back; the desk's own go on."""
    for symbol in symbols:
        s = sim.names.index(symbol)
        sim.machine.withdrawn[s] = 1
        market_step.withdraw_stock(sim.machine, s, sim.now, False)


def readmit_stocks(sim: "Simulation", symbols: list[str]) -> None:
    """New orders in these stocks are routed again."""
    for symbol in symbols:
        sim.machine.withdrawn[sim.names.index(symbol)] = 0
