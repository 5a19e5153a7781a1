"""How sure a team was, and how right: the Brier score of what it said when it pulled a lever or declared a diagnosis.

Whoever says "likely" puts three in four on being right. The score is the mean of the squared differences between what was put on it and what
came (1 right, 0 not): 0 is always certain and right, a quarter is a guess every time, more is worse than guessing.
(Brier 1950, Monthly Weather Review 78: verification of forecasts expressed in terms of probability.)
"""

from collections.abc import Iterable
from typing import NamedTuple, TypedDict

from engine.commands import CONFIDENCES

CHANCES = dict(zip(CONFIDENCES, (0.5, 0.75, 0.95), strict=True))  # of being right, as it was said


class Forecast(NamedTuple):
    """What a desk said of its own act, and whether the act was right."""

    desk: str
    confidence: str
    right: bool


class Sureness(TypedDict):
    """Of a desk, or of the team (desk ""): how often it said how sure it was, how often it was right, what it had put on that on the mean, and
    its Brier score."""

    desk: str
    said: int
    right: int
    expected: float
    score: float


def sureness(forecasts: Iterable[Forecast]) -> list[Sureness]:
    """The score of each desk that said anything, and behind them of the team; none where nobody did."""
    known = list(forecasts)
    desks = sorted({one.desk for one in known})
    return [_of(desk, [one for one in known if desk in ("", one.desk)]) for desk in (*desks, *([""] if known else []))]


def _of(desk: str, forecasts: list[Forecast]) -> Sureness:
    chances = [CHANCES[one.confidence] for one in forecasts]
    missed = [(chance - one.right) ** 2 for chance, one in zip(chances, forecasts, strict=True)]
    return {
        "desk": desk,
        "said": len(forecasts),
        "right": sum(one.right for one in forecasts),
        "expected": round(sum(chances), 2),
        "score": round(sum(missed) / len(missed), 4),
    }
