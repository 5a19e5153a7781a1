"""Scenario: every number of a game, frozen, validated once at the door.

A scenario is a folder: `scenario.toml`, `symbols.csv`, `parents.csv` (flagged parents of the default seed, in order of
activation), `releases.toml` (what the deployer can read about them), `barriers.toml` (slices and checklists, may be missing), mail
and call texts, `playbooks/`. `based_on = "<id>"` takes from another scenario what the folder itself does not say: values one by one,
other files whole. What is wrong or missing is refused with file, key, value and what was expected. Derived numbers are made here with
decimal arithmetic and rounded to integers.
"""

import csv
import hashlib
import tomllib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from engine.barrier_texts import Barriers
from engine.evidence_texts import EvidenceTexts, load_evidence
from engine.folders import Folder
from engine.release_texts import ReleaseTexts
from engine.scenario_parts import (
    ID,
    Block,
    Capital,
    Cash,
    Costs,
    Diagnosis,
    Exchange,
    Fleet,
    Flow,
    Hands,
    Holes,
    LeverNumbers,
    Market,
    Monitor,
    ParentRow,
    Router,
    Section,
    SymbolRow,
)

HERE = Path(__file__).parent / "scenarios"
FILES = {
    "symbols": "symbols.csv",
    "parents": "parents.csv",
    "releases": "releases.toml",
    "barriers": "barriers.toml",
}  # of the parts that have one of their own


class ScenarioError(ValueError):
    """A scenario's data is wrong: the message names file, key, value and what was expected."""


class Scenario(Section):
    """A scenario's data. `folder` is where it came from, `sha256` its fingerprint."""

    id: Annotated[str, Field(pattern=ID.pattern)]
    title: str
    default_seed: Annotated[int, Field(ge=0)]
    cash: Cash
    fleet: Fleet
    flow: Flow
    market: Market
    router: Router
    monitor: Monitor
    exchange: Exchange
    block: Block
    capital: Capital
    costs: Costs
    hands: Hands
    levers: dict[str, LeverNumbers]
    controls: Holes
    diagnosis: Diagnosis
    releases: ReleaseTexts
    barriers: Barriers = Barriers()
    symbols: Annotated[tuple[SymbolRow, ...], Field(min_length=1, strict=False)]
    parents: Annotated[tuple[ParentRow, ...], Field(strict=False)]
    folder: str
    base: str | None  # the folder of the scenario it is based on
    sha256: str

    @model_validator(mode="after")
    def _parents_name_symbols(self) -> "Scenario":
        known = set(self.names)
        if len(known) != len(self.symbols):
            raise ValueError("symbols.csv: a symbol stands twice: expected each once")
        for row in self.parents:
            if row.symbol not in known:
                raise ValueError(f"parents.csv: n = {row.n}: symbol = {row.symbol!r}: expected one of symbols.csv")
        return self

    @model_validator(mode="after")
    def _every_release_has_a_note(self) -> "Scenario":
        built, told = [release.name for release in self.fleet.release], [note.release for note in self.releases.note]
        if sorted(built) != sorted(told):
            raise ValueError(f"releases.toml: notes of {', '.join(told)}: expected one of each of {', '.join(built)}")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Symbols in the fixed order that every array of the engine follows."""
        return tuple(row.symbol for row in self.symbols)

    @cached_property
    def evidence(self) -> EvidenceTexts:
        """The scenario's mails, calls, alerts and log lines."""
        return load_evidence(self.files)

    @property
    def files(self) -> Folder:
        """The scenario's files, its own over its base's."""
        return Folder(Path(self.folder), Path(self.base) if self.base else None)


def _rows(path: Path, model: type[Section]) -> list[dict[str, Any]]:
    """Rows of a csv with integers as integers and empty cells as None; header must be the model's fields."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        expected = list(model.model_fields)
        if reader.fieldnames != expected:
            raise ScenarioError(f"{path.name}: header = {reader.fieldnames}: expected {expected}")
        return [{key: _cell(value) for key, value in row.items()} for row in reader]


def _cell(text: str | None) -> int | str | None:
    if not text:
        return None
    return int(text) if text.lstrip("-").isdigit() else text


def _complain(folder: Path, error: ValidationError) -> ScenarioError:
    first = error.errors()[0]
    where = [str(part) for part in first["loc"]]
    file = FILES.get(where[0], "scenario.toml") if where else "scenario.toml"
    if file in ("releases.toml", "barriers.toml"):
        del where[0]
    elif file != "scenario.toml" and len(where) > 1 and where[1].isdigit():
        where[1] = f"line {int(where[1]) + 2}"
    value = "" if first["type"] == "missing" else f" = {str(first['input'])[:80]!r}"
    return ScenarioError(f"{folder.name}/{file}: {'.'.join(where) or 'scenario'}{value}: expected: {first['msg']}")


def _table(folder: Folder, name: str, expected: str) -> tuple[dict[str, Any], bytes]:
    """A TOML file of a scenario, and its bytes."""
    try:
        raw = (folder / name).read_bytes()
        return tomllib.loads(raw.decode()), raw
    except FileNotFoundError:
        raise ScenarioError(f"{folder.name}/{name}: missing: expected {expected}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{folder.name}/{name}: not TOML: {error}") from None


def _over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The tables of a scenario with another's values over them, key by key; lists are replaced whole."""
    found = dict(base)
    for key, value in own.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        found[key] = _over(base[key], value) if both else value
    return found


def read_scenario(folder: Path) -> Scenario:
    """Read and validate a scenario's folder. Raises ScenarioError."""
    data, raw = _table(Folder(folder), "scenario.toml", "a scenario's numbers")
    sha, files, base = hashlib.sha256(raw), Folder(folder), data.pop("based_on", None)
    if base is not None:
        if not isinstance(base, str) or not ID.fullmatch(base) or not (folder.parent / base / "scenario.toml").is_file():
            raise ScenarioError(f"{folder.name}/scenario.toml: based_on = {base!r}: expected the id of a scenario beside it")
        files = Folder(folder, folder.parent / base)
        under, raw = _table(Folder(folder.parent / base), "scenario.toml", "a scenario's numbers")
        sha.update(raw)
        data = _over(under, data)
    data["releases"], _ = _table(files, "releases.toml", "notes, diffs and changes")  # texts: no part of the fingerprint
    if (files / FILES["barriers"]).is_file():
        data["barriers"], _ = _table(files, FILES["barriers"], "slices and checklists")
    for name in ("calls.toml", "week.toml", "barriers.toml", "injects.toml"):  # what a reply does, what can be ticked off
        sha.update((files / name).read_bytes() if (files / name).is_file() else b"")
    for name, model in (("symbols", SymbolRow), ("parents", ParentRow)):
        path = files / f"{name}.csv"
        try:
            data[name] = _rows(path, model)
            sha.update(path.read_bytes())
        except FileNotFoundError:
            raise ScenarioError(f"{folder.name}/{path.name}: missing: expected columns {list(model.model_fields)}") from None
    try:
        return Scenario(**data, folder=str(folder), base=str(files.base) if files.base else None, sha256=sha.hexdigest())
    except ValidationError as error:
        raise _complain(folder, error) from None


def scenario_ids() -> list[str]:
    """Ids of the scenarios that ship."""
    return sorted(path.parent.name for path in HERE.glob("*/scenario.toml"))


@lru_cache(maxsize=16)
def load_scenario(scenario_id: str) -> Scenario:
    """The scenario that ships under an id. Raises ScenarioError naming the ids there are."""
    if not ID.fullmatch(scenario_id) or not (HERE / scenario_id / "scenario.toml").is_file():
        raise ScenarioError(f"{scenario_id!r} is no scenario: expected one of {', '.join(scenario_ids())}")
    return read_scenario(HERE / scenario_id)
