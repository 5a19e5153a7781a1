"""Money, shares and moments read the same wherever they are written: tests/formats.json is read here and by tests/js/format.test.js."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine import money, tell
from game.debrief.report import words
from tests import days

CASES: dict[str, list[list[Any]]] = json.loads((Path(__file__).resolve().parents[1] / "formats.json").read_text())


def moment(step: int) -> str:
    """A clock with its date before it in the week."""
    return f"{days.date(step)[4:]} {days.clock(step)}" if step < 0 else days.clock(step)


WRITERS = {"short": words.short, "gain": words.gain, "share": words.share, "minute": words.minute, "moment": moment}


def test_every_format_of_the_table_is_written_here():
    assert set(CASES) == set(WRITERS)


@pytest.mark.parametrize(("name", "value", "text"), [(name, *case) for name, cases in CASES.items() for case in cases])
def test_a_value_is_written_as_in_the_browser(name, value, text):
    assert WRITERS[name](value) == text


@pytest.mark.parametrize(
    ("write", "usd", "text"),
    [
        (money.dollars, 457_600_000, "$457.6 M"),
        (money.dollars, -1_204_000_000, "−$1.20 bn"),
        (money.dollars, 80_000.4, "$80,000"),
        (money.spoken, 1_204_000_000, "$1.20 billion"),
        (money.spoken, 457_600_000, "$458 million"),
        (money.spoken, 80_000, "$80,000"),
        (money.exact, 457_600_000, "$457,600,000"),
        (money.exact, -80_000, "−$80,000"),
    ],
)
def test_money_in_the_engines_texts(write, usd, text):
    assert tell(None, write(usd)) == text


def test_a_grade_has_one_decimal_and_the_minus_of_money():
    assert [words.tenths(grade) for grade in (58.34, 100.0, 0.0, -4.25, -0.04)] == ["58.3", "100.0", "0.0", "\u22124.3", "0.0"]
