"""The plan of the week and the desks' checklists: talk, and nothing of it reaches the market."""

from typing import TYPE_CHECKING

from engine import commands
from engine.arguments import Args
from engine.commands import Refused, lever
from engine.events import DESKS
from engine.firm.agenda import PLANS

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


def _in_the_week(sim: "Simulation") -> None:
    if sim.now >= 0:
        raise Refused("the week is over")


def _a_lever(sim: "Simulation", value: object) -> str:
    """a lever of this desk that can be used on an evening"""
    numbers = sim.scenario.levers
    mine = [
        kind
        for kind, found in sim.scenario.kinds.items()
        if sim.acting in found.desks and found.plannable and numbers[kind].evening is not None
    ]
    if not isinstance(value, str) or value not in mine:
        raise Refused("kind = {given}: expected one of {names}", given=repr(str(value)[:40]), names=mine)
    return value


def _an_evening(sim: "Simulation", value: object) -> int:
    """an evening's number"""
    return commands.whole("evening", 0, len(sim.calendar.evenings) - 1, "an evening's number")(sim, value)


def _still_to_come(sim: "Simulation", args: Args) -> None:
    tonight = sim.calendar.evening_of(sim.now) or 0
    if args["evening"] < tonight:
        raise Refused("that evening is over")
    if len(sim.agenda.plan) >= PLANS:
        raise Refused("the plan is full: {most} entries", most=PLANS)


@lever(
    "plan.add",
    DESKS,
    "Plan something for an evening",
    args={"kind": _a_lever, "evening": _an_evening},
    check=_still_to_come,
    ready=_in_the_week,
    talk=True,
    counted="books",
)
def _add(sim: "Simulation", args: Args) -> None:
    """Enter a lever of this desk in the plan; giving it takes it out again."""
    sim.agenda.add(sim.acting, args["kind"], args["evening"])


def _own_entry(sim: "Simulation", value: object) -> int:
    """the number of an entry of this desk"""
    mine = [row["id"] for row in sim.agenda.plan if row["desk"] == sim.acting]
    if isinstance(value, bool) or not isinstance(value, int) or value not in mine:
        raise Refused("id = {given}: expected the number of an entry of this desk", given=repr(str(value)[:40]))
    return value


@lever("plan.drop", DESKS, "Take something out of the plan", args={"id": _own_entry}, ready=_in_the_week, talk=True, counted="books")
def drop(sim: "Simulation", args: Args) -> None:
    """Take an entry out of the plan."""
    sim.agenda.drop(args["id"])


def _own_item(sim: "Simulation", value: object) -> str:
    """an item of this desk's checklist"""
    mine = [item.id for item in sim.scenario.barriers.item if item.desk == sim.acting]
    if not isinstance(value, str) or value not in mine:
        raise Refused("item = {given}: expected one of {names}", given=repr(str(value)[:40]), names=mine)
    return value


def _not_ticked(sim: "Simulation", args: Args) -> None:
    if args["item"] in sim.agenda.ticks:
        raise Refused("that is ticked off already")


@lever("check.tick", DESKS, "Tick an item off", args={"item": _own_item}, check=_not_ticked, ready=_in_the_week, talk=True, counted="books")
def tick(sim: "Simulation", args: Args) -> None:
    """Say that an item of the checklist is so."""
    sim.agenda.ticks[args["item"]] = {"desk": sim.acting, "step": sim.now}
    sim.tell("check.ticked", item=args["item"], desk=sim.acting)


def _ticked(sim: "Simulation", args: Args) -> None:
    if args["item"] not in sim.agenda.ticks:
        raise Refused("that is not ticked off")


@lever("check.untick", DESKS, "Take a tick back", args={"item": _own_item}, check=_ticked, ready=_in_the_week, talk=True, counted="books")
def untick(sim: "Simulation", args: Args) -> None:
    """Say that an item is not so after all."""
    del sim.agenda.ticks[args["item"]]
    sim.tell("check.unticked", item=args["item"], desk=sim.acting)
