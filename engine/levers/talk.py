"""What a team says to each other: asking for the risk manager's word and giving it. No hand, no time, and no trace in the market."""

from typing import TYPE_CHECKING, Any

from engine import commands, phone
from engine.commands import LEVERS, WORDS, Refused, lever
from engine.market_time import STEPS_PER_SECOND, clock

if TYPE_CHECKING:
    from engine.simulation import Simulation

WHAT = commands.one_of("what", *WORDS)


def _matters(sim: "Simulation", what: str) -> None:
    if not sim.word_matters(what):
        raise Refused(f"{LEVERS[what].label}: needs no word once the market is open")


def _not(*states: str) -> Any:
    """Check that the word is in none of these states yet."""

    def check(sim: "Simulation", args: dict[str, Any]) -> None:
        _matters(sim, args["what"])
        word = sim.words[args["what"]]
        if word["state"] in states:
            raise Refused(f"{LEVERS[args['what']].label}: the word was {word['state']} already, at {clock(word['step'])[:5]}")

    return check


@lever("authorise.ask", ("operator", "deployer"), "Ask for the risk manager's word", args={"what": WHAT}, check=_not("asked", "given"), talk=True)
def ask(sim: "Simulation", args: dict[str, Any]) -> None:
    """Ask the risk manager for the word that a lever needs."""
    sim.set_word(args["what"], "asked")


@lever("authorise.give", "risk", "Give the word", args={"what": WHAT}, check=_not("given"), talk=True)
def give(sim: "Simulation", args: dict[str, Any]) -> None:
    """The lever may be pulled from now on; it need not have been asked for."""
    sim.set_word(args["what"], "given")


@lever("authorise.refuse", "risk", "Refuse the word, or take it back", args={"what": WHAT}, check=_not("refused"), talk=True)
def refuse(sim: "Simulation", args: dict[str, Any]) -> None:
    """The lever may not be pulled until the word is asked for and given; what is under way goes on."""
    sim.set_word(args["what"], "refused")


def _a_call(sim: "Simulation", value: Any) -> int:
    """a call's number"""
    if isinstance(value, bool) or not isinstance(value, int) or all(call["id"] != value or call["desk"] != sim.acting for call in sim.calls):
        raise Refused(f"call = {str(value)[:40]!r}: expected the number of a call that rang here")
    return value


def _a_reply(sim: "Simulation", value: Any) -> str:
    """a reply's key"""
    if not isinstance(value, str):
        raise Refused(f"reply = {str(value)[:40]!r}: expected the key of a reply")
    return value


def call_of(sim: "Simulation", number: int) -> dict[str, Any]:
    """A call by its number."""
    return next(call for call in sim.calls if call["id"] == number)


def _rings(sim: "Simulation", args: dict[str, Any]) -> None:
    call = call_of(sim, args["call"])
    if call["state"] == "answered":
        raise Refused(f"{call['caller']}: answered already")
    if call["state"] == "missed" or sim.now >= call["step"] + call["ring_s"] * STEPS_PER_SECOND:
        raise Refused(f"{call['caller']}: the call has rung out")
    keys = [key for key, _ in call["replies"]]
    if args["reply"] not in keys:
        raise Refused(f"reply = {args['reply'][:40]!r}: expected {', '.join(keys)}")


@lever("call.answer", ("operator", "deployer", "risk"), "Answer a call", args={"call": _a_call, "reply": _a_reply}, check=_rings, talk=True)
def answer(sim: "Simulation", args: dict[str, Any]) -> None:
    """Say one of the call's replies: what it does is done at once."""
    phone.answer(sim, call_of(sim, args["call"]), args["reply"])


@lever("stock.watch", "risk", "Watch a stock", args={"symbol": commands.symbol}, talk=True)
def watch(sim: "Simulation", args: dict[str, Any]) -> None:
    """Show this stock's price and volume."""
    sim.watched = args["symbol"]
