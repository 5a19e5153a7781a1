"""What is done before the bell, and later where it was missed."""

from typing import TYPE_CHECKING

from engine.arguments import Args, phrase
from engine.commands import Refused, StoryWords, lever
from engine.events import DESKS
from engine.firm import duties

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


def _a_duty(sim: "Simulation", value: object) -> str:
    """a duty"""
    there = [duty.id for duty in sim.scenario.duty]
    if not isinstance(value, str) or value not in there:
        raise Refused("duty = {given}: expected {names}", given=repr(str(value)[:40]), names=there or phrase("none, there are none here"))
    return value


def _own_and_open(sim: "Simulation", args: Args) -> None:
    if args["duty"] not in [duty.id for duty in duties.duties_of(sim, sim.acting)]:
        raise Refused("that is another desk's to do")
    if args["duty"] in sim.duties.done:
        raise Refused("that is done")
    if any(work.kind == "duty.do" and work.args["duty"] == args["duty"] for work in sim.works):
        raise Refused("under way already")


def _any_left(sim: "Simulation") -> None:
    if not duties.undone(sim):
        raise Refused("all of it is done")


def _minutes(sim: "Simulation", args: Args) -> float:
    return next(duty.minutes for duty in sim.scenario.duty if duty.id == args["duty"])


@lever(
    "duty.do",
    DESKS,
    "Due before the bell",
    args={"duty": _a_duty},
    check=_own_and_open,
    ready=_any_left,
    minutes=_minutes,
    story=StoryWords(34, "Did what was due before the bell.", once="duty"),
    card="duties",
    help="What this desk has to do every morning. It can be done late, at the same cost.",
)
def _do(sim: "Simulation", args: Args) -> None:
    """A duty is done, and what waited for it goes on."""
    duties.finish_duty(sim, args["duty"])


def _none_yet(sim: "Simulation") -> None:
    if sim.duties.given:
        raise Refused("the desks have their duties already")
    if sim.now > max(sim.start, 0):
        raise Refused("the day has begun without duties")


@lever("duties.give", "facilitator", "Give the desks their duties", ready=_none_yet, talk=True, counted="books")
def _give(sim: "Simulation", args: Args) -> None:
    """The desks have duties before the bell; without this all of it is done."""
    duties.give_duties(sim)
