"""Commands, and the registry of levers that carry them out: check, then take hands and time, then effect."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.simulation import Simulation

CONFIDENCES = ("guessing", "likely", "certain")
WORDS = ("servers.stop_all", "smars.disconnect", "release.copy")  # levers that need the risk manager's word; the last only before the open


@dataclass(frozen=True, slots=True)
class Command:
    """Something a player does, stamped with market time.

    `seq` orders the commands of a run, `step` is when it reaches the engine, `confidence` is one of CONFIDENCES or None.
    """

    seq: int
    step: int
    desk: str
    kind: str
    args: dict[str, Any] = field(default_factory=dict)
    confidence: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was not carried out, for the one who gave it."""

    reason: str


class Refused(Exception):
    """Raised by a check: the message is the reason."""


Check = Callable[["Simulation", dict[str, Any]], None]
Effect = Callable[["Simulation", dict[str, Any]], None]
Label = Callable[["Simulation", dict[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Lever:
    """A kind of command: who may give it, its arguments, what is checked, what it does when its time is over."""

    kind: str
    desks: tuple[str, ...]
    label: str
    args: dict[str, Callable[["Simulation", Any], Any]]
    check: Check
    effect: Effect
    dangerous: bool = False
    exclusive: bool = False  # one at a time
    begin: Effect | None = None  # what already happens when it is given
    ready: Callable[["Simulation"], None] | None = None  # the part of the check that needs no arguments
    talk: bool = False  # said, shown or answered: no hand, no time, and nothing of it reaches the market by itself
    cut: Effect | None = None  # what an evening's end leaves of it
    expand: Callable[["Simulation", dict[str, Any]], dict[str, Any]] | None = None  # arguments that are settled when it is given
    like: Callable[["Simulation", dict[str, Any]], str] | None = None  # the lever whose hands and minutes it takes
    minutes: Callable[["Simulation", dict[str, Any]], float] | None = None  # where they depend on its arguments

    @property
    def desk(self) -> str:
        """The desk whose lever it is first."""
        return self.desks[0]


LEVERS: dict[str, Lever] = {}


def lever(
    kind: str,
    desks: str | tuple[str, ...],
    label: str,
    *,
    args: dict[str, Callable[["Simulation", Any], Any]] | None = None,
    check: Check | None = None,
    dangerous: bool = False,
    exclusive: bool = False,
    begin: Effect | None = None,
    ready: Callable[["Simulation"], None] | None = None,
    talk: bool = False,
    cut: Effect | None = None,
    expand: Callable[["Simulation", dict[str, Any]], dict[str, Any]] | None = None,
    like: Callable[["Simulation", dict[str, Any]], str] | None = None,
    minutes: Callable[["Simulation", dict[str, Any]], float] | None = None,
) -> Callable[[Effect], Effect]:
    """Register the decorated effect as a lever."""

    def register(effect: Effect) -> Effect:
        allowed = (desks,) if isinstance(desks, str) else desks
        judge = check or (lambda sim, given: None)
        LEVERS[kind] = Lever(kind, allowed, label, args or {}, judge, effect, dangerous, exclusive, begin, ready, talk, cut, expand, like, minutes)
        return effect

    return register


def clean_args(sim: "Simulation", found: Lever, given: Any) -> dict[str, Any]:
    """Arguments of a lever, each judged by its parser. Raises Refused naming argument, value and what was expected."""
    if not isinstance(given, dict):
        raise Refused(f"args = {given!r}: expected an object with {', '.join(found.args) or 'nothing in it'}")
    unknown = sorted(set(map(str, given)) - set(found.args))
    if unknown:
        raise Refused(f"{found.kind} knows no argument {unknown[0]!r}: expected {', '.join(found.args) or 'none'}")
    clean = {}
    for name, parse in found.args.items():
        if name not in given:
            raise Refused(f"{found.kind} needs {name}: {parse.__doc__}")
        clean[name] = parse(sim, given[name])
    return clean


def server(sim: "Simulation", value: Any) -> int:
    """a server's number"""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= len(sim.fleet.servers):
        raise Refused(f"server = {value!r}: expected a number from 1 to {len(sim.fleet.servers)}")
    return value


def servers(sim: "Simulation", value: Any) -> list[int]:
    """a list of servers' numbers"""
    if not isinstance(value, list) or not value:
        raise Refused(f"servers = {value!r}: expected a list of numbers from 1 to {len(sim.fleet.servers)}")
    chosen = sorted({server(sim, n) for n in value})
    if len(chosen) != len(value):
        raise Refused(f"servers = {value!r}: expected each server once")
    return chosen


def release(sim: "Simulation", value: Any) -> str:
    """a release's name"""
    there = [name for name, found in sim.fleet.releases.items() if found.build is None or name in sim.built or sim.instant]
    if not isinstance(value, str) or value not in there:
        raise Refused(f"release = {str(value)[:60]!r}: expected one of {', '.join(there)}")
    return value


def mail(sim: "Simulation", value: Any) -> int:
    """a mail's number"""
    if isinstance(value, bool) or not isinstance(value, int) or value not in sim.mails or sim.mails[value]["desk"] != sim.acting:
        raise Refused(f"mail = {value!r}: expected the number of a mail that has arrived")
    return value


def whole(name: str, least: int, most: int, what: str) -> Callable[["Simulation", Any], int]:
    """Parser of a whole number within limits."""

    def parse(sim: "Simulation", value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Refused(f"{name} = {value!r}: expected {what} from {least:,} to {most:,}")
        return value

    parse.__doc__ = what
    return parse


def one_of(name: str, *values: str) -> Callable[["Simulation", Any], str]:
    """Parser of one word out of a few."""

    def parse(sim: "Simulation", value: Any) -> str:
        if not isinstance(value, str) or value not in values:
            raise Refused(f"{name} = {str(value)[:40]!r}: expected {', '.join(values)}")
        return value

    parse.__doc__ = f"one of {', '.join(values)}"
    return parse


def _no_text(letter: str) -> bool:
    """Control characters, halves of a character, and marks that break a line or turn its direction round."""
    code = ord(letter)
    return code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code <= 0xDFFF or 0x2028 <= code <= 0x202E or 0x2066 <= code <= 0x2069


def line(name: str, least: int, most: int) -> Callable[["Simulation", Any], str]:
    """Parser of one line of text, its ends stripped."""

    def parse(sim: "Simulation", value: Any) -> str:
        if not isinstance(value, str):
            raise Refused(f"{name} = {str(value)[:40]!r}: expected text")
        text = value.strip()
        if not least <= len(text) <= most:
            raise Refused(f"{name} has {len(text)} characters: expected {least} to {most}")
        if any(_no_text(letter) for letter in text):
            raise Refused(f"{name} holds characters that are no text: expected one plain line")
        return text

    parse.__doc__ = f"one line of text, {least} to {most} characters"
    return parse


def symbol(sim: "Simulation", value: Any) -> str:
    """a stock's symbol"""
    if not isinstance(value, str) or value not in sim.names:
        raise Refused(f"symbol = {str(value)[:40]!r}: expected a stock such as {sim.names[0]}")
    return value


def percent(sim: "Simulation", value: Any) -> float:
    """percent of the opening price"""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.01 <= value <= 99:
        raise Refused(f"percent = {value!r}: expected a number from 0.01 to 99")
    return float(value)


def symbols(sim: "Simulation", value: Any) -> list[str]:
    """a list of symbols, or "all\""""
    names = sim.names
    if value == "all":
        return list(names)
    known = set(names)
    if not isinstance(value, list) or not value or any(not isinstance(name, str) or name not in known for name in value):
        raise Refused(f'symbols = {str(value)[:60]!r}: expected "all" or a list of symbols such as {names[0]}')
    chosen = set(value)
    return [name for name in names if name in chosen]


def style(sim: "Simulation", value: Any) -> str:
    """passive or aggressive"""
    if value not in ("passive", "aggressive"):
        raise Refused(f"style = {str(value)[:40]!r}: expected passive or aggressive")
    return str(value)


def target(sim: "Simulation", args: dict[str, Any]) -> str:
    """What a lever is aimed at, for people: "" when at nothing in particular."""
    if "server" in args:
        return sim.fleet.label(args["server"]) if args["server"] else ""
    if "servers" in args:
        chosen = args["servers"]
        where = "all servers" if 1 < len(chosen) == len(sim.fleet.servers) else ", ".join(sim.fleet.label(n) for n in chosen)
        return f"{where}: {args['release']}" if "release" in args else where
    if "control" in args:
        return sim.control_label(args["control"])
    if "mail" in args:
        return str(sim.mails[args["mail"]]["subject"])
    if "symbols" in args:
        chosen = args["symbols"]
        return "all stocks" if len(chosen) == len(sim.names) else ", ".join(chosen[:4]) + (f" and {len(chosen) - 4} more" if len(chosen) > 4 else "")
    if "gross_usd" in args:
        return f"${args['gross_usd']:,}" if args["gross_usd"] else "none"
    if "usd" in args:
        return f"${args['usd']:,}" if args["usd"] else "none"
    if "shares" in args:
        return f"above {args['shares']:,} shares" if args["shares"] else "none"
    if "percent" in args:
        return f"{args['percent']:g} %"
    if "release" in args:
        return str(args["release"])
    if "per_second" in args:
        return f"{args['per_second']} a second" if args["per_second"] else "none"
    return str(args.get("match", ""))
