"""Whether a desk has something worth doing: the longest wall time without, at the speeds a run is played at.

Worth doing: something new to look at, a call, or a free hand with a lever that is allowed and was not used yet in this phase.
"""

from dataclasses import dataclass, field
from typing import TypedDict

from engine.events import DESKS, Event
from engine.firm.simulation import Simulation
from engine.market_time import SPEEDS, STEPS_PER_SECOND, Calendar
from engine.sights.cards import DeskCards

Gap = TypedDict("Gap", {"longest_gap_s": float, "from": str, "to": str, "longest_without_news_s": float})
ANSWERS = ("command.applied", "command.refused")  # what a desk hears of itself


def wall_s(calendar: Calendar, step: int, speeds: dict[str, float] = SPEEDS) -> float:
    """Seconds of wall time from the first evening to a step; the evening before the block is not waited for."""
    opens, bell_end = calendar.open, calendar.bell_end
    spans = ((calendar.week, 0), (0, opens), (opens, bell_end), (bell_end, calendar.close), (calendar.block, calendar.end))
    return sum(max(0, min(step, end) - begin) / STEPS_PER_SECOND / speeds[calendar.phase(begin)] for begin, end in spans)


@dataclass(slots=True)
class Busy:
    """Collects moments worth something; give `watch` to a rehearsal, then its events to `gaps`."""

    calendar: Calendar
    until: int
    since: int = 0
    speeds: dict[str, float] = field(default_factory=lambda: dict(SPEEDS))
    sights: dict[str, list[tuple[int, list[str]]]] = field(default_factory=lambda: {desk: [] for desk in DESKS})

    def watch(self, sim: Simulation, sights: dict[str, DeskCards]) -> None:
        """Note at a look which levers each desk has a hand for."""
        for desk, sight in sights.items():
            rows = sight["levers"]["levers"]
            self.sights[desk].append((sim.now, [row["kind"] for row in rows if row["allowed"]]))

    def gaps(self, events: list[Event]) -> dict[str, Gap]:
        """A desk each: longest_gap_s with its from and to, and longest_without_news_s, which levers do not shorten."""
        return {desk: self._gaps_of(desk, events) for desk in DESKS}

    def _gaps_of(self, desk: str, events: list[Event]) -> Gap:
        calendar = self.calendar
        mine = [event for event in events if desk in event.audience and self.since <= event.step <= self.until]
        news = [event.step for event in mine if event.kind not in ANSWERS]
        used = {
            (calendar.phase(event.step), event.data["command"]): event.step
            for event in reversed(mine)
            if event.kind == "command.applied"
        }
        free = [
            step
            for step, kinds in self.sights[desk]
            if any(used.get((calendar.phase(step), kind), calendar.end) >= step for kind in kinds)
        ]  # fmt: skip
        seconds, first, last = self._longest([*news, *free])
        quiet, _, _ = self._longest(news)
        begin, end = calendar.told(first, 0), calendar.told(last, 0)
        return {"longest_gap_s": round(seconds, 1), "from": begin, "to": end, "longest_without_news_s": round(quiet, 1)}

    def _longest(self, moments: list[int]) -> tuple[float, int, int]:
        steps = sorted([self.since, *moments, self.until])
        walls = [wall_s(self.calendar, step, self.speeds) for step in steps]
        pairs = [(walls[i + 1] - walls[i], steps[i], steps[i + 1]) for i in range(len(steps) - 1)]
        return max(pairs, key=lambda pair: (pair[0], -pair[1]))
