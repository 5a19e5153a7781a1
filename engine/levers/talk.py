"""What a team says to each other and on the telephone. No hand and no time; only what is answered on the telephone can reach the market."""

from typing import TYPE_CHECKING

from engine import commands
from engine.arguments import Args, Phrase, msgid, phrase, remark
from engine.commands import Check, Refused, StoryWords, Wish, lever, worded
from engine.events import DESKS
from engine.evidence.telling import ids
from engine.firm import bridge, phone, server_ops
from engine.firm.bridge import PINS, Item
from engine.firm.inbox import Ringing
from engine.firm.places import NOWHERE, read_place
from engine.market_time import STEPS_PER_SECOND
from engine.scenario.wordings import REJECT

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

SYMPTOMS = ("rates", "dashboard", "pnl", "position", "tape")  # evidence that shows a runaway while there is one


def _what(sim: "Simulation", value: object) -> str:
    """a lever that needs approval"""
    return commands.one_of("what", *worded())(sim, value)


_what.__doc__ = f"one of {', '.join(worded())}"


def _matters(sim: "Simulation", what: str) -> None:
    if not bridge.needs_authorisation(sim, what):
        raise Refused("{lever}: needs no approval now", lever=sim.scenario.kinds[what].word_for(sim.scenario))


_ALREADY = {
    "asked": msgid("{lever}: approval was asked for already, at {hm}"),
    "given": msgid("{lever}: approved already, at {hm}"),
    "refused": msgid("{lever}: refused already, at {hm}"),
}


def _not(*states: str) -> Check:
    """Check that the approval is in none of these states yet."""

    def check(sim: "Simulation", args: Args) -> None:
        _matters(sim, args["what"])
        word = sim.bridge.authorisations[args["what"]]
        if word["state"] in states:
            raise Refused(_ALREADY[word["state"]], lever=sim.scenario.kinds[args["what"]].word_for(sim.scenario), hm=word["step"])

    return check


@lever(
    "authorise.ask",
    ("operator", "deployer"),
    "Ask the {risk} for approval",
    args={"what": _what},
    check=_not("asked", "given"),
    talk=True,
    story=StoryWords(34, "Asked for approval for {what}.", once="ask for {what}"),
)
def ask(sim: "Simulation", args: Args) -> None:
    """Ask the risk manager for the word that a lever needs."""
    bridge.set_authorisation(sim, args["what"], "asked")


@lever(
    "authorise.give",
    "risk",
    "Approve",
    args={"what": _what},
    check=_not("given"),
    talk=True,
    asked_talk=True,
    counted="decision",
    story=StoryWords(56, "Approved {what}.", once="give {what}"),
)
def _give(sim: "Simulation", args: Args) -> None:
    """The lever may be pulled from now on; it need not have been asked for."""
    bridge.set_authorisation(sim, args["what"], "given")


@lever(
    "authorise.refuse",
    "risk",
    "Refuse or withdraw approval",
    args={"what": _what},
    check=_not("refused"),
    talk=True,
    asked_talk=True,
    counted="decision",
    story=StoryWords(60, "Refused approval for {what}.", once="refuse {what}"),
)
def _refuse(sim: "Simulation", args: Args) -> None:
    """The lever may not be pulled until the word is asked for and given; what is under way goes on."""
    bridge.set_authorisation(sim, args["what"], "refused")


def _a_call(sim: "Simulation", value: object) -> int:
    """a call's number"""
    if isinstance(value, bool) or not isinstance(value, int) or all(call["id"] != value or call["desk"] != sim.acting for call in sim.inbox.calls):
        raise Refused("call = {given}: expected the number of a call that rang here", given=repr(str(value)[:40]))
    return value


def _a_reply(sim: "Simulation", value: object) -> str:
    """a reply's key"""
    if not isinstance(value, str):
        raise Refused("reply = {given}: expected the key of a reply", given=repr(str(value)[:40]))
    return value


def call_of(sim: "Simulation", number: int) -> Ringing:
    """A call by its number."""
    return next(call for call in sim.inbox.calls if call["id"] == number)


def _rings(sim: "Simulation", args: Args) -> None:
    call = call_of(sim, args["call"])
    if call["state"] == "answered":
        raise Refused("{caller}: answered already", caller=call["caller"])
    if call["state"] == "missed" or sim.now >= call["step"] + call["ring_s"] * STEPS_PER_SECOND:
        raise Refused("{caller}: the call has rung out", caller=call["caller"])
    if args["reply"] not in call["replies"]:
        raise Refused("reply = {given}: expected {names}", given=repr(args["reply"][:40]), names=[*call["replies"]])


@lever("call.answer", DESKS, "Answer a call", args={"call": _a_call, "reply": _a_reply}, check=_rings, talk=True, counted="decision")
def _answer(sim: "Simulation", args: Args) -> None:
    """Say one of the call's replies: what it does is done at once."""
    phone.answer(sim, call_of(sim, args["call"]), args["reply"])
    bridge.note_seen(sim, "call", args["call"])


# What assistants answer with what is on their own screens.
_RATES = remark("What are the rates, {seat}?")
_FLEET = remark("What does the fleet look like, {seat}?")
_MONITOR = remark("What does the position monitor say, {seat}?")


def _asks(desk: str, question: str) -> dict[str, Phrase]:
    """A question to a desk: each who reads it is told it in their own language, assistants in English."""
    return {"text": phrase(question, seat=desk)}


@lever(
    "bridge.say",
    DESKS,
    "Say something on the bridge",
    args={"text": commands.spoken_line("text", 1, 280)},
    talk=True,
    wishes=(
        Wish("Show us the firm's rates", _asks("operator", _RATES), desk="operator", when="day", rank=3),
        Wish("Show us the fleet as recorded", _asks("deployer", _FLEET), desk="deployer", when="day", rank=1),
        Wish("Show us what the position monitor says", _asks("risk", _MONITOR), desk="risk", when="day", rank=3),
    ),
)
def _say(sim: "Simulation", args: Args) -> None:
    """Say one line to all three desks."""
    bridge.post(sim, "say", args["text"])


def _a_number(sim: "Simulation", value: object) -> int:
    """a number, 0 where there is only one"""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise Refused("id = {given}: expected a number, 0 where there is only one", given=repr(str(value)[:40]))
    return value


def _a_kind(sim: "Simulation", value: object) -> str:
    """a kind of evidence of this desk"""
    kinds = [what for desk, what in PINS if desk == sim.acting]
    if not isinstance(value, str) or value not in kinds:
        raise Refused("what = {given}: expected {names}", given=repr(str(value)[:40]), names=kinds)
    return value


def _not_there_yet(sim: "Simulation", args: Args) -> None:
    title, lines = bridge.shown(sim, args["what"], args["id"])
    if any(
        (item["desk"], item["kind"], item["title"], item["lines"]) == (sim.acting, "pin", title, [*lines])
        for item in sim.bridge.items
    ):
        raise Refused("that is on the bridge already")


@lever("evidence.share", DESKS, "Share evidence", args={"what": _a_kind, "id": _a_number}, check=_not_there_yet, talk=True)
def share(sim: "Simulation", args: Args) -> None:
    """Pin what this desk sees, as it is now, for all three desks."""
    title, lines = bridge.shown(sim, args["what"], args["id"])
    number = bridge.post(sim, "pin", title, lines)
    sim.tell("evidence.shared", pin=number, desk=sim.acting, what=args["what"], number=args["id"])
    told = args["what"] in SYMPTOMS and server_ops.runaway_before(sim)
    told |= args["what"] in ("pnl", "position") and bridge.has_begun(sim, "stale-reference") and sim.now > sim.calendar.open
    told |= args["what"] in ("rates", "dashboard") and bridge.has_begun(sim, "stuck-sessions")
    rejects = bridge.rejects_before(sim) and REJECT in ids([title, *lines])
    if told or rejects:
        bridge.notice(sim)


def _a_pin(sim: "Simulation", value: object) -> int:
    """a pin's number"""
    if isinstance(value, bool) or not isinstance(value, int) or all((item["id"], item["kind"]) != (value, "pin") for item in sim.bridge.items):
        raise Refused("pin = {given}: expected the number of a pin on the bridge", given=repr(str(value)[:40]))
    return value


def pin_of(sim: "Simulation", number: int) -> Item:
    """A pin by its number."""
    return next(item for item in sim.bridge.items if item["id"] == number)


def _unread(sim: "Simulation", args: Args) -> None:
    if sim.acting in pin_of(sim, args["pin"])["read"]:
        raise Refused("this desk has read it already")


@lever("pin.read", DESKS, "Read a pin", args={"pin": _a_pin}, check=_unread, talk=True, counted="books")
def read(sim: "Simulation", args: Args) -> None:
    """Open what another desk has shared."""
    pin_of(sim, args["pin"])["read"].append(sim.acting)
    sim.tell("pin.read", pin=args["pin"], desk=sim.acting)


def _an_object(sim: "Simulation", value: object) -> dict[str, object]:
    """the command's arguments"""
    if not isinstance(value, dict):
        raise Refused("args = {given}: expected an object", given=repr(str(value)[:40]))
    return value


def _can_be_asked(sim: "Simulation", args: Args) -> None:
    """Also puts the command's own arguments in order."""
    desk, kind = args["desk"], args["kind"]
    if desk == sim.acting:
        raise Refused("that is this desk itself: expected one of the others")
    found = sim.scenario.kinds.get(kind)
    if found is None or desk not in found.desks or not found.askable:  # whose mails there are is nobody else's to know
        raise Refused("kind = {given}: expected a lever of the {title}", given=repr(kind), title=sim.scenario.told.title(desk))
    args["args"] = commands.clean_args(sim, found, args["args"])
    if sim.bridge.open_ask(desk, kind, args["args"]):
        raise Refused("that was asked for already")


@lever(
    "assistant.ask",
    DESKS,
    "Ask an assistant",
    args={"desk": commands.one_of("desk", *DESKS), "kind": commands.line("kind", 1, 40), "args": _an_object},
    check=_can_be_asked,
    talk=True,
)
def ask_assistant(sim: "Simulation", args: Args) -> None:
    """Ask the assistant in another seat to give a command; it gives it itself."""
    bridge.add_ask(sim, args["desk"], args["kind"], args["args"])


def _a_cause(sim: "Simulation", value: object) -> str:
    """a cause"""
    ids = [cause.id for cause in sim.scenario.diagnosis.cause]
    if not isinstance(value, str) or value not in ids:
        raise Refused("cause = {given}: expected {names}", given=repr(str(value)[:40]), names=[*ids])
    return value


def _a_place(sim: "Simulation", value: object) -> str:
    """where it is: none, a server, a broker, an exchange, or stocks"""
    return read_place(sim.scenario, value)


def _some_evidence(sim: "Simulation", value: object) -> list[str]:
    """a list of up to three pieces of evidence that this desk has seen"""
    known = bridge.evidence_for(sim, sim.acting)
    whole = isinstance(value, list) and len(value) <= bridge.CLAIM and all(isinstance(one, str) and one in known for one in value)
    if not isinstance(value, list) or not whole or len(set(value)) != len(value):
        seen = [*known][:6] or phrase("nothing yet")
        raise Refused(
            "evidence = {given}: expected up to {most} of what this desk has seen: {seen}", given=repr(str(value)[:60]), most=bridge.CLAIM, seen=seen,
        )
    return [*value]


def _new_diagnosis(sim: "Simulation", args: Args) -> None:
    last = next((row for row in reversed(sim.bridge.declared) if row["desk"] == sim.acting), None)
    if last and (last["cause"], last["place"]) == (args["cause"], args["place"]) and (last["evidence"] or not args["evidence"]):
        raise Refused("this desk has declared that already")


@lever(
    "diagnosis.declare",
    DESKS,
    "Declare a diagnosis",
    args={"cause": _a_cause, "place": _a_place, "evidence": _some_evidence},
    defaults={"place": NOWHERE, "evidence": []},
    check=_new_diagnosis,
    talk=True,
    counted="decision",
)
def _declare(sim: "Simulation", args: Args) -> None:
    """Say what this desk takes the cause to be, where it is, and why; nobody says whether it is right, and every wrong one costs."""
    bridge.declare(sim, args["cause"], args["place"], args["evidence"])


@lever("stock.watch", "risk", "Watch a stock", args={"symbol": commands.symbol}, talk=True, asked_talk=True, counted="reading")
def watch(sim: "Simulation", args: Args) -> None:
    """Show this stock's price and volume."""
    sim.day.watched = args["symbol"]
