"""How teams stand beside each other on the wall: ranks, and who is level."""

from collections.abc import Iterable, Sequence
from typing import Any

import engine

ABREAST_STEPS = engine.STEPS_PER_MINUTE  # teams that are no further from each other are held against each other at one moment


def abreast(steps: Iterable[int]) -> bool:
    """Whether teams that are there are at one moment, as it is counted here."""
    found = list(steps)
    return not found or max(found) - min(found) <= ABREAST_STEPS


def digit(usd: int) -> int:
    """What the last digit of an amount counts where the wall writes it: `short` of static/js/lib/format.js."""
    size = abs(usd)
    if size >= 995_000_000:
        return 10_000_000
    if size >= 99_500_000:
        return 1_000_000
    return 100_000 if size >= 950_000 else 1_000


def rank(rows: Sequence[dict[str, Any]], *, near: bool = False) -> list[dict[str, Any]]:
    """The same rows with their `rank`, best first. Abreast (`step`) the smaller `loss_usd` is better; otherwise the larger `avoided_usd`,
    where all have one, for who has come less far has lost less. Rows without a loss come last and have no rank.

    Teams whose losses read the same are level, in the order in which they were given, and the next rank counts them: 1, 1, 3. `near`: so
    are those less than one digit apart, and they are shown with one loss, for teams that move are read between two beats.
    """
    ranked = [row for row in rows if row["loss_usd"] is not None]
    one_moment = abreast(row["step"] for row in ranked) or any(row["avoided_usd"] is None for row in ranked)

    def worse(row: dict[str, Any]) -> int:
        return int(row["loss_usd"] if one_moment else -row["avoided_usd"])

    found: list[dict[str, Any]] = []
    first: dict[str, Any] = {}
    for place, row in enumerate(sorted(ranked, key=worse), 1):
        if not first or not _level(row, first, worse(row) - worse(first), near=near):
            first = row | {"rank": place}
        shown = {key: first[key] for key in ("loss_usd", "avoided_usd")} if near else {}
        found.append(row | shown | {"rank": first["rank"]})
    at = {row["name"]: place for place, row in enumerate(rows)}
    found.sort(key=lambda row: (row["rank"], at[row["name"]]))
    return [*found, *(row | {"rank": None} for row in rows if row["loss_usd"] is None)]


def _level(row: dict[str, Any], first: dict[str, Any], apart: int, *, near: bool) -> bool:
    unit = digit(first["loss_usd"])
    return apart < unit and (near or round(row["loss_usd"] / unit) == round(first["loss_usd"] / unit))
