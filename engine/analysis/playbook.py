"""Playbooks: commands with their times, in TOML, that fit any seed: servers may be "stale", "good" or "all", or "drawn": those that would be given
the wrong reference data, of which one is "first", "second" or "third". A broker may be "first" or "second", `exchange` and `symbols` may be
"drawn": what the draw of the seed falls on, whether or not the fault of the morning is there.

    [[command]]
    at = 2012-08-01T09:54:00
    desk = "deployer"
    kind = "release.rollback"
    args = { servers = "good" }

`at` is when a command is given; levers take their time. A file implies the risk manager's word: where a lever needs it (also for a
desk's third server within five minutes) and the file itself has neither given nor refused it, the risk desk gives it at the same step.
"""

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from engine.commands import CONFIDENCES, WORD_STEPS, Command, beyond, servers_of
from engine.events import DESKS
from engine.firm.places import server_place
from engine.levers.shapes import fitting
from engine.market.faults import draw_fault
from engine.market_time import Calendar
from engine.scenario.folders import File
from engine.scenario.scenario import Scenario

FIELDS = {"at", "desk", "kind", "args", "confidence", "why"}
GROUPS = ("stale", "good", "all", "drawn")
_ORDINALS = ("first", "second", "third")
# What the entries of slices.toml and lab.toml hold: key -> (kind, whether it must be there).
_KINDS: dict[type, str] = {str: "text", list: "a list"}
SLICE: dict[str, tuple[type, bool]] = {
    "id": (str, True), "label": (str, True), "command": (list, True), "without": (list, False), "control": (str, False), "alerted": (str, False),
    "barrier": (str, False),
}  # fmt: skip
SAFEGUARD: dict[str, tuple[type, bool]] = {
    "id": (str, True), "group": (str, True), "label": (str, True), "text": (str, True), "alerted": (str, False), "begin": (list, False),
    "morning": (list, False), "answer": (list, False),
}  # fmt: skip


class _Entry(TypedDict):
    """Fields of a command, but for its place in the log."""

    step: int
    desk: str
    kind: str
    args: dict[str, object]
    confidence: str | None
    why: str


class _Drawn(NamedTuple):
    """What a seed draws that a playbook can name: the first server that the fault concerns and the one with a second fault, 0 where there is
    none; and the servers, the brokers, the exchange and the stocks that the draw falls on, whether or not the fault is theirs."""

    server: int
    other: int
    servers: tuple[int, ...]
    brokers: tuple[str, ...]
    exchange: str
    symbols: tuple[str, ...]


class PlaybookError(ValueError):
    """A playbook is wrong: the message names file, entry, key, value and what was expected."""


def playbook_names(scenario: Scenario) -> list[str]:
    """Playbooks that ship with a scenario."""
    ships = [name for name in scenario.files.names if name.startswith("playbooks/")]
    return sorted(name.removeprefix("playbooks/").removesuffix(".toml") for name in ships)


def playbook(scenario: Scenario, name: str, seed: int) -> list[Command]:
    """Commands of a playbook (a name that ships, or a file) for a seed, by time, numbered from 1. Raises PlaybookError."""
    ships = scenario.files / f"playbooks/{name}.toml"
    path = ships if ships.is_file() else Path(name)
    try:
        data = tables_of(path)
    except OSError:
        raise PlaybookError(f"{name}: no such playbook: expected one of {', '.join(playbook_names(scenario))}, or a TOML file") from None
    unknown = sorted(set(data) - {"command"})
    if unknown or not isinstance(data.get("command", []), list):
        raise PlaybookError(f"{path.name}: {unknown[0] if unknown else 'command'}: expected [[command]] entries only")
    return commands_of(scenario, seed, path.name, data.get("command", []))


@dataclass(frozen=True, slots=True)
class BarrierPlan:
    """A barrier that is closed alone: its commands, the kinds of history's that it does without, the control it builds (or ""), the words of
    the alert without which nothing is done on the day (or ""), and which of the scenario's ten barriers it is the plan of (or "")."""

    id: str
    label: str
    commands: tuple[Command, ...]
    without: tuple[str, ...] = ()
    control: str = ""
    alerted: str = ""
    barrier: str = ""


def barrier_plans(scenario: Scenario, seed: int) -> list[BarrierPlan]:
    """The barriers of a scenario's `slices.toml`, none where it has no such file. Raises PlaybookError."""
    if "slices.toml" not in scenario.files.own:
        return []
    found = []
    for row in rows_of(scenario.files / "slices.toml", "slice", SLICE):
        commands = tuple(commands_of(scenario, seed, f"slices.toml: {row['id']}", row["command"]))
        rest = {key: value for key, value in row.items() if key != "command"}
        found.append(BarrierPlan(**{**rest, "commands": commands, "without": tuple(row.get("without", ()))}))
    return found


@dataclass(frozen=True, slots=True)
class Safeguard:
    """What the controls lab can put in place: commands of `begin` and `morning`, and of `answer` when an alert has said the words of
    `alerted`, each with the minutes since that alert."""

    id: str
    group: str
    label: str
    text: str
    begin: tuple[Command, ...] = ()
    morning: tuple[Command, ...] = ()
    alerted: str = ""
    answer: tuple[tuple[int, Command], ...] = ()


def lab_safeguards(scenario: Scenario, seed: int) -> list[Safeguard]:
    """The safeguards of a scenario's `lab.toml` (or of the scenario it is based on), none where there is no such file. Raises PlaybookError."""
    path = scenario.files / "lab.toml"
    if not path.is_file():
        return []
    drawn = _drawn(scenario, seed)

    def commands(row: dict[str, Any], part: str) -> tuple[Command, ...]:
        where = f"{path.name}: {row['id']}: {part}"
        for place, entry in enumerate(row.get(part, ()), 1):
            if not isinstance(entry, dict) or not _minutes(entry.get("after", 0)) or ("after" in entry and part != "answer"):
                said = "a table, with minutes `after` from 0 to 480 where it is an answer"
                raise PlaybookError(f"{where} {place} = {str(entry)[:60]}: expected {said}")
        plain = [{key: value for key, value in entry.items() if key != "after"} for entry in row.get(part, ())]
        midnight = {"at": scenario.calendar.hm(0)}
        found = [_entry(scenario, drawn, f"{where} {i}", midnight | entry) for i, entry in enumerate(plain, 1)]
        return tuple(Command(seq=seq, **fields) for seq, fields in enumerate(found, 1))

    found = []
    for row in rows_of(path, "safeguard", SAFEGUARD):
        given = {part: commands(row, part) for part in ("begin", "morning", "answer")}
        minutes = [entry.get("after", 0) for entry in row.get("answer", ())]
        rest = {key: row[key] for key in ("id", "group", "label", "text", "alerted") if key in row}
        answer = tuple(zip(minutes, given["answer"], strict=True))
        found.append(Safeguard(**rest, begin=given["begin"], morning=given["morning"], answer=answer))
    return found


def _minutes(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 480


def rows_of(path: Path | File, table: str, shape: Mapping[str, tuple[type, bool]]) -> list[dict[str, Any]]:
    """The entries [[table]] of a file that has nothing else, each with the keys of its shape. Raises OSError, PlaybookError."""
    data = tables_of(path)
    rows, unknown = data.get(table, []), sorted(set(data) - {table})
    if unknown or not isinstance(rows, list):
        raise PlaybookError(f"{path.name}: {unknown[0] if unknown else table}: expected [[{table}]] entries only")
    for number, row in enumerate(rows, 1):
        name = row.get("id", number) if isinstance(row, dict) else number
        where = f"{path.name}: {table} {name!r}" if isinstance(name, str) else f"{path.name}: {table} {number}"
        if not isinstance(row, dict):
            raise PlaybookError(f"{where} = {row!r}: expected a table with {', '.join(shape)}")
        for key in row:
            if key not in shape:
                raise PlaybookError(f"{where}: {key}: expected only {', '.join(shape)}")
        for key, (kind, needed) in shape.items():
            if (needed or key in row) and not isinstance(row.get(key), kind):
                raise PlaybookError(f"{where}: {key} = {row.get(key)!r}: expected {_KINDS[kind]}")
    return rows


def tables_of(path: Path | File) -> dict[str, Any]:
    """What a TOML file says. Raises OSError, PlaybookError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise PlaybookError(f"{path.name}: not TOML: {error}") from None


def commands_of(scenario: Scenario, seed: int, where: str, rows: list[object]) -> list[Command]:
    """Commands of [[command]] entries for a seed, by time, numbered from 1; `where` names them in an error. Raises PlaybookError."""
    drawn = _drawn(scenario, seed)
    entries = [_entry(scenario, drawn, f"{where}: command {i}", entry) for i, entry in enumerate(rows, 1)]
    entries.sort(key=lambda fields: fields["step"])
    return [Command(seq=seq, **fields) for seq, fields in enumerate(_with_words(scenario, entries), 1)]


def _drawn(scenario: Scenario, seed: int) -> _Drawn:
    fault = draw_fault(scenario, seed)
    exchange = scenario.exchanges[fault.exchange - 1] if fault.exchange else ""
    brokers = tuple(scenario.brokers[n - 1] for n in fault.brokers)
    return _Drawn(next(iter(fault.servers), 0), fault.beside, fault.misread, brokers, exchange, fault.quoted)


def _with_words(scenario: Scenario, entries: list[_Entry]) -> list[_Entry]:
    """The commands of a file, and before those that need the risk manager's word the word itself where the file does not speak of it."""
    found: list[_Entry] = []
    spoken: list[object] = []
    taken: list[tuple[int, str, int]] = []  # step, desk and number of servers that were stopped, started or rolled back
    for entry in entries:
        kind = entry["kind"]
        if kind in ("authorise.give", "authorise.refuse"):
            spoken.append(entry["args"].get("what", ""))
        if kind not in spoken and _needs_word(scenario, taken, entry):
            spoken.append(kind)
            word = _Entry(step=entry["step"], desk="risk", kind="authorise.give", args={"what": kind}, confidence=None, why="implied by the playbook")
            found.append(word)
        found.append(entry)
    return found


def _needs_word(scenario: Scenario, taken: list[tuple[int, str, int]], entry: _Entry) -> bool:
    """Whether a command needs the word, after those that took the servers of `taken`; its own join them."""
    lever, step, desk = scenario.kinds[entry["kind"]], entry["step"], entry["desk"]
    if not lever.word or step < 0 or (lever.word_until_open and step >= scenario.calendar.open):
        return False
    if not lever.word_beyond:
        return True
    lately = {n for at, whose, n in taken if whose == desk and at > step - WORD_STEPS}
    servers = servers_of(fitting(entry["kind"], entry["args"], scenario.kinds))
    taken += [(step, desk, n) for n in servers]
    return beyond(lately, servers, lever.word_beyond)


def _entry(scenario: Scenario, drawn: _Drawn, where: str, entry: object) -> _Entry:
    """Fields of one command, checked."""
    if not isinstance(entry, dict):
        raise PlaybookError(f"{where} = {entry!r}: expected a table with at, desk, kind")
    for key in sorted(set(entry) - FIELDS):
        raise PlaybookError(f"{where}: {key}: expected only {', '.join(sorted(FIELDS))}")
    kind, desk = entry.get("kind"), entry.get("desk")
    if not isinstance(kind, str) or kind not in scenario.kinds:
        raise PlaybookError(f"{where}: kind = {kind!r}: expected one of {', '.join(sorted(scenario.kinds))}")
    if desk not in DESKS:
        raise PlaybookError(f"{where}: desk = {desk!r}: expected one of {', '.join(DESKS)}")
    confidence = entry.get("confidence")
    if confidence is not None and confidence not in CONFIDENCES:
        raise PlaybookError(f"{where}: confidence = {confidence!r}: expected one of {', '.join(CONFIDENCES)}")
    args = entry.get("args", {})
    if not isinstance(args, dict):
        raise PlaybookError(f"{where}: args = {args!r}: expected a table")
    args = {key: _names(scenario, drawn, f"{where}: args.{key}", key, value) for key, value in args.items()}
    return {
        "step": _moment(scenario.calendar, where, entry.get("at")),
        "desk": desk,
        "kind": kind,
        "args": args,
        "confidence": confidence,
        "why": str(entry.get("why", "")),
    }


def _moment(calendar: Calendar, where: str, at: object) -> int:
    """Step of an entry's time: a TOML date-time of the day or of an evening of its week, a TOML time, or text."""
    try:
        if isinstance(at, datetime.datetime):
            dates = [*calendar.before, calendar.today]
            if at.date() not in dates or at.tzinfo is not None:
                raise ValueError("neither on the day nor on an evening of its week")
            if at.date() != calendar.today:
                return calendar.week_step(dates.index(at.date()), at.time().isoformat("milliseconds"))
            at = at.time()
        if isinstance(at, datetime.time):
            return calendar.step_at(at.isoformat("milliseconds"))
        return calendar.step_at(str(at))
    except ValueError as error:
        raise PlaybookError(f"{where}: at = {at}: expected a time such as {calendar.today}T{calendar.clock(calendar.open)} ({error})") from None


def _names(scenario: Scenario, drawn: _Drawn, where: str, key: str, value: object) -> object:
    """Numbers for "stale", "good", "all" and "drawn" where servers are meant, names for "drawn" where an exchange or stocks are, and for "first"
    and "second" where a broker is."""
    stale = drawn.server
    if key in ("exchange", "symbols") and value == "drawn":
        return drawn.exchange if key == "exchange" else list(drawn.symbols)
    everyone = list(range(1, scenario.fleet.servers + 1))
    if key == "server" and value == "stale":
        return stale
    if key == "server" and value == "other":
        return drawn.other
    if key == "server" and value in _ORDINALS:
        return dict(zip(_ORDINALS, drawn.servers, strict=False)).get(value, 0)
    if key == "place" and value == "stale":
        return server_place(stale)
    if key == "broker" and value in _ORDINALS:
        return dict(zip(_ORDINALS, drawn.brokers, strict=False)).get(value, value)
    if key == "servers" and isinstance(value, str):
        if value not in GROUPS:
            raise PlaybookError(f"{where} = {value!r}: expected numbers, or one of {', '.join(GROUPS)}")
        return {"stale": [stale], "good": [n for n in everyone if n != stale], "all": everyone, "drawn": list(drawn.servers)}[value]
    return value
