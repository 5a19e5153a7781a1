"""The spaces of the environment, as gymnasium has them, for programs that have not installed it: the product does not need it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.events import DESKS
from engine.market.chance import below

_SAMPLES = 90  # a stream of chance of its own: no market draws from it


class Discrete:
    """Whole numbers from 0 to n - 1; also takes a command by its name, see Environment.step."""

    dtype, shape = np.dtype(np.int64), ()

    def __init__(self, n: int, seed: int = 0) -> None:
        self.n, self._seed, self._drawn = n, seed, 0

    def seed(self, seed: int | None = None) -> int:
        """Begin the samples anew."""
        self._seed, self._drawn = seed or 0, 0
        return self._seed

    def sample(self, mask: npt.NDArray[np.int8] | None = None) -> int:
        """One of the numbers whose mask is 1, each as likely as the others; 0 where there is none."""
        free = np.arange(self.n) if mask is None else np.flatnonzero(mask)
        self._drawn += 1
        return int(free[below(self._seed, _SAMPLES, self._drawn, 0, len(free))]) if len(free) else 0

    def contains(self, x: object) -> bool:
        """Whether it is one of the numbers."""
        return isinstance(x, int | np.integer) and not isinstance(x, bool) and 0 <= int(x) < self.n


class Observations:
    """What an agent is given: {"sight": cards by name, "action_mask": (n,) int8}. Has no sample: a desk's screen cannot be made up."""

    def __init__(self, n: int) -> None:
        self.n = n

    def contains(self, x: object) -> bool:
        """Whether it is such an observation."""
        return isinstance(x, Mapping) and set(x) == {"sight", "action_mask"} and is_sight(x["sight"]) and np.shape(x["action_mask"]) == (self.n,)


def is_sight(x: object) -> bool:
    """Whether it is a desk's cards."""
    return isinstance(x, Mapping) and {"clock", "levers", "work", "inbox"} <= x.keys()


def made(spaces: Any, sizes: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(observation spaces, action spaces) by desk. `spaces`: gymnasium.spaces, for libraries that want its classes; None for those above."""
    if spaces is None:
        return {desk: Observations(sizes[desk]) for desk in DESKS}, {desk: Discrete(sizes[desk]) for desk in DESKS}
    sight = type("Sight", (spaces.Space,), {"contains": lambda self, x: is_sight(x), "is_np_flattenable": property(lambda self: False)})
    found = {desk: spaces.Dict({"sight": sight(), "action_mask": spaces.MultiBinary(sizes[desk])}) for desk in DESKS}
    return found, {desk: spaces.Discrete(sizes[desk]) for desk in DESKS}
