"""A finished run that can be looked at again: any desk's sight at any step, as it was then.

One simulation is moved about in it. Where it has to go back, it begins at the last checkpoint before; `unrolled` makes one every few
market minutes, with a simulation of its own, so that nobody waits for it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from engine.analysis.debrief import Log
from engine.analysis.replay import in_order, play_on, restore, save
from engine.firm.simulation import Simulation
from engine.market_time import STEPS_PER_MINUTE
from engine.moment import Moment
from engine.sights.sight import Sight, sight

_APART = 5 * STEPS_PER_MINUTE  # between two checkpoints of the day: at the worst 60 ms of playing
APART_IN_THE_WEEK = 30 * STEPS_PER_MINUTE


class Reel:
    """The sights of a run by step. Not for two threads at once, but for `unrolled`, which may run beside the rest."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._ordered = in_order(log.commands)
        self._sim = Simulation(log.scenario, log.seed, noise=log.noise, start=log.start)
        self._steps, self._blobs = [log.start], [save(self._sim)]
        self.unrolling = False  # for whoever uses it: whether somebody is at it

    def unrolled(self) -> Iterator[int]:
        """Make the checkpoints that are missing; the step of each as it is there."""
        sim = restore(self.log.scenario, self._blobs[-1])
        while (step := sim.now + (APART_IN_THE_WEEK if sim.now < 0 else _APART)) < self.log.until.step:
            play_on(sim, self._ordered, self._before(step))
            sim.take_events()
            self._blobs.append(save(sim))
            self._steps.append(sim.now)  # last: whoever finds a step finds its checkpoint
            yield sim.now

    def sights(self, desk: str, help_level: str, first: int, every: int = 1, count: int = 1) -> Iterator[tuple[int, Sight]]:
        """The cards of a desk before step `first`, and before every so many steps after it, until there are `count` or the run is over.

        At the end of the run they are as it was left, with all that was given. Between the close and the block there is nothing to see:
        the next ones are those of the block.
        """
        step, until = max(first, self.log.start), self.log.until.step
        for _ in range(count):
            sim = self._at(min(step, until))
            yield sim.now, sight(sim, desk, help_level)
            if sim.now >= until:
                return
            step = sim.now + every

    def _at(self, step: int) -> Simulation:
        place = bisect_right(self._steps, step) - 1
        if not self._steps[place] <= self._sim.now <= step:
            restore(self.log.scenario, self._blobs[place], into=self._sim)
        play_on(self._sim, self._ordered, self._before(step) if step < self.log.until.step else self.log.until)
        self._sim.take_events()
        return self._sim

    def _before(self, step: int) -> Moment:
        place = bisect_left(self._ordered, step, key=lambda command: command.step)
        return Moment(step, self._ordered[place - 1].seq if place else 0)
