"""Evidence: the mails, calls and alerts that reach the desks, and the headlines of the public screen.

Noise is planned by the seed alone (`evidence_plan`). What speaks of the run is said when its conditions hold
(`conditions`), with what fills it of the run's state (`words`), each at most once. No text knows more than its sender could. What is said is
held by the text's id; words are made of it where it is read (`telling`).
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar

from engine.arguments import Json, SaidText
from engine.evidence.plan import plan, values_of
from engine.evidence.telling import said
from engine.evidence.words import STOCK_WORDS, fill
from engine.market_time import STEPS_PER_SECOND, Calendar
from engine.scenario.conditions import Condition, ConditionView, mover
from engine.scenario.evidence_models import CallText, Headline, HintText, PlannedAlert, StateMail, When
from engine.scenario.evidence_texts import EvidenceError, EvidenceTexts, load_evidence
from engine.scenario.wordings import REJECT

__all__ = ["Alert", "Call", "ConditionView", "Evidence", "EvidenceError", "EvidenceTexts", "Hint", "Mail", "load_evidence"]


class MailRow(TypedDict):
    """A mail as it is kept."""

    id: int
    step: int
    desk: str
    sender: str
    subject: SaidText
    group: str
    body: SaidText
    thread: str | None


class CallRow(TypedDict):
    """A call as it is kept; of its replies the keys."""

    id: int
    step: int
    desk: str
    caller: str
    number: str
    opening: SaidText
    replies: list[str]
    ring_s: int


class AlertRow(TypedDict):
    """An alert as it is kept."""

    step: int
    desk: str
    text: SaidText


class HintRow(TypedDict):
    """A hint as it is kept."""

    id: str
    step: int
    end: int
    desk: str
    text: SaidText


@dataclass(frozen=True, slots=True)
class Mail:
    id: int
    step: int
    desk: str
    sender: str
    subject: SaidText
    group: str
    body: SaidText
    thread: str | None = None
    does: tuple[str, ...] = ()  # what comes with it, done when it is delivered

    def to_dict(self) -> MailRow:
        return {
            "id": self.id,
            "step": self.step,
            "desk": self.desk,
            "sender": self.sender,
            "subject": self.subject,
            "group": self.group,
            "body": self.body,
            "thread": self.thread,
        }

    @classmethod
    def from_dict(cls, data: MailRow) -> "Mail":
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Call:
    """A telephone that rings for `ring_s` seconds of market time. The part of a reply's key before the dot is the call's."""

    id: int
    step: int
    desk: str
    caller: str
    number: str
    opening: SaidText
    replies: tuple[str, ...]
    ring_s: int

    def to_dict(self) -> CallRow:
        return {
            "id": self.id,
            "step": self.step,
            "desk": self.desk,
            "caller": self.caller,
            "number": self.number,
            "opening": self.opening,
            "replies": [*self.replies],
            "ring_s": self.ring_s,
        }

    @classmethod
    def from_dict(cls, data: CallRow) -> "Call":
        row: Any = data
        return cls(**{**row, "replies": tuple(data["replies"])})


@dataclass(frozen=True, slots=True)
class Alert:
    step: int
    desk: str
    text: SaidText

    def to_dict(self) -> AlertRow:
        return {"step": self.step, "desk": self.desk, "text": self.text}

    @classmethod
    def from_dict(cls, data: AlertRow) -> "Alert":
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Hint:
    """What a beginner may look at next, until `end`."""

    id: str
    step: int
    end: int
    desk: str
    text: SaidText

    def to_dict(self) -> HintRow:
        return {"id": self.id, "step": self.step, "end": self.end, "desk": self.desk, "text": self.text}


W = TypeVar("W", bound=When)


@dataclass(frozen=True, slots=True)
class _Rule(Generic[W]):
    """An entry with its times as steps and its conditions compiled."""

    text: W
    begin: int
    end: int
    hold: int
    after: str | None
    on: tuple[str, ...]
    unless: str | None
    delay: int
    names_stock: bool
    conditions: tuple[Condition, ...]

    @classmethod
    def of(cls, text: W, calendar: Calendar) -> "_Rule[W]":
        hold, delay = text.for_s * STEPS_PER_SECOND, text.delay_s * STEPS_PER_SECOND
        names_stock = bool(STOCK_WORDS.search(text.words()))
        begin, end = calendar.step_at(text.from_), calendar.step_at(text.to)
        if "open" in text.when:
            begin = max(begin, calendar.open)  # nothing to look at before
        return cls(text, begin, end, hold, text.after, text.on, text.unless, delay, names_stock, text.conditions())

    def failing(self, view: ConditionView, symbol: str | None) -> Condition | None:
        """The first condition that does not hold, None where all do."""
        for holds in self.conditions:
            if not holds(view, symbol):
                return holds
        return None


class _Rules(Generic[W]):
    """Entries of one kind that wait for their conditions. `said`: id -> [step, stock]; `since`: id -> step."""

    def __init__(self, texts: tuple[W, ...], calendar: Calendar) -> None:
        self.calendar = calendar
        self.all = tuple(_Rule.of(text, calendar) for text in texts)
        self.said: dict[str, tuple[int, str | None]] = {}
        self.since: dict[str, int] = {}
        self._wait(list(self.all))

    def _wait(self, rules: list[_Rule[W]]) -> None:
        self.waiting = rules
        self._wake([])
        self._span = range(0)  # steps in which these, and no others, are in their time: most are not, most of the day
        self._answers = 0  # as many replies had been given by then

    def _wake(self, rules: list[_Rule[W]]) -> None:
        """These are in their time. Each is asked until a condition keeps it back, and again once that one holds: most are kept back by one of
        a few, most of the day."""
        self._awake = rules
        self._asked = list(range(len(rules)))  # places in that list
        self._kept_back: dict[Condition, list[int]] = {}

    def _in_time(self, step: int, replies: Mapping[str, int]) -> list[_Rule[W]]:
        """Those whose time it is and that need not wait for another entry, or for a reply; none that was given is taken back. `step` may be any,
        but to ask for the same span again is cheap."""
        if step not in self._span or len(replies) != self._answers:
            self._answers = len(replies)
            self._wake([rule for rule in self.waiting if rule.begin <= step < rule.end and self._may_follow(rule, replies)])
            moments = sorted({moment for rule in self.waiting for moment in (rule.begin, rule.end)})
            place = bisect_right(moments, step)
            self._span = range(moments[place - 1] if place else step, moments[place] if place < len(moments) else step + 1)
        return self._awake

    def _may_follow(self, rule: _Rule[W], replies: Mapping[str, int]) -> bool:
        """Not before what it follows: a rule without a delay may do so at once."""
        said = rule.after is None or rule.after in self.said or not rule.delay
        return said and (not rule.on or any(key in replies for key in rule.on))

    def due(self, step: int, view: ConditionView, limit: int = 1_000) -> list[tuple[W, Mapping[str, object]]]:
        """At most `limit` entries whose time has come, with what fills them."""
        found = list[tuple[W, Mapping[str, object]]]()
        awake = self._in_time(step, view.replies)
        freed = [holds for holds in self._kept_back if holds(view, None)]
        if freed:
            self._asked = sorted([*self._asked, *(place for holds in freed for place in self._kept_back.pop(holds))])
        for place in list(self._asked):
            rule = awake[place]
            symbol = None
            if rule.unless in self.said:
                continue
            if rule.after is not None:
                before = self.said.get(rule.after)
                if before is None or step - before[0] < rule.delay:
                    continue
                symbol = before[1]
                if symbol is not None and mover(view, symbol) is None:
                    continue  # the stock of this thread is no longer worth a word
            if rule.on:
                given = [view.replies[key] for key in rule.on if key in view.replies]
                if not given or step - min(given) < rule.delay:
                    continue
            failing = rule.failing(view, symbol)
            if failing is not None:
                if rule.hold:
                    self.since.pop(rule.text.id, None)
                if rule.after is None:  # the others speak of a stock of their own
                    self._asked.remove(place)
                    self._kept_back.setdefault(failing, []).append(place)
                continue
            if rule.hold and step - self.since.setdefault(rule.text.id, step) < rule.hold:
                continue
            values, spoken_of = fill(view, step, symbol)
            self.said[rule.text.id] = (step, spoken_of if rule.names_stock else symbol)
            self.since.pop(rule.text.id, None)
            found.append((rule.text, values))
            if len(found) == limit:
                break
        if found:
            self._wait([rule for rule in self.waiting if rule.text.id not in self.said])
        return found

    def forget(self, name: str) -> None:
        """Wait no more for this entry."""
        self._wait([rule for rule in self.waiting if rule.text.id != name])

    def to_dict(self) -> dict[str, Json]:
        return {"said": {key: list(value) for key, value in self.said.items()}, "since": dict(self.since)}

    def restore(self, data: Mapping[str, Any]) -> None:
        self.said = {key: (step, symbol) for key, (step, symbol) in data["said"].items()}
        self.since = dict(data["since"])
        self._wait([rule for rule in self.all if rule.text.id not in self.said])


class Evidence:
    """One run's evidence from step `start` on. `tick` is called every 5 s of market time (every minute of an evening); what it returns is
    stamped with its own step."""

    def __init__(self, texts: EvidenceTexts, seed: int, start: int = 0) -> None:
        self.texts, self.seed = texts, seed
        self.plan = plan(texts, seed)
        self._next = sum(entry.step < start for entry in self.plan)  # first entry of the plan that has not been sent
        self._due = self.plan[self._next].step if self._next < len(self.plan) else 1 << 62
        self._id = 1
        self._mails: _Rules[StateMail] = _Rules(texts.mails, texts.calendar)
        self._calls: _Rules[CallText] = _Rules(texts.calls, texts.calendar)
        self._headlines: _Rules[Headline] = _Rules(texts.headlines, texts.calendar)
        self._hints: _Rules[HintText] = _Rules(texts.hints, texts.calendar)
        self._stopped: list[int] = []
        self._disconnected = False
        self._cut_off = False

    def tick(self, step: int, view: ConditionView) -> list[Mail | Call | Alert]:
        """What falls due after the tick before and up to `step`: noise at its planned step, the rest at `step`."""
        found: list[Mail | Call | Alert] = []
        while self._due <= step:
            found.append(self._planned())
        if view.stopped != self._stopped or view.disconnected != self._disconnected or view.cut_off != self._cut_off:
            found.extend(self._changes(step, view))
        for text, values in self._mails.due(step, view):
            subject, body = self._said(f"mail:{text.id}.subject", values), self._said(f"mail:{text.id}.body", values)
            found.append(Mail(self._take_id(), step, text.desk, text.sender, subject, text.group, body, text.thread, text.does))
        for call, values in self._calls.due(step, view):
            replies = tuple(reply.key for reply in call.replies)
            opening = self._said(f"call:{call.id}.opening", values)
            found.append(Call(self._take_id(), step, call.desk, call.caller, call.number, opening, replies, call.ring_s))
        return found

    def hints(self, view: ConditionView) -> list[Hint]:
        """Hints that the view warrants now, each at most once a run; call it once a tick."""
        due, step = self._hints.due(view.step, view), view.step
        return [
            Hint(hint.id, step, step + hint.show_s * STEPS_PER_SECOND, hint.desk, self._said(f"hint:{hint.id}", values))
            for hint, values in due
        ]

    def headline(self, view: ConditionView) -> SaidText | None:
        """The next headline the view warrants, each at most once a run; call it once a tick."""
        for text, values in self._headlines.due(view.step, view, limit=1):
            return self._said(f"headline:{text.id}", values)
        return None

    def has_rung(self, call: str, step: int) -> None:
        """A call of the scenario's was made by somebody else: it does not come a second time by itself."""
        self._calls.said.setdefault(call, (step, None))
        self._calls.forget(call)

    def reject_mail(self, step: int, order_id: int, symbol: str) -> Mail:
        """The machine's mail about an order that it refused: the order and the stock, never the server (its log has that)."""
        layouts = self.texts.rejects
        values = {"order": order_id, "symbol": symbol, "clock_ms": step}
        subject, body = self._said(REJECT, values), self._said(f"reject:{layouts[order_id % len(layouts)].id}.body", values)
        return Mail(self._take_id(), step, "operator", self.texts.reject_sender, subject, "machines", body)

    def to_dict(self) -> dict[str, Json]:
        """Everything that changes in a run, JSON-able."""
        return {
            "next": self._next,
            "id": self._id,
            "stopped": list(self._stopped),
            "disconnected": self._disconnected,
            "cut_off": self._cut_off,
            "mails": self._mails.to_dict(),
            "calls": self._calls.to_dict(),
            "headlines": self._headlines.to_dict(),
            "hints": self._hints.to_dict(),
        }

    def recall(self, data: Mapping[str, Any]) -> None:
        """Take back what `to_dict` gave, of the same texts and seed; it goes on as the first would have."""
        self._next, self._id = data["next"], data["id"]
        self._due = self.plan[self._next].step if self._next < len(self.plan) else 1 << 62
        self._stopped = list(data["stopped"])
        self._disconnected, self._cut_off = data["disconnected"], data["cut_off"]
        self._mails.restore(data["mails"])
        self._calls.restore(data["calls"])
        self._headlines.restore(data["headlines"])
        self._hints.restore(data["hints"])

    def _said(self, name: str, values: Mapping[str, object]) -> SaidText:
        return said(self.texts.wordings, name, values)

    def _take_id(self) -> int:
        self._id += 1
        return self._id - 1

    def _planned(self) -> Mail | Alert:
        entry = self.plan[self._next]
        self._next += 1
        self._due = self.plan[self._next].step if self._next < len(self.plan) else 1 << 62
        text, values = self.texts.planned[entry.text], values_of(self.texts, self.seed, entry)
        if isinstance(text, PlannedAlert):
            return Alert(entry.step, text.desk, self._said(f"planned:{text.id}", values))
        subject, body = self._said(f"planned:{text.id}.subject", values), self._said(f"planned:{text.id}.body", values)
        return Mail(self._take_id(), entry.step, text.desk, text.sender, subject, text.group, body, text.thread)

    def _changes(self, step: int, view: ConditionView) -> list[Alert]:
        """Alerts for processes that went down and sessions that were lost since the tick before."""
        down = [server for server in view.stopped if server not in self._stopped]
        alerts = [Alert(step, "operator", self._said("alert:process_down", {"server": server})) for server in down]
        if view.disconnected and not self._disconnected:
            alerts.append(Alert(step, "operator", self._said("alert:sessions_lost", {})))
        if view.cut_off and not self._cut_off:
            alerts.append(Alert(step, "operator", self._said("alert:firm_cut_off", {})))
        self._stopped = list(view.stopped)
        self._disconnected, self._cut_off = view.disconnected, view.cut_off
        return alerts
