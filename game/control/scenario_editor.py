"""A scenario's files as a form: the values that trainers change most, where each stands in its file, and the files with other values in them.

What may stand in a field is for the engine's check to say: nothing here knows it. Fields are named as the check names its keys.
"""

import datetime
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import tomlkit
from django.utils.translation import gettext_lazy

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
}
ENTRIES = 20  # of a file on a page
_WORDS = {"title", "effect", "subject", "body", "text", "opening", "sender", "caller", "label", "words", "what", "why", "story", "epilogue"}
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
    """What belongs together: a mail, a call, a table of numbers. `out`: what is sent to take it out of a deck, "" where it can not be."""

    title: str
    fields: list[Field]
    out: str = ""

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
    taken_out = [entry.out for entry in entries(files, file) if entry.out and entry.out in sent]
    if (wanted or taken_out) and not problems:
        content = own.get(file) if file == "scenario.toml" else (files / file).read_bytes()
        document = tomlkit.parse((content or b"").decode())
        for path, value in wanted.items():
            _put(document, path, value)
        for out in reversed(taken_out):
            del document["fault"][int(out.partition("/")[2])]
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
    for table, rows in _read(files, file).items():
        for place, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                title = f"{table} '{row['id']}'" if "id" in row else f"{table} {place + 1}"
                out = f"out/{place}" if (file, table) == ("faults.toml", "fault") and len(rows) > 1 else ""
                yield FieldGroup(title, list(_leaves(row, (table, place), title)), out)


def _leaves(value: Any, path: Path, title: str, last: str = "") -> Iterator[Field]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "args":  # of a lever: no words
                yield from _leaves(inner, (*path, key), title, key)
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        for place, inner in enumerate(value):
            yield from _leaves(inner, (*path, place), title)
    elif last in _TIMES | _WORDS and (isinstance(value, str) or (last in _TIMES and _of_texts(value))):
        yield Field(path, f"{title}: {'.'.join(map(str, path[2:]))}", value)


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
