"""The score: what the day costs, in dollars. Floats live here, after the engine is done."""

from collections.abc import Mapping
from math import ceil, log
from typing import TYPE_CHECKING, Any, TypedDict

from engine.firm import duties, safeguards
from engine.firm.clients import Unserved, down_usd, harm_usd, service_kept, unserved
from engine.market.positions import gross_hc, marks
from engine.market.state import Machine
from engine.market.unwind import liquidation_cost
from engine.market_time import STEPS_PER_MINUTE, TICK_STEPS

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

HC = 10_000  # hundredths of a cent a dollar
LEAST_GRADE = -50.0
WRONG_MIN = 5  # that a wrong diagnosis adds to the time to diagnose


class Funds(TypedDict):
    """What a trading loss, or a call for a larger deposit that was not met, leaves to be raised, and from whom it was."""

    need_usd: int
    deposit_usd: int
    raised: str | None
    raised_usd: int


class Claim(TypedDict):
    """A diagnosis that was declared: how sure its desk was, and whether it was right."""

    desk: str
    confidence: str | None
    right: bool


class Score(TypedDict):
    """Dollars: losses positive, marks signed; `yardstick`: the least that the grade is measured against. `runaway`: never, contained or
    running; `fate`: None while that is open."""

    total: float
    trading: float
    mid_mark: float
    reverted: float
    liquidation: float
    busts: float
    halting: float
    client_harm: float
    precautions: float
    penalties: float
    yardstick: float
    gross: float
    runaway: str
    contained_at: str | None
    noticed_at: str | None
    diagnosed_at: str | None
    claims: list[Claim]
    service_kept: float
    survives: bool
    capital: Funds
    fate: str | None


def usd(hc: int) -> float:
    """Hundredths of a cent as dollars, rounded to cents."""
    return round(hc / HC, 2)


def gross_usd(machine: Machine) -> int:
    """What the firm holds of its own, long and short together, whole dollars at mid."""
    return gross_hc(machine) // HC


def penalties_usd(sim: "Simulation", until: int) -> float:
    """A programme that is not live when it is due, by server and time, and by step `until` for brokers that were not certified; and a cut
    that the exchanges had to make, by what still ran away then."""
    costs, calendar = sim.scenario.costs, sim.calendar
    ticks = len(sim.fleet.servers) * ((calendar.close - calendar.due) // TICK_STEPS)
    late = costs.rlp_late_usd * sim.day.rlp_missed / max(ticks, 1)
    late += duties.late_usd(sim, until)
    return late + costs.cut_off_usd * min(1.0, sim.exchanges.cut_growth_usd / costs.cut_full_usd)


def capital(sim: "Simulation", trading: float) -> tuple[Funds, str | None]:
    """What a trading loss and the clearing house leave to be raised, and what was; and whether the firm goes on: None while that is open."""
    unmet, raised = sim.margin_calls.unmet_usd, sim.evening.raised
    need = max(0, ceil(trading) - sim.scenario.cash.start_usd, unmet)
    found: Funds = {"need_usd": need, "deposit_usd": unmet, "raised": None, "raised_usd": 0}
    if raised:
        found |= {"raised": raised["offer"], "raised_usd": raised["amount_usd"]}
    if not (sim.evening.sold or sim.now >= sim.calendar.end):
        return found, None
    if raised and raised["amount_usd"] >= need:
        return found, "rescued"
    if not need:
        return found, "own cash"
    return found, "failed" if sim.now >= sim.calendar.end else None


def score(sim: "Simulation", orders: Unserved | None = None) -> Score:
    """Losses in positive dollars, marks signed: trading at liquidation value, halting, client harm, precautions, penalties. `orders`: those
    that are not served, where more of the day is reckoned than was played."""
    costs = sim.scenario.costs
    mark = marks(sim.machine, sim.scenario)
    liquidation = 0 if sim.evening.sold else liquidation_cost(sim.scenario, mark.gross, sim.now, safeguards.credit_hc(sim))
    trading = usd(liquidation - mark.reverted)
    halted, harmed = down_usd(sim), harm_usd(costs, unserved(sim) if orders is None else orders, len(sim.arrivals))
    funds, fate = capital(sim, trading)
    precautions = sim.day.hand_steps / STEPS_PER_MINUTE / 60 * costs.hand_hour_usd + sim.week.prices_usd + sim.phone.fees_usd
    penalties = penalties_usd(sim, sim.now if orders is None else sim.calendar.close)
    return {
        "total": round(trading + halted + harmed + precautions + penalties, 2),
        "trading": trading,
        "mid_mark": usd(mark.mid),
        "reverted": usd(mark.reverted),
        "liquidation": usd(liquidation),
        "busts": usd(sim.exchanges.bust_relief),
        "halting": round(halted, 2),
        "client_harm": round(harmed, 2),
        "precautions": round(precautions, 2),
        "penalties": round(penalties, 2),
        "yardstick": float(costs.yardstick_usd),
        "gross": usd(mark.gross),
        "runaway": _runaway(sim),
        "contained_at": None if sim.monitoring.contained is None or sim.monitoring.runaway else sim.calendar.clock(sim.monitoring.contained),
        "noticed_at": None if sim.bridge.noticed is None else sim.calendar.told(sim.bridge.noticed, 0),
        "diagnosed_at": None if sim.bridge.diagnosed is None else sim.calendar.told(sim.bridge.diagnosed, 0),
        "claims": [{"desk": row["desk"], "confidence": row["confidence"], "right": row["right"]} for row in sim.bridge.declared],
        "service_kept": service_kept(sim.machine),
        "survives": not funds["need_usd"] if fate is None else fate != "failed",
        "capital": funds,
        "fate": fate,
    }


def grade(loss_usd: float, ghost_usd: float, yardstick_usd: float) -> float:
    """100 ln((Y+1)/(L+1)) / ln(Y+1), bounded at -50: L the loss and Y the larger of the ghost's and the yardstick, millions and not below
    zero. The yardstick is what closing the shop costs: where nothing is wrong the ghost's loss is no measure of anything."""
    loss, most = max(loss_usd, 0.0) / 1e6, max(ghost_usd, yardstick_usd) / 1e6
    return max(LEAST_GRADE, round(100 * log((most + 1) / (loss + 1)) / log(most + 1), 1) + 0.0)


def wrong_minutes(found: "Score | Mapping[str, Any]") -> int:
    """What the wrong diagnoses of a score add to the time to diagnose, in minutes; none where it was kept before they were counted."""
    return WRONG_MIN * sum(not claim["right"] for claim in found.get("claims", ()))


def _runaway(sim: "Simulation") -> str:
    if sim.monitoring.first_runaway is None:
        return "never"
    return "running" if sim.monitoring.runaway else "contained"
