"""Money and moments as the pages write them (static/js/lib/format.js): the minus is U+2212, and a sign is never carried by colour alone."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_noop

import engine
from game.spoken import tell

MINUS, DASH = "\u2212", "\u2013"
SURE = {"guessing": gettext_noop("guessing"), "likely": gettext_noop("likely"), "certain": gettext_noop("almost certain")}


def rounded(value: float, digits: int) -> Decimal:
    """A number to so many decimals as browsers round it: a half goes up, where Python's own formats go to the even one."""
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def short(usd: float) -> str:
    """9_300_000 -> "9.3 M"."""
    amount = abs(usd)
    for least, unit, name, digits in ((1e9, 1e9, " bn", 2), (9.95e7, 1e6, " M", 0), (9.5e5, 1e6, " M", 1), (1e3, 1e3, " k", 0)):
        if amount >= least:
            return f"{rounded(amount / unit, digits)}{name}"
    return f"{rounded(amount, 0)}"


def gain(usd: float | None) -> str:
    """What was saved (above 0) or cost (below): with sign and triangle."""
    if usd is None:
        return "\u2026"
    if round(usd) == 0:
        return "$0"
    return f"{'▲ +' if usd > 0 else f'▼ {MINUS}'}${short(usd)}"


def color(usd: float | None) -> str:
    """The token of a gain."""
    if usd is None:
        return "text-3"
    if usd == 0:
        return "text"
    return "gain" if usd > 0 else "loss"


def tenths(number: float) -> str:
    """A figure with one decimal, such as a grade: "58.3", "−4.2"."""
    amount = rounded(abs(number), 1)
    return f"{MINUS if number < 0 and amount else ''}{amount}"


def share(part: float | None) -> str:
    """0.917 -> "91.7 %"."""
    if part is None:
        return DASH
    digits = 2 if abs(part) > 0.995 else 1  # else 99.96 % would be 100.0 %
    return f"{MINUS if part < 0 else ''}{rounded(abs(part) * 100, digits)} %"


def minute(at: str) -> str:
    """ "09:31:04" -> "09:31"; what has a date before it keeps it, in the reader's language."""
    return at[:5] if at[2:3] == ":" else tell(None, engine.retold(at))
