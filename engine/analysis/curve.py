"""The loss curve: what the day has cost at every full minute."""

from collections.abc import Sequence
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


def costliest(curve: Sequence[Sequence[int]], since: int) -> tuple[int, int] | None:
    """The minute from step `since` on that cost most: the step at which it began, and dollars. None where none cost anything."""
    pairs = [
        (then[0], now[1] - then[1])
        for then, now in zip(curve, curve[1:], strict=False)
        if then[0] >= since and now[0] - then[0] == STEPS_PER_MINUTE
    ]
    step, usd = max(pairs, key=lambda one: one[1], default=(0, 0))
    return (step, usd) if usd > 0 else None


def loss_of(sim: "Simulation") -> int:
    """The loss in whole dollars as the board shows it."""
    return round(float(score(sim)["total"]))
