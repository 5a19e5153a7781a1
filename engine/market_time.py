"""Market time: the only place that knows that a step is 250 ms.

Step 0 is 08:00:00.000 ET on 1 August 2012; the opening bell is step 21,600. The trading day ends at
16:00 (step 115,200); the clock then jumps to 18:30. Until 19:00 banks bid for what is left, and nothing trades.
Steps below 0 are the week of the deployment: three evenings from 18:00 to 21:00, one behind the other.
"""

import re

STEP_MS = 250
STEPS_PER_SECOND = 1000 // STEP_MS
STEPS_PER_MINUTE = 60 * STEPS_PER_SECOND
START_MS = 8 * 3_600_000
EVENINGS = ("Fri 27 Jul", "Mon 30 Jul", "Tue 31 Jul")
_DAY = "Wed 1 Aug"
EVENING_MS = 18 * 3_600_000  # when an evening begins
EVENING_STEPS = 180 * STEPS_PER_MINUTE
WEEK = -len(EVENINGS) * EVENING_STEPS

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?")
_DATED = re.compile(r"(?:[A-Z][a-z]{2} )?(\d{1,2} [A-Z][a-z]{2}) (\S+)")


def _ms_of(clock: str) -> int:
    """Milliseconds since midnight. Raises ValueError when the text is no clock."""
    match = _CLOCK.fullmatch(clock.strip())
    if not match:
        expected = "HH:MM, HH:MM:SS or HH:MM:SS.mmm, in the week with a date before it such as 27 Jul 18:30"
        raise ValueError(f"{clock!r} is not a market time: expected {expected}")
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((match[4] or "0").ljust(3, "0"))


def step_at(clock: str) -> int:
    """Step that begins at `clock` ("HH:MM", "HH:MM:SS" or "HH:MM:SS.mmm"), on the day or, with a date such as "27 Jul 18:30", on an
    evening of the week.

    Raises ValueError when the text is no clock, or lies before 08:00 or outside the evening.
    """
    dated = _DATED.fullmatch(clock.strip())
    if dated and f"Wed {dated[1]}" != _DAY:
        dates = [evening[4:] for evening in EVENINGS]
        if dated[1] not in dates:
            raise ValueError(f"{clock!r}: {dated[1]} is no evening of the week: expected {', '.join(dates)}")
        return week_step(dates.index(dated[1]), dated[2])
    ms = _ms_of(dated[2] if dated else clock)
    if ms < START_MS:
        raise ValueError(f"{clock!r} lies before the day's start: expected 08:00 or later")
    return (ms - START_MS) // STEP_MS


def week_step(evening: int, clock: str) -> int:
    """Step that begins at `clock` on an evening (0, 1 or 2); 21:00 is the end. Raises ValueError outside 18:00 to 21:00."""
    after = (_ms_of(clock) - EVENING_MS) // STEP_MS
    if not 0 <= after <= EVENING_STEPS:
        raise ValueError(f"{clock!r} is no time of an evening: expected 18:00 to 21:00")
    return WEEK + evening * EVENING_STEPS + after


def evening_of(step: int) -> int | None:
    """The evening that holds a step: 0, 1 or 2, or None from 08:00 of the day on."""
    return (step - WEEK) // EVENING_STEPS if step < 0 else None


def date(step: int) -> str:
    """Date of a step: "Fri 27 Jul"."""
    return EVENINGS[(step - WEEK) // EVENING_STEPS] if step < 0 else _DAY


def told(step: int, now: int, *, seconds: bool = True) -> str:
    """When something was, as it is told at `now`: a clock, with its date before it when that was another day: "27 Jul 18:30"."""
    if date(step) != date(now):
        return f"{date(step)[4:]} {clock(step)[:5]}"
    return clock(step) if seconds else clock(step)[:5]


def clock(step: int, *, ms: bool = False) -> str:
    """Wall-clock text of a step: "09:30:00", with `ms` "09:30:00.250"."""
    total = START_MS + step * STEP_MS if step >= 0 else EVENING_MS + (step - WEEK) % EVENING_STEPS * STEP_MS
    text = f"{total // 3_600_000:02d}:{total // 60_000 % 60:02d}:{total // 1000 % 60:02d}"
    return f"{text}.{total % 1000:03d}" if ms else text


OPEN = step_at("09:30")
BELL_FROM, BELL_TO = step_at("09:29:45"), step_at("09:30:15")  # the thirty seconds that every screen shows alike
BELL_END = step_at("10:15")
CLOSE = step_at("16:00")
BLOCK = step_at("18:30")
END = step_at("19:00")

PHASES = {  # for people
    "deployment": "Deployment",
    "premarket": "Pre-market",
    "bell": "Market open",
    "unwind": "Unwind",
    "block": "After the close",
    "ended": "Ended",
}
SPEEDS = {"deployment": 60.0, "premarket": 30.0, "bell": 5.0, "unwind": 90.0, "block": 30.0, "ended": 90.0}  # times real time, unless another is set


def phase(step: int) -> str:
    """Phase in which `step` lies, one of PHASES."""
    if step < 0:
        return "deployment"
    if step < OPEN:
        return "premarket"
    if step < BELL_END:
        return "bell"
    if step < CLOSE:
        return "unwind"
    return "block" if step < END else "ended"


def following(step: int) -> int:
    """The step after `step`: the evening between the close and the block is not stepped through."""
    return BLOCK if step + 1 == CLOSE else step + 1
