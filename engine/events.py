"""What happened: every kind of event there is, and who may know of it."""

from dataclasses import asdict, dataclass
from typing import Any

DESKS = ("deployer", "operator", "risk")
PUBLIC = (*DESKS, "projector")

# kind -> audience when the event does not name its own
KINDS: dict[str, tuple[str, ...]] = {
    "command.applied": (),
    "command.refused": (),
    "lever.finished": (),
    "lever.cut_off": (),
    "lever.abandoned": (),
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


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a step; `data` is JSON-able; `audience` are the desks that may know (the facilitator always may)."""

    step: int
    kind: str
    audience: tuple[str, ...]
    data: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form."""
        return asdict(self)


def event(step: int, kind: str, audience: tuple[str, ...] | None = None, **data: Any) -> Event:
    """An event of a declared kind, with the kind's audience unless another is given."""
    return Event(step, kind, KINDS[kind] if audience is None else audience, data)
