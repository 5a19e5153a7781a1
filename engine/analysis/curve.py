"""The loss curve: what the day has cost at every full minute."""

from typing import TYPE_CHECKING

from engine.firm.score import score
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


def step_to(sim: "Simulation", target: int, curve: list[list[int]]) -> None:
    """Step, stopping at every full minute to add [step, loss in whole dollars] to `curve`."""
    while sim.now < target and not sim.ended:
        minute = (sim.now // STEPS_PER_MINUTE + 1) * STEPS_PER_MINUTE
        sim.step(min(minute, target) - sim.now)
        if sim.now % STEPS_PER_MINUTE == 0 or sim.ended:
            curve.append([sim.now, loss_of(sim)])


def loss_of(sim: "Simulation") -> int:
    """The loss in whole dollars as the board shows it."""
    return round(float(score(sim)["total"]))
