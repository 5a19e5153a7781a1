"""The days and hours of 1 August 2012, for tests that play that day."""

from engine import Calendar

DAY = Calendar.of()
EVENINGS, EVENING_STEPS, WEEK = DAY.evenings, DAY.evening_steps, DAY.week
OPEN, BELL_FROM, BELL_TO, BELL_END, CLOSE, BLOCK, END, HORIZON = (
    DAY.open, DAY.bell_from, DAY.bell_to, DAY.bell_end, DAY.close, DAY.block, DAY.end, DAY.horizon,
)  # fmt: skip
step_at, week_step, evening_of, date, told, clock, phase, following = (
    DAY.step_at, DAY.week_step, DAY.evening_of, DAY.date, DAY.told, DAY.clock, DAY.phase, DAY.following,
)  # fmt: skip
