"""The day's noise, planned at once: which text is sent when, by the seed alone.

Every draw's key is what it decides: (index of the text, number of the send, purpose). The plan never looks at a
run, so two runs of one seed hear the same noise whatever their players do.
"""

from functools import lru_cache
from typing import NamedTuple

from engine.events import DESKS
from engine.market.chance import EVIDENCE, below
from engine.market_time import STEPS_PER_MINUTE, STEPS_PER_SECOND, Calendar
from engine.scenario.evidence_models import Planned, PlannedAlert
from engine.scenario.evidence_texts import EvidenceTexts

PERIODS = ("premarket", "bell", "unwind")
_FIRST, _LAST = 20, 40  # steps after the day's start, and before the close: so that the last tick before it still brings it
_APART = 6 * STEPS_PER_MINUTE  # between two sends of one text
SENDS = 1 << 16
FILLING = 1 << 40  # keys of the draws that choose what fills up a period
TRIES = 6

# Purposes of a draw under one send; parameters start at PARAMETER.
TIME, GAP, PARAMETER = 0, 32, 64


class _Entry(NamedTuple):
    """One planned send: step, place of its text in `texts.planned`, number of the send, place in its burst."""

    step: int
    text: int
    send: int
    turn: int


def _periods(calendar: Calendar) -> tuple[tuple[int, int], ...]:
    """Of PERIODS each, from when until when."""
    return ((_FIRST, calendar.open), (calendar.open, calendar.bell_end), (calendar.bell_end, calendar.close))


def _evenings(calendar: Calendar) -> tuple[tuple[int, int], ...]:
    """Of the evenings of the week each, from when until when mails come."""
    begins = [calendar.evening_step(n) for n in range(len(calendar.evenings))]
    return tuple((begin + STEPS_PER_MINUTE, begin + calendar.evening_steps - STEPS_PER_MINUTE) for begin in begins)


class _Planner:
    def __init__(self, texts: EvidenceTexts, seed: int) -> None:
        self.texts, self.seed = texts, seed
        self.calendar, self.step_at = texts.calendar, texts.calendar.step_at
        self.periods, self.evenings = _periods(texts.calendar), _evenings(texts.calendar)
        self.entries: list[_Entry] = []
        self.sends = [0] * len(texts.planned)  # sends so far; a burst is several
        self.groups: list[list[int]] = [[] for _ in texts.planned]  # steps at which a burst or single send begins

    def pick(self, a: int, b: int, n: int) -> int:
        return below(self.seed, EVIDENCE, a, b, n)

    def send(self, index: int, step: int) -> None:
        """Send text `index` at `step`, with its burst behind it."""
        text = self.texts.planned[index]
        self.groups[index].append(step)
        calendar = self.calendar
        first, last = _FIRST, calendar.close - _LAST
        if isinstance(text, Planned) and text.of_the_week(calendar):  # it stays within its evening
            first, last = self.evenings[calendar.evening_of(min(max(step, calendar.week), -1)) or 0]
        for turn in range(text.burst if isinstance(text, Planned) else 1):
            key = index * SENDS + self.sends[index]
            if turn:
                step += STEPS_PER_SECOND + self.pick(key, GAP, 6 * STEPS_PER_SECOND)
            self.entries.append(_Entry(min(max(step, first), last), index, self.sends[index], turn))
            self.sends[index] += 1

    def fixed(self, index: int, text: Planned | PlannedAlert) -> None:
        spread = text.spread_s * STEPS_PER_SECOND
        for at in text.at:
            self.send(index, self.step_at(at) - spread + self.pick(index * SENDS + self.sends[index], TIME, 2 * spread + 1))

    def once(self, index: int, text: Planned) -> None:
        begin, end = self.step_at(text.from_), self.step_at(text.to)
        self.send(index, begin + self.pick(index * SENDS, TIME, end - begin))

    def fill(self, desk: str, period: int) -> None:
        """Fill a period of the day."""
        quota = self.texts.quotas[desk]
        self._fill(desk, period, *self.periods[period], getattr(quota, PERIODS[period]), quota.spread)

    def fill_evening(self, desk: str, evening: int) -> None:
        """Fill an evening of the week."""
        quota = self.texts.week_quotas[desk]
        self._fill(desk, len(PERIODS) + evening, *self.evenings[evening], quota.evenings[evening], quota.spread)

    def _fill(self, desk: str, period: int, lo: int, hi: int, mean: int, spread: int) -> None:
        """Draw from the desk's pool until the period holds as many mails as its quota, a seed's own give or take."""
        key = FILLING + (list(DESKS).index(desk) * 8 + period) * SENDS
        target = mean - spread + self.pick(key, TIME, 2 * spread + 1)
        pool: list[tuple[int, Planned, int, int]] = []
        for index, text in enumerate(self.texts.planned):
            if isinstance(text, Planned) and text.desk == desk and not text.at:
                begin, end = max(lo, self.step_at(text.from_)), min(hi, self.step_at(text.to))
                if end - begin >= STEPS_PER_MINUTE:
                    pool.append((index, text, begin, end))
        count = sum(lo <= e.step < hi for e in self.entries if self._desk(e) == desk)
        number = 0
        while count < target:
            number += 1
            open_ = [row for row in pool if len(self.groups[row[0]]) < row[1].times]
            if not open_:
                return
            index, text, begin, end = self._weighted(open_, key + number)
            self.send(index, self._apart(index, begin, end, key + number))
            count += text.burst

    def _weighted(self, pool: list[tuple[int, Planned, int, int]], key: int) -> tuple[int, Planned, int, int]:
        left = self.pick(key, 1, sum(row[1].weight for row in pool))
        for row in pool:
            left -= row[1].weight
            if left < 0:
                break
        return row

    def _apart(self, index: int, begin: int, end: int, key: int) -> int:
        """A step in [begin, end), away from the text's other sends where a few tries find such a place."""
        for attempt in range(TRIES):
            step = begin + self.pick(key, 2 + attempt, end - begin)
            if all(abs(step - before) >= _APART for before in self.groups[index]):
                break
        return step

    def _desk(self, entry: _Entry) -> str:
        text = self.texts.planned[entry.text]
        return text.desk if isinstance(text, Planned) else ""


@lru_cache(maxsize=16)
def plan(texts: EvidenceTexts, seed: int) -> tuple[_Entry, ...]:
    """Every planned send of the day in order of step, complete key. Kept: it is most of what reading a checkpoint would take."""
    planner = _Planner(texts, seed)
    for index, text in enumerate(texts.planned):
        if text.at:
            planner.fixed(index, text)
        elif isinstance(text, Planned):
            planner.once(index, text)
    for desk in sorted(texts.quotas):
        for period in range(len(PERIODS)):
            planner.fill(desk, period)
    for desk in sorted(texts.week_quotas):
        for evening in range(len(planner.evenings)):
            planner.fill_evening(desk, evening)
    return tuple(sorted(planner.entries))


def values_of(texts: EvidenceTexts, seed: int, entry: _Entry) -> dict[str, object]:
    """What fills the placeholders of one planned send: stocks, its step, numbers, and places in the lists of words."""
    text = texts.planned[entry.text]
    key = entry.text * SENDS + entry.send
    first = below(seed, EVIDENCE, key, PARAMETER, len(texts.symbols))
    second = (first + 1 + below(seed, EVIDENCE, key, PARAMETER + 1, len(texts.symbols) - 1)) % len(texts.symbols)
    values: dict[str, object] = {"clock": entry.step, "hm": entry.step}
    for which, symbol in (("", texts.symbols[first]), ("2", texts.symbols[second])):
        values |= {f"symbol{which}": symbol, f"company{which}": symbol}
    for place, (name, choices) in enumerate(text.params.items(), start=PARAMETER + 2):
        low, high = choices[0], choices[-1]
        if isinstance(low, int) and isinstance(high, int):
            values[name] = low + below(seed, EVIDENCE, key, place, high - low + 1)
        elif name == "each":
            values[name] = entry.turn % len(choices)
        else:
            values[name] = below(seed, EVIDENCE, key, place, len(choices))
    return values
