"""What happened: every kind of event there is, and who may know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypedDict, Unpack, get_args

from engine.arguments import Args, Sentence

Desk = Literal["deployer", "operator", "risk"]
DESKS: tuple[str, ...] = get_args(Desk)
PUBLIC = (*DESKS, "projector")

# kind -> audience when the event does not name its own
KINDS: dict[str, tuple[str, ...]] = {
    "command.applied": (),
    "command.refused": (),
    "lever.finished": (),
    "lever.cut_off": (),
    "lever.abandoned": (),
    "deposit.called": ("risk",),
    "deposit.judged": ("risk",),
    "duty.done": (),
    "duty.missed": (),
    "evening.began": PUBLIC,
    "evening.ended": PUBLIC,
    "week.closed": (),
    "check.ticked": DESKS,
    "check.unticked": DESKS,
    "release.built": ("deployer",),
    "fleet.reviewed": ("deployer", "operator"),
    "inventory.audited": ("deployer", "operator"),
    "automation.written": ("deployer", "operator"),
    "counter.tested": ("deployer",),
    "rollback.rehearsed": ("deployer", "operator"),
    "ramp.planned": DESKS,
    "ramp.changed": ("deployer",),
    "flag.agreed": DESKS,
    "brokers.agreed": DESKS,
    "chief.agreed": DESKS,
    "credit.arranged": ("risk",),
    "stops.drilled": DESKS,
    "threshold.tripped": PUBLIC,
    "threshold.lifted": DESKS,
    "standby.failed_over": ("operator",),
    "control.built": DESKS,
    "control.tested": (),
    "control.mended": (),
    "server.stopped": ("operator",),
    "server.started": ("operator",),
    "server.failed": ("operator",),
    "smars.disconnected": PUBLIC,
    "exchange.disconnected": PUBLIC,
    "exchange.readmitted": PUBLIC,
    "market.opened": PUBLIC,
    "phase.changed": PUBLIC,
    "mail.arrived": (),
    "call.rang": (),
    "alert.raised": (),
    "act.began": (),
    "breaker.paused": ("risk", "projector"),
    "breaker.resumed": ("risk", "projector"),
    "trades.busted": ("risk", "projector"),
    "block.bid": ("risk",),
    "block.sold": ("risk", "projector"),
    "capital.raised": ("risk", "projector"),
    "headline": PUBLIC,
    "limit.reached": (),
    "bridge.posted": DESKS,
    "call.answered": (),
    "call.missed": (),
    "clients.left": ("risk",),
    "gateway.mended": (),
    "broker.left": ("risk",),
    "sessions.opened": ("operator",),
    "evidence.shared": DESKS,
    "pin.read": DESKS,
    "assistant.asked": DESKS,
    "diagnosis.declared": DESKS,
    "symptom.noticed": (),
    "inject.delivered": (),
    "inject.taken_back": (),
    "persona.said": (),
    "persona.replied": (),
    "word.asked": DESKS,
    "word.given": DESKS,
    "word.refused": DESKS,
}


class Built(TypedDict):
    """A control that the week has left behind."""

    name: str
    label: str
    desk: str
    tested: bool
    hole: bool
    mended: bool


class EventData(TypedDict, total=False):
    """What an event tells. A name means the same wherever it stands; which of them there are, its kind says. A text of the scenario's stands
    in it by its id."""

    amount_usd: int
    args: Args
    ask: int
    asked: str
    bank: str
    behind: list[int]
    bid: str
    broker: str
    built: list[Built]
    call: int
    caller: str
    card: str
    cause: str
    command: str
    control: str
    cost_usd: int
    credit_usd: int
    desk: str
    discount_pct: float
    done: list[str]
    evening: int | None
    evidence: list[Sentence]
    failed: bool
    flag: str
    flagged: int
    gross_usd: int
    hand_hours: dict[str, float]
    hole: str | None
    how: str
    inject: int
    item: int | str  # of the bridge by its number, of a checklist by its name
    label: str
    lender: str
    limit: str
    loss_usd: int
    mail: int
    message: int
    met: int
    number: int
    of: str
    offer: str
    opening: Sentence
    percent: float
    phase: str
    pin: int
    place: str
    posted: str
    prices_usd: int
    reason: str
    release: str
    releases: list[str]
    relief_usd: int
    reply: str
    sender: str
    seq: int
    server: int
    servers: int
    slices: dict[str, str]
    stake_pct: float
    subject: Sentence
    symbol: str
    text: Sentence
    short_usd: int
    threshold_usd: int
    unmet_usd: int
    ticks: dict[str, str]
    times: int
    title: Sentence
    truths: dict[str, bool]
    until: int
    used_usd: int
    what: str
    wrong: list[int]


class EventRow(TypedDict):
    """An event as it is written down."""

    step: int
    kind: str
    audience: Sequence[str]
    data: EventData


class Happened(Protocol):
    """Anything that says what an event says."""

    @property
    def step(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def audience(self) -> Sequence[str]: ...
    @property
    def data(self) -> EventData: ...


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a step; `data` is JSON-able; `audience` are the desks that may know (the facilitator always may)."""

    step: int
    kind: str
    audience: tuple[str, ...]
    data: EventData

    def to_dict(self) -> EventRow:
        """JSON-able form."""
        return {"step": self.step, "kind": self.kind, "audience": self.audience, "data": self.data}


def event(step: int, kind: str, audience: tuple[str, ...] | None = None, **data: Unpack[EventData]) -> Event:
    """An event of a declared kind, with the kind's audience unless another is given."""
    return Event(step, kind, KINDS[kind] if audience is None else audience, data)
