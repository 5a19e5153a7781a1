"""The score: what the day costs, in dollars. Floats live here, after the engine is done."""

from math import ceil, log
from typing import TYPE_CHECKING, TypedDict

from engine.firm import safeguards
from engine.firm.clients import service_kept
from engine.market.positions import gross_hc, marks
from engine.market.state import Machine
from engine.market.unwind import liquidation_cost
from engine.market_time import STEPS_PER_MINUTE

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

HC = 10_000  # hundredths of a cent a dollar


class Funds(TypedDict):
    """What a trading loss leaves to be raised, and from whom it was."""

    need_usd: int
    raised: str | None
    raised_usd: int


class Score(TypedDict):
    """Dollars: losses positive, marks signed. `runaway`: never, contained or running; `fate`: None while that is open."""

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
    gross: float
    runaway: str
    contained_at: str | None
    noticed_at: str | None
    diagnosed_at: str | None
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


def halting(sim: "Simulation") -> tuple[float, float]:
    """Dollars of halting and of client harm: by the minute while flow is not served, by the order for what a control turned
    away or a client took back, and once for clients that left for the day."""
    costs = sim.scenario.costs

    def charge(rates: tuple[float, float, float], steps: dict[str, int]) -> float:
        per_step = dict(zip(("firm", "smars", "server"), (rate / STEPS_PER_MINUTE for rate in rates), strict=True))
        return sum(per_step[kind] * (steps[f"{kind}_bell"] + costs.after_bell * steps[f"{kind}_day"]) for kind in per_step)

    orders = int(sim.machine.ended["handed_back"].sum()) + sim.phone.cancelled
    refused = orders * costs.refused_order_usd + sim.phone.gone * costs.clients_gone_usd
    return charge(costs.halting, sim.clients.halted), charge(costs.client_harm, sim.clients.harmed) + refused


def capital(sim: "Simulation", trading: float) -> tuple[Funds, str | None]:
    """What a trading loss leaves to be raised, and what was; and whether the firm goes on: None while that is open."""
    need, raised = max(0, ceil(trading) - sim.scenario.cash.start_usd), sim.evening.raised
    found: Funds = {"need_usd": need, "raised": raised["offer"] if raised else None, "raised_usd": raised["amount_usd"] if raised else 0}
    if not (sim.evening.sold or sim.now >= sim.calendar.end):
        return found, None
    if raised and raised["amount_usd"] >= need:
        return found, "rescued"
    if not need:
        return found, "own cash"
    return found, "failed" if sim.now >= sim.calendar.end else None


def score(sim: "Simulation") -> Score:
    """Losses in positive dollars, marks signed: trading at liquidation value, halting, client harm, precautions, penalties."""
    costs = sim.scenario.costs
    mark = marks(sim.machine, sim.scenario)
    liquidation = 0 if sim.evening.sold else liquidation_cost(sim.scenario, mark.gross, sim.now, safeguards.credit_hc(sim))
    trading = usd(liquidation - mark.reverted)
    halted, harmed = halting(sim)
    funds, fate = capital(sim, trading)
    precautions = sim.day.hand_steps / STEPS_PER_MINUTE / 60 * costs.hand_hour_usd + sim.week.prices_usd + sim.phone.fees_usd
    penalties = (costs.rlp_late_usd if sim.day.rlp_late else 0) + (costs.cut_off_usd if sim.exchanges.cut_by_exchange else 0)
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
        "penalties": float(penalties),
        "gross": usd(mark.gross),
        "runaway": _runaway(sim),
        "contained_at": None if sim.monitoring.contained is None or sim.monitoring.runaway else sim.calendar.clock(sim.monitoring.contained),
        "noticed_at": None if sim.bridge.noticed is None else sim.calendar.told(sim.bridge.noticed, 0),
        "diagnosed_at": None if sim.bridge.diagnosed is None else sim.calendar.told(sim.bridge.diagnosed, 0),
        "service_kept": service_kept(sim.machine),
        "survives": trading <= sim.scenario.cash.start_usd if fate is None else fate != "failed",
        "capital": funds,
        "fate": fate,
    }


def grade(loss_usd: float, ghost_usd: float) -> float:
    """100 ln((G+1)/(L+1)) / ln(G+1), losses in millions and not below zero; a ghost that lost less than a million is no measure, so its
    point is worth what it is for one that lost a million."""
    loss, ghost = max(loss_usd, 0.0) / 1e6, max(ghost_usd, 0.0) / 1e6
    return round(100 * log((ghost + 1) / (loss + 1)) / log(max(ghost, 1.0) + 1), 1) + 0.0


def _runaway(sim: "Simulation") -> str:
    if sim.monitoring.first_runaway is None:
        return "never"
    return "running" if sim.monitoring.runaway else "contained"
