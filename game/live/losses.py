"""A loss by the minute, and how much of history's was avoided."""

from bisect import bisect_right

import engine

SHARE_FROM_USD = 1_000_000  # below it a share of history's loss says nothing
Curve = list[list[int]]  # [[step, loss in dollars], ...]


def at(curve: Curve, step: int) -> int:
    """The loss at `step`, on the straight line between two minutes."""
    place = bisect_right(curve, step, key=lambda point: point[0])
    if place == 0:
        return 0
    before = curve[place - 1]
    if place == len(curve):
        return before[1]
    after = curve[place]
    return round(before[1] + (after[1] - before[1]) * (step - before[0]) / (after[0] - before[0]))


def series(calendar: engine.Calendar, curve: Curve, until: int) -> list[int]:
    """Loss at every full minute from the opening bell to `until`."""
    return [at(curve, step) for step in range(calendar.open, until + 1, engine.STEPS_PER_MINUTE)]


def share(ghost_usd: int | None, loss_usd: int) -> float | None:
    """Which part of history's loss was avoided."""
    if ghost_usd is None or ghost_usd <= SHARE_FROM_USD:
        return None
    return round((ghost_usd - loss_usd) / ghost_usd, 4)


def grade(ghost_usd: float | None, loss_usd: float, yardstick_usd: float) -> float | None:
    """The grade, where there is something to be measured against: what history lost, or the scenario's yardstick (0: it had none)."""
    if ghost_usd is None or max(ghost_usd, yardstick_usd) <= SHARE_FROM_USD:
        return None
    return engine.grade(loss_usd, ghost_usd, yardstick_usd)
