"""The barriers of the week in a run that was played: each that was open closed, each that was closed left open, on the same market.

An open one is closed by its plan in `slices.toml`, beside all that the team did: twice the hands are there for it, for a plan would
otherwise only show what else could not be done. What the plan builds has no hole. A closed one is left open by not doing what closed it.
The other commands are given at their own times; but where a barrier more is closed, those after the bell only if there is a position to
act on: nobody rolls back a fleet that nothing is wrong with.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.analysis.closed_alone import SEEN_USD
from engine.analysis.curve import step_to
from engine.analysis.debrief import Counterfactual, CounterfactualResult, Log, of_this_course
from engine.analysis.playbook import BarrierPlan, playbook, playbook_names
from engine.analysis.rehearsal import BEFORE, Rehearsal, submit, wound_up
from engine.analysis.replay import in_order
from engine.arguments import Sentence
from engine.events import DESKS
from engine.firm import safeguards, server_ops
from engine.firm.fleet import Fleet
from engine.firm.inbox import has_alerted
from engine.firm.safeguards import CONTROLS
from engine.firm.score import gross_usd
from engine.firm.simulation import Simulation
from engine.levers.shapes import fitting

if TYPE_CHECKING:
    from engine.commands import Command
    from engine.scenario.barrier_texts import Barrier
    from engine.scenario.scenario import Scenario

BASE = Counterfactual("week")  # the run as played, its week with it where history's stands before it: what the others are held against
_CLOSED, LEFT = "closed:", "left:"
MORE_HANDS = 2
HISTORYS = -1
PLANNED = 0  # place in the log of what a plan gives; the team's begin at 1
SAFER = ("retired", "own-flag")  # closed by another release: the one that was meant to go live goes out in its place


def barrier_counterfactuals(log: Log) -> list[Counterfactual]:
    """The course that each barrier's other state makes; none in a scenario whose barriers have no plans."""
    found = [
        Counterfactual(f"{LEFT if one.id in log.closed else _CLOSED}{one.id}")
        for one in log.scenario.barriers.slice
        if one.id in log.plans
    ]
    return [BASE, *found] if found else []


def barrier_outcome(log: Log, counterfactual: Counterfactual) -> CounterfactualResult:
    """What the day costs with one barrier in its other state (of BASE: as played), a team's whole week before it."""
    word, _, name = counterfactual.key.rpartition(":")
    barrier = next((one for one in log.scenario.barriers.slice if one.id == name), None)
    plan = log.plans.get(name) if f"{word}:" == _CLOSED else None
    course = _week_of(log)
    if barrier and plan:
        course = [one for one in course if not _replaced(one, plan)] + [replace(one, seq=PLANNED) for one in plan.commands]
    elif barrier:
        course = [left for one in course if (left := _left(log.scenario, barrier, one))]
    return _result(log, in_order(course), plan, barrier if plan is None else None)


def _week_of(log: Log) -> "list[Command]":
    """All that was carried out; before a run of the morning alone, history's week."""
    own = [one for one in log.commands if one.seq not in log.refused and log.horizon.takes(one)]
    name = f"{BEFORE}-week"
    if log.start < 0 or name not in playbook_names(log.scenario):
        return own
    return [replace(one, seq=HISTORYS) for one in playbook(log.scenario, name, log.seed)] + own


def _replaced(command: "Command", plan: BarrierPlan) -> bool:
    """Whether the plan does without it: a kind that the plan gives itself in the week it does without in the week alone."""
    if command.kind not in plan.without:
        return False
    return command.step < 0 or not any(one.kind == command.kind and one.step < 0 for one in plan.commands)


def _left(scenario: "Scenario", barrier: "Barrier", command: "Command") -> "Command | None":
    """The command as it is given where the barrier was left open; None: not at all."""
    if command.step >= 0:
        return command
    settles = scenario.kinds[command.kind].settles
    if (settles and settles == (barrier.truth or barrier.fact)) or command.kind in [CONTROLS[name].kind for name in barrier.built]:
        return None
    built = [one.name for one in scenario.fleet.release if one.build is not None]
    if barrier.truth not in SAFER or fitting(command.kind, command.args).get("release") not in built:
        return command
    return None if command.kind == "release.build" else replace(command, args={**command.args, "release": scenario.fleet.target})


def _result(log: Log, course: "list[Command]", plan: BarrierPlan | None, left: "Barrier | None") -> CounterfactualResult:
    run = Rehearsal(Simulation(_with_more_hands(log.scenario), log.seed, noise=log.noise, start=log.scenario.calendar.week))
    reasons: list[Sentence] = []
    for command in course:
        _move(run, command.step, plan, left)
        own = plan is not None and command.seq == PLANNED
        if plan is None or _is_given(run.sim, command, plan if own else None):
            submit(run, of_this_course(run.sim, replace(command, seq=len(run.commands) + 1)))
            reasons += _refusals(run, plan) if own else []
    _move(run, log.horizon.step, plan, left)
    return CounterfactualResult(float(wound_up(run)["total"]), reasons[0] if reasons else "", run.curve)


def _with_more_hands(scenario: "Scenario") -> "Scenario":
    """Evenings with room for a plan beside what was done in them."""
    hands = scenario.hands
    more = {desk: getattr(hands.evening, desk) * MORE_HANDS for desk in DESKS}
    return scenario.model_copy(update={"hands": hands.model_copy(update={"evening": hands.evening.model_copy(update=more)})})


def _move(run: Rehearsal, until: int, plan: BarrierPlan | None, left: "Barrier | None") -> None:
    """Step to `until`; what holds from the beginning of the day on is seen to on the way."""
    if run.sim.now < 0:
        run.sim.step(min(until, 0) - run.sim.now)
        if until >= 0:
            _stand(run.sim, plan, left)
    step_to(run.sim, until, run.curve)


def _refusals(run: Rehearsal, plan: BarrierPlan | None) -> list[Sentence]:
    """Why the command given last was refused, where that keeps the plan from standing."""
    command = run.commands[-1]
    refused = bool(run.refused) and run.refused[-1][0] is command
    if not refused or run.sim.scenario.kinds[command.kind].talk or (plan and plan.control in run.sim.safeguards.built):
        return []
    return [run.refused[-1][1]]


def _stand(sim: Simulation, plan: BarrierPlan | None, left: "Barrier | None") -> None:
    """As the day begins: the control that closes a barrier is whole, and a copy that is not to arrive has not arrived."""
    if plan and plan.control in sim.safeguards.controls:
        sim.safeguards.controls[plan.control]["hole"] = False
        safeguards.apply_dial(sim, plan.control)
    if left and left.truth == "arrived":
        sim.fleet.servers[sim.stale - 1] = Fleet.deployed(sim.scenario, sim.fault).servers[sim.stale - 1]
        server_ops.set_servers(sim)


def _is_given(sim: Simulation, command: "Command", plan: BarrierPlan | None) -> bool:
    """A plan waits on the day for the alert that it is told by, where it has one; a team acts after the bell on a position that it sees.
    What a facilitator put in comes in any case."""
    if command.step < 0 or command.desk not in DESKS:
        return True
    if plan:
        return not plan.alerted or has_alerted(sim, plan.alerted)
    return command.step < sim.calendar.open or gross_usd(sim.machine) > SEEN_USD
