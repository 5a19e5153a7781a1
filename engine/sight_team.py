"""Cards that a team shares, each as one desk may see it: the bridge, the risk manager's word."""

from typing import Any

from engine.commands import LEVERS
from engine.market_time import STEPS_PER_SECOND, clock
from engine.simulation import Simulation

CALLS = 8


def bridge_card(sim: Simulation) -> dict[str, Any]:
    """What was said and pinned for all three desks, oldest first."""
    return {"items": [{"at": clock(item["step"]), **{key: value for key, value in item.items() if key != "step"}} for item in sim.bridge]}


def words_card(sim: Simulation) -> dict[str, Any]:
    """Where the risk manager's word stands for every lever that needs it."""
    return {
        "words": [
            {
                "what": what,
                "label": LEVERS[what].label,
                "state": word["state"],
                "by": word["by"],
                "at": clock(word["step"]) if word["by"] else "",
            }
            for what, word in sim.words.items()
        ]
    }


def calls_card(sim: Simulation, desk: str) -> dict[str, Any]:
    """The desk's own calls, newest first: what the caller says, what may be answered, what was."""
    mine = [call for call in sim.calls if call["desk"] == desk]
    rows = []
    for call in mine[: -CALLS - 1 : -1]:
        replies = [{"key": key, "text": text} for key, text in call["replies"]]
        rings = call["step"] + call["ring_s"] * STEPS_PER_SECOND - sim.now if call["state"] == "ringing" else 0
        rows.append(
            {
                "id": call["id"],
                "at": clock(call["step"]),
                "caller": call["caller"],
                "number": call["number"],
                "opening": call["opening"],
                "state": call["state"] if rings > 0 or call["state"] != "ringing" else "missed",
                "left_s": max(-(-rings // STEPS_PER_SECOND), 0),
                "replies": replies,
                "answer": next((reply for reply in replies if reply["key"] == call["answer"]), None),
            }
        )
    return {"calls": rows}


def team_cards(sim: Simulation, desk: str) -> dict[str, Any]:
    """All cards of the team for one desk."""
    return {"bridge": bridge_card(sim), "calls": calls_card(sim, desk), "words": words_card(sim)}
