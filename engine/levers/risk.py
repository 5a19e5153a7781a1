"""What the risk manager can do: caps and collars, flatten, ask the exchange, route clients away."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine import commands
from engine.arguments import Args, Phrase, phrase
from engine.commands import Effect, Refused, StoryWords, Wish, lever
from engine.firm import clients, evening, exchanges, safeguards, trading_day
from engine.firm.score import score
from engine.market_time import STEPS_PER_MINUTE
from engine.money import exact

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


def _capped(args: Args) -> Phrase:
    usd = args.get("gross_usd", 0)
    return phrase("Capped the gross exposure of account 33 at {dollars}.", dollars=usd) if usd else phrase("Lifted the gross cap of account 33.")


def _dial(name: str, value: Callable[[Args], float]) -> Effect:
    def effect(sim: "Simulation", args: Args) -> None:
        safeguards.set_dial(sim, name, value(args))

    return effect


lever(
    "limit.set",
    "risk",
    "Set the gross cap of account 33",
    args={"gross_usd": commands.whole("gross_usd", 0, 100_000_000_000, "dollars, 0 for none,")},
    dangerous=True,
    story=StoryWords(66, _capped),
    group="Set",
    card="limits",
    help="The gross cap of account 33, in dollars. 0 for none.",
    wishes=(
        Wish("Cap account 33 at 25 million gross", {"gross_usd": 25_000_000}, when="day", rank=4),
        Wish("Lift the cap of account 33", {"gross_usd": 0}, when="day", rank=4),
    ),
)(_dial("limit", lambda args: args["gross_usd"]))
lever(
    "rate.set",
    "risk",
    "Set the order rate cap",
    args={"per_second": commands.whole("per_second", 0, 10_000, "child orders a parent and second, 0 for none,")},
    dangerous=True,
    story=StoryWords(62, "Capped child orders at {per_second} a second for each parent.", once="rate"),
    group="Set",
    card="limits",
    help="Children a parent and second. 0 for none.",
)(_dial("rate", lambda args: args["per_second"]))
lever(
    "collar.set",
    "risk",
    "Set the price collar",
    args={"percent": commands.percent},
    dangerous=True,
    story=StoryWords(62, "Set a price collar of {percent} %.", once="collar"),
    group="Set",
    card="limits",
    help="Per cent from the opening price.",
)(_dial("collar", lambda args: args["percent"]))


def _is_off(sim: "Simulation") -> None:
    if sim.machine.controls[0].reconcile:
        raise Refused("it is on already")


@lever(
    "reconcile.on",
    "risk",
    "Reconcile executions with parents",
    ready=_is_off,
    story=StoryWords(70, "Switched the reconciliation of executions on.", once="reconcile"),
    group="Set",
    rank=6,
    card="limits",
    help="Counts a parent's children from now on.",
)
def reconcile(sim: "Simulation", args: Args) -> None:
    """From now on a parent's children may never exceed it."""
    safeguards.set_dial(sim, "reconcile", 1)


def _market_open(sim: "Simulation") -> None:
    if not sim.calendar.open <= sim.now < sim.calendar.close:
        calendar = sim.calendar
        raise Refused(
            "the market is closed: stocks can be traded from {since} to {until}", since=calendar.hm(calendar.open), until=calendar.hm(calendar.close),
        )
    if sim.safeguards.shut is not None:
        raise Refused("the capital threshold has stopped all order entry: set it anew first")


def _flattened(args: Args) -> Phrase:
    if args.get("style") == "passive":
        return phrase("Began to trade the position back through the market, patiently.")
    return phrase("Began to trade the position back through the market, at any price.")


@lever(
    "position.flatten",
    "risk",
    "Flatten positions",
    args={"symbols": commands.symbols, "style": commands.style},
    ready=_market_open,
    dangerous=True,
    story=StoryWords(52, _flattened, once="flatten"),
    card="unwind",
    wishes=(Wish("Flatten everything, patiently", {"symbols": "all", "style": "passive"}, when="day", rank=8),),
)
def _flatten(sim: "Simulation", args: Args) -> None:
    """Trade the monitor's (late) positions back through the books, outside the router."""
    trading_day.flatten_positions(sim, args["symbols"], args["style"])


def _can_ask(sim: "Simulation") -> None:
    if sim.now < sim.calendar.open:
        raise Refused("there is nothing to review before the open")
    if sim.phone.intended:
        raise Refused("the exchange reviews nothing: you told us it was intended")
    if sim.exchanges.bust_asked is not None:
        raise Refused("the exchange is reviewing already: a ruling takes half an hour")
    if sim.now >= sim.calendar.bell_end + sim.scenario.exchange.bust_request_min * STEPS_PER_MINUTE:
        raise Refused("too late: a review must be asked for within {minutes} minutes of the trade", minutes=sim.scenario.exchange.bust_request_min)


@lever(
    "exchange.bust",
    "risk",
    "Ask the exchange to cancel erroneous executions",
    ready=_can_ask,
    exclusive=True,
    story=StoryWords(50, "Asked the exchange to cancel erroneous executions.", once="bust"),
    card="unwind",
    wishes=(Wish("Ask the exchange to cancel erroneous executions", when="day", rank=8),),
)
def bust(sim: "Simulation", args: Args) -> None:
    """Ask for a review of what executed 30 % or more from the open within the last half hour."""
    exchanges.ask_bust(sim)


def _here(sim: "Simulation") -> None:
    if sim.clients.away_at is not None:
        raise Refused("clients route elsewhere already")


@lever(
    "clients.route_away",
    "risk",
    "Ask clients to route elsewhere",
    ready=_here,
    dangerous=True,
    exclusive=True,
    story=StoryWords(54, "Asked clients to route their orders elsewhere.", once="away"),
    card="unwind",
)
def _route_away(sim: "Simulation", args: Args) -> None:
    """Clients expect no service: half of the flow stays away until it is called back, and what waits all the same is harmed less."""
    clients.route_away(sim)


def _can_come_back(sim: "Simulation") -> None:
    if sim.phone.gone:
        raise Refused("clients have left for the day: they will not come back")
    if sim.clients.away_at is None:
        raise Refused("no clients route elsewhere")


@lever(
    "clients.recall",
    "risk",
    "Ask clients to come back",
    ready=_can_come_back,
    exclusive=True,
    story=StoryWords(46, "Called the clients back.", once="recall"),
    card="unwind",
)
def _recall(sim: "Simulation", args: Args) -> None:
    """All of the flow comes to us again, and expects to be served."""
    if not sim.phone.gone:  # they may have left while they were being rung
        clients.recall(sim)


def _has_rung(sim: "Simulation") -> None:
    if not any(call["caller_key"].startswith("exchange") for call in sim.inbox.calls):
        raise Refused("the exchange has not called")
    if sim.exchanges.cut_off:
        raise Refused("the exchange has cut the firm off already")
    if sim.now >= sim.calendar.close:
        raise Refused("the market is closed: nothing is sent that could be cut off")


@lever(
    "exchange.accept",
    "risk",
    "Accept the exchange's offer to cut the firm off",
    ready=_has_rung,
    dangerous=True,
    exclusive=True,
    story=StoryWords(88, "Accepted the exchange's offer to cut the firm off.", once="accept"),
    card="cutoff",
)
def accept(sim: "Simulation", args: Args) -> None:
    """The exchanges cut the whole firm off, until their time for it and until they have seen a checksum or a stopped server."""
    exchanges.accept_cut(sim)


def _bids_are_made(sim: "Simulation") -> None:
    if sim.now < sim.calendar.block:
        raise Refused("banks bid for the block in the evening, from {since}", since=sim.calendar.hm(sim.calendar.block))
    if sim.evening.sold:
        raise Refused("the block is sold" if sim.evening.bids else "there is no position left to sell")


def _bid(sim: "Simulation", value: object) -> str:
    """a bid's id"""
    return commands.one_of("bid", *(bid.id for bid in sim.scenario.block.bid))(sim, value)


def _bid_is_open(sim: "Simulation", args: Args) -> None:
    sim.evening.open_bid(args["bid"])


@lever(
    "block.take",
    "risk",
    "Sell the block",
    args={"bid": _bid},
    ready=_bids_are_made,
    check=_bid_is_open,
    dangerous=True,
    card="evening",
)
def take_bid(sim: "Simulation", args: Args) -> None:
    """Sell everything that is left to a bank, at its bid."""
    evening.sell_to(sim, sim.evening.open_bid(args["bid"]))


def _can_counter(sim: "Simulation") -> None:
    _bids_are_made(sim)
    sim.evening.can_counter()


@lever(
    "block.counter",
    "risk",
    "Ask the last bank for a better bid",
    ready=_can_counter,
    exclusive=True,
    card="evening",
)
def counter(sim: "Simulation", args: Args) -> None:
    """The bank thinks it over, and improves its bid or takes some of it back. It can be asked once."""
    if not sim.evening.sold:
        sim.evening.counter()


def _capital_is_needed(sim: "Simulation") -> None:
    if sim.now < sim.calendar.block:
        raise Refused("nobody talks about capital before the evening, from {since}", since=sim.calendar.hm(sim.calendar.block))
    if sim.evening.raised:
        raise Refused("capital was raised already")
    if not score(sim)["capital"]["need_usd"]:
        raise Refused("no capital is needed: the cash covers the loss")


def _offer(sim: "Simulation", value: object) -> str:
    """an offer's id"""
    return commands.one_of("offer", *(offer.id for offer in sim.scenario.capital.offer))(sim, value)


def _is_enough(sim: "Simulation", args: Args) -> None:
    need, offer = score(sim)["capital"]["need_usd"], sim.evening.offer(args["offer"])
    if offer.amount_usd < need:
        raise Refused(
            "{lender}: {amount} does not cover the {need} that are missing", lender=offer.lender, amount=exact(offer.amount_usd), need=exact(need),
        )


@lever(
    "capital.raise",
    "risk",
    "Raise capital",
    args={"offer": _offer},
    ready=_capital_is_needed,
    check=_is_enough,
    dangerous=True,
    exclusive=True,
    card="evening",
)
def _raise_capital(sim: "Simulation", args: Args) -> None:
    """Sell a stake of the firm, at the terms of the moment it is signed."""
    evening.raise_capital(sim, args["offer"])
