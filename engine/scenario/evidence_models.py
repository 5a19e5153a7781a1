"""Shapes of the entries in a scenario's mail.toml, calls.toml and logs.toml.

`evidence_texts` reads the files; when something is said is decided in `evidence_plan` and `evidence`.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from engine.events import Desk
from engine.market_time import MOST_EVENINGS, Calendar
from engine.scenario.acts import parse_act
from engine.scenario.conditions import Condition, parse_condition
from engine.scenario.parts import calendar_of

Group = Literal["machines", "people"]

def host_in(name: str) -> re.Pattern[str]:
    """What names a server called so ("SMARS-{n}"), or any: the machine's mails never say which one wrote them, only a log does."""
    before, after = name.split("{n}")
    own = rf"{re.escape(before.rstrip('-_ '))}[-_ ]?\d{re.escape(after)}"
    return re.compile(rf"{own}|\bservers?[ -]?\d|\bhosts?\b|\bhostname\b|\bserver name\b", re.IGNORECASE)



LOG_KINDS = ("child", "quote", "done", "refused", "reject", "parent", "started", "stopped", "copied", "loaded", "heartbeat")
# Placeholders that each kind of text may use.
LOG_FIELDS = frozenset({"order", "broker", "exchange", "symbol", "side", "qty", "filled", "price", "reason"})
REJECT_FIELDS = frozenset({"order", "symbol", "clock"})
PLANNED_FIELDS = frozenset({"symbol", "company", "symbol2", "company2", "clock", "hm"})


def _clock(text: str, info: ValidationInfo) -> str:
    calendar = calendar_of(info)
    if calendar.step_at(text) > calendar.close:
        said = f"expected {calendar.hm(0)} to {calendar.hm(calendar.close)}, or an evening of the week"
        raise ValueError(f"{text!r} lies after the close: {said}")
    return text


Clock = Annotated[str, AfterValidator(_clock), Field(description="a time up to the close, or on an evening of the week")]
Text = Annotated[str, Field(min_length=1)]
Params = dict[str, list[int] | list[str]]


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
    from_: Clock = Field(alias="from")
    to: Clock
    times: int = Field(default=1, ge=1, le=200)
    weight: int = Field(default=1, ge=1, le=100)
    burst: int = Field(default=1, ge=1, le=20)
    params: Params = {}

    def of_the_week(self, calendar: Calendar) -> bool:
        """Whether it belongs to the evenings of the week."""
        return calendar.step_at(self.at[0] if self.at else self.from_) < 0


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
    and `to`, and `delay_s` after the entry named in `after` (whose stock it keeps) or after one of the replies in `on`. At most once
    a run, and not once the entry named in `unless` was said."""

    id: Text
    when: tuple[str, ...] = Field(min_length=1, strict=False)
    for_s: int = Field(default=0, ge=0)
    after: str | None = None
    on: tuple[str, ...] = Field(default=(), strict=False)
    unless: str | None = None
    delay_s: int = Field(default=0, ge=0)
    from_: Clock = Field(alias="from")
    to: Clock

    def conditions(self) -> tuple[Condition, ...]:
        """`when`, compiled; ValueError says what a condition may look like."""
        return tuple(parse_condition(text) for text in self.when)

    def words(self) -> str:
        """What it says, placeholders included."""
        raise NotImplementedError


def _act(text: str) -> str:
    parse_act(text)
    return text


_Acts = Annotated[
    tuple[Annotated[str, AfterValidator(_act), Field(description="an act")], ...], Field(strict=False)
]


class StateMail(When):
    """A mail that speaks of the run; `does`: what comes with it, as of a reply on the telephone."""

    sender: Text
    subject: Text
    body: Text
    desk: Desk = "operator"
    group: Group = "people"
    thread: str | None = None
    does: _Acts = ()

    def words(self) -> str:
        return self.subject + self.body


class Reply(Frozen):
    """An answer on the telephone, and what it does. The part of the key before the dot is the call's."""

    key: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]
    text: Text
    does: _Acts = ()


class CallText(When):
    """A call to a desk, which rings for `ring_s` seconds and has at least three answers."""

    desk: Desk
    caller: Text
    number: Text
    opening: Text
    ring_s: int = Field(ge=5, le=3600)
    replies: tuple[Reply, ...] = Field(min_length=3, strict=False)

    def words(self) -> str:
        return self.opening


class Headline(When):
    """A line of the public screen."""

    text: Text

    def words(self) -> str:
        return self.text


class HintText(When):
    """What a beginner may look at next; it stands for `show_s` seconds of market time."""

    desk: Desk
    text: Text
    show_s: int = Field(default=600, ge=60, le=7200)

    def words(self) -> str:
        return self.text


class RejectLayout(Frozen):
    """One way in which the router's reject mails are written."""

    id: Text
    body: Text


class Standing(Frozen):
    """Alerts of what changed in the run: a process that went down ({server}), sessions that were lost; of what a safeguard, a tool or a look
    around has found. STANDING_FIELDS: what each may name."""

    process_down: Text
    sessions_lost: Text
    firm_cut_off: Text
    mail_paged: Text
    threshold_passed: Text
    children_over: Text
    review_disk: Text
    review_process: Text
    review_clean: Text
    rehearsal_wild: Text
    rehearsal_clean: Text
    host_unlisted: Text


STANDING_FIELDS: dict[str, frozenset[str]] = {
    "process_down": frozenset({"server"}),
    "mail_paged": frozenset({"sender", "subject"}),
    "threshold_passed": frozenset({"usd"}),
    "children_over": frozenset({"host", "order", "symbol", "children"}),
    "review_disk": frozenset({"host"}),
    "review_process": frozenset({"host"}),
    "rehearsal_wild": frozenset({"flagged", "met"}),
    "rehearsal_clean": frozenset({"flagged"}),
    "host_unlisted": frozenset({"host"}),
}


class Quotes(Frozen):
    """How the bridge quotes what was said: QUOTE_FIELDS is what each may name, and a text of several lines is as many on a pin. `found`: a line
    that a search of all logs has found."""

    mail: Text
    mail_lines: Text
    call: Text
    call_lines: Text
    alert: Text
    diagnosis: Text
    diagnosis_at: Text
    log: Text
    found: Text
    found_at: Text


QUOTE_FIELDS: dict[str, frozenset[str]] = {
    "mail": frozenset({"sender", "subject"}),
    "mail_lines": frozenset({"at", "body"}),
    "call": frozenset({"caller", "at"}),
    "call_lines": frozenset({"opening", "reply"}),
    "alert": frozenset({"at", "alert"}),
    "diagnosis": frozenset({"cause"}),
    "diagnosis_at": frozenset({"cause", "place"}),
    "log": frozenset({"moment", "level", "line"}),
    "found": frozenset({"host", "line"}),
    "found_at": frozenset({"moment", "line"}),
}


class LogLine(Frozen):
    """A line of a server's log; `with_reason`: how it reads where there is a reason to give."""

    level: Literal["INFO", "WARN", "ERROR"]
    text: Text
    with_reason: str | None = None


class WeekQuota(Frozen):
    """Planned mails of one desk on each evening of the week; `spread` is how far a seed's count may lie from them."""

    evenings: tuple[Annotated[int, Field(ge=0)], ...] = Field(min_length=1, max_length=MOST_EVENINGS, strict=False)
    spread: int = Field(ge=0)

    @model_validator(mode="after")
    def _one_an_evening(self, info: ValidationInfo) -> "WeekQuota":
        many = len(calendar_of(info).evenings)
        if len(self.evenings) != many:
            raise ValueError(f"evenings has {len(self.evenings)}: expected {many}, one an evening of the week")
        return self


class Quota(Frozen):
    """Planned mails of one desk: means per phase; `spread` is how far a seed's count may lie from them."""

    premarket: int = Field(ge=0)
    bell: int = Field(ge=0)
    unwind: int = Field(ge=0)
    spread: int = Field(ge=0)
