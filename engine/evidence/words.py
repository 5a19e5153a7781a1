"""What fills a text: what outsiders can notice about a run, as figures, stocks and steps. Words are made of it where it is read."""

import re
from typing import NamedTuple

from engine.scenario.conditions import ConditionView, mover, other

# A text with one of these speaks of one stock, and a text that comes after it speaks of the same.
STOCK_WORDS = re.compile(r"\{(symbol|move|direction|verb|Verb)\b")


def _rounded(rate: float) -> int:
    """A rate as a person would say it: two significant digits."""
    whole = round(rate)
    unit = int(10 ** max(len(str(whole)) - 2, 0))
    return round(whole / unit) * unit


class _Values(dict[str, object]):
    """What is known, and what is dear to find only when a text asks for it."""

    def __init__(self, known: dict[str, object], view: ConditionView) -> None:
        super().__init__(known)
        self.view = view

    def __missing__(self, name: str) -> object:
        return self.view.says[name]()


class Filled(NamedTuple):
    """What fills texts at one moment, and the stock they speak of (None when nothing has moved)."""

    values: dict[str, object]
    symbol: str | None


def _sign(move: int) -> int:
    return 1 if move >= 0 else -1


def fill(view: ConditionView, step: int, symbol: str | None) -> Filled:
    """What the run's state says at `step`; `symbol` as in `mover`. Moves in basis points without their sign, a direction is 1 or -1."""
    first, second = mover(view, symbol), other(view, symbol)
    name, move = first or (symbol, 0)
    other_name, other_move = second or (None, 0)
    values: dict[str, object] = {
        "symbol": name,
        "move": abs(move),
        "direction": _sign(move),
        "verb": _sign(move),
        "Verb": _sign(move),
        "other": other_name,
        "other_move": abs(other_move),
        "other_direction": _sign(other_move),
        "ratio": round(view.volume_ratio, 1),
        "executions": _rounded(view.executions_per_s),
        "rejects": _rounded(view.rejects_per_s),
        "stopped": len(view.stopped),
        "paused": [*view.paused],
        "pauses": view.pauses,
        "mails": view.power_peg_mails,
        "clock": step,
        "hm": step,
    }
    return Filled(_Values(values, view), first[0] if first else symbol)
