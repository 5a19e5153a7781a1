"""Every key of a scenario's files with its bounds, told as Markdown from the models that check them."""

from collections.abc import Iterable, Iterator, Mapping

from engine.firm.phone import CARRIED_OUT
from engine.scenario.conditions import COMPARISONS, FILLS, FLAGS, NUMBERS, WEEK_NUMBERS
from engine.scenario.evidence_models import (
    LOG_FIELDS,
    LOG_KINDS,
    PLANNED_FIELDS,
    REJECT_FIELDS,
    CallText,
    Frozen,
    Headline,
    HintText,
    LogLine,
    Planned,
    PlannedAlert,
    Quota,
    Quotes,
    RejectLayout,
    Standing,
    StateMail,
    WeekQuota,
    When,
)
from engine.scenario.evidence_texts import EVENING_MACHINES, EVENING_PEOPLE, MACHINES, PEOPLE
from engine.scenario.inject_texts import InjectText
from engine.scenario.key_words import Schema, may_stand
from engine.scenario.scenario import FILES, Scenario

Table = tuple[str, str, type[Frozen], Mapping[str, object]]  # file, table as TOML writes it, model, defaults other than the model's


class _Said(str):
    """What holds where a key is left out, where that is no value of its own."""


_STARTS, _CLOSES = _Said("the day's `start`"), _Said("the day's `close`")
_SENT, _HELD = {"from": _STARTS, "to": _Said("five minutes before the day's `close`")}, {"from": _STARTS, "to": _CLOSES}
_IN_THE_WEEK = {"from": _Said("the first evening's `evening_from`"), "to": _Said("the last evening's `evening_to`")}

TEXTS: tuple[Table, ...] = (
    ("mail.toml", "[plan.<desk>]", Quota, {}),
    ("mail.toml", "[[machines]]", Planned, {**_SENT, **MACHINES}),
    ("mail.toml", "[[people]]", Planned, {**_SENT, **PEOPLE}),
    ("mail.toml", "[[thread]]", Planned, {**_SENT, **PEOPLE}),
    ("mail.toml", "[[state]]", StateMail, _HELD),
    ("mail.toml", "[[rejects]]", RejectLayout, {}),
    ("calls.toml", "[alerts]", Standing, {}),
    ("calls.toml", "[quotes]", Quotes, {}),
    ("calls.toml", "[[alert]]", PlannedAlert, {}),
    ("calls.toml", "[[call]]", CallText, _HELD),
    ("calls.toml", "[[headline]]", Headline, _HELD),
    ("week.toml", "[plan.<desk>]", WeekQuota, {}),
    ("week.toml", "[[machines]]", Planned, {**_IN_THE_WEEK, **EVENING_MACHINES}),
    ("week.toml", "[[people]]", Planned, {**_IN_THE_WEEK, **EVENING_PEOPLE}),
    ("week.toml", "[[state]]", StateMail, _IN_THE_WEEK),
    ("week.toml", "[[call]]", CallText, _IN_THE_WEEK),
    ("hints.toml", "[[hint]]", HintText, _HELD),
    ("injects.toml", "[[inject]]", InjectText, {}),
    ("logs.toml", "[<kind of line>]", LogLine, {}),
)


def scenario_keys() -> str:
    """All of them: a heading a file, a table of keys a TOML table."""
    return "\n".join(_Keys().lines()) + "\n"


class _Keys:
    """What has been told already, so that a table which stands in several files is told once."""

    def __init__(self) -> None:
        self.told: dict[str, tuple[str, Mapping[str, object]]] = {}  # model -> where its keys are, and the other defaults there

    def lines(self) -> Iterator[str]:
        schema = Scenario.model_json_schema()
        own = {file: schema["properties"].pop(name) for name, file in FILES.items()}
        yield "### scenario.toml"
        yield from self._table("scenario.toml", "", schema, schema["$defs"], {})
        for file, part in own.items():
            yield f"\n### {file}"
            if file.endswith(".csv"):
                yield "\nColumns, in this order:"
                yield from self._rows(schema["$defs"][_model(part)], schema["$defs"], {})
            else:
                yield from self._table(file, "", schema["$defs"][_model(part)], schema["$defs"], {})
        last = ""
        for file, name, model, other in TEXTS:
            if file != last:
                yield f"\n### {file}"
            last = file
            schema = model.model_json_schema()
            yield from self._table(file, name, schema, schema.get("$defs", {}), other)
        yield from _small_languages()

    def _table(self, file: str, name: str, schema: Schema, models: Schema, other: Mapping[str, object]) -> Iterator[str]:
        """A table's keys, and then the tables within it."""
        if name:
            yield f"\n#### `{name}`"
            if schema["title"] in self.told:
                where, before = self.told[schema["title"]]
                plain = {key: value.get("default") for key, value in schema["properties"].items()}
                here, there = {**plain, **other}, {**plain, **before}
                changed = [f"`{key}` is {_default(here[key])}" for key in plain if here[key] != there[key]]
                yield f"\nThe same keys as {where}" + (f", but what is left out differs: {', '.join(changed)}." if changed else ".")
                return
            self.told[schema["title"]] = f"`{name}` in `{file}`", other
            if "description" in schema:
                yield "\n" + " ".join(schema["description"].split())
        yield from self._rows(schema, models, other)
        for key, value in schema["properties"].items():
            if inner := _model(value):
                yield from self._table(file, _within(name, key, value), models[inner], models, {})

    def _rows(self, schema: Schema, models: Schema, other: Mapping[str, object]) -> Iterator[str]:
        """The keys that are no tables themselves."""
        rows = {key: value for key, value in schema["properties"].items() if not _model(value)}
        if not rows:
            return
        yield "\n| key | what may stand there | left out |\n|---|---|---|"
        for key, value in rows.items():
            required = key in schema.get("required", ()) and key not in other
            left_out = "required" if required else _default(other.get(key, value.get("default")))
            empty = ", or nothing" if required and {"type": "null"} in value.get("anyOf", ()) else ""
            yield f"| `{key}` | {may_stand(value)}{empty} | {left_out} |"


def _small_languages() -> Iterator[str]:
    """What conditions, acts and placeholders may be."""
    yield "\n### Conditions, in `when`"
    yield "\n" + " ".join((When.__doc__ or "").split())
    compared = f"a comparison (`{'`, `'.join(COMPARISONS)}`) such as `volume_ratio > 2`"
    yield f"\nA condition is a flag, `not` and a flag, `act` and the id of a second act, or {compared}."
    yield f"\n* Flags: {_names(FLAGS)}."
    yield f"* Numbers: {_names(NUMBERS)}."
    yield f"* Numbers of the week, which are flags too (above 0): {_names(WEEK_NUMBERS)}."
    yield "\n### Acts, in `does`\n\n| act | what it does |\n|---|---|"
    for name, do in sorted(CARRIED_OUT.items()):
        words = " ".join((name, *(f"<{part}>" for part in do.__code__.co_varnames[1 : do.__code__.co_argcount])))
        yield f"| `{words}` | {' '.join((do.__doc__ or '').split())} |"
    yield "\n### Placeholders\n"
    yield f"* Texts that speak of the run: {_names(f'{{{name}}}' for name in FILLS)}."
    yield f"* Mails and alerts that the seed plans: {_names(f'{{{name}}}' for name in sorted(PLANNED_FIELDS))}, and the entry's own `params`."
    yield f"* Log lines: {_names(f'{{{name}}}' for name in sorted(LOG_FIELDS))}; their kinds are {_names(LOG_KINDS)}."
    yield f"* Reject mails: {_names(f'{{{name}}}' for name in sorted(REJECT_FIELDS))}."
    yield "* An inject's texts: those of the run, and what the inject `takes`; its acts: what it takes, and `{desk}`."


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _within(name: str, key: str, value: Schema) -> str:
    """A table inside another, as TOML writes it."""
    inner = f"{name.strip('[]')}.{key}".lstrip(".")
    if "additionalProperties" in value:
        return f"[{inner}.<name>]"
    return f"[[{inner}]]" if value.get("type") == "array" else f"[{inner}]"


def _model(value: Schema) -> str:
    """The model of a table, of a list of tables or of tables by name; "" for plain values."""
    for part in (value, value.get("items"), value.get("additionalProperties"), *value.get("anyOf", ())):
        if isinstance(part, dict) and "$ref" in part:
            return str(part["$ref"]).rpartition("/")[2]
    return ""


def _default(value: object) -> str:
    """What holds where a key is left out."""
    if value is None:
        return "none"
    if isinstance(value, _Said):
        return str(value)
    if value in ("", [], {}, ()):
        return "empty"
    if isinstance(value, list):
        return ", ".join(map(_default, value))
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
