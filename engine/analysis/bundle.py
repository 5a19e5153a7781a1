"""The evidence bundle of a run: scenario, seed, rules, commands, events, score, curve and outcome, in one zip that can be verified anywhere.

The scenario is carried as data, and read as what ships is read, under the same limits; a module of code that it brings along never is: its
hash is, and whoever verifies the run needs the module itself.

Nothing in it is compressed and nothing in it has a date, so that the same run makes the same bytes on every machine: whoever reads one packs
it again and compares, and a changed byte is found wherever it is. `verify` then plays the log and compares what comes out.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from engine.analysis.debrief import Log
from engine.analysis.outcome import canonical, executed, outcome_digest
from engine.analysis.rehearsal import Rehearsal
from engine.analysis.replay import replay
from engine.arguments import Json
from engine.commands import CONFIDENCES, Command
from engine.events import Event
from engine.firm.score import score
from engine.market_time import EARLIEST, LATEST
from engine.moment import Moment
from engine.money import exact
from engine.rules import RULES
from engine.scenario.module import OWN_KIND
from engine.scenario.problems import ScenarioError
from engine.scenario.scenario import Scenario, code_here, read_scenario

T = TypeVar("T")
FORMAT = 2
_FILES = ("manifest.json", "scenario.jsonl", "commands.jsonl", "events.jsonl", "curve.jsonl")
_MOST_BYTES = 64 * 1024 * 1024  # of one file: thousands of times a long day's log
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first date a zip can hold


class BundleError(ValueError):
    """A bundle cannot be used: the message says what was wrong and what was expected."""


class OtherRules(BundleError):
    """A bundle is whole, but was played by other rules than those that are here."""


@dataclass(frozen=True)
class Bundle:
    """What a bundle holds. `rules`: the number it was played by; `events`: as Event.to_dict gives them; `score`: as engine.firm.score gives it;
    `curve`: [step, whole dollars] a minute; `outcome`: its digest, see engine.outcome_digest; `ended`: how, where not at an end of its own,
    such as "interrupted by an upgrade"; `notes`: whatever else is to be known about it, for people; `version`: of the Opening Bell that packed
    it, "" in bundles from before 0.13.0. Nothing is compared with it."""

    log: Log
    rules: int
    events: tuple[dict[str, Json], ...]
    score: dict[str, Json]
    curve: tuple[tuple[int, int], ...]
    outcome: str
    ended: str = ""
    notes: tuple[str, ...] = ()
    version: str = ""


def _lines(rows: Iterable[object]) -> bytes:
    return "".join(canonical(row) + "\n" for row in rows).encode()


def pack(bundle: Bundle) -> bytes:
    """The bytes of a bundle: the same for the same run."""
    log = bundle.log
    files = {
        "scenario.jsonl": _lines(log.scenario.files.data.items()),
        "commands.jsonl": _lines(asdict(one) for one in log.commands),
        "events.jsonl": _lines(bundle.events),
        "curve.jsonl": _lines(bundle.curve),
    }
    manifest = {
        "format": FORMAT,
        "rules": bundle.rules,
        "scenario": log.scenario.id,
        "scenario_sha256": log.scenario.sha256,
        "scenario_code": log.scenario.code,
        "seed": log.seed,
        "noise": log.noise,
        "start": log.start,
        "since": log.since,
        "until": log.until,
        "refused": sorted(log.refused),
        "score": bundle.score,
        "outcome": bundle.outcome,
        "ended": bundle.ended,
        "notes": bundle.notes,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    if bundle.version:  # without one it is packed as it was before there were any, byte for byte
        manifest["version"] = bundle.version
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in zip(_FILES, ((canonical(manifest) + "\n").encode(), *files.values()), strict=True):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def unpack(data: bytes) -> Bundle:
    """The bundle in these bytes. Raises BundleError for what is none, is damaged, or holds a scenario that cannot be read."""
    files = _files(data)
    try:
        manifest = _content(files["manifest.json"])
        rows = {name: [_content(line) for line in files[name].splitlines()] for name in _FILES[1:]}
    except (ValueError, RecursionError) as problem:  # what is no UTF-8 as well
        raise BundleError(f"a file in it is not JSON: {problem}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else manifest
        raise BundleError(f"its format is {str(found)[:40]}: expected {FORMAT}")
    try:
        bundle = _read(manifest, rows)
    except (KeyError, TypeError) as problem:
        raise BundleError(f"manifest.json or a line is not as it should be: {problem}") from None
    try:
        again = pack(bundle)
    except ValueError as problem:
        raise BundleError(f"a number in it is none: {problem}") from None
    if again != data:
        raise BundleError("it was changed after it was made: packed again, its bytes differ")
    return bundle


def _content(text: bytes) -> Json:
    def no_constant(name: str) -> None:
        raise ValueError(f"{name} is no number")

    found: Json = json.loads(text, parse_constant=no_constant)
    return found


def _files(data: bytes) -> dict[str, bytes]:
    """The files by name: exactly those that a bundle has, none compressed, none larger than it may be."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        if names != list(_FILES):
            raise BundleError(f"it holds {', '.join(name[:40] for name in names[:5]) or 'nothing'}: expected {', '.join(_FILES)}, in this order")
        for entry in entries:
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size or entry.flag_bits & 1:
                raise BundleError(f"{entry.filename} is compressed or locked: expected a plain file")
            if entry.file_size > _MOST_BYTES:
                raise BundleError(f"{entry.filename} has {entry.file_size:,} bytes: expected at most {_MOST_BYTES:,}")
        return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, OverflowError) as problem:
        raise BundleError(f"it is no bundle, or damaged: {problem}") from None


def _read(manifest: dict[str, Json], rows: dict[str, list[Json]]) -> Bundle:
    scenario, sha256 = _scenario(manifest, rows["scenario.jsonl"]), str(manifest["scenario_sha256"])
    if sha256 != scenario.sha256:
        raise BundleError(f"it was played on another {scenario.id}: its hash is {sha256[:12]}, that of the scenario in it {scenario.sha256[:12]}")
    week, end = scenario.calendar.week, scenario.calendar.end
    limits = (("rules", 1, 2**31), ("seed", 0, 2**63), ("start", week, 0), ("since", week, end))
    rules, seed, start, since = (_number(name, manifest[name], least, most) for name, least, most in limits)
    commands = tuple(_command(row, scenario.kinds) for row in rows["commands.jsonl"])
    refused, told_score, notes = manifest["refused"], manifest["score"], manifest["notes"]
    places = [seq for seq in refused if isinstance(seq, int)] if isinstance(refused, list) else []
    events = [row for row in rows["events.jsonl"] if isinstance(row, dict)]
    if start not in (0, week) or not isinstance(refused, list) or len(places) < len(refused):
        raise BundleError(f"it begins at {start} with {str(refused)[:40]} refused: expected 0 or {week}, and places in the log")
    if len(events) < len(rows["events.jsonl"]) or not isinstance(told_score, dict) or not isinstance(notes, list):
        raise BundleError("events, score or notes are not as they should be: expected objects, and a list")
    if len({one.seq for one in commands}) != len(commands):
        raise BundleError("two commands have one place in the log: expected each its own")
    until = _pair("until", manifest["until"], (week, end), (0, 2**31))
    noise = None if manifest["noise"] is None else _number("noise", manifest["noise"], 0, 2**63)
    log = Log(scenario, seed, commands, Moment(*until), noise, start, since, frozenset(places))
    curve = tuple(_pair("a minute", row, (week, end), (-(2**53), 2**53)) for row in rows["curve.jsonl"])
    texts = {name: str(manifest[name]) for name in ("outcome", "ended")} | {"version": str(manifest.get("version", ""))}
    return Bundle(log, rules, tuple(events), told_score, curve, notes=tuple(map(str, notes)), **texts)


def _scenario(manifest: dict[str, Json], rows: list[Json]) -> Scenario:
    files: dict[str, str] = {}
    for row in rows:
        name, text = row if isinstance(row, list) and len(row) == 2 else (None, None)
        if not isinstance(name, str) or not isinstance(text, str) or name in files:
            raise BundleError("scenario.jsonl: expected a file's name and its text a line, and each once")
        files[name] = text
    try:
        return read_scenario(str(manifest["scenario"]), files, str(manifest["scenario_code"]))
    except ScenarioError as problem:
        raise BundleError(f"its scenario cannot be read: {problem}") from None


def _number(name: str, value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BundleError(f"{name} = {str(value)[:40]}: expected a whole number from {least} to {most}")
    return value


def _pair(name: str, value: Json, first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise BundleError(f"{name} = {str(value)[:40]}: expected two whole numbers")
    return _number(name, value[0], *first), _number(name, value[1], *second)


def _command(row: Any, kinds: Collection[str]) -> Command:
    command = Command(**row)
    _number("a command's seq", command.seq, 1, 2**53)
    _number("a command's step", command.step, EARLIEST, LATEST)
    known = command.kind in kinds or str(command.kind).startswith(OWN_KIND)  # of a module that may not be here
    if not known or command.confidence not in (None, *CONFIDENCES) or not isinstance(command.args, dict):
        raise BundleError(f"command {command.seq} is not as it should be: kind {str(command.kind)[:40]!r}, how sure {str(command.confidence)[:20]!r}")
    return command


def rehearsed_bundle(run: Rehearsal, since: int = 0, notes: tuple[str, ...] = (), version: str = "") -> Bundle:
    """The bundle of a run that was played without people from step `since` on."""
    sim = run.sim
    refused = frozenset(command.seq for command, _ in run.refused)
    log = Log(sim.scenario, sim.seed, tuple(run.commands), sim.moment, sim.noise, sim.start, since, refused)
    curve = tuple((step, loss) for step, loss in run.curve)
    return Bundle(log, RULES, tuple(_plain(run.events)), _again(score(sim)), curve, run.outcome(), notes=notes, version=version)


def played_again(log: Log) -> Bundle:
    """The bundle that comes of a log when it is played from its beginning."""
    curve = list[list[int]]()
    sim = replay(log.scenario, log.seed, log.commands, log.until, noise=log.noise, start=log.start, curve=curve)
    events, found = _plain(sim.take_events()), _again(score(sim))
    return Bundle(log, RULES, tuple(events), found, tuple((step, loss) for step, loss in curve), outcome_digest(events, found, curve, executed(sim)))


def _plain(events: Iterable[Event]) -> list[dict[str, Json]]:
    return [_again(event.to_dict()) for event in events]


def _again(content: Mapping[str, object]) -> dict[str, Json]:
    """As it is read from a file."""
    found: dict[str, Json] = json.loads(canonical(content))
    return found


def verify(bundle: Bundle) -> list[str]:
    """What differs when the run is played again from its log: nothing when it is the same to the last bit. Raises OtherRules when it was
    played by rules that are not here.
    """
    code = bundle.log.scenario.code
    if code and code != code_here(bundle.log.scenario.id):
        raise BundleError(f"its scenario brings code along, which is not here: expected a module whose SHA-256 is {code[:64]}")
    if bundle.rules != RULES:
        raise OtherRules(f"it was played by rules {bundle.rules}: expected {RULES}, those that are here")
    try:
        again, differs = played_again(bundle.log), list[str]()
    except ValueError as problem:  # a command where no market time passes, say
        raise BundleError(f"it cannot be played: {problem}") from None
    for key in sorted({*again.score, *bundle.score}):
        one, other = again.score.get(key), bundle.score.get(key)
        if one != other:
            differs.append(f"score, {key}: {canonical(one)} when played again, {canonical(other)} in the bundle")
    differs += _first("event", again.events, bundle.events, lambda row: str(row.get("kind")))
    differs += _first("minute", again.curve, bundle.curve, lambda row: f"{exact(row[1])} at {bundle.log.scenario.calendar.told(row[0], 0)}")
    if not differs and again.outcome != bundle.outcome:
        differs.append(f"outcome: {again.outcome} when played again, {bundle.outcome} in the bundle: other executions by minute and stock")
    return differs


def _first(name: str, again: Sequence[T], here: Sequence[T], words: Callable[[T], str]) -> list[str]:
    """The first row that differs; else how many there are, where one side has more."""
    place = next((i for i, (one, other) in enumerate(zip(again, here, strict=False)) if one != other), None)
    if place is not None:
        return [f"{name} {place + 1}: {words(again[place])} when played again, {words(here[place])} in the bundle"]
    return [f"{name}s: {len(again)} when played again, {len(here)} in the bundle"] if len(again) != len(here) else []
