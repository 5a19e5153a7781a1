"""The evidence bundle of a run: scenario, seed, engine version, commands, events, score and digest, in one zip that can be verified anywhere.

Nothing in it is compressed and nothing in it has a date, so that the same run makes the same bytes on every machine: whoever reads one packs
it again and compares, and a changed byte is found wherever it is. `verify` then plays the log and compares what comes out.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import asdict, dataclass
from typing import Any

from engine.commands import CONFIDENCES, LEVERS, Command
from engine.debrief import Log
from engine.market_time import END, WEEK
from engine.replay import ENGINE_VERSION, replay
from engine.scenario import Scenario, ScenarioError, load_scenario
from engine.score import score
from engine.simulation import Simulation

FORMAT = 1
FILES = ("manifest.json", "commands.jsonl", "events.jsonl")
MOST_BYTES = 64 * 1024 * 1024  # of one file: thousands of times a long day's log
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first date a zip can hold


class BundleError(ValueError):
    """A bundle cannot be used: the message says what was wrong and what was expected."""


@dataclass(frozen=True)
class Bundle:
    """What a bundle holds. `events`: as Event.to_dict gives them; `score`: as engine.score gives it; `digest`: 64 hex characters."""

    log: Log
    engine_version: str
    events: tuple[dict[str, Any], ...]
    score: dict[str, Any]
    digest: str


def _text(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _lines(rows: Any) -> bytes:
    return "".join(_text(row) + "\n" for row in rows).encode()


def pack(bundle: Bundle) -> bytes:
    """The bytes of a bundle: the same for the same run."""
    log = bundle.log
    files = {"commands.jsonl": _lines(asdict(one) for one in log.commands), "events.jsonl": _lines(bundle.events)}
    manifest = {
        "format": FORMAT,
        "engine": bundle.engine_version,
        "scenario": log.scenario.id,
        "scenario_sha256": log.scenario.sha256,
        "seed": log.seed,
        "noise": log.noise,
        "start": log.start,
        "since": log.since,
        "until": log.until,
        "refused": sorted(log.refused),
        "score": bundle.score,
        "digest": bundle.digest,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in zip(FILES, ((_text(manifest) + "\n").encode(), *files.values()), strict=True):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def unpack(data: bytes) -> Bundle:
    """The bundle in these bytes. Raises BundleError for what is none, is damaged, or belongs to a scenario that is not here."""
    files = _files(data)
    try:
        manifest = _content(files["manifest.json"])
        rows = {name: [_content(line) for line in files[name].splitlines()] for name in FILES[1:]}
    except (ValueError, RecursionError) as problem:  # what is no UTF-8 as well
        raise BundleError(f"a file in it is not JSON: {problem}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else manifest
        raise BundleError(f"its format is {str(found)[:40]}: expected {FORMAT}")
    try:
        bundle = _read(manifest, rows)
    except (KeyError, TypeError) as problem:
        raise BundleError(f"manifest.json or a line is not as it should be: {problem}") from None
    if pack(bundle) != data:
        raise BundleError("it was changed after it was made: packed again, its bytes differ")
    return bundle


def _content(text: bytes) -> Any:
    def no_constant(name: str) -> None:
        raise ValueError(f"{name} is no number")

    return json.loads(text, parse_constant=no_constant)


def _files(data: bytes) -> dict[str, bytes]:
    """The files by name: exactly those that a bundle has, none compressed, none larger than it may be."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        if names != list(FILES):
            raise BundleError(f"it holds {', '.join(name[:40] for name in names[:5]) or 'nothing'}: expected {', '.join(FILES)}, in this order")
        for entry in entries:
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size or entry.flag_bits & 1:
                raise BundleError(f"{entry.filename} is compressed or locked: expected a plain file")
            if entry.file_size > MOST_BYTES:
                raise BundleError(f"{entry.filename} has {entry.file_size:,} bytes: expected at most {MOST_BYTES:,}")
        return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, OverflowError) as problem:
        raise BundleError(f"it is no bundle, or damaged: {problem}") from None


def _read(manifest: dict[str, Any], rows: dict[str, list[Any]]) -> Bundle:
    scenario, sha256 = _scenario(manifest["scenario"]), str(manifest["scenario_sha256"])
    if sha256 != scenario.sha256:
        raise BundleError(f"it was played on another {scenario.id}: its hash is {sha256[:12]}, expected {scenario.sha256[:12]}")
    for name, least, most in (("seed", 0, 2**63), ("start", WEEK, 0), ("since", WEEK, END), ("until", WEEK, END)):
        _number(name, manifest[name], least, most)
    if manifest["noise"] is not None:
        _number("noise", manifest["noise"], 0, 2**63)
    commands = tuple(_command(row) for row in rows["commands.jsonl"])
    numbers = {name: manifest[name] for name in ("seed", "until", "noise", "start", "since")}
    log = Log(scenario=scenario, commands=commands, refused=frozenset(manifest["refused"]), **numbers)
    return Bundle(log, str(manifest["engine"]), tuple(rows["events.jsonl"]), dict(manifest["score"]), str(manifest["digest"]))


def _scenario(name: Any) -> Scenario:
    try:
        return load_scenario(str(name))
    except ScenarioError as problem:
        raise BundleError(f"its scenario is not here: {problem}") from None


def _number(name: str, value: Any, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BundleError(f"{name} = {str(value)[:40]}: expected a whole number from {least} to {most}")


def _command(row: Any) -> Command:
    command = Command(**row)
    _number("a command's seq", command.seq, 1, 2**53)
    _number("a command's step", command.step, WEEK, END)
    if command.kind not in LEVERS or command.confidence not in (None, *CONFIDENCES) or not isinstance(command.args, dict):
        raise BundleError(f"command {command.seq} is not as it should be: kind {str(command.kind)[:40]!r}, how sure {str(command.confidence)[:20]!r}")
    return command


def recomputed(log: Log) -> Simulation:
    """The run played again from its log, with all its events."""
    return replay(log.scenario, log.seed, log.commands, log.until, noise=log.noise, start=log.start)


def verify(bundle: Bundle) -> list[str]:
    """What differs when the run is played again from its log: nothing when it is the same to the last bit. Raises BundleError when this
    engine is not the one that played it.
    """
    if bundle.engine_version != ENGINE_VERSION:
        raise BundleError(f"it was played by engine {bundle.engine_version}: expected {ENGINE_VERSION}, the one that is here")
    sim = recomputed(bundle.log)
    events = [json.loads(_text(event.to_dict())) for event in sim.take_events()]
    found, differs = json.loads(_text(score(sim))), []
    for key in sorted({*found, *bundle.score}):
        if found.get(key) != bundle.score.get(key):
            differs.append(f"score, {key}: {_text(found.get(key))} when played again, {_text(bundle.score.get(key))} in the bundle")
    first = next((i for i, (one, other) in enumerate(zip(events, bundle.events, strict=False)) if one != other), None)
    if first is not None:
        differs.append(f"event {first + 1}: {events[first]['kind']} when played again, {bundle.events[first].get('kind')} in the bundle")
    elif len(events) != len(bundle.events):
        differs.append(f"events: {len(events)} when played again, {len(bundle.events)} in the bundle")
    if (digest := sim.digest()) != bundle.digest:
        differs.append(f"digest: {digest} when played again, {bundle.digest} in the bundle")
    return differs
