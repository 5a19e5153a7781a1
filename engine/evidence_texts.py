"""Texts of the evidence: what a scenario's mail.toml, calls.toml and logs.toml may hold, checked once at load.

A wrong or missing value is refused with an `EvidenceError` that names file, entry, key, value and what was
expected. Nothing here knows about a run; what is said when is decided in `evidence_plan` and `evidence_rules`.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from engine.evidence_rules import FILLS, Condition, parse_condition
from engine.market_time import CLOSE, step_at

Desk = Literal["operator", "deployer", "risk"]
Group = Literal["machines", "people"]

# The machine's mails never say which of the eight servers wrote them: only a log does.
HOST = re.compile(r"SMARS[-_ ]?\d|\bservers?[ -]?\d|\bhosts?\b|\bhostname\b|\bserver name\b", re.IGNORECASE)

LOG_KINDS = ("child", "done", "refused", "reject", "parent", "started", "stopped", "copied", "heartbeat")
LOG_FIELDS = frozenset({"order", "symbol", "side", "qty", "filled", "price", "reason"})
REJECT_FIELDS = frozenset({"order", "symbol", "clock"})
PLANNED_FIELDS = frozenset({"symbol", "symbol2", "clock", "hm"})


class EvidenceError(ValueError):
    """Bad scenario text: `file`, `entry` (its id or place), `key`, `value` and what was `expected`."""

    def __init__(self, file: str, entry: str, key: str, value: object, expected: str) -> None:
        self.file, self.entry, self.key, self.value, self.expected = file, entry, key, value, expected
        shown = repr(value)
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        super().__init__(f"{file}: {entry}: {key} = {shown}: expected {expected}")


def _clock(text: str) -> str:
    if step_at(text) > CLOSE:
        raise ValueError(f"{text!r} lies after the close: expected 08:00 to 16:00")
    return text


Clock = Annotated[str, AfterValidator(_clock)]
Text = Annotated[str, Field(min_length=1)]
Params = dict[str, list[int] | list[str]]
M = TypeVar("M", bound="Frozen")


class Frozen(BaseModel):
    """Base of every entry: unknown keys are refused, nothing changes after load."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, strict=True)


class Planned(Frozen):
    """A mail whose time depends on the seed alone.

    `at`: sent once at each of these times, give or take `spread_s`. Without `at` it belongs to the pool: sent once in
    [from, to) and drawn again by `weight`, at most `times` in all. `burst` copies follow each other within seconds; a
    parameter named `each` then takes its values in order. `params`: two integers are a range, strings are a choice.
    """

    id: Text
    sender: Text
    subject: Text
    body: Text
    desk: Desk = "operator"
    group: Group = "machines"
    thread: str | None = None
    at: tuple[Clock, ...] = Field(default=(), strict=False)
    spread_s: int = Field(default=30, ge=0, le=1800)
    from_: Clock = Field(default="08:00", alias="from")
    to: Clock = "15:55"
    times: int = Field(default=1, ge=1, le=200)
    weight: int = Field(default=1, ge=1, le=100)
    burst: int = Field(default=1, ge=1, le=20)
    params: Params = {}


class PlannedAlert(Frozen):
    """An alert of the machines whose time depends on the seed alone: once at each `at`, give or take `spread_s`."""

    id: Text
    text: Text
    at: tuple[Clock, ...] = Field(min_length=1, strict=False)
    spread_s: int = Field(default=300, ge=0, le=3600)
    desk: Desk = "operator"
    params: Params = {}


class When(Frozen):
    """When something that speaks of the run is said: every condition of `when` true for `for_s` seconds, between `from`
    and `to`, and `delay_s` after the entry named in `after` (whose stock it keeps). At most once a run."""

    id: Text
    when: tuple[str, ...] = Field(min_length=1, strict=False)
    for_s: int = Field(default=0, ge=0)
    after: str | None = None
    delay_s: int = Field(default=0, ge=0)
    from_: Clock = Field(default="08:00", alias="from")
    to: Clock = "16:00"

    def conditions(self) -> tuple[Condition, ...]:
        """`when`, compiled; ValueError says what a condition may look like."""
        return tuple(parse_condition(text) for text in self.when)


class StateMail(When):
    sender: Text
    subject: Text
    body: Text
    desk: Desk = "operator"
    group: Group = "people"
    thread: str | None = None


class Reply(Frozen):
    key: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z_]+$")]
    text: Text


class CallText(When):
    desk: Desk
    caller: Text
    number: Text
    opening: Text
    ring_s: int = Field(ge=5, le=600)
    replies: tuple[Reply, ...] = Field(min_length=3, strict=False)


class Headline(When):
    text: Text


class RejectLayout(Frozen):
    id: Text
    body: Text


class Standing(Frozen):
    """Alerts of what changed in the run: a process that went down ({server}), sessions that were lost."""

    process_down: Text
    sessions_lost: Text
    firm_cut_off: Text


class LogLine(Frozen):
    level: Literal["INFO", "WARN", "ERROR"]
    text: Text
    with_reason: str | None = None


class Quota(Frozen):
    """Planned mails of one desk: means per phase; `spread` is how far a seed's count may lie from them."""

    premarket: int = Field(ge=0)
    bell: int = Field(ge=0)
    unwind: int = Field(ge=0)
    spread: int = Field(ge=0)


@dataclass(frozen=True, eq=False)
class EvidenceTexts:
    """Everything a scenario says, validated. `planned` keeps the order of the file: its index is part of a draw's key."""

    symbols: tuple[str, ...]
    quotas: dict[str, Quota]
    planned: tuple[Planned | PlannedAlert, ...]
    mails: tuple[StateMail, ...]
    calls: tuple[CallText, ...]
    headlines: tuple[Headline, ...]
    rejects: tuple[RejectLayout, ...]
    reject_sender: str
    reject_subject: str
    standing: Standing
    logs: dict[str, LogLine]


def sample_values(params: Params) -> dict[str, object]:
    """One value of each parameter: its first."""
    return {name: values[0] for name, values in params.items() if values}


class _File:
    """One TOML file while it is being read; knows how to say what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            self.data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise EvidenceError(self.name, "file", "path", str(path), "a file that exists") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise EvidenceError(self.name, "file", "syntax", str(error), "valid TOML in UTF-8") from None

    def known(self, *tables: str) -> None:
        for key in self.data:
            if key not in tables:
                raise EvidenceError(self.name, "file", key, "a table", "one of " + ", ".join(tables))

    def model(self, kind: type[M], entry: str, data: object) -> M:
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"]) or "entry"
            missing = first["type"] == "missing"
            said = "a value: it is required" if missing else first["msg"].removeprefix("Input should be ")
            raise EvidenceError(self.name, entry, key, None if missing else first["input"], said) from None

    def table(self, key: str) -> dict[str, Any]:
        table = self.data.get(key)
        if not isinstance(table, dict):
            raise EvidenceError(self.name, "file", key, table, f"a table [{key}]")
        return table

    def entries(self, kind: type[M], table: str, **defaults: object) -> list[M]:
        """Entries of [[table]], each a validated `kind`; `defaults` fill what an entry leaves out."""
        rows = self.data.get(table, [])
        if not isinstance(rows, list):
            raise EvidenceError(self.name, "file", table, rows, f"an array of tables [[{table}]]")
        found = []
        for number, row in enumerate(rows, start=1):
            name = row.get("id") if isinstance(row, dict) else None
            entry = f"{table} {name!r}" if name else f"{table} number {number}"
            found.append(self.model(kind, entry, {**defaults, **row} if isinstance(row, dict) else row))
        return found

    def fits(self, entry: str, key: str, text: str, values: dict[str, object]) -> None:
        """Refuse a placeholder nobody fills, or a format that does not suit its value."""
        try:
            names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
            for name in names:
                if name not in values:
                    raise EvidenceError(self.name, entry, key, "{" + name + "}", "a placeholder out of " + ", ".join(sorted(values)))
            text.format_map(values)
        except EvidenceError:
            raise
        except (ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
            raise EvidenceError(self.name, entry, key, text, f"a text with well-formed placeholders ({error})") from None

    def no_host(self, entry: str, **texts: str) -> None:
        for key, text in texts.items():
            found = HOST.search(text)
            if found:
                raise EvidenceError(self.name, entry, key, found[0], "a machine's text that names no server")


def _unique(file: _File, what: str, rows: Iterable[Any]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise EvidenceError(file.name, f"{what} {row.id!r}", "id", row.id, "an id used once")
        seen.add(row.id)


def _check_planned(file: _File, rows: Iterable[Planned | PlannedAlert]) -> None:
    said: dict[tuple[str, str], str] = {}
    for row in rows:
        entry = f"planned {row.id!r}"
        for name, values in row.params.items():
            numbers = bool(values) and isinstance(values[0], int)
            if not values or (numbers and (len(values) != 2 or values[0] > values[1])):  # type: ignore[operator]
                raise EvidenceError(file.name, entry, f"params.{name}", values, "two integers, low then high, or a list of strings")
        filled = dict.fromkeys(PLANNED_FIELDS, "X") | sample_values(row.params)
        if isinstance(row, PlannedAlert):
            file.fits(entry, "text", row.text, filled)
            continue
        file.fits(entry, "subject", row.subject, filled)
        file.fits(entry, "body", row.body, filled)
        if not row.at and step_at(row.to) - step_at(row.from_) < 240:
            raise EvidenceError(file.name, entry, "to", row.to, f"at least a minute after from = {row.from_}")
        if row.group == "machines":
            file.no_host(entry, subject=row.subject, body=row.body, sender=row.sender)
        twin = said.setdefault((row.subject, row.body), row.id)
        if twin != row.id:
            raise EvidenceError(file.name, entry, "body", row.body, f"a text of its own: {twin!r} says the same")


def _check_when(file: _File, what: str, rows: Iterable[When], *keys: str) -> None:
    """Conditions can be read, `after` names an earlier entry (so that a chain cannot be a ring), placeholders are known."""
    earlier: set[str] = set()
    for row in rows:
        entry = f"{what} {row.id!r}"
        for text in row.when:
            try:
                parse_condition(text)
            except ValueError as error:
                raise EvidenceError(file.name, entry, "when", text, str(error)) from None
        if row.after is not None and row.after not in earlier:
            raise EvidenceError(file.name, entry, "after", row.after, f"the id of a {what} entry above this one")
        earlier.add(row.id)
        for key in keys:
            file.fits(entry, key, getattr(row, key), dict(FILLS))


def _load_mail(folder: Path) -> tuple[_File, dict[str, Any]]:
    file = _File(folder / "mail.toml")
    file.known("names", "plan", "machines", "people", "thread", "state", "reject", "rejects")
    symbols = file.table("names").get("symbols")
    if not isinstance(symbols, list) or len(symbols) < 2 or not all(isinstance(name, str) and name for name in symbols):
        raise EvidenceError(file.name, "names", "symbols", symbols, "a list of at least two tickers")
    plan = file.table("plan")
    if sorted(plan) != ["deployer", "operator", "risk"]:
        raise EvidenceError(file.name, "plan", "desks", sorted(plan), "the tables deployer, operator and risk")
    planned = (
        file.entries(Planned, "machines", group="machines", times=8)
        + file.entries(Planned, "people", group="people")
        + file.entries(Planned, "thread", group="people")
    )
    mails = file.entries(StateMail, "state")
    layouts = file.entries(RejectLayout, "rejects")
    reject = file.table("reject")
    for key in ("sender", "subject"):
        if not isinstance(reject.get(key), str):
            raise EvidenceError(file.name, "reject", key, reject.get(key), "a string")
    if not layouts:
        raise EvidenceError(file.name, "file", "rejects", [], "at least one layout [[rejects]]")
    _unique(file, "planned", planned)
    _unique(file, "state", mails)
    _unique(file, "rejects", layouts)
    _check_planned(file, planned)
    _check_when(file, "state", mails, "subject", "body")
    for mail in mails:
        if mail.group == "machines":
            file.no_host(f"state {mail.id!r}", subject=mail.subject, body=mail.body, sender=mail.sender)
    for layout in layouts:
        file.fits(f"rejects {layout.id!r}", "body", layout.body, {"order": 1, "symbol": "X", "clock": "08:01:00.000"})
        file.no_host(f"rejects {layout.id!r}", body=layout.body)
    return file, {
        "symbols": tuple(symbols),
        "quotas": {desk: file.model(Quota, f"plan.{desk}", plan[desk]) for desk in sorted(plan)},
        "planned": tuple(planned),
        "mails": tuple(mails),
        "rejects": tuple(layouts),
        "reject_sender": reject["sender"],
        "reject_subject": reject["subject"],
    }


def _load_calls(folder: Path) -> dict[str, Any]:
    file = _File(folder / "calls.toml")
    file.known("alerts", "alert", "call", "headline")
    standing = file.model(Standing, "alerts", file.table("alerts"))
    file.fits("alerts", "process_down", standing.process_down, {"server": 1})
    alerts = file.entries(PlannedAlert, "alert")
    calls = file.entries(CallText, "call")
    headlines = file.entries(Headline, "headline")
    for what, rows in (("alert", alerts), ("call", calls), ("headline", headlines)):
        _unique(file, what, rows)
    _check_planned(file, alerts)
    _check_when(file, "call", calls, "opening")
    _check_when(file, "headline", headlines, "text")
    keys: set[str] = set()
    for call in calls:
        for reply in call.replies:
            if reply.key in keys:
                raise EvidenceError(file.name, f"call {call.id!r}", "replies.key", reply.key, "a key used once")
            keys.add(reply.key)
    return {"alerts": tuple(alerts), "calls": tuple(calls), "headlines": tuple(headlines), "standing": standing}


def load_logs(folder: Path) -> dict[str, LogLine]:
    """Log lines by kind, from `folder`/logs.toml. Raises EvidenceError."""
    file = _File(folder / "logs.toml")
    file.known(*LOG_KINDS)
    lines = {kind: file.model(LogLine, kind, file.table(kind)) for kind in LOG_KINDS}
    for kind, line in lines.items():
        for key, text in (("text", line.text), ("with_reason", line.with_reason)):
            if text is not None:
                file.fits(kind, key, text, dict.fromkeys(LOG_FIELDS, "X"))
    return lines


def load_evidence(folder: Path) -> EvidenceTexts:
    """All texts of the scenario in `folder`. Raises EvidenceError (a ValueError) at the first thing wrong."""
    _, mail = _load_mail(folder)
    calls = _load_calls(folder)
    planned = mail.pop("planned") + calls.pop("alerts")
    return EvidenceTexts(planned=planned, logs=load_logs(folder), **mail, **calls)
