"""What whoever runs the exercise sets for a team's run: in the log like everything else, so that a replay shows what was shown."""

from typing import TYPE_CHECKING

from engine.arguments import Args
from engine.commands import Refused, lever

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

HELP_LEVELS = ("2012", "assisted", "guided")


def _level(sim: "Simulation", value: object) -> str:
    """a help level"""
    if value not in HELP_LEVELS:
        raise Refused("level = {given}: expected one of {names}", given=repr(str(value)[:40]), names=[*HELP_LEVELS])
    return str(value)


@lever("help.set", "facilitator", "Set the help level", args={"level": _level}, talk=True, counted="books")
def set_help(sim: "Simulation", args: Args) -> None:
    """How much the desks are shown, and may share, beyond what was known in 2012."""
    sim.day.help_level = args["level"]


def _none_yet(sim: "Simulation") -> None:
    if sim.second_act.given:
        raise Refused("it will have one already")
    if sim.now > max(sim.start, sim.calendar.open):
        raise Refused("the market has opened without one")


@lever("act.give", "facilitator", "Have a second act", ready=_none_yet, talk=True, counted="books")
def _give(sim: "Simulation", args: Args) -> None:
    """One smaller event comes beside the morning's own, when and as the seed says."""
    sim.second_act.given = True
