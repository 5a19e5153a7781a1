"""Market time: the only place that knows that a step is 250 ms.

Step 0 is 08:00:00.000 ET on 1 August 2012; the opening bell is step 21,600. The trading day ends at
16:00 (step 115,200); the clock then jumps to 18:30. Until 19:00 banks bid for what is left, and nothing trades.
"""

import re

STEP_MS = 250
STEPS_PER_SECOND = 1000 // STEP_MS
STEPS_PER_MINUTE = 60 * STEPS_PER_SECOND
START_MS = 8 * 3_600_000

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?")


def step_at(clock: str) -> int:
    """Step that begins at `clock` ("HH:MM", "HH:MM:SS" or "HH:MM:SS.mmm").

    Raises ValueError when the text is no clock or lies before 08:00.
    """
    match = _CLOCK.fullmatch(clock.strip())
    if not match:
        raise ValueError(f"{clock!r} is not a market time: expected HH:MM, HH:MM:SS or HH:MM:SS.mmm")
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
    ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((match[4] or "0").ljust(3, "0"))
    if ms < START_MS:
        raise ValueError(f"{clock!r} lies before the day's start: expected 08:00 or later")
    return (ms - START_MS) // STEP_MS


def clock(step: int, *, ms: bool = False) -> str:
    """Wall-clock text of a step: "09:30:00", with `ms` "09:30:00.250"."""
    total = START_MS + step * STEP_MS
    text = f"{total // 3_600_000:02d}:{total // 60_000 % 60:02d}:{total // 1000 % 60:02d}"
    return f"{text}.{total % 1000:03d}" if ms else text


OPEN = step_at("09:30")
BREAKERS_FROM = step_at("09:45")
BELL_END = step_at("10:15")
BREAKERS_TO = step_at("15:35")
CLOSE = step_at("16:00")
BLOCK = step_at("18:30")
END = step_at("19:00")

PHASES = ("premarket", "bell", "unwind", "block", "ended")


def phase(step: int) -> str:
    """Phase in which `step` lies, one of PHASES."""
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
