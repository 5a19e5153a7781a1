"""The score: what the day costs, in dollars. Floats live here, after the engine is done."""

from math import ceil, log
from typing import TYPE_CHECKING, Any

from engine.market_time import END, STEPS_PER_MINUTE, clock, told
from engine.positions import marks
from engine.unwind import liquidation_cost

if TYPE_CHECKING:
    from engine.day import Day

HC = 10_000  # hundredths of a cent a dollar


def usd(hc: int) -> float:
    """Hundredths of a cent as dollars, rounded to cents."""
    return round(hc / HC, 2)


def halting(sim: "Day") -> tuple[float, float]:
    """Dollars of halting and of client harm: by the minute while flow is not served, by the order for what a control turned
    away or a client took back, and once for clients that left for the day."""
    costs = sim.scenario.costs

    def charge(rates: tuple[float, float, float], steps: dict[str, int]) -> float:
        per_step = dict(zip(("firm", "smars", "server"), (rate / STEPS_PER_MINUTE for rate in rates), strict=True))
        return sum(per_step[kind] * (steps[f"{kind}_bell"] + costs.after_bell * steps[f"{kind}_day"]) for kind in per_step)

    orders = int(sim.machine.ended["handed_back"].sum()) + sim.agreed.cancelled
    refused = orders * costs.refused_order_usd + sim.agreed.gone * costs.clients_gone_usd
    return charge(costs.halting, sim.halted), charge(costs.client_harm, sim.harmed) + refused


def capital(sim: "Day", trading: float) -> tuple[dict[str, Any], str | None]:
    """What a trading loss leaves to be raised, and what was; and whether the firm goes on: None while that is open."""
    need, raised = max(0, ceil(trading) - sim.scenario.cash.start_usd), sim.evening.raised
    found = {"need_usd": need, "raised": raised and raised["offer"], "raised_usd": raised["amount_usd"] if raised else 0}
    if not (sim.block_sold or sim.now >= END):
        return found, None
    if raised and raised["amount_usd"] >= need:
        return found, "rescued"
    if not need:
        return found, "own cash"
    return found, "failed" if sim.now >= END else None


def score(sim: "Day") -> dict[str, Any]:
    """Losses in positive dollars, marks signed: trading at liquidation value, halting, client harm, precautions, penalties."""
    costs = sim.scenario.costs
    mark = marks(sim.machine, sim.scenario)
    liquidation = 0 if sim.block_sold else liquidation_cost(sim.scenario, mark.gross, sim.now, sim.credit_hc())
    trading = usd(liquidation - mark.reverted)
    halted, harmed = halting(sim)
    funds, fate = capital(sim, trading)
    precautions = sim.hand_steps / STEPS_PER_MINUTE / 60 * costs.hand_hour_usd + sim.prices_usd + sim.agreed.fees_usd
    penalties = (costs.rlp_late_usd if sim.rlp_late else 0) + (costs.cut_off_usd if sim.cut_by_exchange else 0)
    return {
        "total": round(trading + halted + harmed + precautions + penalties, 2),
        "trading": trading,
        "mid_mark": usd(mark.mid),
        "reverted": usd(mark.reverted),
        "liquidation": usd(liquidation),
        "busts": usd(sim.bust_relief),
        "halting": round(halted, 2),
        "client_harm": round(harmed, 2),
        "precautions": round(precautions, 2),
        "penalties": float(penalties),
        "gross": usd(mark.gross),
        "runaway": "never" if sim.first_runaway is None else "running" if sim.runaway else "contained",
        "contained_at": None if sim.contained is None or sim.runaway else clock(sim.contained),
        "noticed_at": None if sim.noticed is None else told(sim.noticed, 0),
        "diagnosed_at": None if sim.diagnosed is None else told(sim.diagnosed, 0),
        "service_kept": sim.service_kept(),
        "survives": trading <= sim.scenario.cash.start_usd if fate is None else fate != "failed",
        "capital": funds,
        "fate": fate,
    }


def grade(loss_usd: float, ghost_usd: float) -> float:
    """100 ln((G+1)/(L+1)) / ln(G+1), losses in millions and not below zero; a ghost that lost less than a million is no measure, so its
    point is worth what it is for one that lost a million."""
    loss, ghost = max(loss_usd, 0.0) / 1e6, max(ghost_usd, 0.0) / 1e6
    return round(100 * log((ghost + 1) / (loss + 1)) / log(max(ghost, 1.0) + 1), 1) + 0.0
