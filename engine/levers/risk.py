"""What the risk manager can do: caps and collars, flatten, ask the exchange, route clients away."""

from typing import TYPE_CHECKING, Any

from engine import commands
from engine.commands import Refused, lever
from engine.market_time import BELL_END, CLOSE, OPEN

if TYPE_CHECKING:
    from engine.simulation import Simulation


def _control(name: str, scale: int) -> Any:
    def effect(sim: "Simulation", args: dict[str, Any]) -> None:
        value = next(iter(args.values()))
        sim.machine.controls[name][0] = round(value * scale)
        sim.machine.controls["cap_shut"] = 0
        sim.built.add(name)

    return effect


lever(
    "limit.set",
    "risk",
    "Set the gross cap of account 33",
    args={"gross_usd": commands.whole("gross_usd", 0, 100_000_000_000, "dollars, 0 for none,")},
)(_control("gross_cap_hc", 10_000))
lever(
    "rate.set",
    "risk",
    "Set the order rate cap",
    args={"per_second": commands.whole("per_second", 0, 10_000, "child orders a parent and second, 0 for none,")},
)(_control("rate_cap", 1))
lever("collar.set", "risk", "Set the price collar", args={"percent": commands.percent})(_control("collar_bp", 100))


@lever("reconcile.on", "risk", "Reconcile executions with parents")
def reconcile(sim: "Simulation", args: dict[str, Any]) -> None:
    """From now on a parent's children may never exceed it."""
    sim.machine.controls["reconcile"][0] = 1


def _market_open(sim: "Simulation") -> None:
    if not OPEN <= sim.now < CLOSE:
        raise Refused("the market is closed: stocks can be traded from 09:30 to 16:00")


@lever("position.flatten", "risk", "Flatten positions", args={"symbols": commands.symbols, "style": commands.style}, ready=_market_open)
def flatten(sim: "Simulation", args: dict[str, Any]) -> None:
    """Trade the monitor's (late) positions back through the books, outside SMARS."""
    sim.flatten(args["symbols"], args["style"])


def _can_ask(sim: "Simulation") -> None:
    if sim.now < OPEN:
        raise Refused("there is nothing to review before the open")
    if sim.bust_asked is not None:
        raise Refused("the exchange is reviewing already: a ruling takes half an hour")
    if sim.now >= BELL_END + sim.scenario.exchange.bust_request_min * 240:
        raise Refused(f"too late: a review must be asked for within {sim.scenario.exchange.bust_request_min} minutes of the trade")


@lever("exchange.bust", "risk", "Ask the exchange to cancel erroneous executions", ready=_can_ask, exclusive=True)
def bust(sim: "Simulation", args: dict[str, Any]) -> None:
    """Ask for a review of what executed 30 % or more from the open within the last half hour."""
    sim.ask_bust()


@lever("clients.route_away", "risk", "Ask clients to route elsewhere", exclusive=True)
def route_away(sim: "Simulation", args: dict[str, Any]) -> None:
    """Client harm stops growing; part of the flow stays away for the day."""
    sim.machine.controls["away_256"][0] = round(256 * sim.scenario.costs.away_share)
    sim.away_at = sim.now if sim.away_at is None else sim.away_at


def _has_rung(sim: "Simulation") -> None:
    if not any(call["caller_key"] == "exchange" for call in sim.calls):
        raise Refused("the exchange has not called")
    if sim.cut_off:
        raise Refused("the exchange has cut the firm off already")


@lever("exchange.accept", "risk", "Accept the exchange's offer to cut the firm off", ready=_has_rung, dangerous=True, exclusive=True)
def accept(sim: "Simulation", args: dict[str, Any]) -> None:
    """The exchanges cut the whole firm off, until 10:30 and until they have seen a checksum or a stopped server."""
    sim.accept_cut()
