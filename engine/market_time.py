"""Market time: the only place that knows that a step is 250 ms.

Step 0 is the beginning of a scenario's day. At its close the clock jumps to the evening, when banks bid for what is left and nothing
trades. Steps below 0 are the evenings of the week before, one behind the other. Which days and hours those are is the scenario's: its
`Calendar` turns steps into clocks and dates, and back.
"""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Self

from engine.arguments import Phrase, Sentence, english, msgid, phrase

STEP_MS = 250
STEPS_PER_SECOND = 1000 // STEP_MS
STEPS_PER_MINUTE = 60 * STEPS_PER_SECOND
TICK_STEPS = 5 * STEPS_PER_SECOND  # between two looks at everything that is not trading
# As many steps as there may be before and after the beginning of a day: three evenings of three hours, and eleven hours. Rows of the
# game's database are held to them.
EARLIEST, LATEST = -9 * 60 * STEPS_PER_MINUTE, 11 * 60 * STEPS_PER_MINUTE
MOST_EVENINGS = 3
_SESSION_MINUTES = 480  # at most, from the beginning of the day to the close
_BELL_S = 15  # before and after the bell
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?")
_DATED = re.compile(r"(?:[A-Z][a-z]{2} )?(\d{1,2} [A-Z][a-z]{2}) (\S+)")
_STAMP = re.compile(rf"(\d{{1,2}}) ({'|'.join(MONTHS)}) (\S+)")

PHASES = {  # for people
    "deployment": "Deployment",
    "premarket": "Pre-market",
    "bell": "Market open",
    "unwind": "Unwind",
    "block": "After the close",
    "ended": "Ended",
}
SPEEDS = {"deployment": 60.0, "premarket": 30.0, "bell": 5.0, "unwind": 90.0, "block": 30.0, "ended": 90.0}  # times real time, unless another is set


def retold(stamp: str) -> Sentence:
    """A moment that `Calendar.told` has written, in a reader's language; what is not a date and a clock stays as it is."""
    found = _STAMP.fullmatch(stamp)
    return phrase("{day} {month} {time}", day=int(found[1]), month=phrase(found[2]), time=found[3]) if found else stamp


class NotATime(ValueError):
    """A text that is no market time. `reason`: the sentence that says what was expected, in nobody's language yet."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(english(reason))
        self.reason = reason


def _ms_of(clock: str, example: str = "27 Jul 18:30") -> int:
    """Milliseconds since midnight. Raises NotATime when the text is no clock."""
    match = _CLOCK.fullmatch(clock.strip())
    if not match:
        said = msgid("{typed} is not a market time: expected HH:MM, HH:MM:SS or HH:MM:SS.mmm, in the week with a date before it such as {example}")
        raise NotATime(phrase(said, typed=repr(clock), example=example))
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((match[4] or "0").ljust(3, "0"))


@lru_cache(maxsize=86_400)
def _clock_of(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _label(day: datetime.date) -> str:
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


@dataclass(frozen=True)
class Calendar:
    """The days and hours of a scenario. `open`, `bell_end`, `close`, `block` and `end` are steps: of the opening bell, of the end of its
    first, loud stretch, of the close, of the banks' first look at the block, and of the end of the game.
    """

    today: datetime.date
    before: tuple[datetime.date, ...]  # the evenings of the week
    start_ms: int  # since midnight, when the day begins
    open: int
    bell_end: int
    close: int
    block: int
    end: int
    due: int  # when the new release has to be live
    evening_ms: int  # when an evening begins
    evening_steps: int

    @classmethod
    def of(
        cls,
        *,
        date: datetime.date = datetime.date(2012, 8, 1),
        evenings: Sequence[datetime.date] = (datetime.date(2012, 7, 27), datetime.date(2012, 7, 30), datetime.date(2012, 7, 31)),
        evening_from: str = "18:00",
        evening_to: str = "21:00",
        start: str = "08:00",
        open: str = "09:30",
        bell_end: str = "10:15",
        due: str = "10:00",
        close: str = "16:00",
        block: str = "18:30",
        end: str = "19:00",
    ) -> Self:
        """A calendar from clocks and dates, unless told otherwise those of 1 August 2012. Raises ValueError naming the key that does not fit."""
        order = {"start": start, "open": open, "bell_end": bell_end, "close": close, "block": block, "end": end}
        begin, last = _whole_minutes("start", start), ("", -1)
        steps = dict[str, int]()
        for key, clock in order.items():
            at = _whole_minutes(key, clock)
            if at <= last[1]:
                raise ValueError(f"{key} = {clock!r}: expected a time after {last[0]} = {order[last[0]]!r}")
            steps[key], last = (at - begin) * STEPS_PER_MINUTE, (key, at)
        if steps["close"] > _SESSION_MINUTES * STEPS_PER_MINUTE:
            raise ValueError(f"close = {close!r}: expected at most {_SESSION_MINUTES // 60} hours after start = {start!r}")
        if steps["end"] > LATEST:
            raise ValueError(f"end = {end!r}: expected at most {LATEST // STEPS_PER_MINUTE // 60} hours after start = {start!r}")
        from_, to = _whole_minutes("evening_from", evening_from), _whole_minutes("evening_to", evening_to)
        longest = -EARLIEST // STEPS_PER_MINUTE // MOST_EVENINGS // 60
        if not 60 <= to - from_ <= longest * 60:
            raise ValueError(f"evening_to = {evening_to!r}: expected one to {longest} hours after evening_from = {evening_from!r}")
        days = [*evenings, date]
        if not 1 <= len(evenings) <= MOST_EVENINGS:
            raise ValueError(f"evenings = {', '.join(map(str, evenings))}: expected one to {MOST_EVENINGS} dates")
        if days != sorted(set(days)) or (days[-1] - days[0]).days > 300:  # a date is told without its year
            raise ValueError(f"evenings = {', '.join(map(str, evenings))}: expected dates before date = {date}, in order, of the months before it")
        del steps["start"]
        steps["due"] = (_whole_minutes("due", due) - begin) * STEPS_PER_MINUTE
        if not steps["open"] < steps["due"] < steps["close"]:
            raise ValueError(f"due = {due!r}: expected a time between open = {open!r} and close = {close!r}")
        return cls(date, tuple(evenings), begin * 60_000, evening_ms=from_ * 60_000, evening_steps=(to - from_) * STEPS_PER_MINUTE, **steps)

    @cached_property
    def day(self) -> str:
        """The day's date: "Wed 1 Aug"."""
        return _label(self.today)

    @cached_property
    def evenings(self) -> tuple[str, ...]:
        """Dates of the evenings: "Fri 27 Jul"."""
        return tuple(map(_label, self.before))

    @cached_property
    def week(self) -> int:
        """The step at which the first evening begins, below 0."""
        return -len(self.before) * self.evening_steps

    @cached_property
    def bell_minutes(self) -> int:
        """How long the first stretch of the session is."""
        return (self.bell_end - self.open) // STEPS_PER_MINUTE

    @cached_property
    def day_minutes(self) -> int:
        """How long the rest of the session is."""
        return (self.close - self.bell_end) // STEPS_PER_MINUTE

    @cached_property
    def horizon(self) -> int:
        """Two hours after the bell: by then even beginners have brought back what they mean to bring back."""
        return min(self.open + 120 * STEPS_PER_MINUTE, self.close)

    @cached_property
    def moments(self) -> tuple[int, ...]:
        """The steps at which the day turns: the bell, the end of its first stretch, the close, the block and the end."""
        return self.open, self.bell_end, self.close, self.block, self.end

    @cached_property
    def bell_from(self) -> int:
        """From here to `bell_to` every screen shows the same: the seconds around the bell."""
        return self.open - _BELL_S * STEPS_PER_SECOND

    @cached_property
    def bell_to(self) -> int:
        """See `bell_from`."""
        return self.open + _BELL_S * STEPS_PER_SECOND

    @cached_property
    def evening_from(self) -> str:
        """When an evening begins: "18:00"."""
        return _clock_of(self.evening_ms // 1000)[:5]

    @cached_property
    def evening_to(self) -> str:
        """When an evening ends: "21:00"."""
        return _clock_of((self.evening_ms + self.evening_steps * STEP_MS) // 1000)[:5]

    @cached_property
    def example(self) -> str:
        """A time on the first evening, such as somebody may type: "27 Jul 18:30"."""
        return f"{self.evenings[0][4:]} {_clock_of(self.evening_ms // 1000 + 30 * 60)[:5]}"

    @cached_property
    def notice(self) -> Phrase:
        """The weekday on which outsiders want to know by its evening's end at the latest what is to change: "Monday"."""
        return phrase(WEEKDAYS[self.before[max(len(self.before) - 2, 0)].weekday()])

    def phrase(self, text: str) -> Phrase:
        """A sentence of the code's own that may have {due} and {notice}, with what stands for them."""
        known = {"due": self.hm(self.due), "notice": self.notice}
        return phrase(text, **{name: value for name, value in known.items() if f"{{{name}}}" in text})

    def hm(self, step: int) -> str:
        """Wall-clock text of a step without its seconds: "09:30"."""
        return self.clock(step)[:5]

    def clock(self, step: int, *, ms: bool = False) -> str:
        """Wall-clock text of a step: "09:30:00", with `ms` "09:30:00.250"."""
        total = self.start_ms + step * STEP_MS if step >= 0 else self.evening_ms + (step - self.week) % self.evening_steps * STEP_MS
        text = _clock_of(total // 1000)
        return f"{text}.{total % 1000:03d}" if ms else text

    def date(self, step: int) -> str:
        """Date of a step: "Fri 27 Jul"."""
        return self.evenings[(step - self.week) // self.evening_steps] if step < 0 else self.day

    def told(self, step: int, now: int, *, seconds: bool = True) -> str:
        """When something was, as it is told at `now`: a clock, with its date before it when that was another day: "27 Jul 18:30"."""
        if self.date(step) != self.date(now):
            return f"{self.date(step)[4:]} {self.clock(step)[:5]}"
        return self.clock(step) if seconds else self.clock(step)[:5]

    def dated(self, step: int, *, weekday: bool = True) -> Phrase:
        """Date of a step, as `date` has it, in a reader's language; without its weekday "27 Jul"."""
        day = self._day_of(step)
        if not weekday:
            return phrase("{day} {month}", day=day.day, month=phrase(MONTHS[day.month - 1]))
        return phrase("{weekday} {day} {month}", weekday=phrase(DAYS[day.weekday()]), day=day.day, month=phrase(MONTHS[day.month - 1]))

    def when(self, step: int, now: int, *, seconds: bool = True) -> Sentence:
        """When something was, as `told` has it, in a reader's language."""
        day = self._day_of(step)
        if day == self._day_of(now):
            return self.told(step, now, seconds=seconds)
        return phrase("{day} {month} {time}", day=day.day, month=phrase(MONTHS[day.month - 1]), time=self.hm(step))

    def _day_of(self, step: int) -> datetime.date:
        return self.before[(step - self.week) // self.evening_steps] if step < 0 else self.today

    def step_at(self, clock: str) -> int:
        """Step that begins at `clock` ("HH:MM", "HH:MM:SS" or "HH:MM:SS.mmm"), on the day or, with a date such as "27 Jul 18:30", on an
        evening of the week.

        Raises NotATime when the text is no clock, or lies before the day or outside the evening.
        """
        dated = _DATED.fullmatch(clock.strip())
        if dated and dated[1] != self.day[4:]:
            dates = [evening[4:] for evening in self.evenings]
            if dated[1] not in dates:
                said = msgid("{typed}: {day} is no evening of the week: expected {expected}")
                raise NotATime(phrase(said, typed=repr(clock), day=dated[1], expected=", ".join(dates)))
            return self.week_step(dates.index(dated[1]), dated[2])
        ms = _ms_of(dated[2] if dated else clock, self.example)
        if ms < self.start_ms:
            raise NotATime(phrase("{typed} lies before the day's start: expected {expected} or later", typed=repr(clock), expected=self.hm(0)))
        return (ms - self.start_ms) // STEP_MS

    def week_step(self, evening: int, clock: str) -> int:
        """Step that begins at `clock` on an evening (0, 1, ...); the next evening's first is the end. Raises NotATime outside of it."""
        after = (_ms_of(clock, self.example) - self.evening_ms) // STEP_MS
        if not 0 <= after <= self.evening_steps:
            said = msgid("{typed} is no time of an evening: expected {first} to {last}")
            raise NotATime(phrase(said, typed=repr(clock), first=self.evening_from, last=self.evening_to))
        return self.evening_step(evening) + after

    def evening_step(self, evening: int) -> int:
        """The step at which an evening (0, 1, ...) begins; behind the last one that is step 0, the day."""
        return self.week + evening * self.evening_steps

    def evening_of(self, step: int) -> int | None:
        """The evening that holds a step: 0, 1, ..., or None from the beginning of the day on."""
        return (step - self.week) // self.evening_steps if step < 0 else None

    def phase(self, step: int) -> str:
        """Phase in which `step` lies, one of PHASES."""
        if step < 0:
            return "deployment"
        if step < self.open:
            return "premarket"
        if step < self.bell_end:
            return "bell"
        if step < self.close:
            return "unwind"
        return "block" if step < self.end else "ended"

    def following(self, step: int) -> int:
        """The step after `step`: the evening between the close and the block is not stepped through."""
        return self.block if step + 1 == self.close else step + 1

    @property
    def hours(self) -> dict[str, object]:
        """What a page gives its scripts of it: dates and clocks as they are told, and the steps at which phases begin."""
        return {
            "day": self.day,
            "evenings": list(self.evenings),
            "evening_from": self.evening_from,
            "evening_to": self.evening_to,
            "evening_s": self.evening_steps // STEPS_PER_SECOND,
            "start": self.hm(0),
            "open": self.hm(self.open),
            "bell_end": self.hm(self.bell_end),
            "close": self.hm(self.close),
            "block": self.hm(self.block),
            "end": self.hm(self.end),
            "steps": {"week": self.week, "open": self.open, "bell_end": self.bell_end, "close": self.close, "block": self.block, "end": self.end},
        }


def _whole_minutes(key: str, clock: str) -> int:
    """Minutes since midnight of a clock that a calendar is made of."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", clock):
        raise ValueError(f"{key} = {clock!r}: expected a time as HH:MM")
    return int(clock[:2]) * 60 + int(clock[3:])
