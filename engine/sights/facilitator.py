"""What the control room may see of a run: the truth, in a few numbers that many teams can be told side by side."""

from typing import TypedDict

from engine.arguments import WhenArgument
from engine.firm.clients import flag_percent
from engine.firm.fleet import STARTING, STOPPED
from engine.firm.simulation import Simulation
from engine.sights.cards import Clock
from engine.sights.parts import clock_card, money


class _Truth(TypedDict):
    """Losses positive, whole dollars."""

    loss_usd: int
    trading_usd: int
    gross_usd: int
    bad_servers: int
    down_servers: int
    servers: int
    runaway_parents: int
    runaway: str
    flag_percent: int
    connected: bool


class Waiting(TypedDict):
    """An inject that waits for its step, or for its condition."""

    id: int
    card: str
    desks: list[str]
    server: int
    minutes: int
    text: str
    at: str
    when: WhenArgument | None


class Played(TypedDict):
    id: int
    at: str


class Said(TypedDict):
    """What a desk has answered."""

    step: int
    desk: str
    text: str


_Sender = TypedDict("_Sender", {"from": str})


class SaidAs(_Sender):
    """What was said in somebody's name."""

    id: int
    step: int
    desks: list[str]
    text: str
    replies: list[Said]
    at: str


class _Injects(TypedDict):
    waiting: list[Waiting]
    played: list[Played]
    messages: list[SaidAs]


class FacilitatorCards(TypedDict):
    clock: Clock
    truth: _Truth
    injects: _Injects


def facilitator(sim: Simulation, help_level: str) -> FacilitatorCards:
    """Clock and truth: losses positive, whole dollars."""
    found = money(sim)
    truth: _Truth = {
        "loss_usd": round(found["total"]),
        "trading_usd": round(found["trading"]),
        "gross_usd": round(found["gross"]),
        "bad_servers": sum(sim.fleet.sends(server.n) and sim.fleet.defective(server.n) for server in sim.fleet.servers),
        "down_servers": sum(server.state in (STOPPED, STARTING) for server in sim.fleet.servers),
        "servers": len(sim.fleet.servers),
        "runaway_parents": sim.monitoring.runaway,
        "runaway": found["runaway"],
        "flag_percent": flag_percent(sim.machine),
        "connected": not sim.exchanges.cut_off and any(server.connected for server in sim.fleet.servers),
    }
    return {"clock": clock_card(sim), "truth": truth, "injects": injects_card(sim)}


def injects_card(sim: Simulation) -> _Injects:
    """What the facilitator has added: what waits, what was delivered and when, and what was said in somebody's name."""
    return {
        "waiting": [
            {
                "id": row["id"],
                "card": row["card"],
                "desks": row["desks"],
                "server": row["server"],
                "minutes": row["minutes"],
                "text": row["text"],
                "at": sim.calendar.clock(row["at"]),
                "when": row["when"],
            }
            for row in sim.injects.waiting
        ],
        "played": [{"id": number, "at": sim.calendar.clock(step)} for number, step in sim.injects.played],
        "messages": [
            {
                "id": message["id"],
                "step": message["step"],
                "from": message["from"],
                "desks": message["desks"],
                "text": message["text"],
                "replies": message["replies"],
                "at": sim.calendar.clock(message["step"]),
            }
            for message in sim.injects.messages
        ],
    }
