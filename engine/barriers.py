"""The barriers of the week in a run that was played: each that was open closed, each that was closed left open, on the same market.

An open one is closed by its plan in `slices.toml`, beside all that the team did: twice the hands are there for it, for a plan would
otherwise only show what else could not be done. What the plan builds has no hole. A closed one is left open by not doing what closed it.
The other commands are given at their own times; but where a barrier more is closed, those after the bell only if there is a position to
act on: nobody rolls back a fleet that nothing is wrong with.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.commands import LEVERS
from engine.debrief import Log, Outcome, Variation, of_this_course
from engine.events import DESKS
from engine.fleet import Fleet
from engine.market_time import OPEN, WEEK
from engine.playbook import Slice, playbook, playbook_names
from engine.rehearsal import BEFORE, Rehearsal, step_to, submit, wound_up
from engine.simulation import Simulation
from engine.slices import SEEN_USD
from engine.week import CONTROLS

if TYPE_CHECKING:
    from engine.barrier_texts import Slice as Barrier
    from engine.commands import Command
    from engine.scenario import Scenario

BASE = Variation("week")  # the run as played, its week with it where history's stands before it: what the others are held against
CLOSED, LEFT = "closed:", "left:"
MORE_HANDS = 2
HISTORYS = -1
PLANNED = 0  # place in the log of what a plan gives; the team's begin at 1
# What was not done where a barrier is left open, by the question or fact that judges it; what a control was built by is not done either.
UNDONE = {"second": "fleet.review", "compared": "checksum.run", "counter": "counter.test"}
SAFER = ("retired", "own-flag")  # closed by another release: the one that was meant to go live goes out in its place


def barrier_variations(log: Log) -> list[Variation]:
    """The course that each barrier's other state makes; none in a scenario whose barriers have no plans."""
    found = [Variation(f"{LEFT if one.id in log.closed else CLOSED}{one.id}") for one in log.scenario.barriers.slice if one.id in log.plans]
    return [BASE, *found] if found else []


def barrier_outcome(log: Log, variation: Variation) -> Outcome:
    """What the day costs with one barrier in its other state (of BASE: as played), a team's whole week before it."""
    word, _, name = variation.key.rpartition(":")
    barrier = next((one for one in log.scenario.barriers.slice if one.id == name), None)
    plan = log.plans.get(name) if f"{word}:" == CLOSED else None
    course = _week_of(log)
    if barrier and plan:
        course = [one for one in course if not _replaced(one, plan)] + [replace(one, seq=PLANNED) for one in plan.commands]
    elif barrier:
        course = [left for one in course if (left := _left(log.scenario, barrier, one))]
    return _outcome(log, sorted(course, key=lambda one: (one.step, one.seq)), plan, barrier if plan is None else None)


def _week_of(log: Log) -> "list[Command]":
    """All that was carried out; before a run of the morning alone, history's week."""
    own = [one for one in log.commands if one.seq not in log.refused and one.step < log.horizon]
    name = f"{BEFORE}-week"
    if log.start < 0 or name not in playbook_names(log.scenario):
        return own
    return [replace(one, seq=HISTORYS) for one in playbook(log.scenario, name, log.seed)] + own


def _replaced(command: "Command", plan: Slice) -> bool:
    """Whether the plan does without it: a kind that the plan gives itself in the week it does without in the week alone."""
    if command.kind not in plan.without:
        return False
    return command.step < 0 or not any(one.kind == command.kind and one.step < 0 for one in plan.commands)


def _left(scenario: "Scenario", barrier: "Barrier", command: "Command") -> "Command | None":
    """The command as it is given where the barrier was left open; None: not at all."""
    if command.step >= 0:
        return command
    undone = (UNDONE.get(barrier.truth or barrier.fact), *(CONTROLS[name].kind for name in barrier.built))
    if command.kind in undone:
        return None
    built = [one.name for one in scenario.fleet.release if one.build is not None]
    if barrier.truth not in SAFER or command.args.get("release") not in built:
        return command
    return None if command.kind == "release.build" else replace(command, args={**command.args, "release": scenario.fleet.target})


def _outcome(log: Log, course: "list[Command]", plan: Slice | None, left: "Barrier | None") -> Outcome:
    hands = log.scenario.hands
    more = {desk: getattr(hands.evening, desk) * MORE_HANDS for desk in DESKS}
    scenario = log.scenario.model_copy(update={"hands": hands.model_copy(update={"evening": hands.evening.model_copy(update=more)})})
    run = Rehearsal(Simulation(scenario, log.seed, noise=log.noise, start=WEEK))
    sim, reasons = run.sim, list[str]()
    for command in [*course, None]:
        until = command.step if command else log.horizon
        if sim.now < 0:
            sim.step(min(until, 0) - sim.now)
            if until >= 0:
                _stand(sim, plan, left)
        step_to(sim, until, run.curve)
        own = plan is not None and command is not None and command.seq == PLANNED
        if command is None or (plan and not _is_given(sim, command, plan if own else None)):
            continue
        submit(run, of_this_course(sim, replace(command, seq=len(run.commands) + 1)))
        refused = bool(run.refused) and run.refused[-1][0] is run.commands[-1]
        if own and refused and not LEVERS[command.kind].talk and (not plan or plan.control not in sim.built):
            reasons.append(run.refused[-1][1])
    return Outcome(float(wound_up(run)["total"]), reasons[0] if reasons else "", run.curve)


def _stand(sim: Simulation, plan: Slice | None, left: "Barrier | None") -> None:
    """At 08:00 of the day: the control that closes a barrier is whole, and a copy that is not to arrive has not arrived."""
    if plan and plan.control in sim.safeguards:
        sim.safeguards[plan.control]["hole"] = False
        sim.apply_dial(plan.control)
    if left and left.truth == "arrived":
        sim.fleet.servers[sim.stale - 1] = Fleet.deployed(sim.scenario, sim.stale).servers[sim.stale - 1]
        sim.set_servers()


def _is_given(sim: Simulation, command: "Command", plan: Slice | None) -> bool:
    """A plan waits on the day for the alert that it is told by, where it has one; a team acts after the bell on a position that it sees.
    What a facilitator put in comes in any case."""
    if command.step < 0 or command.desk not in DESKS:
        return True
    if plan:
        return not plan.alerted or any(plan.alerted in alert["text"] for alert in sim.alerts if alert["step"] >= 0)
    return command.step < OPEN or sim.gross_usd() > SEEN_USD
