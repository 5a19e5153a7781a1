"""Texts of the evidence: a scenario's mail.toml, calls.toml, hints.toml and logs.toml, checked once at load.

A wrong or missing value is refused with an `EvidenceError` that names file, entry, key, value and what was
expected. Nothing here knows about a run.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from pydantic import ValidationError

from engine.events import DESKS
from engine.market_time import STEPS_PER_MINUTE, Calendar
from engine.scenario.conditions import FILLS, parse_condition
from engine.scenario.evidence_models import (
    LOG_FIELDS,
    LOG_KINDS,
    PLANNED_FIELDS,
    QUOTE_FIELDS,
    REJECT_FIELDS,
    STANDING_FIELDS,
    CallText,
    Frozen,
    Headline,
    HintText,
    LogLine,
    Params,
    Planned,
    PlannedAlert,
    Quota,
    Quotes,
    RejectLayout,
    Reply,
    Standing,
    StateMail,
    WeekQuota,
    When,
    host_in,
)
from engine.scenario.folders import File, Folder
from engine.scenario.inject_texts import SAMPLE, InjectText
from engine.scenario.problems import Problem, as_written, problems_of, unknown
from engine.scenario.wordings import Wording, wordings_of

M = TypeVar("M", bound=Frozen)
T = TypeVar("T")
NOTHING: Mapping[str, object] = {}
UNNAMED: Mapping[str, str] = {}

# What entries of a table leave out, beside their times.
MACHINES: Mapping[str, object] = {"group": "machines", "times": 8}
PEOPLE: Mapping[str, object] = {"group": "people"}
EVENING_MACHINES: Mapping[str, object] = {"group": "machines", "times": 3}
EVENING_PEOPLE = PEOPLE
_LAST_MAIL = 5 * STEPS_PER_MINUTE  # before the close


def times_of(calendar: Calendar, kind: type[Frozen], *, week: bool = False) -> dict[str, str]:
    """From when until when an entry holds that does not say."""
    if week:
        first, last = calendar.evenings[0][4:], calendar.evenings[-1][4:]
        return {"from": f"{first} {calendar.evening_from}", "to": f"{last} {calendar.evening_to}"}
    if issubclass(kind, Planned):
        return {"from": calendar.hm(0), "to": calendar.hm(calendar.close - _LAST_MAIL)}
    return {"from": calendar.hm(0), "to": calendar.hm(calendar.close)} if issubclass(kind, When) else {}


class EvidenceError(ValueError):
    """Bad scenario text: `file`, `entry` (its id or place), `key`, `value` and what was `expected`; `all`: this, and what else is wrong."""

    def __init__(self, file: str, entry: str, key: str, value: object, expected: str) -> None:
        self.shown = value.value if isinstance(value, Problem) else "" if value is None else as_written(value)
        self.file, self.entry, self.key, self.value, self.expected = file, entry, key, value, expected
        self.all: tuple[EvidenceError, ...] = (self,)
        super().__init__(str(Problem(file, self.at, self.shown, expected)))

    @property
    def at(self) -> str:
        """Entry and key."""
        return f"{self.entry}: {self.key}"

    def first_of(self, found: "Sequence[EvidenceError]") -> "EvidenceError":
        """The same, with all that was found."""
        self.all = tuple(found)
        return self


@dataclass(frozen=True, eq=False)
class EvidenceTexts:
    """Everything a scenario says, validated. `planned` keeps the order of the file: its index is part of a draw's key."""

    calendar: Calendar
    symbols: tuple[str, ...]
    companies: Mapping[str, str]  # by symbol
    quotas: dict[str, Quota]
    planned: tuple[Planned | PlannedAlert, ...]
    mails: tuple[StateMail, ...]
    calls: tuple[CallText, ...]
    acts: dict[str, tuple[str, ...]]  # of every reply
    headlines: tuple[Headline, ...]
    hints: tuple[HintText, ...]
    rejects: tuple[RejectLayout, ...]
    reject_sender: str
    reject_subject: str
    reject_words: str  # of the subject, by which these mails are known
    standing: Standing
    quotes: Quotes
    logs: dict[str, LogLine]
    week_quotas: dict[str, WeekQuota] = field(default_factory=dict)
    injects: tuple[InjectText, ...] = ()

    def inject(self, name: str) -> InjectText:
        """A ready inject by its id. Raises StopIteration when there is none."""
        return next(text for text in self.injects if text.id == name)

    def call(self, name: str) -> CallText:
        """A call by its id. Raises StopIteration when there is none."""
        return next(text for text in self.calls if text.id == name)

    @cached_property
    def replies(self) -> dict[str, str]:
        """What can be said on the telephone, by the reply's key."""
        said = [call.replies for call in self.calls] + [inject.call.replies for inject in self.injects if inject.call]
        return {reply.key: reply.text for found in said for reply in found}

    @cached_property
    def wordings(self) -> dict[str, Wording]:
        """Every text that can be said in a run, by its id."""
        return wordings_of(self)

    def reached(self, text: InjectText) -> list[str]:
        """The desks that an inject can go to."""
        return text.reaches(self.call(text.rings).desk if text.rings else None)


def sample_values(params: Params) -> dict[str, object]:
    """One value of each parameter: its first."""
    return {name: values[0] for name, values in params.items() if values}


class _File:
    """One TOML file while it is being read; knows how to say what is wrong with it."""

    def __init__(self, path: File, calendar: Calendar, server: str = "") -> None:
        self.name, self.calendar, self.server = path.name, calendar, server
        self.found: list[EvidenceError] = []
        try:
            self.data: dict[str, object] = tomllib.loads(path.read_text())
        except FileNotFoundError:
            raise EvidenceError(self.name, "file", "path", path.name, "a file that exists") from None
        except (ValueError, RecursionError) as error:
            raise EvidenceError(self.name, "file", "syntax", str(error), "valid TOML in UTF-8") from None

    @contextmanager
    def noting(self) -> Iterator[None]:
        """What is refused within is noted, for `done` to raise, and the file is read on."""
        try:
            yield
        except EvidenceError as error:
            self.found += error.all

    def done(self) -> None:
        """Raises EvidenceError where something was noted."""
        if self.found:
            raise self.found[0].first_of(self.found)

    def known(self, *tables: str) -> None:
        for key in self.data:
            if key not in tables:
                self.found.append(EvidenceError(self.name, "file", key, None, unknown(tables)))

    def only(self, table: str, *keys: str) -> None:
        """Refuse a key of a table without a model that nobody reads."""
        for key, value in self.table(table).items():
            if key not in keys:
                self.found.append(EvidenceError(self.name, table, key, value, unknown(keys)))

    def model(self, kind: type[M], entry: str, data: object) -> M:
        try:
            return kind.model_validate(data, context={"calendar": self.calendar})
        except ValidationError as error:
            found = [
                EvidenceError(self.name, entry, problem.key if place else problem.key.replace("file", "entry"), problem, problem.expected)
                for place, problem in problems_of(error, data, kind.model_json_schema(), self.name)
            ]
            raise found[0].first_of(found) from None

    def table(self, key: str) -> dict[str, object]:
        table = self.data.get(key)
        if not isinstance(table, dict):
            raise EvidenceError(self.name, "file", key, table, f"a table [{key}]: it is required")
        return table

    def entries(self, kind: type[M], table: str, defaults: Mapping[str, object] = NOTHING, *, week: bool = False) -> list[M]:
        """Entries of [[table]], each a validated `kind`; `defaults` fill what an entry leaves out."""
        rows = self.data.get(table, [])
        if not isinstance(rows, list):
            raise EvidenceError(self.name, "file", table, rows, f"an array of tables [[{table}]]")
        found, times = [], times_of(self.calendar, kind, week=week)
        for number, row in enumerate(rows, start=1):
            name = row.get("id") if isinstance(row, dict) else None
            entry = f"{table} {name!r}" if name else f"{table} number {number}"
            with self.noting():
                found.append(self.model(kind, entry, {**times, **defaults, **row} if isinstance(row, dict) else row))
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
        host = host_in(self.server)
        for key, text in texts.items():
            found = host.search(text)
            if found:
                raise EvidenceError(self.name, entry, key, found[0], "a machine's text that names no server")


class _Named(Protocol):
    @property
    def id(self) -> str: ...


def _unique(file: _File, what: str, rows: "Iterable[_Named]") -> None:
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            file.found.append(EvidenceError(file.name, f"{what} {row.id!r}", "id", row.id, "an id used once"))
        seen.add(row.id)


def _check_planned(file: _File, rows: Iterable[Planned | PlannedAlert]) -> None:
    said: dict[tuple[str, str], str] = {}
    for row in rows:
        with file.noting():
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
            if not row.at and file.calendar.step_at(row.to) - file.calendar.step_at(row.from_) < STEPS_PER_MINUTE:
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
        with file.noting():
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


def _every_desk(file: _File, plan: dict[str, Any]) -> None:
    if sorted(plan) != sorted(DESKS):
        raise EvidenceError(file.name, "plan", "desks", sorted(plan), "the tables deployer, operator and risk")


def _desks(file: _File, kind: type[M]) -> dict[str, M]:
    """[plan.<desk>] of every desk."""
    with file.noting():
        plan = file.table("plan")
        _every_desk(file, plan)
        found: dict[str, M] = {}
        for desk in sorted(plan):
            with file.noting():
                found[desk] = file.model(kind, f"plan.{desk}", plan[desk])
        return found
    return {}


def _no_hosts(file: _File, mails: Iterable[StateMail]) -> None:
    for mail in mails:
        if mail.group == "machines":
            with file.noting():
                file.no_host(f"state {mail.id!r}", subject=mail.subject, body=mail.body, sender=mail.sender)


def _load_mail(folder: Folder, calendar: Calendar, server: str, stocks: Iterable[str]) -> dict[str, Any]:
    file = _File(folder / "mail.toml", calendar, server)
    file.known("names", "plan", "machines", "people", "thread", "state", "reject", "rejects")
    symbols = _mailed_symbols(file, list(stocks))
    quotas = _desks(file, Quota)
    planned = (
        file.entries(Planned, "machines", MACHINES) + file.entries(Planned, "people", PEOPLE) + file.entries(Planned, "thread", PEOPLE)
    )
    mails = file.entries(StateMail, "state")
    layouts = file.entries(RejectLayout, "rejects")
    reject = _reject(file)
    if not layouts:
        file.found.append(EvidenceError(file.name, "file", "rejects", None, "at least one layout [[rejects]]"))
    _unique(file, "planned", planned)
    _unique(file, "state", mails)
    _unique(file, "rejects", layouts)
    _check_planned(file, planned)
    _check_when(file, "state", mails, "subject", "body")
    _no_hosts(file, mails)
    for layout in layouts:
        with file.noting():
            file.fits(f"rejects {layout.id!r}", "body", layout.body, dict.fromkeys(REJECT_FIELDS, "X"))
            file.no_host(f"rejects {layout.id!r}", body=layout.body)
    file.done()
    return {
        "symbols": symbols,
        "quotas": quotas,
        "planned": tuple(planned),
        "mails": tuple(mails),
        "rejects": tuple(layouts),
        "reject_sender": reject["sender"],
        "reject_subject": reject["subject"],
        "reject_words": reject["words"],
    }


def _mailed_symbols(file: _File, stocks: list[str]) -> tuple[str, ...]:
    """[names]: the stocks that mails name."""
    with file.noting():
        symbols = file.table("names").get("symbols")
        file.only("names", "symbols")
        if not isinstance(symbols, list) or len(symbols) < 2 or not all(isinstance(name, str) and name for name in symbols):
            raise EvidenceError(file.name, "names", "symbols", symbols, "a list of at least two tickers")
        for name in symbols:
            if stocks and name not in stocks:
                raise EvidenceError(file.name, "names", "symbols", name, "stocks of symbols.csv")
        return tuple(symbols)
    return ()


def _reject(file: _File) -> dict[str, str]:
    """[reject]: sender, subject, and by which words of the subject such a mail is known."""
    with file.noting():
        table = file.table("reject")
        file.only("reject", "sender", "subject", "words")
        found = {"words": table.get("subject"), **table}
        for key in ("sender", "subject", "words"):
            if not isinstance(found.get(key), str) or not found[key]:
                raise EvidenceError(file.name, "reject", key, found.get(key), "text that is not empty")
        if str(found["words"]) not in str(found["subject"]):
            raise EvidenceError(file.name, "reject", "words", found["words"], "a part of the subject")
        return {key: str(value) for key, value in found.items()}
    return {}


def _load_calls(folder: Folder, calendar: Calendar) -> dict[str, Any]:
    file = _File(folder / "calls.toml", calendar)
    file.known("alerts", "quotes", "alert", "call", "headline")
    standing, quotes = _standing(file, "alerts", Standing, STANDING_FIELDS), _standing(file, "quotes", Quotes, QUOTE_FIELDS)
    alerts = file.entries(PlannedAlert, "alert")
    calls = file.entries(CallText, "call")
    headlines = file.entries(Headline, "headline")
    for what, rows in (("alert", alerts), ("call", calls), ("headline", headlines)):
        _unique(file, what, rows)
    _check_planned(file, alerts)
    _check_when(file, "call", calls, "opening")
    _check_when(file, "headline", headlines, "text")
    acts = _acts(file, "call", calls)
    file.done()
    return {
        "alerts": tuple(alerts), "calls": tuple(calls), "acts": acts, "headlines": tuple(headlines), "standing": standing, "quotes": quotes,
    }  # fmt: skip


def _standing(file: _File, table: str, kind: type[M], fields: Mapping[str, frozenset[str]]) -> M | None:
    """A table of texts that every scenario has; None where something is wrong with it, which is noted."""
    with file.noting():
        texts = file.model(kind, table, file.table(table))
        for key, text in texts:
            with file.noting():
                file.fits(table, key, text, dict.fromkeys(fields.get(key, ()), 1))
        return texts
    return None


def _load_week(folder: Folder, calendar: Calendar, server: str) -> dict[str, Any]:
    """Texts of the evenings of the week, from week.toml; none where a scenario has no such file."""
    if not (folder / "week.toml").is_file():
        return {"quotas": {}, "planned": (), "mails": (), "calls": (), "acts": {}}
    file = _File(folder / "week.toml", calendar, server)
    file.known("plan", "machines", "people", "state", "call")
    quotas = _desks(file, WeekQuota)
    planned = file.entries(Planned, "machines", EVENING_MACHINES, week=True)
    planned += file.entries(Planned, "people", EVENING_PEOPLE, week=True)
    mails = file.entries(StateMail, "state", week=True)
    calls = file.entries(CallText, "call", week=True)
    for what, rows in (("planned", planned), ("state", mails), ("call", calls)):
        _unique(file, what, rows)
    for row in planned:
        if not row.of_the_week(calendar) or calendar.step_at(row.at[-1] if row.at else row.to) > 0:
            file.found.append(EvidenceError(file.name, f"planned {row.id!r}", "from", row.from_, "times on the evenings of the week"))
    _check_planned(file, planned)
    _check_when(file, "state", mails, "subject", "body")
    _check_when(file, "call", calls, "opening")
    acts = _acts(file, "call", calls)
    file.done()
    return {"quotas": quotas, "planned": tuple(planned), "mails": tuple(mails), "calls": tuple(calls), "acts": acts}


def _load_more(folder: Folder, name: str, calendar: Calendar, server: str) -> dict[str, Any]:
    """What `faults.toml` or `second-act.toml` has people and machines notice, beside what the other files say; its conditions are theirs."""
    if not (folder / name).is_file():
        return {"mails": (), "calls": (), "headlines": (), "hints": (), "acts": {}}
    file = _File(folder / name, calendar, server)
    mails, calls = file.entries(StateMail, "state"), file.entries(CallText, "call")
    headlines, hints = file.entries(Headline, "headline"), file.entries(HintText, "hint")
    for what, rows in (("state", mails), ("call", calls), ("headline", headlines), ("hint", hints)):
        _unique(file, what, rows)
    _check_when(file, "state", mails, "subject", "body")
    _check_when(file, "call", calls, "opening")
    _check_when(file, "headline", headlines, "text")
    _check_when(file, "hint", hints, "text")
    _no_hosts(file, mails)
    if name == "second-act.toml":
        _check_acts(file, [*mails, *calls, *headlines, *hints])
    acts = _acts(file, "call", calls)
    file.done()
    return {"mails": tuple(mails), "calls": tuple(calls), "headlines": tuple(headlines), "hints": tuple(hints), "acts": acts}


def _check_acts(file: _File, rows: Iterable[When]) -> None:
    """What is said in a second act waits for one that there is."""
    rows_of = file.data.get("act", [])
    known = [f"act {row.get('id')}" for row in rows_of if isinstance(row, dict)] if isinstance(rows_of, list) else []
    for row in rows:
        if not set(known) & set(row.when):
            said = f"one of {', '.join(known)} among them"
            file.found.append(EvidenceError(file.name, f"entry {row.id!r}", "when", list(row.when), said))


class CallOf(NamedTuple):
    """A call's id and its replies."""

    id: str
    replies: tuple[Reply, ...]


def _acts(file: _File, what: str, calls: Iterable[CallText | CallOf]) -> dict[str, tuple[str, ...]]:
    """What every reply does, by its key; keys are used once and begin with their call's id."""
    acts: dict[str, tuple[str, ...]] = {}
    for call in calls:
        entry = f"{what} {call.id!r}"
        for reply in call.replies:
            if reply.key in acts:
                file.found.append(EvidenceError(file.name, entry, "replies.key", reply.key, "a key used once"))
            if reply.key.split(".")[0] != call.id:
                file.found.append(EvidenceError(file.name, entry, "replies.key", reply.key, f"a key that begins with {call.id}."))
            acts[reply.key] = reply.does
    return acts


def _load_injects(folder: Folder, calendar: Calendar) -> dict[str, Any]:
    """What a facilitator has ready, from injects.toml; nothing where a scenario has no such file."""
    if not (folder / "injects.toml").is_file():
        return {"injects": (), "acts": {}}
    file = _File(folder / "injects.toml", calendar)
    file.known("inject")
    injects = file.entries(InjectText, "inject")
    _unique(file, "inject", injects)
    for inject in injects:
        entry = f"inject {inject.id!r}"
        taken: dict[str, object] = {name: SAMPLE[name] for name in inject.takes}
        words = FILLS | taken
        spoken = [("mail.subject", mail.subject) for mail in inject.mail] + [("mail.body", mail.body) for mail in inject.mail]
        spoken += [("alert.text", alert.text) for alert in inject.alert] + [("text", inject.text)]
        spoken += [(key, text) for key, text in (("headline", inject.headline), ("opening", inject.opening)) if text]
        for key, text in spoken + ([("call.opening", inject.call.opening)] if inject.call else []):
            with file.noting():
                file.fits(entry, key, text, dict(words))
        with file.noting():
            file.fits(entry, "effect", inject.effect, taken)
    acts = _acts(file, "inject", [CallOf(inject.id, inject.call.replies) for inject in injects if inject.call])
    file.done()
    return {"injects": tuple(injects), "acts": acts}


def _check_rings(injects: Iterable[InjectText], calls: Iterable[CallText]) -> Iterator[EvidenceError]:
    """Calls that injects have ring exist, and those of their own are called otherwise."""
    ids = [call.id for call in calls]
    for inject in injects:
        entry = f"inject {inject.id!r}"
        if inject.rings is not None and inject.rings not in ids:
            yield EvidenceError("injects.toml", entry, "rings", inject.rings, f"a call out of {', '.join(ids)}")
        if inject.call is not None and inject.id in ids:
            yield EvidenceError("injects.toml", entry, "id", inject.id, "an id that no call has: its replies begin with it")


def _check_on(file: str, what: str, rows: Iterable[When], acts: Iterable[str]) -> Iterator[EvidenceError]:
    """Replies that an entry waits for exist; a call that was missed counts as one."""
    known = sorted({*acts, *(f"{key.split('.')[0]}.missed" for key in acts)})
    for row in rows:
        for key in row.on:
            if key not in known:
                yield EvidenceError(file, f"{what} {row.id!r}", "on", key, f"a reply out of {', '.join(known)}")
        if row.on and row.after is not None:
            yield EvidenceError(file, f"{what} {row.id!r}", "after", row.after, "either after or on")


def _load_hints(folder: Folder, calendar: Calendar) -> tuple[HintText, ...]:
    file = _File(folder / "hints.toml", calendar)
    file.known("hint")
    hints = file.entries(HintText, "hint")
    _unique(file, "hint", hints)
    _check_when(file, "hint", hints, "text")
    file.done()
    return tuple(hints)


def load_logs(folder: Folder, calendar: Calendar) -> dict[str, LogLine]:
    """Log lines by kind, from `folder`/logs.toml. Raises EvidenceError."""
    file = _File(folder / "logs.toml", calendar)
    file.known(*LOG_KINDS)
    before = {"quote": "child"} if "quote" not in file.data else {}  # data from before our quotes had a line of their own
    lines: dict[str, LogLine] = {}
    for kind in LOG_KINDS:
        with file.noting():
            line = lines[kind] = file.model(LogLine, kind, file.table(before.get(kind, kind)))
            for key, text in (("text", line.text), ("with_reason", line.with_reason)):
                if text is not None:
                    file.fits(kind, key, text, dict.fromkeys(LOG_FIELDS, "X"))
    file.done()
    return lines


def load_evidence(folder: Folder, server: str, calendar: Calendar, companies: Mapping[str, str] = UNNAMED) -> EvidenceTexts:
    """All texts of the scenario in `folder`; `server` is the name of its servers ("SMARS-{n}"), `calendar` what its times are of,
    `companies` what its stocks' companies are called, by symbol.

    Raises EvidenceError (a ValueError) with all that is wrong, file by file; what files say of each other is looked at when each is right.
    """
    noted: list[EvidenceError] = []

    def read(load: Callable[..., T], *args: object) -> T:
        try:
            return load(*args)
        except EvidenceError as error:
            noted.extend(error.all)
            return cast(T, None)  # not looked at any more

    mail = read(_load_mail, folder, calendar, server, companies)
    calls = read(_load_calls, folder, calendar)
    week = read(_load_week, folder, calendar, server)
    deck, second = (read(_load_more, folder, name, calendar, server) for name in ("faults.toml", "second-act.toml"))
    injected = read(_load_injects, folder, calendar)
    own_hints = read(_load_hints, folder, calendar)
    logs = read(load_logs, folder, calendar)
    _raise(noted)
    acts = {**calls["acts"], **deck["acts"], **second["acts"], **week["acts"]}
    for name, found, said in (
        ("faults.toml", deck, "an id that no other file uses"), ("second-act.toml", second, "an id that no other file uses"),
        ("week.toml", week, "an id that the day does not use"),
    ):  # fmt: skip
        for what in ("mails", "calls", "headlines"):
            own = mail if what == "mails" else calls
            rows = found.get(what, ())
            twice = sorted({row.id for row in own[what]} & {row.id for row in rows})
            noted += [EvidenceError(name, f"{what[:-1]} {one!r}", "id", one, said) for one in twice]
            own[what] += rows
    hints = own_hints + deck["hints"] + second["hints"]
    noted += [*_check_on("mail.toml", "state", mail["mails"], acts), *_check_on("calls.toml", "call", calls["calls"], acts)]
    noted += [*_check_on("calls.toml", "headline", calls["headlines"], acts), *_check_rings(injected["injects"], calls["calls"])]
    acts |= injected["acts"]
    noted += _check_on("hints.toml", "hint", hints, acts)
    # The week's come last: an index is part of a draw's key, and the day's noise is the same with and without a week.
    planned = mail.pop("planned") + calls.pop("alerts") + week["planned"]
    calls["acts"] = acts
    texts = EvidenceTexts(
        calendar, companies=companies, planned=planned, logs=logs, hints=hints, injects=injected["injects"], week_quotas=week["quotas"],
        **mail, **calls,
    )  # fmt: skip
    try:
        assert texts.wordings
    except ValueError as error:
        noted.append(EvidenceError("mail.toml and calls.toml", "every entry", "id", str(error), "ids that are used once"))
    _raise(noted)
    return texts


def _raise(noted: list[EvidenceError]) -> None:
    if noted:
        raise noted[0].first_of(noted)
