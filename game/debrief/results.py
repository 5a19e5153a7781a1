"""How a run came out against history: the figures of the result's page and of what is exported."""

from typing import Any

from game.live import losses
from game.models import Ghost, Run


def of(run: Run, ghost: Ghost | None) -> dict[str, Any]:
    """`loss_usd`, `ghost_usd`, `avoided_usd`, `share_avoided`, `grade` (the last four None where history's run is not there),
    `closed_is_zero`: a grade of 0 is what closing for the day costs, since history lost less; `whole`: whether the market was played to its
    close; and `saved_usd` beside what history lost, or beside closing for the day where that is dearer (`saved_of_usd`, `saved_beside`). A run
    that was ended early is measured against history at the same moment.
    """
    loss = float((run.score or {}).get("total", run.curve[-1][1] if run.curve else 0))
    whole = run.step >= run.calendar.close
    ghost_usd, yardstick_usd = None, float((run.score or {}).get("yardstick", 0))
    if ghost is not None:
        ghost_usd = float(ghost.score["total"]) if whole else float(losses.at(ghost.curve, run.step))
    closing = whole and ghost_usd is not None and ghost_usd < yardstick_usd
    beside_usd = yardstick_usd if closing else ghost_usd
    return {
        "whole": whole,
        "saved_usd": None if beside_usd is None else round(beside_usd - loss),
        "saved_of_usd": None if beside_usd is None else round(beside_usd),
        "saved_beside": "closing" if closing else "ghost",
        "loss_usd": round(loss),
        "ghost_usd": None if ghost_usd is None else round(ghost_usd),
        "avoided_usd": None if ghost_usd is None else round(ghost_usd - loss),
        "share_avoided": losses.share(None if ghost_usd is None else round(ghost_usd), round(loss)),
        "grade": losses.grade(ghost_usd, loss, yardstick_usd),
        "closed_is_zero": ghost_usd is not None and ghost_usd < yardstick_usd,
    }
