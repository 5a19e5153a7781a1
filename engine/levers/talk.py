"""What a team says to each other and on the telephone. No hand and no time; only what is answered on the telephone can reach the market."""

from typing import TYPE_CHECKING

from engine import commands
from engine.arguments import Args
from engine.commands import LEVERS, Check, Refused, StoryWords, Wish, lever, worded
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
    """a lever that needs the word"""
    return commands.one_of("what", *worded())(sim, value)


_what.__doc__ = f"one of {', '.join(worded())}"


def _matters(sim: "Simulation", what: str) -> None:
    if not bridge.needs_authorisation(sim, what):
        raise Refused(f"{LEVERS[what].word_for(sim.scenario)}: needs no word now")


def _not(*states: str) -> Check:
    """Check that the word is in none of these states yet."""

    def check(sim: "Simulation", args: Args) -> None:
        _matters(sim, args["what"])
        word = sim.bridge.authorisations[args["what"]]
        if word["state"] in states:
            at = sim.calendar.hm(word["step"])
            raise Refused(f"{LEVERS[args['what']].word_for(sim.scenario)}: the word was {word['state']} already, at {at}")

    return check


@lever(
    "authorise.ask",
    ("operator", "deployer"),
    "Ask for the {risk}'s word",
    args={"what": _what},
    check=_not("asked", "given"),
    talk=True,
    story=StoryWords(34, "Asked for the word for {what}.", once="ask for {what}"),
)
def ask(sim: "Simulation", args: Args) -> None:
    """Ask the risk manager for the word that a lever needs."""
    bridge.set_authorisation(sim, args["what"], "asked")


@lever(
    "authorise.give",
    "risk",
    "Give the word",
    args={"what": _what},
    check=_not("given"),
    talk=True,
    asked_talk=True,
    counted="decision",
    story=StoryWords(56, "Gave the word for {what}.", once="give {what}"),
    wishes=(
        Wish("Give the word to stop all servers", {"what": "servers.stop_all"}, when="day", rank=1),
        Wish("Give the word to disconnect {system}", {"what": "smars.disconnect"}, when="day", rank=2),
    ),
)
def _give(sim: "Simulation", args: Args) -> None:
    """The lever may be pulled from now on; it need not have been asked for."""
    bridge.set_authorisation(sim, args["what"], "given")


@lever(
    "authorise.refuse",
    "risk",
    "Refuse the word, or take it back",
    args={"what": _what},
    check=_not("refused"),
    talk=True,
    asked_talk=True,
    counted="decision",
    story=StoryWords(60, "Refused the word for {what}.", once="refuse {what}"),
)
def _refuse(sim: "Simulation", args: Args) -> None:
    """The lever may not be pulled until the word is asked for and given; what is under way goes on."""
    bridge.set_authorisation(sim, args["what"], "refused")


def _a_call(sim: "Simulation", value: object) -> int:
    """a call's number"""
    if isinstance(value, bool) or not isinstance(value, int) or all(call["id"] != value or call["desk"] != sim.acting for call in sim.inbox.calls):
        raise Refused(f"call = {str(value)[:40]!r}: expected the number of a call that rang here")
    return value


def _a_reply(sim: "Simulation", value: object) -> str:
    """a reply's key"""
    if not isinstance(value, str):
        raise Refused(f"reply = {str(value)[:40]!r}: expected the key of a reply")
    return value


def call_of(sim: "Simulation", number: int) -> Ringing:
    """A call by its number."""
    return next(call for call in sim.inbox.calls if call["id"] == number)


def _rings(sim: "Simulation", args: Args) -> None:
    call = call_of(sim, args["call"])
    if call["state"] == "answered":
        raise Refused(f"{call['caller']}: answered already")
    if call["state"] == "missed" or sim.now >= call["step"] + call["ring_s"] * STEPS_PER_SECOND:
        raise Refused(f"{call['caller']}: the call has rung out")
    if args["reply"] not in call["replies"]:
        raise Refused(f"reply = {args['reply'][:40]!r}: expected {', '.join(call['replies'])}")


@lever("call.answer", DESKS, "Answer a call", args={"call": _a_call, "reply": _a_reply}, check=_rings, talk=True, counted="decision")
def _answer(sim: "Simulation", args: Args) -> None:
    """Say one of the call's replies: what it does is done at once."""
    phone.answer(sim, call_of(sim, args["call"]), args["reply"])
    bridge.note_seen(sim, "call", args["call"])


@lever(
    "bridge.say",
    DESKS,
    "Say something on the bridge",
    args={"text": commands.line("text", 1, 280)},
    talk=True,
    wishes=(  # questions, which assistants answer with what is on their own screens
        Wish("Show us the firm's rates", {"text": "{desk}, what are the rates?"}, desk="operator", when="day", rank=3),
        Wish("Show us the fleet as recorded", {"text": "{desk}, what does the fleet look like?"}, desk="deployer", when="day", rank=1),
        Wish("Show us what the position monitor says", {"text": "Risk, what does the position monitor say?"}, desk="risk", when="day", rank=3),
    ),
)
def _say(sim: "Simulation", args: Args) -> None:
    """Say one line to all three desks."""
    bridge.post(sim, "say", args["text"])


def _a_number(sim: "Simulation", value: object) -> int:
    """a number, 0 where there is only one"""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise Refused(f"id = {str(value)[:40]!r}: expected a number, 0 where there is only one")
    return value


def _a_kind(sim: "Simulation", value: object) -> str:
    """a kind of evidence of this desk"""
    kinds = [what for desk, what in PINS if desk == sim.acting]
    if not isinstance(value, str) or value not in kinds:
        raise Refused(f"what = {str(value)[:40]!r}: expected {', '.join(kinds)}")
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
        raise Refused(f"pin = {str(value)[:40]!r}: expected the number of a pin on the bridge")
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
        raise Refused(f"args = {str(value)[:40]!r}: expected an object")
    return value


def _can_be_asked(sim: "Simulation", args: Args) -> None:
    """Also puts the command's own arguments in order."""
    desk, kind = args["desk"], args["kind"]
    if desk == sim.acting:
        raise Refused("that is this desk itself: expected one of the others")
    found = LEVERS.get(kind)
    if found is None or desk not in found.desks or not found.askable:  # whose mails there are is nobody else's to know
        raise Refused(f"kind = {kind!r}: expected a lever of the {sim.scenario.told.title(desk)}")
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
        raise Refused(f"cause = {str(value)[:40]!r}: expected {', '.join(ids)}")
    return value


def _a_place(sim: "Simulation", value: object) -> str:
    """where it is: none, a server, a broker, an exchange, or stocks"""
    return read_place(sim.scenario, value)


def _some_evidence(sim: "Simulation", value: object) -> list[str]:
    """a list of up to three pieces of evidence that this desk has seen"""
    known = bridge.evidence_for(sim, sim.acting)
    whole = isinstance(value, list) and len(value) <= bridge.CLAIM and all(isinstance(one, str) and one in known for one in value)
    if not isinstance(value, list) or not whole or len(set(value)) != len(value):
        seen = ", ".join([*known][:6]) or "nothing yet"
        raise Refused(f"evidence = {str(value)[:60]!r}: expected up to {bridge.CLAIM} of what this desk has seen: {seen}")
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
