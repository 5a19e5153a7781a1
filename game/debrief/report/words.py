"""Money and moments as the pages write them (static/js/lib/format.js): the minus is U+2212, and a sign is never carried by colour alone."""

from decimal import ROUND_HALF_UP, Decimal

MINUS, DASH = "\u2212", "\u2013"
SURE = {"guessing": "guessing", "likely": "likely", "certain": "almost certain"}


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


def share(part: float | None) -> str:
    """0.917 -> "91.7 %"."""
    if part is None:
        return DASH
    digits = 2 if abs(part) > 0.995 else 1  # else 99.96 % would be 100.0 %
    return f"{MINUS if part < 0 else ''}{rounded(abs(part) * 100, digits)} %"


def minute(at: str) -> str:
    """ "09:31:04" -> "09:31"; what has a date before it keeps it."""
    return at[:5] if at[2:3] == ":" else at
