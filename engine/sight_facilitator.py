"""What the control room may see of a run: the truth, in a few numbers that many teams can be told side by side."""

from typing import Any

from engine.fleet import STARTING, STOPPED
from engine.market_time import clock
from engine.score import score
from engine.sight_parts import clock_card
from engine.simulation import Simulation


def facilitator(sim: Simulation, help_level: str) -> dict[str, Any]:
    """Clock and truth: losses positive, whole dollars."""
    found = score(sim)
    truth = {
        "loss_usd": round(found["total"]),
        "trading_usd": round(found["trading"]),
        "gross_usd": sim.gross_usd(),
        "bad_servers": sum(sim.fleet.sends(server.n) and sim.fleet.defective(server.n) for server in sim.fleet.servers),
        "down_servers": sum(server.state in (STOPPED, STARTING) for server in sim.fleet.servers),
        "servers": len(sim.fleet.servers),
        "runaway_parents": sim.runaway,
        "runaway": found["runaway"],
        "flag_percent": sim.flag_percent(),
        "connected": not sim.cut_off and any(server.connected for server in sim.fleet.servers),
    }
    return {"clock": clock_card(sim), "truth": truth, "injects": injects_card(sim)}


def injects_card(sim: Simulation) -> dict[str, Any]:
    """What the facilitator has added: what waits, what was delivered and when, and what was said in somebody's name."""
    return {
        "waiting": [{**row, "at": clock(row["at"])} for row in sim.deck.waiting],
        "played": [{"id": number, "at": clock(step)} for number, step in sim.deck.played],
        "messages": [{**message, "at": clock(message["step"])} for message in sim.deck.messages],
    }
