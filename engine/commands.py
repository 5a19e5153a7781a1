"""Commands, and the registry of levers that carry them out: check, then take hands and time, then effect."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Concatenate, Literal, ParamSpec

from engine.arguments import REMARKS, Args, Phrase, Sentence, judged, phrase
from engine.market_time import STEPS_PER_MINUTE
from engine.money import exact

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation
    from engine.scenario.scenario import Scenario

P = ParamSpec("P")
CONFIDENCES = ("guessing", "likely", "certain")
ALONE = 2  # servers that a desk may stop, start or roll back within WORD_STEPS without the risk manager's word
WORD_STEPS = 5 * STEPS_PER_MINUTE


@dataclass(frozen=True, slots=True)
class Command:
    """Something a player does, stamped with market time.

    `seq` orders the commands of a run, `step` is when it reaches the engine, `confidence` is one of CONFIDENCES or None.
    """

    seq: int
    step: int
    desk: str
    kind: str
    args: Mapping[str, object] = field(default_factory=dict)  # as given; see clean_args
    confidence: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was not carried out, for the one who gave it."""

    reason: Sentence


class Refused(Exception):
    """Raised by a check, with the reason: an English sentence and what fills its placeholders, or one that was made already."""

    def __init__(self, reason: Sentence, **values: object) -> None:
        super().__init__(reason)
        self.reason: Sentence = phrase(reason, **values) if isinstance(reason, str) else reason


Check = Callable[["Simulation", Args], None]
Effect = Callable[["Simulation", Args], None]
Label = Callable[["Simulation", Args], Sentence]
Parse = Callable[["Simulation", object], object]  # what was given -> the argument that it is; raises Refused
Parsers = dict[str, Parse]
# How a command counts among what a team did: a desk decided something, said something, read something, or ticked something off.
Counts = Literal["decision", "said", "reading", "books"]


@dataclass(frozen=True, slots=True)
class StoryWords:
    """The line that the story of a run has of a lever: how much it matters (more is more), its words, and the name under which it is told
    but once ("": every time). Words and name may hold {servers}, {what}, {system} and the command's arguments.
    """

    weight: int
    text: str | Callable[[Args], Phrase]
    once: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A line of what an assistant is asked for with one click, under the lever that it is to pull.

    Words and arguments may hold {system}, {desk} (its title) and the releases {target} and {clean}, words also what is chosen on the screen:
    {server}, {broker}, {exchange}, {symbols} or {text}.
    """

    words: Sentence = ""  # on its button; "": the lever's label, with the server that is chosen
    args: Mapping[str, object] = field(default_factory=dict)  # beside the servers that are chosen
    desk: str = ""  # whose assistant is asked, where that is not any desk that has the lever
    when: Literal["evening", "day"] = "evening"
    whole: bool = True  # "servers" may be all of them, too
    group: str = ""  # of an evening's headings, where it is not the lever's; they say the order alone
    rank: int | None = None  # in its heading, where it is not the lever's


@dataclass(frozen=True, slots=True)
class Lever:
    """A kind of command: who may give it, its arguments, what is checked, what it does when its time is over, and all that is told of it.

    Whoever sorts levers asks these fields: nobody keeps a list of kinds. Hands, minutes and hours are the scenario's (`levers`).
    """

    kind: str
    desks: tuple[str, ...]
    label: str
    effect: Effect
    args: Parsers = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)  # arguments that may be left out, as if these were given
    check: Check = lambda sim, given: None
    ready: Callable[["Simulation"], None] | None = None  # the part of the check that needs no arguments
    # What it is.
    dangerous: bool = False  # it can hurt: a desk arms it first
    exclusive: bool = False  # one at a time
    talk: bool = False  # said, shown or answered: no hand, no time, and nothing of it reaches the market by itself
    routine: bool = False  # done all the time: neither planned nor asked for nor listed
    informs: bool = False  # it only tells: without it the market is the same, and what somebody did about it is a decision of its own
    stops: bool = False  # it stops what is sent: a drill makes it quicker
    writes: bool = False  # it writes to the disks of its servers
    changes_flag: bool = False  # the flag's card shows it under way
    word: str = ""  # it needs the risk manager's word, which is asked for with these words ("the word for ...")
    word_until_open: bool = False  # it needs the word only before the open
    word_beyond: int = 0  # it needs the word only for more servers than these, taken by one desk within WORD_STEPS; 0: it always does
    word_label: str = ""  # what the word is for, as a label; "": the lever's own
    asked_talk: bool = False  # talk that an assistant can be asked for all the same
    # What comes of it beside its effect.
    begin: Effect | None = None  # what already happens when it is given
    cut: Effect | None = None  # what an evening's end leaves of it
    expand: Callable[["Simulation", Args], Args] | None = None  # arguments that are settled when it is given
    like: Callable[["Simulation", Args], str] | None = None  # the lever whose hands and minutes it takes
    minutes: Callable[["Simulation", Args], float] | None = None  # where they depend on its arguments
    # How it is told.
    counted: Counts | None = None  # None: talk counts as said, all else as a decision
    shows: str = ""  # the kind of evidence that its desk has by it, of what its first argument names
    settles: str = ""  # the question or the fact of the week that is so by it alone
    story: StoryWords | None = None
    typed: str = ""  # what the deployer's terminal shows when it begins, with {hosts}, their {count} or a line for each {host}
    printed: str = ""  # and for each server at its end, with {host}, the release that is {recorded} and what `terminal` looks up
    # Where a screen has it.
    group: str | tuple[str, ...] = "Other"  # heading in its desk's list of an evening, one for each desk where they differ; "" for no place there
    rank: int = 5  # the lower the further up in a list; of one rank in the order in which they are registered
    card: str = ""  # the card that has it on the day; "": the list of what has no place of its own
    help: str = ""  # a sentence for the lists
    wishes: tuple[Wish, ...] | None = None  # in the menu of assistants; None: on an evening its label, if it takes nothing but servers

    @property
    def desk(self) -> str:
        """The desk whose lever it is first."""
        return self.desks[0]

    @property
    def counts(self) -> Counts:
        """How it counts among what a team did."""
        return self.counted or ("said" if self.talk else "decision")

    @property
    def plannable(self) -> bool:
        """Whether it can stand in the plan of the week."""
        return not self.talk and not self.routine

    @property
    def wished(self) -> tuple[Wish, ...]:
        """What the menus of assistants have of it."""
        if self.wishes is not None:
            return self.wishes
        if not self.askable or list(self.args) not in ([], ["server"], ["servers"]):
            return ()
        return (Wish(),)

    @property
    def askable(self) -> bool:
        """Whether an assistant in a seat that has it can be asked for it."""
        return self.asked_talk if self.talk else not self.routine

    def group_for(self, desk: str) -> str:
        """The heading under which a desk's list of an evening has it; "" for none."""
        return self.group if isinstance(self.group, str) else self.group[self.desks.index(desk)]

    def named(self, scenario: "Scenario") -> Phrase:
        """Its label in a scenario's words."""
        return scenario.told.phrase(self.label)

    def word_for(self, scenario: "Scenario") -> Phrase:
        """What the risk manager's approval is for, as a label in a scenario's words."""
        return scenario.told.phrase(self.word_label or self.label)

    def not_for(self, desk: str, scenario: "Scenario") -> Sentence:
        """Why a desk may not give it; "" where it may."""
        if desk in self.desks:
            return ""
        called = scenario.told.called
        desks = [called(one, "short") for one in self.desks]
        return phrase("{lever}: only for the {desks}, not the {desk}", lever=self.named(scenario), desks=desks, desk=called(desk, "short"))


LEVERS: dict[str, Lever] = {}


def _registers(
    make: Callable[Concatenate[str, tuple[str, ...], str, Effect, P], Lever],
) -> Callable[Concatenate[str, str | tuple[str, ...], str, P], Callable[[Effect], Effect]]:
    def lever(kind: str, desks: str | tuple[str, ...], label: str, /, *more: P.args, **fields: P.kwargs) -> Callable[[Effect], Effect]:
        def register(effect: Effect) -> Effect:
            LEVERS[kind] = make(kind, (desks,) if isinstance(desks, str) else desks, label, effect, *more, **fields)
            return effect

        return register

    return lever


lever = _registers(Lever)  # lever(kind, desks, label, and fields of Lever by name): registers the decorated effect


def is_talk(kind: str) -> bool:
    """Whether a lever is only said, shown or answered. No lever of a scenario's own is."""
    found = LEVERS.get(kind)
    return found is not None and found.talk


def worded() -> tuple[str, ...]:
    """Levers that need the risk manager's word; at the end those that need it only before the open."""
    found = [one for one in LEVERS.values() if one.word]
    return tuple(one.kind for one in sorted(found, key=lambda one: one.word_until_open))


def clean_args(sim: "Simulation", found: Lever, given: object) -> Args:
    """Arguments of a lever, each judged by its parser. Raises Refused naming argument, value and what was expected."""
    if not isinstance(given, dict):
        raise Refused("args = {given}: expected an object with {names}", given=repr(given), names=[*found.args] or phrase("nothing in it"))
    unknown = sorted(set(map(str, given)) - set(found.args))
    if unknown:
        raise Refused(
            "{kind} knows no argument {given}: expected {names}", kind=found.kind, given=repr(unknown[0]), names=[*found.args] or phrase("none"),
        )
    clean = {}
    whole = {**found.defaults, **given}
    for name, parse in found.args.items():
        if name not in whole:
            raise Refused("{kind} needs {name}: {expected}", kind=found.kind, name=name, expected=taken(parse))
        clean[name] = parse(sim, whole[name])
    return judged(clean)


def taken(parse: Parse) -> Phrase:
    """What a parser takes, for people."""
    return phrase(parse.__doc__ or "")


def server(sim: "Simulation", value: object) -> int:
    """a server's number"""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= len(sim.fleet.servers):
        raise Refused("server = {given}: expected a number from 1 to {most}", given=repr(value), most=len(sim.fleet.servers))
    return value


def servers(sim: "Simulation", value: object) -> list[int]:
    """a list of servers' numbers"""
    if not isinstance(value, list) or not value:
        raise Refused("servers = {given}: expected a list of numbers from 1 to {most}", given=repr(value), most=len(sim.fleet.servers))
    chosen = sorted({server(sim, n) for n in value})
    if len(chosen) != len(value):
        raise Refused("servers = {given}: expected each server once", given=repr(value))
    return chosen


def release(sim: "Simulation", value: object) -> str:
    """a release's name"""
    there = [
        name
        for name, found in ((one.name, one) for one in sim.scenario.fleet.release)  # a build for one server is for no other
        if found.build is None or name in sim.safeguards.built or sim.instant
    ]
    if not isinstance(value, str) or value not in there:
        raise Refused("release = {given}: expected one of {names}", given=repr(str(value)[:60]), names=there)
    return value


def mail(sim: "Simulation", value: object) -> int:
    """a mail's number"""
    if isinstance(value, bool) or not isinstance(value, int) or value not in sim.inbox.mails or sim.inbox.mails[value]["desk"] != sim.acting:
        raise Refused("mail = {given}: expected the number of a mail that has arrived", given=repr(value))
    return value


def whole(name: str, least: int, most: int, what: str) -> Callable[["Simulation", object], int]:
    """Parser of a whole number within limits."""

    def parse(sim: "Simulation", value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Refused(
                "{name} = {given}: expected {what} from {least:,} to {most:,}",
                name=name, given=repr(value), what=phrase(what), least=least, most=most,
            )
        return value

    parse.__doc__ = what
    return parse


def one_of(name: str, *values: str) -> Callable[["Simulation", object], str]:
    """Parser of one word out of a few."""

    def parse(sim: "Simulation", value: object) -> str:
        if not isinstance(value, str) or value not in values:
            raise Refused("{name} = {given}: expected {names}", name=name, given=repr(str(value)[:40]), names=[*values])
        return value

    parse.__doc__ = f"one of {', '.join(values)}"
    return parse


def _no_text(letter: str) -> bool:
    """Control characters, halves of a character, and marks that break a line or turn its direction round."""
    code = ord(letter)
    return code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code <= 0xDFFF or 0x2028 <= code <= 0x202E or 0x2066 <= code <= 0x2069


def line(name: str, least: int, most: int) -> Callable[["Simulation", object], str]:
    """Parser of one line of text, its ends stripped."""

    def parse(sim: "Simulation", value: object) -> str:
        if not isinstance(value, str):
            raise Refused("{name} = {given}: expected text", name=name, given=repr(str(value)[:40]))
        text = value.strip()
        if not least <= len(text) <= most:
            raise Refused("{name} has {count} characters: expected {least} to {most}", name=name, count=len(text), least=least, most=most)
        if any(_no_text(letter) for letter in text):
            raise Refused("{name} holds characters that are no text: expected one plain line", name=name)
        return text

    parse.__doc__ = f"one line of text, {least} to {most} characters"
    return parse


_REMARK = {"say", "values"}
_FILLS, _MOST = 100, 2**53  # characters of a name that fills a remark, and the largest number


def is_remark(value: object) -> bool:
    """Whether something is a sentence that autopilots have, with what fills it and nothing else: numbers, names, and words that are known too."""
    if not isinstance(value, dict) or value.keys() != _REMARK or not isinstance(value["say"], str) or value["say"] not in REMARKS:
        return False
    values = value["values"]
    return isinstance(values, dict) and values.keys() == REMARKS[value["say"]] and all(map(_fills, values.values()))


def _fills(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _FILLS and not any(map(_no_text, value))
    if isinstance(value, dict):
        return is_remark(value) and not value["values"]
    return isinstance(value, int) and -_MOST <= value <= _MOST


def spoken_line(name: str, least: int, most: int) -> Callable[["Simulation", object], str | Phrase]:
    """Parser of what is said: one line that was typed, or a remark of an autopilot's, see `is_remark`."""
    typed = line(name, least, most)

    def parse(sim: "Simulation", value: object) -> str | Phrase:
        if not isinstance(value, dict):
            return typed(sim, value)
        if not is_remark(value):
            raise Refused("{name} = {given}: expected text, or what an autopilot can say", name=name, given=repr(str(value)[:40]))
        return phrase(value["say"], **value["values"])

    parse.__doc__ = typed.__doc__
    return parse


def symbol(sim: "Simulation", value: object) -> str:
    """a stock's symbol"""
    if not isinstance(value, str) or value not in sim.names:
        raise Refused("symbol = {given}: expected a stock such as {stock}", given=repr(str(value)[:40]), stock=sim.names[0])
    return value


def percent(sim: "Simulation", value: object) -> float:
    """percent of the opening price"""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.01 <= value <= 99:
        raise Refused("percent = {given}: expected a number from 0.01 to 99", given=repr(value))
    return float(value)


def symbols(sim: "Simulation", value: object) -> list[str]:
    """a list of symbols, or "all\""""
    names = sim.names
    if value == "all":
        return list(names)
    known = set(names)
    if not isinstance(value, list) or not value or any(not isinstance(name, str) or name not in known for name in value):
        raise Refused('symbols = {given}: expected "all" or a list of symbols such as {stock}', given=repr(str(value)[:60]), stock=names[0])
    chosen = set(value)
    return [name for name in names if name in chosen]


def broker(sim: "Simulation", value: object) -> str:
    """a broker's name"""
    return _named("broker", sim.scenario.brokers, value)


def exchange(sim: "Simulation", value: object) -> str:
    """an exchange's name"""
    return _named("exchange", sim.scenario.exchanges, value)


def _named(what: str, names: tuple[str, ...], value: object) -> str:
    if not isinstance(value, str) or value not in names:
        raise Refused(
            "{what} = {given}: expected {names}",
            what=what, given=repr(str(value)[:40]), names=[*names] or phrase("none, this firm has no names for them"),
        )
    return value


def style(sim: "Simulation", value: object) -> str:
    """passive or aggressive"""
    if value not in ("passive", "aggressive"):
        raise Refused("style = {given}: expected passive or aggressive", given=repr(str(value)[:40]))
    return str(value)


def servers_of(args: Args) -> list[int]:
    """The servers that a command names."""
    return args.get("servers", [args["server"]] if args.get("server") else [])


def numbers_of(args: Args) -> list[int]:
    """The numbers of what a command shows: servers, or a mail; 0 where it is of no single one."""
    return servers_of(args) or [args.get("mail", 0)]


def beyond(lately: Collection[int], servers: Collection[int], most: int) -> bool:
    """Whether a desk that has lately taken some servers to stop, start or roll back needs the word for these."""
    together = {*lately, *servers}
    return len(together) > max(most, len(set(lately)))


def target(sim: "Simulation", args: Args) -> Sentence:
    """What a lever is aimed at, for people: "" when at nothing in particular."""
    for name, words in _TARGETS.items():
        if name in args:
            return words(sim, args)
    return ""


def _servers_named(sim: "Simulation", args: Args) -> Sentence:
    chosen = args["servers"]
    where: Sentence = phrase("all servers") if 1 < len(chosen) == len(sim.fleet.servers) else ", ".join(sim.fleet.label(n) for n in chosen)
    return phrase("{servers}: {release}", servers=where, release=args["release"]) if "release" in args else where


def _stocks_named(sim: "Simulation", args: Args) -> Sentence:
    chosen = args["symbols"]
    if len(chosen) == len(sim.names):
        return phrase("all stocks")
    if len(chosen) > 4:
        return phrase("{stocks} and {count} more", stocks=chosen[:4], count=len(chosen) - 4)
    return ", ".join(chosen)


# The first argument of these that a command has says what it is aimed at.
_TARGETS: dict[str, Label] = {
    "server": lambda sim, args: sim.fleet.label(args["server"]) if args["server"] else "",
    "servers": _servers_named,
    "broker": lambda _, args: args["broker"],
    "exchange": lambda _, args: args["exchange"],
    "duty": lambda sim, args: next(duty.said() for duty in sim.scenario.duty if duty.id == args["duty"]),
    "control": lambda sim, args: sim.safeguards.label(args["control"]),
    "mail": lambda sim, args: sim.inbox.mails[args["mail"]]["subject"],
    "symbols": _stocks_named,
    "gross_usd": lambda _, args: exact(args["gross_usd"]) if args["gross_usd"] else phrase("none"),
    "usd": lambda _, args: exact(args["usd"]) if args["usd"] else phrase("none"),
    "shares": lambda _, args: phrase("above {shares:,} shares", shares=args["shares"]) if args["shares"] else phrase("none"),
    "percent": lambda _, args: f"{args['percent']:g} %",
    "release": lambda _, args: str(args["release"]),
    "per_second": lambda _, args: phrase("{count} a second", count=args["per_second"]) if args["per_second"] else phrase("none"),
    "match": lambda _, args: str(args["match"]),
}
