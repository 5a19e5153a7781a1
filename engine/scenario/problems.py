"""What is wrong with a scenario's files, for whoever writes them: file, key, value, and what was expected."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import ValidationError

from engine.scenario.key_words import Schema, may_stand

_SHOWN = 80  # characters of a value
_FEW = 12  # keys that are named one by one
_EXPECTED = "expected "


class Problem(NamedTuple):
    """One of them. `value`: as it is written, "" where nothing is there."""

    file: str
    key: str
    value: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}{f' = {self.value}' if self.value else ''}: {_EXPECTED}{self.expected}"


class ScenarioError(ValueError):
    """A scenario's data is wrong: the message names file, key, value and what was expected of the first of its `problems`."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


def as_written(value: object) -> str:
    """A value as a message has it."""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def problem_of(file: str, said: str, key: str = "", value: str = "") -> Problem:
    """Of a sentence "what: expected so and so", at a key."""
    before, _, after = said.removeprefix("Value error, ").rpartition(_EXPECTED)
    before = before.strip(" :;,(")
    if value and before:
        return Problem(file, key, value, after if before == value else f"{after} ({before})")
    return Problem(file, ": ".join(filter(None, (key, before))) or "file", value, after)


def problems_of(error: ValidationError, data: object, schema: Schema, file: str) -> Iterator[tuple[Sequence[int | str], Problem]]:
    """(place in the data, problem) of everything that a model refused; `schema`: the model's, `data`: what it was given."""
    found = error.errors()
    for one in found:
        place, kind = one["loc"], one["type"]
        if kind == "too_short" and any(len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in found):
            continue  # it has as many as it should, and what is wrong with them is told: a refused entry does not count
        key, value = place_in(data, place), as_written(one["input"]) if isinstance(one["input"], str | int | float | bool) else ""
        if kind in ("value_error", "assertion_error"):
            yield place, problem_of(file, one["msg"], key, value)
        else:
            expected = _wanted(schema, place, kind, one["msg"])
            yield place, Problem(file, key or "file", "" if kind == "missing" else value or as_written(one["input"]), expected)


def _wanted(schema: Schema, place: Sequence[int | str], kind: str, said: str) -> str:
    node = _at(schema, place)
    if kind == "extra_forbidden":
        keys = sorted(_at(schema, place[:-1]).get("properties", {}))
        near = get_close_matches(str(place[-1]), keys, 3) or (keys if len(keys) <= _FEW else [])
        return unknown(near)
    words = "a table" if "properties" in node else may_stand(node) if node else said
    if kind in ("too_short", "too_long") and node.get("type") == "array":
        return f"{words} ({said})"
    return f"{words}: it is required" if kind == "missing" else words


def unknown(near: Sequence[str] = ()) -> str:
    """What was expected in place of a key that there is not."""
    there = f"one of {', '.join(near)}" if near else "a key that `manage.py scenario docs` lists"
    return f"{there}: nobody reads this one"


def place_in(data: object, place: Sequence[int | str]) -> str:
    """A place in the data, as people find it: an entry by its id, or else by its number from 1."""
    said = ""
    for part in place:
        inner: Any = None
        if isinstance(data, dict):
            inner = data.get(part)
        elif isinstance(data, list | tuple) and isinstance(part, int) and part < len(data):
            inner = data[part]
        elif data is not None:
            continue  # the name of an alternative
        name = next((inner[key] for key in ("id", "name", "symbol") if isinstance(inner.get(key), str)), None) if isinstance(inner, dict) else None
        if isinstance(part, int):
            said += f" {name!r}" if name and place[-1] != part else f" number {part + 1}"
        else:
            said += f".{part}" if said else part
        data = inner
    return said


def _at(schema: Schema, place: Sequence[int | str]) -> Schema:
    """What a schema says of a place; {} where it says nothing."""
    models = schema.get("$defs", {})
    nodes = [_open(schema, models)]
    for part in place:
        inner = [found for node in nodes for one in node if (found := _within(one, part)) is not None]
        if inner:  # else it is the name of an alternative
            nodes = [_open(one, models) for one in inner]
    return next((one for node in nodes for one in node), {})


def _open(node: Schema, models: Schema) -> list[Schema]:
    """A node, or those that it is made of, with what it refers to in its place."""
    if "$ref" in node:
        return [models[str(node["$ref"]).rpartition("/")[2]]]
    if any("$ref" in one for one in node.get("anyOf", ())):
        return [found for one in node["anyOf"] if one.get("type") != "null" for found in _open(one, models)]
    return [node]


def _within(node: Schema, part: int | str) -> Schema | None:
    if isinstance(part, int):
        fixed = node.get("prefixItems", [])
        found = fixed[part] if part < len(fixed) else node.get("items")
    else:
        found = node.get("properties", {}).get(part, node.get("additionalProperties"))
    return found if isinstance(found, dict) else None
