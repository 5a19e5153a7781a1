"""What the desks have to do before the bell, and what follows where they have not.

Nobody has any unless the run's first command says so: history, its ghost and whatever plays without people finds all of it done.
"""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from engine.arguments import Phrase, Sentence, phrase
from engine.firm import routing
from engine.market_time import TICK_STEPS

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation
    from engine.scenario.duty_texts import Duty


@dataclass(slots=True)
class Duties:
    """Whether the desks have duties, and which were done; JSON-able fields."""

    given: bool = False
    done: dict[str, int] = field(default_factory=dict)  # duty -> step
    unlisted: list[str] = field(default_factory=list)  # stocks that are out for want of one, and that nobody has withdrawn

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Duties":
        """What `to_dict` gave."""
        return cls(**data)


def duties_of(sim: "Simulation", desk: str) -> "list[Duty]":
    """A desk's duties, done or not; none where they are not given."""
    return [duty for duty in sim.scenario.duty if duty.desk == desk] if sim.duties.given else []


def undone(sim: "Simulation") -> "list[Duty]":
    """What nobody has done yet; none of it is due on an evening of the week."""
    return [duty for duty in sim.scenario.duty if duty.id not in sim.duties.done] if sim.duties.given and sim.now >= 0 else []


def give_duties(sim: "Simulation") -> None:
    """From now on the desks have them to do."""
    sim.duties.given = True


def finish_duty(sim: "Simulation", which: str) -> None:
    """It is done: what it was needed for goes on, or never stops."""
    duty = next(one for one in sim.scenario.duty if one.id == which)
    sim.duties.done[which] = sim.now
    sim.tell("duty.done", (duty.desk,), desk=duty.desk, item=which, label=duty.said())
    if sim.now < sim.calendar.open:
        return
    _refuse(sim)
    if duty.logs_on:
        routing.log_on_again(sim, duty.logs_on)
    back = [name for name in _listed(sim, duty) if name in sim.duties.unlisted]
    routing.readmit_stocks(sim, back)
    sim.duties.unlisted = [name for name in sim.duties.unlisted if name not in back]


def turn_of_duties(sim: "Simulation", step: int) -> None:
    """The market opens: what was not done is missed, and begins to tell."""
    if step != sim.calendar.open:
        return
    _refuse(sim)
    for duty in undone(sim):
        if duty.logs_on:
            routing.stick(sim, duty.logs_on)
        if duty.lists:
            out = routing.withdrawn_stocks(sim)
            sim.duties.unlisted += [name for name in _listed(sim, duty) if name not in out]
            routing.withdraw_stocks(sim, _listed(sim, duty))
        sim.tell("duty.missed", (duty.desk,), desk=duty.desk, item=duty.id, label=duty.said())


def keep_out(sim: "Simulation", symbols: list[str]) -> None:
    """Somebody has withdrawn these stocks on purpose: no duty brings them back."""
    sim.duties.unlisted = [name for name in sim.duties.unlisted if name not in symbols]


def _refuse(sim: "Simulation") -> None:
    """Set what clients are refused for want of a duty."""
    controls, left = sim.machine.controls, undone(sim)
    controls["uncertified"] = sum(1 << routing.broker_number(sim, duty.certifies) for duty in left if duty.certifies)
    controls["unlocated_256"] = max((round(256 * duty.locates) for duty in left), default=0)


def _listed(sim: "Simulation", duty: "Duty") -> list[str]:
    """The stocks of the market among those that a duty lists."""
    return [name for name in duty.lists if name in sim.names]


# -- what waits for one


def not_set_up(sim: "Simulation", kind: str) -> Sentence:
    """Why a lever cannot be given for want of a duty, or ""."""
    return next((_first(duty) for duty in undone(sim) if kind in duty.sets), "")


def slowed(sim: "Simulation", kind: str) -> bool:
    """Whether a lever takes twice as long for want of a duty."""
    return any(kind in duty.quickens for duty in undone(sim))


def never_logged_on(sim: "Simulation", exchange: str) -> Sentence:
    """Why the session with an exchange cannot be opened anew, or "": nobody has logged on to it today."""
    return next((_first(duty) for duty in undone(sim) if duty.logs_on == exchange), "")


def never_listed(sim: "Simulation", symbols: list[str]) -> Sentence:
    """Why stocks cannot be readmitted, or ""."""
    return next((_first(duty) for duty in undone(sim) if set(duty.lists) & set(symbols)), "")


def _first(duty: "Duty") -> Phrase:
    return phrase("first {clause}", clause=duty.said())


def late_usd(sim: "Simulation", until: int) -> float:
    """What it costs by step `until` that brokers were certified after the programme was due, which is late for their part of the flow."""
    if not sim.duties.given:
        return 0.0
    calendar = sim.calendar
    shares = {broker.name: broker.share for broker in sim.scenario.flow.broker}
    late = 0.0
    for duty in sim.scenario.duty:
        if duty.certifies:
            steps = min(sim.duties.done.get(duty.id, until), until, calendar.close) - calendar.due
            late += shares[duty.certifies] * max(0, steps) / max(calendar.close - calendar.due, TICK_STEPS)
    return sim.scenario.costs.rlp_late_usd * late
