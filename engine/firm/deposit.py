"""The clearing house's deposit in the course of the day: what is held asks for more of it than the firm has, and the call stands until it
is met or its time is over.

What is not met by then is added to what somebody has to put in at night: without that the firm does not open again.
"""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from engine.evidence.evidence import Alert
from engine.evidence.telling import said
from engine.firm import inbox
from engine.firm.score import HC, gross_usd
from engine.market.positions import marks
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


@dataclass(slots=True)
class MarginCalls:
    """The calls of a day; JSON-able fields. `until`: the step by which the one that stands has to be met."""

    until: int | None = None
    unmet_usd: int = 0

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "MarginCalls":
        """What `to_dict` gave."""
        return cls(**data)


def short_usd(sim: "Simulation") -> int:
    """By how much the deposit for what is held is larger than the cash that today has left, whole dollars at mid; not above 0 where it
    is covered."""
    assert sim.scenario.deposit is not None
    lost = max(0, -marks(sim.machine, sim.scenario).mid) // HC
    return round(sim.scenario.deposit.share * gross_usd(sim.machine)) - (sim.scenario.cash.start_usd - lost)


def turn_of_deposit(sim: "Simulation", step: int) -> None:
    """A call is made at its times, and looked at again when its own time is over."""
    deposit, calls = sim.scenario.deposit, sim.margin_calls
    if deposit is None or step % STEPS_PER_MINUTE:
        return
    if calls.until is None and step in map(sim.calendar.step_at, deposit.calls) and (short := short_usd(sim)) > 0:
        calls.until = step + deposit.minutes * STEPS_PER_MINUTE
        _say(sim, "called", missing=short, less=round(short / deposit.share), hm=calls.until)
        sim.tell("deposit.called", short_usd=short, until=calls.until)
    elif step == calls.until:
        calls.until, calls.unmet_usd = None, max(0, short_usd(sim))
        _say(sim, "unmet" if calls.unmet_usd else "met", missing=calls.unmet_usd)
        sim.tell("deposit.judged", unmet_usd=calls.unmet_usd)


def _say(sim: "Simulation", which: str, **values: int) -> None:
    inbox.deliver(sim, Alert(sim.now, "risk", said(sim.scenario.wordings, f"deposit:{which}", values)))
