"""A scenario's files as a form: the values that trainers change most, where each stands in its file, and the files with other values in them.

What may stand in a field is for the engine's check to say: nothing here knows it. Fields are named as the check names its keys.
"""

import copy
import datetime
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import count
from string import ascii_lowercase
from typing import Any, NamedTuple

import tomlkit
from django.utils.translation import gettext, gettext_lazy

import engine
from game.control.editor_words import of_field, of_group

PARTS = {
    "scenario.toml": gettext_lazy("Names, days and costs"),
    "mail.toml": gettext_lazy("Mails"),
    "calls.toml": gettext_lazy("Calls, alerts and headlines"),
    "week.toml": gettext_lazy("The evenings"),
    "injects.toml": gettext_lazy("Injects"),
    "faults.toml": gettext_lazy("Faults"),
    "hints.toml": gettext_lazy("Hints"),
    "guide.toml": gettext_lazy("The lesson's steps"),
    "objectives.toml": gettext_lazy("Learning objectives"),
    "lab.toml": gettext_lazy("Safeguards"),
    "epilogue.toml": gettext_lazy("The epilogue"),
    "front.toml": gettext_lazy("The start page"),
}
ENTRIES = 20  # of a file on a page
_WORDS = {
    "title", "effect", "subject", "body", "text", "opening", "sender", "caller", "label", "words", "what", "why", "story", "epilogue", "source",
    "headline", "lead", "name", "line", "teaches", "of", "figure", "then",
}  # fmt: skip
_COUNTS = {"minutes", "within_min"}
_PLANNED = ("machines", "people", "thread")  # mails of which every one has a text of its own
_TIMES = {"at", "from", "to", "times"}
_TABLES = ("told", "calendar", "costs")  # of scenario.toml, whole; and of its market the hours
_HOURS = ("open", "bell_end")
Path = tuple[str | int, ...]


class Field(NamedTuple):
    """A value. `key`: as the check calls it; `name`: in the form."""

    path: Path
    key: str
    value: Any

    @property
    def name(self) -> str:
        """What it is sent under."""
        return "/".join(map(str, self.path))

    @property
    def label(self) -> str:
        """Its key within its entry."""
        return self.key.rpartition(": ")[2]

    @property
    def words(self) -> str:
        """What the form calls it."""
        return of_field(self.label)

    @property
    def text(self) -> str:
        """The value as it is typed."""
        return ", ".join(map(str, self.value)) if isinstance(self.value, list) else str(self.value)

    @property
    def long(self) -> bool:
        """Whether it wants more than a line."""
        return isinstance(self.value, str) and (len(self.value) > 60 or "\n" in self.value)


class FieldGroup(NamedTuple):
    """What belongs together: a mail, a call, a table of numbers. `place`: which row of which table of its file it is, "" where it is none."""

    title: str
    fields: list[Field]
    place: str = ""
    alone: bool = False  # the only one of its table, which has to have one

    @property
    def out(self) -> str:
        """What is sent to take it out, "" where that cannot be."""
        return f"out/{self.place}" if self.place and not self.alone else ""

    @property
    def words(self) -> str:
        """What the form calls it."""
        return of_group(self.title)


def parts(scenario: engine.Scenario) -> dict[str, Any]:
    """The files that have something to change, and what they are called."""
    return {name: title for name, title in PARTS.items() if name in scenario.files.names}


def entries(files: engine.Folder, file: str) -> list[FieldGroup]:
    """Everything of a file that can be changed. Raises ValueError where it is no TOML."""
    return [entry for entry in (_numbers(files) if file == "scenario.toml" else _texts(files, file)) if entry.fields]


def changed(files: engine.Folder, file: str, sent: Mapping[str, str]) -> tuple[engine.Folder, list[engine.Problem]]:
    """The files with what was typed in place of what it differs from, and what cannot stand there at all. What is as in the base is not said
    again, and a file in which nothing differs from the base's is not kept.
    """
    wanted: dict[Path, Any] = {}
    problems = []
    for entry in entries(files, file):
        for field in entry.fields:
            typed = sent.get(field.name, field.text).replace("\r\n", "\n").replace("\r", "\n")  # as forms send the ends of lines
            if typed == field.text:
                continue
            try:
                wanted[field.path] = _typed(field.value, typed)
            except ValueError:
                expected = "a date" if "date" in repr(field.value) else "a number"
                problems.append(engine.Problem(file, field.key, repr(typed[:60]), expected))
    own = dict(files.own)
    rows = {entry.place: entry for entry in entries(files, file) if entry.place}
    taken_out = [_row(place) for place, entry in rows.items() if entry.out and entry.out in sent]
    doubled = _row(again) if (again := sent.get("again", "")) in rows else None
    if (wanted or taken_out or doubled) and not problems:
        content = own.get(file) if file == "scenario.toml" else (files / file).read_bytes()
        document = tomlkit.parse((content or b"").decode())
        for path, value in wanted.items():
            _put(document, path, value)
        for table, place in sorted([*taken_out, *filter(None, [doubled])], reverse=True):
            if (table, place) == doubled:
                _double(document[table], place, gettext("Write your own text here.") if table in _PLANNED else "")
            if (table, place) in taken_out:
                del document[table][place]
        own[file] = document.as_string().encode()
        if file != "scenario.toml" and files.base is not None and file in files.base.names and _read(files.base, file) == _parsed(own[file]):
            del own[file]
    return engine.Folder(files.name, own, files.base, files.code), problems


def beside(fields: list[Field], problem: engine.Problem) -> Field | None:
    """The field that a problem of its file speaks of; None where it is about something else."""
    key = re.sub(r" number (\d+)", lambda found: f".{int(found[1]) - 1}", problem.key)
    exact = (field for field in fields if field.key == key)
    if key.startswith("planned '"):  # what the check calls mails of machines and of people, which the seed plans
        planned = key.removeprefix("planned")
        exact = (field for field in fields if field.key.partition(" ")[2] == planned.strip() and field.key.startswith(("machines ", "people ")))
    return next(exact, next((field for field in fields if re.sub(r"\.\d+\.", ".", field.key) == key), None))


def _numbers(files: engine.Folder) -> Iterator[FieldGroup]:
    """The tables of scenario.toml, as they hold: each folder's over those of what it is based on."""
    data: dict[str, Any] = {}
    for folder in reversed(files.line):
        _over(data, _parsed(folder.own["scenario.toml"]))
    yield FieldGroup("scenario", [Field(("title",), "title", data["title"])])
    hours = engine.Days().model_dump() | {"evenings": [*engine.Days().evenings]}  # start and length, whether or not a file names them
    data["calendar"] = hours | data.get("calendar", {})
    for table in (*_TABLES, "market"):
        found = data.get(table, {})
        yield FieldGroup(table, list(_plain(found if table != "market" else {key: found[key] for key in _HOURS if key in found}, (table,))))


def _plain(data: Mapping[str, Any], path: Path) -> Iterator[Field]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _plain(value, (*path, key))
        elif not isinstance(value, bool) and (not isinstance(value, list) or all(isinstance(one, datetime.date) for one in value)):
            yield Field((*path, key), ".".join(map(str, (*path, key))), value)


def _texts(files: engine.Folder, file: str) -> Iterator[FieldGroup]:
    content = _read(files, file)
    yield FieldGroup("whole", [Field((key,), key, value) for key, value in content.items() if key in _WORDS and isinstance(value, str)])
    for table, rows in content.items():
        if table == "door":  # of all single tables the one that holds words for people
            yield FieldGroup(table, list(_leaves(rows, (table,), table)))
        for place, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                title = f"{table} '{row['id']}'" if "id" in row else f"{table} {place + 1}"
                yield FieldGroup(title, list(_leaves(row, (table, place), title)), "" if table == "lesson" else f"{table}/{place}", len(rows) == 1)


def _leaves(value: Any, path: Path, title: str, last: str = "") -> Iterator[Field]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "args":  # of a lever: no words
                yield from _leaves(inner, (*path, key), title, key)
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        for place, inner in enumerate(value):
            yield from _leaves(inner, (*path, place), title)
    elif _typable(last, value):
        yield Field(path, f"{title}: {'.'.join(map(str, path[2:])) or last}", value)


def _row(place: str) -> tuple[str, int]:
    table, _, number = place.rpartition("/")
    return table, int(number)


def _letters() -> Iterator[str]:
    """b to z, bb to zz and so on: some ids take no figures."""
    return (letter * times for times in count(1) for letter in ascii_lowercase[1:])


def _double(rows: Any, place: int, text: str) -> None:
    """Put a row behind itself once more, under an id that no other has; `text`: what its own begins with, "" where it may be the same."""
    row = copy.deepcopy(rows[place])
    if "id" in row:
        taken = {str(one.get("id")) for one in rows}
        joint = "_" if "replies" in row or any("_" in name for name in taken) else "-"  # ids of calls and injects have the one, others the other
        row["id"] = next(name for letter in _letters() if (name := f"{row['id']}{joint}{letter}") not in taken)
        for reply in row.get("replies", ()):
            reply["key"] = f"{row['id']}.{reply['key'].rpartition('.')[2]}"
    if text:
        row["body"] = f"{text}\n{row['body']}"
    rows.insert(place + 1, row)


def _typable(key: str, value: Any) -> bool:
    if key in _COUNTS:
        return type(value) in (int, float)
    return key in _TIMES | _WORDS and (isinstance(value, str) or (key in _TIMES and _of_texts(value)))


def _of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _typed(before: Any, text: str) -> Any:
    """What was typed, as what stands there now is. Raises ValueError."""
    if isinstance(before, list):
        return [_typed(before[0] if before else "", one.strip()) for one in text.split(",") if one.strip()]
    if isinstance(before, datetime.date):
        return datetime.date.fromisoformat(text.strip())
    if isinstance(before, float):
        if not math.isfinite(number := float(text)):
            raise ValueError(text)
        return number
    return int(text.replace("_", "")) if isinstance(before, int) else text


def _put(document: Any, path: Path, value: Any) -> None:
    """Put a value where it stands, with what is around it as it was."""
    place = document
    for key in path[:-1]:
        if isinstance(place, dict) and key not in place:
            place[key] = tomlkit.table()
        place = place[key]
    place[path[-1]] = tomlkit.string(value, multiline="\n" in value) if isinstance(value, str) else value


def _over(data: dict[str, Any], own: Mapping[str, Any]) -> None:
    for key, value in own.items():
        if isinstance(value, dict) and isinstance(data.get(key), dict):
            _over(data[key], value)
        else:
            data[key] = value


def _read(files: engine.Folder, file: str) -> dict[str, Any]:
    return _parsed((files / file).read_bytes())


def _parsed(content: bytes) -> dict[str, Any]:
    return tomllib.loads(content.decode())
