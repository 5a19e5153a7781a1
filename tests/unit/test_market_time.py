"""Clock texts and steps are each other's inverse, and the day has its phases."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.days import BELL_END, BLOCK, CLOSE, END, OPEN, clock, following, phase, step_at


@pytest.mark.parametrize(
    ("text", "step"),
    [("08:00", 0), ("8:00", 0), ("09:30", 21_600), ("09:30:00.250", 21_601), ("09:30:00.499", 21_601), ("10:15", 32_400), ("16:00", 115_200)],
)
def test_a_clock_names_the_step_that_holds_it(text, step):
    assert step_at(text) == step


@settings(deadline=None)
@given(st.integers(0, END))
def test_the_clock_of_a_step_names_that_step(step):
    assert step_at(clock(step, ms=True)) == step
    assert clock(step, ms=True).startswith(clock(step))


@pytest.mark.parametrize("text", ["", "9", "24:00", "09:60", "09:30:61", "09:30:00.0000", "x09:30", "09:30 ET", "07:59:59.999"])
def test_what_is_no_clock_of_the_day_is_refused_with_what_was_expected(text):
    with pytest.raises(ValueError, match="expected"):
        step_at(text)


def test_phases_begin_where_the_day_turns():
    turns = [OPEN, BELL_END, CLOSE, END]
    assert [phase(turn - 1) for turn in turns] == ["premarket", "bell", "unwind", "block"]
    assert [phase(turn) for turn in turns] == ["bell", "unwind", "block", "ended"]


def test_the_evening_has_half_an_hour():
    assert (clock(BLOCK), clock(END)) == ("18:30:00", "19:00:00")
    assert phase(END - 1) == "block"


def test_the_evening_between_close_and_block_is_not_stepped_through():
    assert following(CLOSE - 1) == BLOCK
    assert following(BLOCK) == BLOCK + 1
    assert following(OPEN) == OPEN + 1
