"""The slices of the cheese, each closed alone: history's week and morning but for one barrier, and what the day then costs.

A barrier is a plan of the scenario's own (`slices.toml`). A control that it builds is tried whole, and with the hole that it may have.
"""

from dataclasses import replace
from typing import TypedDict

from engine.analysis.playbook import BarrierPlan, barrier_plans, playbook
from engine.analysis.rehearsal import Rehearsal, submit
from engine.commands import Command
from engine.events import DESKS
from engine.firm import safeguards
from engine.firm.inbox import has_alerted
from engine.firm.safeguards import CONTROLS
from engine.firm.score import gross_usd, score
from engine.firm.simulation import Simulation
from engine.levers import LEVERS
from engine.market_time import STEPS_PER_MINUTE
from engine.scenario.scenario import Scenario

_HISTORY = ("history-week", "history")
NO_BARRIER = BarrierPlan("history", "Nothing: history's week and morning", ())
NEEDED = ("release.copy", "server.start")  # what the fleet takes at least, a server each
SEEN_USD = 10_000_000  # clients' orders come and go by less than that
SHORT_MIN = 30  # what takes less is a setting


class AloneRow(TypedDict):
    """What a barrier is worth alone; dollars are whole, `hole_usd` is None where no control is built."""

    id: str
    label: str
    loss_usd: int
    hole_usd: int | None
    saved: float
    trading_usd: int
    client_harm_usd: int
    hands_min: dict[str, int]
    price_usd: int


def alone(scenario: Scenario, seed: int, found: BarrierPlan = NO_BARRIER, *, hole: bool = False, until: int | None = None) -> Rehearsal:
    """A run to step `until` with history's play and one barrier beside it; the seed's draw of a hole is overridden. Raises PlaybookError."""
    others = [
        command
        for name in _HISTORY
        for command in playbook(scenario, name, seed)
        if command.kind not in found.without
    ]
    rows = [(command, True) for command in found.commands] + [(command, False) for command in others]
    run = Rehearsal(Simulation(scenario, seed, start=scenario.calendar.week))
    until = scenario.calendar.end if until is None else until
    sim = run.sim
    given = sorted((row for row in rows if row[0].step < until), key=lambda row: row[0].step)
    for seq, (command, own) in enumerate(given, 1):
        _step_to(sim, command.step, found, hole)
        if _is_given(sim, command, own, found):
            submit(run, replace(command, seq=seq))
    _step_to(sim, until, found, hole)
    return run


def _step_to(sim: Simulation, target: int, found: BarrierPlan, hole: bool) -> None:
    if sim.now < 0 <= target:
        sim.step(-sim.now)
        if found.control:
            sim.safeguards.controls[found.control]["hole"] = hole
            safeguards.apply_dial(sim, found.control)
    close = sim.calendar.close
    if sim.now < close:
        sim.step(min(target, close) - sim.now)  # at the close the clock jumps to the evening
    sim.step(max(0, target - sim.now))


def _is_given(sim: Simulation, command: Command, own: bool, found: BarrierPlan) -> bool:
    """On the day history acts on a position that can be seen, and a team that is alerted where an alert has told it."""
    if command.step < 0:
        return True
    if own:
        return not found.alerted or has_alerted(sim, found.alerted)
    return command.step < sim.calendar.open or gross_usd(sim.machine) > SEEN_USD


def alone_row(scenario: Scenario, seed: int, found: BarrierPlan, before: Rehearsal) -> AloneRow:
    """One line of the table. `before`: history's own run."""
    sim = alone(scenario, seed, found).sim
    money, history = score(sim), score(before.sim)
    hands = {desk: (sim.week.hand_steps[desk] - before.sim.week.hand_steps[desk]) // STEPS_PER_MINUTE for desk in DESKS}
    holed = score(alone(scenario, seed, found, hole=True).sim)["total"] if found.control else None
    return {
        "id": found.id,
        "label": found.label,
        "loss_usd": round(money["total"]),
        "hole_usd": None if holed is None else round(holed),
        "saved": round(1 - money["total"] / history["total"], 4),
        "trading_usd": round(money["trading"]),
        "client_harm_usd": round(money["client_harm"] + money["halting"]),
        "hands_min": hands,
        "price_usd": round(money["precautions"] - history["precautions"]),
    }


def alone_table(scenario: Scenario, seed: int) -> list[AloneRow]:
    """Every slice of a scenario closed alone, history first."""
    before = alone(scenario, seed)
    return [alone_row(scenario, seed, found, before) for found in (NO_BARRIER, *barrier_plans(scenario, seed))]


def week_supply(scenario: Scenario) -> dict[str, dict[str, int]]:
    """Hand-minutes of the week by desk: {supply, needed, optional}: what there is, what copying and restarting the fleet by hand takes, and
    what doing everything else once, and testing every control, would take."""
    found = {desk: {"supply": 0, "needed": 0, "optional": 0} for desk in DESKS}
    for desk in DESKS:
        found[desk]["supply"] = getattr(scenario.hands.evening, desk) * 540
    for control in CONTROLS.values():
        found[control.desk]["optional"] += round(scenario.levers["control.test"].evening or 0)
    for kind, desk, minutes in _once(scenario):
        found[desk]["needed" if kind in NEEDED else "optional"] += round(minutes)
    return found


def _once(scenario: Scenario) -> list[tuple[str, str, float]]:
    """(kind, desk, minutes of its hands) of everything that can be done in the week, once."""
    rows = []
    for kind, numbers in scenario.levers.items():
        minutes = numbers.evening or 0
        if kind in ("control.test", "control.mend") or (minutes < SHORT_MIN and kind not in NEEDED):
            continue
        times = scenario.fleet.servers if numbers.each or kind == "server.start" else 1
        if kind == "release.build":
            rows += [(kind, "deployer", float(release.build)) for release in scenario.fleet.release if release.build is not None]
            continue
        rows += [(kind, desk, times * count * held) for desk, count, held in numbers.held(_desk(kind), minutes)]
    return rows


def _desk(kind: str) -> str:
    """The desk that does it in the week."""
    return "deployer" if kind in NEEDED else LEVERS[kind].desk
