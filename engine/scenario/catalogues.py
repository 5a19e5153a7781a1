"""A scenario's texts in other languages: GNU gettext's `de.po` in its folder, by the English text.

A text is looked up in the scenario's own file, then in those of what it is based on, then in that of the shared glossary; what is in none is
English, and so is what was changed since it was translated. Nothing of it is part of a run: no fingerprint, event or row has a word of it.
`gettext`'s tools know the format; what is read of it here is an entry's comments, msgid and msgstr. One that is marked `fuzzy` does not count.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from string import Formatter
from typing import Any, NamedTuple

from pydantic import BaseModel

from engine.scenario.barrier_texts import Barrier, ChecklistItem
from engine.scenario.deposit_texts import Deposit
from engine.scenario.duty_texts import Duty
from engine.scenario.epilogue_texts import Contrast, Epilogue, FaultSigns, Passage, Reading
from engine.scenario.evidence_models import (
    CallText,
    Headline,
    HintText,
    Planned,
    PlannedAlert,
    Quotes,
    RejectLayout,
    Reply,
    Standing,
    StateMail,
)
from engine.scenario.evidence_texts import EvidenceTexts
from engine.scenario.fault_texts import FaultText
from engine.scenario.folders import File, Folder
from engine.scenario.glossary import SHARED, Term
from engine.scenario.guide_texts import GuideStep, GuideTexts
from engine.scenario.inject_texts import InjectAlert, InjectCall, InjectMail, InjectText
from engine.scenario.objective_texts import Objective
from engine.scenario.parts import Block, BlockBid, CapitalOffer, Cause, DeskTitle, Door, Fact, FrontPage, Hotfix, Told
from engine.scenario.problems import Problem, as_written
from engine.scenario.release_texts import Change, Diff, ReleaseNote, Ticket
from engine.scenario.second_act import ActText
from engine.scenario.versions import Version

# What of a scenario is words for people. The rest is names, numbers, conditions and code; lines of logs are what a machine writes, and are
# searched as it wrote them: English in every language.
TRANSLATED: dict[type[BaseModel], tuple[str, ...]] = {
    ActText: ("story", "epilogue"),
    Barrier: ("label", "stops"),
    Block: ("says_better", "says_worse"),
    BlockBid: ("bank", "says"),
    CallText: ("caller", "opening"),
    CapitalOffer: ("lender", "says"),
    Cause: ("label",),
    Change: ("title", "who", "state"),
    ChecklistItem: ("text",),
    Contrast: ("title", "then", "source"),
    Deposit: ("called", "unmet", "met"),
    DeskTitle: ("title", "short"),
    Diff: ("title",),
    Door: ("name", "line", "teaches"),
    Duty: ("label", "otherwise"),
    Epilogue: ("lead", "model"),
    Fact: ("of", "figure"),
    FaultSigns: ("brief",),
    FaultText: ("story", "epilogue"),
    FrontPage: ("headline", "lead"),
    GuideStep: ("title", "text"),
    GuideTexts: ("after",),
    Headline: ("text",),
    HintText: ("text",),
    Hotfix: ("note",),
    InjectAlert: ("text",),
    InjectCall: ("caller", "opening"),
    InjectMail: ("sender", "subject", "body"),
    InjectText: ("title", "effect", "text", "opening", "headline"),
    Objective: ("title", "text"),
    Passage: ("title", "text", "source"),
    Planned: ("sender", "subject", "body", "params"),
    PlannedAlert: ("text", "params"),
    Quotes: tuple(Quotes.model_fields),
    Reading: ("title", "text", "source", "assumes", "shares_per_min", "loss"),
    RejectLayout: ("body",),
    ReleaseNote: ("note",),
    Reply: ("text",),
    Standing: tuple(Standing.model_fields),
    StateMail: ("sender", "subject", "body"),
    Term: ("words", "text"),
    Ticket: ("title", "who", "state"),
    Told: ("firm", "behaviours", "day"),
    Version: ("note",),
}
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
LANGUAGE_FILE = re.compile(rf"{LANGUAGE.pattern}\.po")
_EVIDENCE = ("planned", "mails", "calls", "headlines", "hints", "rejects", "standing", "quotes", "injects")  # parts with texts
_NO_WORDS = re.compile(r"[A-Z0-9_.-]+|[\w.]*[-_][\w.-]*")  # 8, CTA-A1, batch-control: what machines call each other
_HAS_WORDS = re.compile(r"[^\W\d_]{2}")
_PARTS = ("msgid", "msgstr")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "r": "\r"}
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_FUZZY = "#, fuzzy\n"
_HEADER = '"Language: {code}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'


class Translation(NamedTuple):
    """A text and its translation, "" where it has none; `line` is where it begins in its file, 0 where it is not from one."""

    english: str
    told: str
    fuzzy: bool = False
    line: int = 0


class CatalogueError(ValueError):
    """A file is no catalogue: `problem` names it, the line, what stands there and what was expected."""

    def __init__(self, file: str, line: int, shown: str, expected: str) -> None:
        self.problem = Problem(file, f"line {line}", shown, expected)
        super().__init__(str(self.problem))


def file_of(code: str) -> str:
    """What the file of a language is called in a scenario's folder."""
    return f"{code}.po"


def read_po(file: File) -> list[Translation]:
    """The entries of a catalogue, without its header and what is obsolete; none where there is no file. Raises CatalogueError."""
    if not file.is_file():
        return []
    try:
        rows = file.read_text().removeprefix("\ufeff").split("\n")
    except UnicodeDecodeError as error:
        raise CatalogueError(file.name, 1, f"byte {error.start}", "UTF-8") from None
    found, reader = dict[str, Translation](), _Reader(file.name)
    for one in filter(None, (*(reader.read(number, row.strip()) for number, row in enumerate(rows, 1)), reader.done(len(rows)))):
        if one.english in found:
            raise CatalogueError(file.name, one.line, as_written(one.english), "each text once")
        found[one.english] = one
    found.pop("", None)  # its header
    return [*found.values()]


class _Reader:
    """A catalogue's entries, from its lines."""

    def __init__(self, file: str) -> None:
        self.file, self.parts, self.key = file, dict[str, str](), ""
        self.line, self.fuzzy = 1, False

    def done(self, line: int) -> Translation | None:
        """The entry that ends before a line, where one does."""
        parts, fuzzy = self.parts, self.fuzzy
        self.parts, self.key, self.fuzzy = {}, "", False
        if parts and len(parts) != len(_PARTS):
            raise CatalogueError(self.file, line, "", "a msgstr after each msgid")
        return Translation(parts["msgid"], parts["msgstr"], fuzzy, self.line) if parts else None

    def read(self, line: int, row: str) -> Translation | None:
        """Take a line in; the entry that it ends."""
        ended = self.done(line) if "msgstr" in self.parts and row.startswith(("#", "msgid")) else None
        if not row or row.startswith("#"):
            self.fuzzy = not row.startswith("#~") and (self.fuzzy or (row.startswith("#,") and "fuzzy" in row))  # #~: what was marked is obsolete
            return ended
        name, _, _ = row.partition('"')
        key, quoted = name.strip() or self.key, _QUOTED.fullmatch(row[len(name) :])
        if not quoted or not key or (name.strip() and key != _PARTS[len(self.parts) % 2]):
            raise CatalogueError(self.file, line, as_written(row), 'msgid "..." and then msgstr "...", a text in quotation marks on each line')
        if name.strip():
            self.key, self.parts[key] = key, ""
            self.line = line if key == "msgid" else self.line
        self.parts[key] += re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), quoted[1])
        return ended


def write_po(code: str, entries: Iterable[tuple[str, str, str, bool]], obsolete: Iterable[tuple[str, str]]) -> str:
    """A catalogue of (where it stands, text, translation, whether that is fuzzy), and of what was translated once and no text says any more."""
    parts = [f'msgid ""\nmsgstr ""\n{_HEADER.format(code=code)}']
    for where, english, told, fuzzy in entries:
        parts.append(f"#. {where}\n{_FUZZY * fuzzy}msgid {_quoted(english)}\nmsgstr {_quoted(told)}\n")
    for english, told in obsolete:
        old = f"msgid {_quoted(english)}\nmsgstr {_quoted(told)}\n"
        parts.append("".join(f"#~ {row}\n" for row in old.splitlines()))
    return "\n".join(parts)


def _quoted(text: str) -> str:
    """As gettext writes it: a line of the text a line."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\r", "\\r")
    rows = [f"{row}\\n" for row in plain.split("\n")[:-1]] + [plain.split("\n")[-1]]
    rows = rows if rows[-1] else rows[:-1]
    return f'"{"".join(rows)}"' if len(rows) < 2 else "\n".join(['""', *(f'"{row}"' for row in rows)])


# -- what a scenario says


def walked(model: BaseModel, tell: Callable[[str, str], str], where: str = "") -> BaseModel:
    """The same with `tell(where it stands, text)` in place of each text that people read; what says nothing stays the very same object."""
    read, changed = TRANSLATED.get(type(model), ()), dict[str, Any]()
    own = getattr(model, "id", None) or getattr(model, "key", None)
    here = f"{where}.{own}" if own and where else where
    for name in type(model).model_fields:  # and not what is worked out from them
        value = getattr(model, name)
        place = f"{here}.{name}" if here else name
        told = _texts(value, tell, place) if name in read else _parts(value, tell, place)
        if told is not value:
            changed[name] = told
    return model.model_copy(update=changed) if changed else model


def _texts(value: Any, tell: Callable[[str, str], str], where: str) -> Any:
    if isinstance(value, str):
        return tell(where, value) if has_words(value) else value
    return _parts(value, tell, where, _texts)


def has_words(text: str) -> bool:
    """Whether there is something to translate: not in what only puts together what fills it, nor in what machines call each other."""
    return bool(_HAS_WORDS.search(re.sub(r"{[^{}]*}", "", text))) and not _NO_WORDS.fullmatch(text)


def _parts(value: Any, tell: Callable[[str, str], str], where: str, of: Callable[..., Any] | None = None) -> Any:
    if isinstance(value, BaseModel):
        return walked(value, tell, where)
    inner = of or _parts
    if isinstance(value, tuple | list):
        found = [inner(one, tell, where) for one in value]
        return type(value)(found) if any(new is not old for new, old in zip(found, value, strict=True)) else value
    if isinstance(value, dict):
        pairs = {key: inner(one, tell, f"{where}.{key}") for key, one in value.items()}
        return pairs if any(pairs[key] is not value[key] for key in pairs) else value
    return value


def evidence_in_words(texts: EvidenceTexts, tell: Callable[[str, str], str]) -> EvidenceTexts:
    """The same of a scenario's mails, calls and alerts."""
    parts = {name: getattr(texts, name) for name in _EVIDENCE}
    told = {name: _parts(value, tell, name) for name, value in parts.items()}
    return replace(texts, **told, reject_subject=tell("reject.subject", texts.reject_subject))


# -- what a translator says


def placeholders(text: str) -> list[str] | None:
    """What fills a text, in alphabetical order, with how it is written; None where its braces are no placeholders."""
    try:
        parts = [(name, f"!{how}" if how else "", f":{spec}" if spec else "") for _, name, spec, how in Formatter().parse(text) if name is not None]
        return sorted("{" + "".join(part) + "}" for part in parts)
    except ValueError:
        return None


def agree(english: str, told: str) -> bool:
    """Whether a translation is filled as its text is: each placeholder once or more, and no other."""
    ours, theirs = placeholders(english), placeholders(told)
    return ours is None if theirs is None else set(ours or ()) == set(theirs)


def catalogues_in(files: Folder) -> dict[str, list[Translation]]:
    """The entries of each language that a scenario's own folder has a file of. Raises CatalogueError."""
    return {name.removesuffix(".po"): read_po(files / name) for name in files.own if LANGUAGE_FILE.fullmatch(name)}


def catalogue(files: Folder, code: str) -> Mapping[str, str]:
    """Text -> translation, as far as a scenario's files and those that they are over go; what is filled otherwise than its English is left out."""
    found: dict[str, str] = {}
    for file in (shared_file(code), *(own_file(folder, code) for folder in reversed(files.line))):
        found |= {one.english: one.told for one in read_po(file) if one.told and not one.fuzzy and agree(one.english, one.told)}
    return found


def own_file(files: Folder, code: str) -> File:
    """A language's file in a scenario's own folder."""
    return File(file_of(code), files.own.get(file_of(code)))


def shared_file(code: str) -> File:
    """The file of a language for the shared glossary."""
    path = SHARED.parent / file_of(code)
    return File(path.name, path.read_bytes() if LANGUAGE.fullmatch(code) and path.is_file() else None)
