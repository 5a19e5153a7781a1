"""What the day sees of itself every five seconds: runaways, pauses, limits reached, and evidence that falls due."""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.evidence.evidence import Mail
from engine.firm import guide, inbox, phone, safeguards, server_ops
from engine.firm.clients import excuse_waiting
from engine.firm.gauges import mid_prices_hc
from engine.firm.injects import end_of_shyness, judge_injects
from engine.firm.view import View
from engine.market import market_step
from engine.market.measure import LIMITS
from engine.market.state import EXECUTIONS, Machine
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


@dataclass(slots=True)
class Monitoring:
    """What was noticed of the machine; JSON-able fields."""

    runaway: int = 0  # parents that run away now
    first_runaway: int | None = None  # step of the first
    contained: int | None = None  # step at which the last ended
    paused: list[int] = field(default_factory=list)  # stocks whose trading is paused, by index
    limits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LIMITS, 0))  # how often a limit of the machine was reached

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Monitoring":
        """What `to_dict` gave."""
        return cls(**data)

    def watch_runaway(self, machine: Machine, now: int) -> None:
        """Count runaway parents, and note when the first appeared and the last ended."""
        self.note_runaway(int(market_step.count_runaway(machine)), now)

    def note_runaway(self, count: int, now: int) -> None:
        """So many parents run away now."""
        before, self.runaway = self.runaway, count
        if self.runaway and self.first_runaway is None:
            self.first_runaway = now
        if before and not self.runaway:
            self.contained = now


def look_in_the_week(sim: "Simulation", step: int) -> None:
    """Every minute of an evening: let evidence fall due. No market is open, nothing is measured."""
    view = View(sim, step)
    phone.follow_up(sim, view)
    for item in sim.evidence.tick(step, view):
        inbox.deliver(sim, item)
    judge_injects(sim)


def look_around(sim: "Simulation", step: int) -> None:
    """Every five seconds: measure, notice pauses, and let evidence fall due."""
    tick = step // 20
    safeguards.watch_threshold(sim)
    excuse_waiting(sim)
    sim.gauges.take(sim, tick)
    sim.monitoring.note_runaway(sim.gauges.runaway, sim.now)
    safeguards.watch_dashboard(sim)
    sim.monitor.take(tick, sim.machine)
    lag_s = sim.scenario.monitor.calm_lag_s if sim.phone.feed else sim.monitor.lag_s(sim.scenario, sim.gauges.per_s(EXECUTIONS))
    sim.monitor.show(tick, lag_s + sim.injects.figures_late_s(sim.now))
    if step % STEPS_PER_MINUTE == 0 and step <= sim.calendar.close:
        sim.monitor.note(step // STEPS_PER_MINUTE, mid_prices_hc(sim))
    _notice_limits(sim)
    if step <= sim.calendar.close:
        _notice_pauses(sim, step)
        _look_for_evidence(sim, step)
    end_of_shyness(sim)
    judge_injects(sim)
    guide.follow(sim)
    if sim.scenario.extension.agents and step <= sim.calendar.close:
        for act in sim.scenario.extension.agents:
            act(sim)
        server_ops.set_servers(sim)


def _look_for_evidence(sim: "Simulation", step: int) -> None:
    """Calls that rang out, what falls due, hints that stand now, and a headline."""
    view = View(sim, step)
    phone.follow_up(sim, view)
    for item in sim.evidence.tick(step, view):
        inbox.deliver(sim, item)
        if isinstance(item, Mail) and item.does:
            phone.carry_out(sim, item.does)
            server_ops.set_servers(sim)
    standing = [hint for hint in sim.inbox.hints if hint["end"] > step]
    sim.inbox.hints = standing + [hint.to_dict() for hint in sim.evidence.hints(view)]
    text = sim.evidence.headline(view)
    if text:
        inbox.headline(sim, text)


def _notice_limits(sim: "Simulation") -> None:
    """Reaching a limit of the machine is an event, never an exception."""
    known, reached = sim.monitoring.limits, dict(zip(LIMITS, sim.gauges.limits.tolist(), strict=True))
    if reached != known:
        for name, count in reached.items():
            if count > known[name]:
                sim.tell("limit.reached", limit=name, times=count - known[name])
        sim.monitoring.limits = reached


def _notice_pauses(sim: "Simulation", step: int) -> None:
    before = sim.monitoring.paused
    if not sim.gauges.paused and not before:
        return
    paused = np.flatnonzero(sim.machine.market["paused_until"] > step).tolist()
    if paused != before:
        for s in sorted(set(paused) - set(before)):
            sim.tell("breaker.paused", symbol=sim.names[s])
        for s in sorted(set(before) - set(paused)):
            sim.tell("breaker.resumed", symbol=sim.names[s])
        sim.monitoring.paused = paused
