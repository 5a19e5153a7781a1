"""What the risk manager can do: caps and collars, flatten, ask the exchange, route clients away."""

from typing import TYPE_CHECKING, Any

from engine import commands, phone
from engine.commands import Refused, lever
from engine.market_time import BELL_END, BLOCK, CLOSE, OPEN
from engine.score import score

if TYPE_CHECKING:
    from engine.simulation import Simulation


def _dial(name: str) -> Any:
    def effect(sim: "Simulation", args: dict[str, Any]) -> None:
        sim.set_dial(name, next(iter(args.values())))

    return effect


lever(
    "limit.set",
    "risk",
    "Set the gross cap of account 33",
    args={"gross_usd": commands.whole("gross_usd", 0, 100_000_000_000, "dollars, 0 for none,")},
    dangerous=True,
)(_dial("limit"))
lever(
    "rate.set",
    "risk",
    "Set the order rate cap",
    args={"per_second": commands.whole("per_second", 0, 10_000, "child orders a parent and second, 0 for none,")},
    dangerous=True,
)(_dial("rate"))
lever("collar.set", "risk", "Set the price collar", args={"percent": commands.percent}, dangerous=True)(_dial("collar"))


def _is_off(sim: "Simulation") -> None:
    if sim.machine.controls[0].reconcile:
        raise Refused("it is on already")


@lever("reconcile.on", "risk", "Reconcile executions with parents", ready=_is_off)
def reconcile(sim: "Simulation", args: dict[str, Any]) -> None:
    """From now on a parent's children may never exceed it."""
    sim.set_dial("reconcile", 1)


def _market_open(sim: "Simulation") -> None:
    if not OPEN <= sim.now < CLOSE:
        raise Refused("the market is closed: stocks can be traded from 09:30 to 16:00")
    if sim.shut is not None:
        raise Refused("the capital threshold has stopped all order entry: set it anew first")


@lever(
    "position.flatten", "risk", "Flatten positions", args={"symbols": commands.symbols, "style": commands.style}, ready=_market_open, dangerous=True
)
def flatten(sim: "Simulation", args: dict[str, Any]) -> None:
    """Trade the monitor's (late) positions back through the books, outside SMARS."""
    sim.flatten(args["symbols"], args["style"])


def _can_ask(sim: "Simulation") -> None:
    if sim.now < OPEN:
        raise Refused("there is nothing to review before the open")
    if sim.agreed.intended:
        raise Refused("the exchange reviews nothing: you told us it was intended")
    if sim.bust_asked is not None:
        raise Refused("the exchange is reviewing already: a ruling takes half an hour")
    if sim.now >= BELL_END + sim.scenario.exchange.bust_request_min * 240:
        raise Refused(f"too late: a review must be asked for within {sim.scenario.exchange.bust_request_min} minutes of the trade")


@lever("exchange.bust", "risk", "Ask the exchange to cancel erroneous executions", ready=_can_ask, exclusive=True)
def bust(sim: "Simulation", args: dict[str, Any]) -> None:
    """Ask for a review of what executed 30 % or more from the open within the last half hour."""
    sim.ask_bust()


def _here(sim: "Simulation") -> None:
    if sim.away_at is not None:
        raise Refused("clients route elsewhere already")


@lever("clients.route_away", "risk", "Ask clients to route elsewhere", ready=_here, dangerous=True, exclusive=True)
def route_away(sim: "Simulation", args: dict[str, Any]) -> None:
    """Client harm stops growing; part of the flow stays away until it is called back."""
    phone.route_away(sim)


def _can_come_back(sim: "Simulation") -> None:
    if sim.agreed.gone:
        raise Refused("clients have left for the day: they will not come back")
    if sim.away_at is None:
        raise Refused("no clients route elsewhere")


@lever("clients.recall", "risk", "Ask clients to come back", ready=_can_come_back, exclusive=True)
def recall(sim: "Simulation", args: dict[str, Any]) -> None:
    """All of the flow comes to us again, and is harmed when it is not served."""
    if not sim.agreed.gone:  # they may have left while they were being rung
        phone.recall(sim)


def _has_rung(sim: "Simulation") -> None:
    if not any(call["caller_key"].startswith("exchange") for call in sim.calls):
        raise Refused("the exchange has not called")
    if sim.cut_off:
        raise Refused("the exchange has cut the firm off already")
    if sim.now >= CLOSE:
        raise Refused("the market is closed: nothing is sent that could be cut off")


@lever("exchange.accept", "risk", "Accept the exchange's offer to cut the firm off", ready=_has_rung, dangerous=True, exclusive=True)
def accept(sim: "Simulation", args: dict[str, Any]) -> None:
    """The exchanges cut the whole firm off, until 10:30 and until they have seen a checksum or a stopped server."""
    sim.accept_cut()


def _bids_are_made(sim: "Simulation") -> None:
    if sim.now < BLOCK:
        raise Refused("banks bid for the block in the evening, from 18:30")
    if sim.block_sold:
        raise Refused("the block is sold" if sim.evening.bids else "there is no position left to sell")


def _bid(sim: "Simulation", value: Any) -> str:
    """a bid's id"""
    return commands.one_of("bid", *(bid.id for bid in sim.scenario.block.bid))(sim, value)


def _bid_is_open(sim: "Simulation", args: dict[str, Any]) -> None:
    sim.evening.open_bid(args["bid"])


@lever("block.take", "risk", "Sell the block", args={"bid": _bid}, ready=_bids_are_made, check=_bid_is_open, dangerous=True)
def take_bid(sim: "Simulation", args: dict[str, Any]) -> None:
    """Sell everything that is left to a bank, at its bid."""
    sim.sell_block(sim.evening.open_bid(args["bid"]))


def _can_counter(sim: "Simulation") -> None:
    _bids_are_made(sim)
    sim.evening.can_counter()


@lever("block.counter", "risk", "Ask the last bank for a better bid", ready=_can_counter, exclusive=True)
def counter(sim: "Simulation", args: dict[str, Any]) -> None:
    """The bank thinks it over, and improves its bid or takes some of it back. It can be asked once."""
    if not sim.block_sold:
        sim.evening.counter()


def _capital_is_needed(sim: "Simulation") -> None:
    if sim.now < BLOCK:
        raise Refused("nobody talks about capital before the evening, from 18:30")
    if sim.evening.raised:
        raise Refused("capital was raised already")
    if not score(sim)["capital"]["need_usd"]:
        raise Refused("no capital is needed: the cash covers the loss")


def _offer(sim: "Simulation", value: Any) -> str:
    """an offer's id"""
    return commands.one_of("offer", *(offer.id for offer in sim.scenario.capital.offer))(sim, value)


def _is_enough(sim: "Simulation", args: dict[str, Any]) -> None:
    need, offer = score(sim)["capital"]["need_usd"], sim.evening.offer(args["offer"])
    if offer.amount_usd < need:
        raise Refused(f"{offer.lender}: ${offer.amount_usd:,} does not cover the ${need:,} that are missing")


@lever("capital.raise", "risk", "Raise capital", args={"offer": _offer}, ready=_capital_is_needed, check=_is_enough, dangerous=True, exclusive=True)
def raise_capital(sim: "Simulation", args: dict[str, Any]) -> None:
    """Sell a stake of the firm, at the terms of the moment it is signed."""
    sim.raise_capital(args["offer"])
