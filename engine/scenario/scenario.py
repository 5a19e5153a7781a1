"""Scenario: every number of a game, frozen, validated once at the door.

A scenario is a folder: `scenario.toml`, `symbols.csv`, `parents.csv` (flagged parents of the default seed, in order of activation),
`releases.toml` (what the deployer can read about them), `faults.toml` (what can be wrong), mail and call texts, `playbooks/`, and what may be
missing: `barriers.toml` (slices and checklists), `front.toml` (what the start page says), `epilogue.toml` (what really happened),
`objectives.toml` (what it is to teach).
`based_on = "<id>"` takes from another scenario what the folder itself does not say: values one by one, other files whole. What is wrong or
missing is refused with file, key, value and what was expected. Derived numbers are made here with decimal arithmetic and rounded to integers.
"""

import csv
import hashlib
import io
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.json_schema import SkipJsonSchema

from engine.commands import Lever
from engine.market_time import Calendar
from engine.scenario.agreement import CHECKS
from engine.scenario.barrier_texts import Barriers
from engine.scenario.catalogues import TRANSLATED, CatalogueError, catalogues_in, evidence_in_words, walked
from engine.scenario.deposit_texts import Deposit
from engine.scenario.duty_texts import DUTY_SAYS, Duty
from engine.scenario.epilogue_texts import Epilogue
from engine.scenario.evidence_texts import EvidenceError, EvidenceTexts, load_evidence
from engine.scenario.fault_texts import NOTICED, Faults
from engine.scenario.folders import CODE, ID, File, Folder
from engine.scenario.glossary import Glossary, read_glossary
from engine.scenario.guide_texts import GuideTexts
from engine.scenario.module import NO_MODULE, Extension, ModuleError, read_module
from engine.scenario.objective_texts import Objectives
from engine.scenario.parts import (
    Before,
    Block,
    Capital,
    Cash,
    Costs,
    Days,
    Diagnosis,
    Exchange,
    Flow,
    FrontPage,
    Hands,
    Holes,
    Hour,
    LeverNumbers,
    Market,
    Monitor,
    ParentRow,
    Router,
    Section,
    ServerFleet,
    SymbolRow,
    Told,
)
from engine.scenario.problems import Problem, ScenarioError, as_written, problem_of, problems_of, unknown
from engine.scenario.release_texts import ReleaseTexts, release_text, ticket_id
from engine.scenario.second_act import SAID, SecondActs
from engine.scenario.versions import Versions
from engine.scenario.wordings import NO_PARAMS, Wording, cause_text, duty_text, fault_text, literal, wording

SCENARIOS = Path(__file__).parents[1] / "scenarios"
_ELSEWHERE: list[Path] = []  # where others lie
# Data from before they said themselves what people call things: their words stood in the code. A run on them stays what it was.
_SUBJECTS_BEFORE = {
    "briefing": {"operator": "Your evenings", "risk": "RLP goes on Wednesday"},
    "ticket": "who signs?",
    "procedure": "is there a procedure?",
    "changed": "What did we change?",
}
_TOLD_BEFORE = {
    "system": "SMARS",
    "behaviours": {"rlp": "RLP", "power_peg": "Power Peg"},
    "year": "2012",
    "day": "1 August 2012",
}
_EXPECTED = {
    "barriers": "slices and checklists",
    "front": "what the start page says",
    "epilogue": "what really happened",
    "objectives": "what it is to teach",
    "guide": "steps",
}
FILES = {
    "symbols": "symbols.csv",
    "parents": "parents.csv",
    "releases": "releases.toml",
    "faults": "faults.toml",
    "barriers": "barriers.toml",
    "front": "front.toml",
    "epilogue": "epilogue.toml",
    "objectives": "objectives.toml",
    "second_act": "second-act.toml",
    "guide": "guide.toml",
}  # of the parts that have one of their own
# What a run is played from and told with, all of it in the fingerprint. Playbooks, slices, safeguards, the front page, the epilogue and the
# objectives are not: they are about runs.
_PLAYED = (
    "scenario.toml", "symbols.csv", "parents.csv", "releases.toml", "barriers.toml", "calls.toml", "hints.toml", "injects.toml", "logs.toml",
    "mail.toml", "week.toml", "faults.toml", "second-act.toml", "guide.toml",
)  # fmt: skip


_HOURS = TypeAdapter(tuple[Hour, Hour], config=ConfigDict(strict=False))


class Scenario(Section):
    """A scenario's data. `files` is what it was read from, `sha256` the fingerprint of all that a run is played from."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    id: Annotated[str, Field(pattern=ID.pattern)]
    title: str
    default_seed: Annotated[int, Field(ge=0)]
    told: Told = Told()
    days: Days = Field(Days(), alias="calendar")
    cash: Cash
    fleet: ServerFleet
    before: Before = Before()
    config: Versions
    data: Versions
    flow: Flow
    market: Market
    router: Router
    monitor: Monitor
    exchange: Exchange
    block: Block
    capital: Capital
    deposit: Deposit | None = None
    costs: Costs
    hands: Hands
    levers: dict[str, LeverNumbers]
    controls: Holes
    diagnosis: Diagnosis
    releases: ReleaseTexts
    faults: Faults
    barriers: Barriers = Barriers()
    second_act: SecondActs = SecondActs()
    guide: GuideTexts = GuideTexts()
    duty: Annotated[tuple[Duty, ...], Field(max_length=24, strict=False)] = ()
    front: FrontPage = FrontPage()
    epilogue: Epilogue = Epilogue()
    objectives: Objectives = Objectives()
    symbols: Annotated[tuple[SymbolRow, ...], Field(min_length=1, strict=False)]
    parents: Annotated[tuple[ParentRow, ...], Field(strict=False)]
    files: Annotated[SkipJsonSchema[Folder], Field(exclude=True, repr=False)]  # no key of a scenario's, nor is the next
    sha256: SkipJsonSchema[str]

    @property
    def names(self) -> tuple[str, ...]:
        """Symbols in the fixed order that every array of the engine follows."""
        return tuple(row.symbol for row in self.symbols)

    @property
    def companies(self) -> tuple[str, ...]:
        """What the companies are called, in the order of `names`; the symbol where the data does not say."""
        return tuple(row.name or row.symbol for row in self.symbols)

    @property
    def brokers(self) -> tuple[str, ...]:
        """Names of the brokers that clients' orders come from: the first is number 1 in every array of the engine."""
        return tuple(broker.name for broker in self.flow.broker)

    @property
    def exchanges(self) -> tuple[str, ...]:
        """Names of the exchanges that orders are sent to, counted in the same way."""
        return tuple(session.name for session in self.exchange.session)

    @cached_property
    def evidence(self) -> EvidenceTexts:
        """The scenario's mails, calls, alerts and log lines."""
        return load_evidence(self.files, self.fleet.name, self.calendar, dict(zip(self.names, self.companies, strict=True)))

    @property
    def wordings(self) -> dict[str, Wording]:
        """Every text that a run's state, events and sights name by its id: of the evidence, the causes that may be declared, the guide, terms."""
        return self.evidence.wordings | self._own

    def wording(self, name: str) -> Wording:
        """One of them. Raises KeyError."""
        return self._own.get(name) or self.evidence.wordings[name]

    @cached_property
    def glossary(self) -> Glossary:
        """What its words mean."""
        return read_glossary(self.files / "glossary.toml")

    def in_words(self, tell: Callable[[str, str], str]) -> "Scenario":
        """The same with `tell(where it stands, text)` in place of each text that people read, to be told from and never to be played."""
        found = walked(self.model_copy(update={"told": self.told.model_copy(update={"behaviours": self.told.deeds})}), tell)
        assert isinstance(found, Scenario)
        for name in ("_own", "read_in"):
            found.__dict__.pop(name, None)
        found.__dict__["evidence"] = evidence_in_words(self.evidence, tell)
        found.__dict__["glossary"] = walked(self.glossary, tell, "glossary")
        return found

    @cached_property
    def read_in(self) -> dict[object, "tuple[Scenario, Mapping[str, str]]"]:
        """It and its texts as each language has them that it was told in, for engine.evidence.telling."""
        return {}

    @cached_property
    def _own(self) -> dict[str, Wording]:
        """Texts that are not evidence, by their ids."""
        causes = ((cause_text(cause.id), cause.label) for cause in self.diagnosis.cause)
        terms = ((term.name, term.text) for term in self.glossary.term)
        duties = ((duty_text(duty.id, part), getattr(duty, part)) for duty in self.duty for part in DUTY_SAYS)
        read = (*self.told.wordings(), *self.releases.wordings(), *self.barriers.wordings(), *self.block.wordings(), *self.capital.wordings())
        plain = {name: Wording(literal(text), NO_PARAMS, ()) for name, text in (*causes, *self.guide.wordings(), *terms, *duties, *read)}
        return plain | dict(self._of_servers()) | dict(self._of_debrief()) | (self.deposit.wordings() if self.deposit else {})

    def _of_servers(self) -> Iterator[tuple[str, Wording]]:
        """What is said of what one server may have alone; titles of changes may name it."""
        texts = [*self.config.wordings("config"), *self.data.wordings("data")]
        if hotfix := self.fleet.hotfix:
            texts += [(release_text(hotfix.name), hotfix.note), *hotfix.ticket.wordings(ticket_id("release", hotfix.name))]
        yield from ((name, wording(literal(text).replace("{{server}}", "{server}"))) for name, text in texts)

    def _of_debrief(self) -> Iterator[tuple[str, Wording]]:
        """What is told of the faults, and of what came beside them."""
        for fault in self.faults.fault:
            signs = self.epilogue.of(fault.id)
            yield fault_text(fault.id, "story"), wording(fault.story)
            yield fault_text(fault.id, "epilogue"), wording(fault.epilogue)
            yield fault_text(fault.id, "brief"), wording(signs.brief if signs else fault.story)
        yield from self.second_act.wordings()

    @property
    def unprompted(self) -> bool:
        """Whether help may show a desk what it did not ask for: not where the seed draws what is wrong, nor where a guide has it found."""
        return not (self.faults.deck or self.guide.step)

    @cached_property
    def calendar(self) -> Calendar:
        """Its days and hours."""
        return self.days.calendar(self.market.open, self.market.bell_end)

    @property
    def code(self) -> str:
        """SHA-256 of the module that it brings along, "" where it has none."""
        return self.files.code

    @property
    def extension(self) -> Extension:
        """What its module has registered; one that is not here may be brought."""
        if not self._registered.here:
            self.__dict__.pop("_registered")
        return self._registered

    @cached_property  # no private attribute: pydantic looks for one of those in three places, and levers are asked for a thousand times a second
    def _registered(self) -> Extension:
        return _extension_of(self.files)

    @property
    def kinds(self) -> Mapping[str, Lever]:
        """Every lever that it has, by its kind: those of the engine, and its module's."""
        return self.extension.kinds


TRANSLATED.update({Scenario: ("title",)})


def _rows(file: File, model: type[Section]) -> list[dict[str, int | str | None]]:
    """Rows of a csv with integers as integers and empty cells as None; header must be the model's fields, less those that may be left out."""
    try:
        reader = csv.DictReader(io.StringIO(file.read_text(), newline=""))
        header, expected = reader.fieldnames or (), list(model.model_fields)
        if list(header) != [name for name, field in model.model_fields.items() if name in header or field.is_required()]:
            raise ScenarioError(f"{file.name}: header = {str(reader.fieldnames)[:200]}: expected {expected}")
        return [{key: _cell(value) for key, value in row.items()} for row in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise ScenarioError(f"{file.name}: no table: {error}") from None


def _cell(text: str | None) -> int | str | None:
    if not text:
        return None
    return int(text) if len(text) < 20 and text.isascii() and text.removeprefix("-").isdigit() else text


class _Tables:
    """The files of a scenario while they are read: what is wrong with one is noted, and the others are read all the same."""

    def __init__(self, folder: Folder) -> None:
        self.folder, self.problems, self.torn = folder, list[Problem](), set[str]()

    def table(self, name: str, expected: str, folder: Folder | None = None) -> dict[str, object]:
        """A TOML file; empty where it is torn or missing."""
        try:
            return tomllib.loads(((folder or self.folder) / name).read_text())
        except FileNotFoundError:
            self._note(name, f"missing: expected {expected}")
        except (ValueError, RecursionError) as error:  # what is no UTF-8 as well, and numbers that are too long
            self._note(name, f"not TOML: {error}: expected `key = value` lines and [tables]")
        return {}

    def rows(self, name: str, model: type[Section]) -> list[dict[str, int | str | None]]:
        """A csv file; empty where it is torn or missing."""
        try:
            return _rows(self.folder / name, model)
        except FileNotFoundError:
            self._note(name, f"missing: expected columns {list(model.model_fields)}")
        except ScenarioError as error:
            self._note(name, str(error).removeprefix(f"{name}: "))
        return []

    def _note(self, name: str, said: str) -> None:
        self.torn.add(name)
        self.problems.append(problem_of(name, said))

    def refused(self, error: ValidationError, data: dict[str, object]) -> None:
        """Note what the models refused, each by the file that it stands in."""
        schema = Scenario.model_json_schema()
        for place, problem in problems_of(error, data, schema, "scenario.toml"):
            file = FILES.get(str(place[0]), "scenario.toml") if place else "scenario.toml"
            if file in self.torn:
                continue
            key = problem.key if file == "scenario.toml" else problem.key.removeprefix(str(place[0])).lstrip(".") or "file"
            if file.endswith(".csv") and len(place) > 1:
                key = ": ".join([f"line {int(place[1]) + 2}", *map(str, place[2:])])
            self.problems.append(problem._replace(file=file, key=key.strip()))


def _over(base: dict[str, object], own: dict[str, object]) -> dict[str, object]:
    """The tables of a scenario with another's values over them, key by key; lists are replaced whole."""
    found = dict(base)
    for key, value in own.items():
        before = base.get(key)
        found[key] = _over(before, value) if isinstance(value, dict) and isinstance(before, dict) else value
    return found


def read_folder(path: Path) -> Scenario:
    """Read and validate a scenario's folder; the one that it is based on lies beside it, or is here by its id. Raises ScenarioError."""

    def base(name: str) -> Folder | None:
        beside = path.parent / name
        if not (beside / "scenario.toml").is_file():
            if name not in scenario_ids():
                return None
            beside = home_of(name)
        return Folder.at(beside)

    try:
        return _read(Folder.at(path), base)
    except ScenarioError:
        raise
    except (OSError, ValueError) as problem:
        raise ScenarioError(f"{path.name}: {problem}") from None


def scenario_files(scenario: Scenario) -> dict[str, str]:
    """Everything that a scenario is read from, as texts by "id/name", those of the scenario it is based on with it."""
    return scenario.files.texts


def read_scenario(scenario_id: str, files: Mapping[str, str], code: str = "") -> Scenario:
    """The scenario that `scenario_files` gave, and all its texts. `code`: SHA-256 of its module. Raises ScenarioError."""
    found: dict[str, dict[str, bytes]] = {}
    try:
        for place, text in files.items():
            folder, _, name = place.partition("/")
            found.setdefault(folder, {})[name] = text.encode()
        folders = {name: Folder(name, own, code=code if name == scenario_id else "") for name, own in found.items()}
        scenario = _read(folders.get(scenario_id) or Folder(scenario_id, {}), folders.get)
        if scenario.id != scenario_id or [*scenario_files(scenario)] != sorted(files):
            raise ScenarioError(f"{scenario.id}: files of {', '.join(sorted(folders))}: expected its own and those of what it is based on")
    except ScenarioError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as problem:
        raise ScenarioError(f"{scenario_id[:40]}: {type(problem).__name__}: {problem}") from None
    return scenario


def _extension_of(files: Folder) -> Extension:
    """What the module of a scenario's folder registers, wherever it lies here. Raises ScenarioError."""
    if not files.code:
        return NO_MODULE
    here = [place for name in (folder.name for folder in files.line) for place in (_place_of(name),) if place]
    for place in dict.fromkeys([*(folder.place for folder in files.line if folder.place), *here]):
        path = place / CODE
        try:
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == files.code:
                return read_module(path, files.code)
        except (ModuleError, OSError) as problem:
            raise _all_of(files, [problem_of(CODE, str(problem))]) from None
    return Extension(here=False)


_OWN_NUMBER = re.compile(rb"\b(own\.[a-z_]+)\s*[<>=]")


def _of_numbers(files: Folder, extension: Extension) -> Iterator[Problem]:
    """Conditions of its texts name numbers that its module has."""
    there = ", ".join(extension.numbers) or "it has none"
    for name in files.names if extension.here else ():
        for found in _OWN_NUMBER.findall((files / name).read_bytes()):
            if found.decode() not in extension.numbers:
                yield Problem(name, found.decode(), "", f"a number of its module: {there}")


def _whole(read: _Tables, own: Folder, find: Callable[[str], Folder | None], above: tuple[str, ...] = ()) -> dict[str, object]:
    """The numbers of a folder over those of all that it is based on; what is read from then on is the folder over those."""
    data = read.table("scenario.toml", "a scenario's numbers", own)
    base = data.pop("based_on", None)
    if base is None:
        read.folder = own
        return data
    below = find(base) if isinstance(base, str) and ID.fullmatch(base) and base not in (own.name, *above) else None
    if below is None:
        raise _all_of(own, [Problem("scenario.toml", "based_on", as_written(base), "the id of a scenario that is here")])
    theirs = _whole(read, below, find, (*above, own.name))
    read.folder = own.over(read.folder)
    return _over(theirs, data)


def _read(own: Folder, find: Callable[[str], Folder | None]) -> Scenario:
    """Everything of a scenario, its texts as well. Raises ScenarioError with all that is wrong."""
    read = _Tables(own)
    data = _whole(read, own, find)
    if read.torn:
        raise _all_of(own, read.problems)
    files = read.folder
    read.problems += _of_numbers(files, _extension_of(files))
    told = data.setdefault("told", _TOLD_BEFORE)
    if isinstance(told, dict):
        data["told"] = {"subjects": _SUBJECTS_BEFORE} | told
    for name in [name for name in (*FILES, "files", "sha256") if name in data]:
        del data[name]
        read.problems.append(Problem("scenario.toml", name, "", f"it in {FILES[name]}" if name in FILES else unknown()))
    data["releases"] = read.table("releases.toml", "notes, diffs and changes")
    data["faults"] = _faults(read, data)
    for name, expected in _EXPECTED.items():
        if (files / FILES[name]).is_file():
            data[name] = read.table(FILES[name], expected)
    if (files / FILES["second_act"]).is_file():
        said = read.table(FILES["second_act"], "acts")
        data["second_act"] = {key: value for key, value in said.items() if key not in SAID}
    for name, model in (("symbols", SymbolRow), ("parents", ParentRow)):
        data[name] = read.rows(f"{name}.csv", model)
    calendar = _calendar(read, data)
    found: Scenario | None = None
    try:
        found = Scenario.model_validate({**data, "files": files, "sha256": _fingerprint(files)}, context={"calendar": calendar})
        read.problems += [problem for check in CHECKS for problem in check(found)] if not read.torn else []
    except ValidationError as error:
        read.refused(error, data)
    read.problems += _of_texts(found, files, data, calendar)
    if read.problems or found is None:
        raise _all_of(own, read.problems)
    return found


def _of_texts(found: Scenario | None, files: Folder, data: dict[str, object], calendar: Calendar) -> Iterator[Problem]:
    """What is wrong with the texts, also of a scenario whose numbers are."""
    fleet = data.get("fleet")
    named = fleet.get("name") if isinstance(fleet, dict) else None
    server = named if isinstance(named, str) and named.count("{n}") == 1 else "server-{n}"
    try:
        _ = found.evidence if found else load_evidence(files, server, calendar)
    except EvidenceError as error:
        yield from (Problem(one.file, one.at, one.shown, one.expected) for one in error.all)
    try:
        catalogues_in(files)
    except CatalogueError as error:
        yield error.problem
    try:
        read_glossary(files / "glossary.toml")
    except ScenarioError as error:
        yield from error.problems
    except ValueError as error:
        yield problem_of("glossary.toml", str(error).removeprefix("glossary.toml: "))


def _all_of(folder: Folder, problems: list[Problem]) -> ScenarioError:
    return ScenarioError(f"{folder.name}/{problems[0]}", problems)


def _faults(read: _Tables, data: dict[str, object]) -> dict[str, object]:
    """What can be wrong, without the texts of the same file. Data from before there were faults said it in two other places."""
    if (read.folder / FILES["faults"]).is_file():
        return {key: value for key, value in read.table(FILES["faults"], "faults").items() if key not in NOTICED}
    fleet, diagnosis = (dict(part) if isinstance(part, dict) else {} for part in (data.get("fleet"), data.get("diagnosis")))
    quiet = bool(fleet.pop("mirror", False)) | bool(fleet.pop("copies_arrive", False))
    name, cause = "nothing" if quiet else "stale-release", diagnosis.pop("right", "")
    causes = diagnosis.get("cause")
    if isinstance(causes, list):  # each said whether it was a matter of one server
        diagnosis["cause"] = [{key: value for key, value in one.items() if key != "server"} if isinstance(one, dict) else one for one in causes]
    data["fleet"], data["diagnosis"] = fleet, diagnosis
    words = {"story": "Nothing was wrong." if quiet else "A copy missed {server}.", "epilogue": "As it was in the record."}
    return {"fault": [{"id": name, "mechanism": "mirror" if quiet else name, "cause": cause, **words}]}


def _calendar(read: _Tables, data: dict[str, object]) -> Calendar:
    """What all the times of a scenario are read by. What is wrong with a single hour is told with the rest of the data."""
    market = data.get("market")
    hours = [market.get(key) for key in ("open", "bell_end")] if isinstance(market, dict) else []
    try:
        days = Days.model_validate(data.get("calendar", {}))
        _HOURS.validate_python(hours)
    except ValidationError:
        return Calendar.of()
    try:
        return days.calendar(*map(str, hours))
    except ValueError as problem:
        table = "market" if str(problem).startswith(("open", "bell_end")) else "calendar"
        raise _all_of(read.folder, [*read.problems, problem_of("scenario.toml", f"{table}.{problem}")]) from None  # no time can be read


def _fingerprint(files: Folder) -> str:
    """SHA-256 over the files that a run is played from, those of the base under them, and the hash of the module."""
    sha = hashlib.sha256(files.code.encode())
    for name in _PLAYED:
        for file in [folder / name for folder in files.line] if name == "scenario.toml" else [files / name]:
            if name in ("faults.toml", "second-act.toml", "guide.toml") and not file.is_file():
                continue  # data from before there were any keeps its fingerprint
            content = file.read_bytes() if file.is_file() else b""
            sha.update(f"{name} {len(content)}\n".encode() + content)
    return sha.hexdigest()


def look_for_scenarios_in(folders: Iterable[Path]) -> None:
    """Beside those that ship, the scenarios in these folders are here too: whoever knows the environment says which."""
    _ELSEWHERE[:] = folders
    load_scenario.cache_clear()


def scenario_ids() -> list[str]:
    """Ids of the scenarios that are here: those that ship, and those in the folders of `look_for_scenarios_in`."""
    return sorted({path.parent.name for place in (SCENARIOS, *_ELSEWHERE) for path in place.glob("*/scenario.toml")})


def shipped_ids() -> list[str]:
    """Ids of the scenarios that ship."""
    return sorted(path.parent.name for path in SCENARIOS.glob("*/scenario.toml"))


def home_of(scenario_id: str) -> Path:
    """The folder of a scenario that is here. Raises ScenarioError where there is none, or more than one."""
    found = [place / scenario_id for place in (SCENARIOS, *_ELSEWHERE) if scenario_id and (place / scenario_id / "scenario.toml").is_file()]
    if not found or "/" in scenario_id:
        raise ScenarioError(f"{scenario_id!r} is no scenario: expected one of {', '.join(scenario_ids())}")
    if not ID.fullmatch(scenario_id):
        raise ScenarioError(f"{scenario_id}: {found[0]}: expected a folder named in small letters, digits and hyphens")
    if len(found) > 1:
        raise ScenarioError(f"{scenario_id}: stands twice, in {' and in '.join(map(str, found))}: expected each id once")
    return found[0]


def code_here(scenario_id: str) -> str:
    """SHA-256 of the module that is here with a scenario under this id, "" where there is none."""
    try:
        own = Folder.at(home_of(scenario_id))
        _whole(read := _Tables(own), own, _folder_here)
    except (ScenarioError, OSError, ValueError):
        return ""
    return read.folder.code


def _folder_here(scenario_id: str) -> Folder | None:
    place = _place_of(scenario_id)
    return Folder.at(place) if place else None


def _place_of(scenario_id: str) -> Path | None:
    try:
        return home_of(scenario_id)
    except ScenarioError:
        return None


@lru_cache(maxsize=64)
def load_scenario(scenario_id: str) -> Scenario:
    """The scenario that is here under an id, with all its texts. Raises ScenarioError naming what is wrong, or the ids there are."""
    scenario = read_folder(home_of(scenario_id))
    if scenario.id != scenario_id:
        raise ScenarioError(f"{scenario_id}/scenario.toml: id = {scenario.id!r}: expected {scenario_id!r}, as its folder is called")
    return scenario
