"""Money as people read it, once for each way of saying it. What a screen writes itself (static/js/lib/format.js) is held to tests/formats.json.

Everywhere a unit stands behind a space, and the minus is U+2212; a hyphen is for machines alone.
"""

from engine.arguments import Sentence, phrase

MINUS = "\u2212"
_MILLION, BILLION = 1_000_000, 1_000_000_000


def dollars(usd: float) -> str:
    """In a sentence of a story: "$457.6 M", "$1.20 bn", "$80,000"."""
    amount = abs(usd)
    if amount >= BILLION:
        text = f"${amount / BILLION:.2f} bn"
    elif amount >= _MILLION:
        text = f"${amount / _MILLION:.1f} M"
    else:
        text = f"${amount:,.0f}"
    return f"{MINUS}{text}" if usd < 0 else text


def spoken(usd: int) -> Sentence:
    """On the telephone and in mails: "$1.20 billion", "$458 million", "$80,000"."""
    if usd >= BILLION:
        return phrase("${amount} billion", amount=f"{usd / BILLION:.2f}")
    return phrase("${amount} million", amount=f"{round(usd / _MILLION):,}") if usd >= _MILLION else f"${usd:,}"


def exact(usd: int) -> str:
    """To the dollar: "$457,600,000", "−$80,000"."""
    return f"{MINUS}${-usd:,}" if usd < 0 else f"${usd:,}"
