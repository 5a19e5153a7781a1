"""Words filled from what outsiders can notice about a run."""

import re
from typing import NamedTuple

from engine.market_time import Calendar
from engine.scenario.conditions import ConditionView, mover, other

# A text with one of these speaks of one stock, and a text that comes after it speaks of the same.
STOCK_WORDS = re.compile(r"\{(symbol|move|direction|verb|Verb)\b")


def _rounded(rate: float) -> str:
    """A rate as a person would say it: two significant digits."""
    whole = round(rate)
    if whole < 100:
        return str(whole)
    unit = 10 ** (len(str(whole)) - 2)
    return f"{round(whole / unit) * unit:,}"


def _percent(bp: int) -> str:
    return f"{abs(bp) / 100:.1f} %" if abs(bp) < 1000 else f"{round(abs(bp) / 100)} %"


class _Words(dict[str, object]):
    """Words, and those that are dear to find only when a text asks for them."""

    def __init__(self, known: dict[str, object], view: ConditionView) -> None:
        super().__init__(known)
        self.view = view

    def __missing__(self, name: str) -> object:
        return self.view.says[name]()


class Filled(NamedTuple):
    """Words for one moment, and the stock they speak of (None when nothing has moved)."""

    values: dict[str, object]
    symbol: str | None


def fill(view: ConditionView, step: int, symbol: str | None, calendar: Calendar) -> Filled:
    """Words of the run's state at `step`; `symbol` as in `mover`."""
    first, second = mover(view, symbol), other(view, symbol)
    name, move = first or (symbol or "the stock", 0)
    other_name, other_move = second or ("others", 0)
    now = calendar.clock(step)
    values: dict[str, object] = {
        "symbol": name,
        "move": _percent(move),
        "direction": "up" if move >= 0 else "down",
        "verb": "buying" if move >= 0 else "selling",
        "Verb": "Buying" if move >= 0 else "Selling",
        "other": other_name,
        "other_move": _percent(other_move),
        "other_direction": "up" if other_move >= 0 else "down",
        "ratio": f"{view.volume_ratio:.1f}",
        "executions": _rounded(view.executions_per_s),
        "rejects": _rounded(view.rejects_per_s),
        "stopped": len(view.stopped),
        "paused": ", ".join(view.paused) or "none",
        "pauses": view.pauses,
        "mails": view.power_peg_mails,
        "clock": now,
        "hm": now[:5],
    }
    return Filled(_Words(values, view), first[0] if first else symbol)
