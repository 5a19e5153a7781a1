"""What the facilitator adds to a run, and what desks answer to it. In the log like everything else: a replay plays it again."""

from typing import TYPE_CHECKING

from engine import commands
from engine.arguments import Args, WhenArgument, phrase, typed
from engine.commands import Refused, lever
from engine.events import DESKS
from engine.firm import injects
from engine.firm.injects import CONDITIONS, MOST_WAITING, PLAYED, REPLIES
from engine.scenario.inject_texts import MINUTES

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

_MOST = 2**53
WORDS = 600


def _of_the_scenario(sim: "Simulation", value: object) -> str:
    """a ready inject of the scenario"""
    ids = [text.id for text in sim.scenario.evidence.injects]
    if not isinstance(value, str) or value not in ids:
        raise Refused("card = {given}: expected {names}", given=repr(str(value)[:40]), names=[*ids] or phrase("none: this scenario has none ready"))
    return value


def _desks(sim: "Simulation", value: object) -> list[str]:
    """a list of desks"""
    if not isinstance(value, list) or any(not isinstance(desk, str) or desk not in DESKS for desk in value) or len(set(value)) != len(value):
        raise Refused("desks = {given}: expected a list out of {names}, each once", given=repr(str(value)[:60]), names=[*DESKS])
    return [desk for desk in DESKS if desk in value]


def _some_desks(sim: "Simulation", value: object) -> list[str]:
    """a list of desks, one at least"""
    found = _desks(sim, value)
    if not found:
        raise Refused("desks = []: expected one at least of {names}", names=[*DESKS])
    return found


def _at(sim: "Simulation", value: object) -> int | None:
    """a market step, or null"""
    if value is None:
        return None
    at = commands.whole("at", sim.calendar.week, sim.calendar.end - 1, "a market step")(sim, value)
    if sim.calendar.close <= at < sim.calendar.block:
        close, block = sim.calendar.hm(sim.calendar.close), sim.calendar.hm(sim.calendar.block)
        raise Refused("at = {given}: between {close} and {block} no market time passes", given=at, close=close, block=block)
    if at < sim.now:
        raise Refused("{then} has passed: this team is at {now}", then=sim.calendar.when(at, sim.now), now=sim.calendar.clock(sim.now))
    return at


def _when(sim: "Simulation", value: object) -> WhenArgument | None:
    """a condition {what, above}, or null"""
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"what", "above"} or not isinstance(value["what"], str) or value["what"] not in CONDITIONS:
        raise Refused("when = {given}: expected what (one of {names}) and above", given=repr(str(value)[:60]), names=[*CONDITIONS])
    return {"what": value["what"], "above": commands.whole("above", 0, _MOST, "a number")(sim, value["above"])}


def _fits(sim: "Simulation", args: Args) -> None:
    """The parameters are those that the inject takes, and there is room for it."""
    text, given = sim.scenario.evidence.inject(args["card"]), sim.injects
    for name, value, most in (("server", args["server"], sim.scenario.fleet.servers), ("minutes", args["minutes"], MINUTES)):
        if name in text.takes and not 1 <= value <= most:
            raise Refused("{name} = {given}: expected a number from 1 to {most}", name=name, given=value, most=most)
        if name not in text.takes and value != 0:
            raise Refused("{name} = {given}: {title} takes none, expected 0", name=name, given=value, title=text.said("title"))
    if args["text"] and "text" not in text.takes:
        raise Refused("{title} takes no words of your own", title=text.said("title"))
    reached = sim.scenario.evidence.reached(text)
    if any(desk not in reached for desk in args["desks"]) or (reached and not args["desks"]):
        raise Refused(
            "desks = {given}: {title} goes to {reached}",
            given=args["desks"] or phrase("none"), title=text.said("title"), reached=reached or phrase("no desk"),
        )
    if given.known(args["id"]):
        raise Refused("inject {number} was given already", number=args["id"])
    if len(given.waiting) >= MOST_WAITING:
        raise Refused("{most} injects wait already: take one back first", most=MOST_WAITING)
    if len(given.waiting) + len(given.played) >= PLAYED:
        raise Refused("this run has had its {most} injects", most=PLAYED)


@lever(
    "inject.play",
    "facilitator",
    "Play an inject",
    args={
        "id": commands.whole("id", 1, _MOST, "a number"),
        "card": _of_the_scenario,
        "desks": _desks,
        "server": commands.whole("server", 0, 8, "a server's number, 0 for none"),
        "minutes": commands.whole("minutes", 0, MINUTES, "minutes, 0 for none"),
        "text": commands.line("text", 0, WORDS),
        "at": _at,
        "when": _when,
    },
    check=_fits,
    talk=True,
)
def _play(sim: "Simulation", args: Args) -> None:
    """Deliver it now; or at the step `at`; or, from `at` on, once the condition holds."""
    injects.give_inject(sim, args)


def _still_waits(sim: "Simulation", args: Args) -> None:
    at = sim.injects.played_at(args["id"])
    if at is not None:
        raise Refused("it was delivered at {time}: what was delivered cannot be taken back", time=sim.calendar.when(at, sim.now))
    if all(row["id"] != args["id"] for row in sim.injects.waiting):
        raise Refused("id = {number}: no such inject waits", number=args["id"])


@lever(
    "inject.take_back", "facilitator", "Take an inject back", args={"id": commands.whole("id", 1, _MOST, "a number")}, check=_still_waits, talk=True
)
def take_back(sim: "Simulation", args: Args) -> None:
    """It is not delivered any more."""
    sim.injects.drop(args["id"])
    sim.injects.taken_back.append(args["id"])
    sim.tell("inject.taken_back", inject=args["id"])


def _new_message(sim: "Simulation", args: Args) -> None:
    if any(row["id"] == args["id"] for row in sim.injects.messages):
        raise Refused("message {number} was said already", number=args["id"])


@lever(
    "persona.say",
    "facilitator",
    "Say something in somebody's name",
    args={
        "id": commands.whole("id", 1, _MOST, "a number"),
        "sender": commands.line("sender", 1, 40),
        "desks": _some_desks,
        "text": commands.line("text", 1, WORDS),
    },
    check=_new_message,
    talk=True,
)
def _say_as(sim: "Simulation", args: Args) -> None:
    """A message to these desks, who can answer it."""
    injects.say_as(sim, args["id"], args["sender"], args["desks"], typed(args))


def _to_this_desk(sim: "Simulation", value: object) -> int:
    """a message's number"""
    mine = [row["id"] for row in sim.injects.messages if sim.acting in row["desks"]]
    if isinstance(value, bool) or not isinstance(value, int) or value not in mine:
        raise Refused("message = {given}: expected the number of a message to this desk", given=repr(str(value)[:40]))
    return value


def _not_too_many(sim: "Simulation", args: Args) -> None:
    if sum(row["desk"] == sim.acting for row in sim.injects.message(args["message"])["replies"]) >= REPLIES:
        raise Refused("this desk has answered {most} times already", most=REPLIES)


@lever(
    "persona.reply", DESKS, "Answer a message", args={"message": _to_this_desk, "text": commands.line("text", 1, 280)}, check=_not_too_many, talk=True
)
def reply(sim: "Simulation", args: Args) -> None:
    """What this desk says to a message: the facilitator hears it."""
    injects.answer_message(sim, args["message"], sim.acting, typed(args))
