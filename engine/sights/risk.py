"""The risk manager's cards: the position monitor, late; limits, prices, calls; no servers, no releases, no rates.

Money comes from the monitor's position alone, at the market's prices of the last five seconds: what it does not show yet is not
here. Cards are made anew when one of the two has moved.
"""

import numpy as np

from engine.firm import safeguards
from engine.firm.evening import Bid, Evening
from engine.firm.exchanges import ruling_min
from engine.firm.gauges import mid_prices_hc, moves_bp
from engine.firm.score import HC
from engine.firm.simulation import Simulation
from engine.market.positions import PATH_MINUTES, Valued, prices_hc
from engine.market.unwind import liquidation_cost
from engine.market_time import STEPS_PER_MINUTE, STEPS_PER_SECOND, TICK_STEPS
from engine.scenario.parts import offer_text
from engine.sights import cards
from engine.sights.parts import alerts_card, bell_card, clock_card, headlines_card, inbox_card, kept, levers_card, money, tape_card, work_card
from engine.sights.team import team_cards
from engine.sights.week import week_cards

GROWING_USD = 2_000_000  # a minute: clients' orders waiting for their allocation grow and shrink by less


def _moment(sim: Simulation) -> tuple[int, int]:
    """What the monitor's cards depend on: the snapshot that is shown, and the tick of the prices."""
    return sim.monitor.shown, sim.gauges.tick


def _value(sim: Simulation) -> tuple[Valued, int, int]:
    """What is shown at mid, the gross added in its last minute, and what selling it now would leave, hundredths of a cent."""
    prices = mid_prices_hc(sim)
    value = sim.monitor.value(prices)
    sold = sim.monitor.value(prices_hc(sim.machine, "reverted_256")).profit - liquidation_cost(
        sim.scenario, value.gross, sim.gauges.tick * TICK_STEPS, safeguards.credit_hc(sim)
    )
    return value, sim.monitor.growth(prices), sold


def pnl_card(sim: Simulation, help_level: str) -> cards.Pnl:
    """The monitor's totals: profit at mid, exposure, growth, and what is left of the cash."""

    def make() -> cards.Pnl:
        value, growth, sold = _value(sim)
        mid, cash = value.profit // HC, sim.scenario.cash.start_usd
        return {
            "as_of": sim.calendar.clock(sim.monitor.shown * TICK_STEPS),
            "lag_s": (sim.gauges.tick - sim.monitor.shown) * TICK_STEPS // STEPS_PER_SECOND,
            "mid_usd": mid,
            "gross_usd": value.gross // HC,
            "net_usd": (value.long - value.short) // HC,
            "long_usd": value.long // HC,
            "short_usd": value.short // HC,
            "cash_usd": cash,
            "cash_left_usd": cash + min(mid, 0),
            "gross_per_min_usd": growth // HC,
            "sold_now_usd": None if help_level == "2012" else sold // HC,
            "growing": growth // HC > GROWING_USD,
        }

    return kept(sim, f"pnl {help_level}", _moment(sim), make)


def curve_card(sim: Simulation) -> cards.Exposure:
    """Gross and profit as the monitor showed them at every full minute until the close."""
    minutes = min(min(sim.gauges.tick * TICK_STEPS, sim.calendar.close) // STEPS_PER_MINUTE + 1, PATH_MINUTES)

    def make() -> cards.Exposure:
        path = sim.monitor.path[:minutes] // HC
        return {"from": sim.calendar.hm(0), "every_s": 60, "gross_usd": path[:, 0].tolist(), "mid_usd": path[:, 1].tolist()}

    return kept(sim, "curve", minutes, make)


def positions_card(sim: Simulation) -> cards.Positions:
    """The table of stocks as columns, in the order of the symbols card: shares as shown, prices as they are."""

    def make() -> cards.Positions:
        market = sim.machine.market
        shares, cash = sim.monitor.read()
        worth = shares * mid_prices_hc(sim)
        last = market["last"].astype(np.int64)
        return {
            "as_of": sim.calendar.clock(sim.monitor.shown * TICK_STEPS),
            "shares": shares.tolist(),
            "price_hc": (last * sim.machine.symbols["tick_hc"]).tolist(),
            "move_bp": moves_bp(sim, last << 8).tolist(),
            "notional_usd": (worth // HC).tolist(),
            "pnl_usd": ((worth + cash) // HC).tolist(),
            "paused": list(sim.monitoring.paused),
        }

    return kept(sim, "positions", _moment(sim), make)


def symbols_card(sim: Simulation) -> cards.Symbols:
    """Symbols of the stocks, and what the companies are called. Never changes."""
    def make() -> cards.Symbols:
        return {"symbols": list(sim.names), "companies": list(sim.scenario.companies)}

    return kept(sim, "symbols", 0, make)


def limits_card(sim: Simulation) -> cards.Limits:
    """What is set, 0 for none, and never what a hole leaves of it; which of the desk's controls were built; whether the threshold has
    stopped all order entry; whether clients were asked to route elsewhere. The exchange's collar counts too."""
    controls, settings = sim.machine.controls[0], sim.safeguards.settings
    return {
        "gross_cap_usd": int(settings.get("limit", 0)),
        "rate_per_second": int(settings.get("rate", 0)),
        "collar_percent": int(controls.collar_bp) / 100 or settings.get("collar", 0),
        "reconcile": bool(controls.reconcile),
        "threshold_usd": int(settings.get("threshold", 0)),
        "hold_shares": int(settings.get("hold", 0)),
        "credit_usd": safeguards.credit_hc(sim) // HC,
        "shut": sim.safeguards.shut is not None,
        "account_limit_usd": sim.scenario.monitor.account_limit_usd,
        "built": sorted(kind for kind in sim.safeguards.built if kind in sim.scenario.kinds and "risk" in sim.scenario.kinds[kind].desks),
        "clients_away": sim.clients.away_at is not None,
    }


def price_card(sim: Simulation) -> cards.Price:
    """Last price and volume of the stock watched at every full minute from the opening bell; the first is the opening price."""
    now = min(sim.gauges.tick * TICK_STEPS, sim.calendar.close)
    minutes = min((now - sim.calendar.open) // STEPS_PER_MINUTE + 1, sim.gauges.closes.shape[1]) if now >= sim.calendar.open else 0

    def make() -> cards.Price:
        found: cards.Price = {"symbol": sim.day.watched, "from": sim.calendar.hm(sim.calendar.open), "every_s": 60, "price_hc": [], "volume": []}
        if sim.day.watched is not None:
            s = sim.names.index(sim.day.watched)
            tick = int(sim.machine.symbols[s].tick_hc)
            found["price_hc"] = (sim.gauges.closes[s, :minutes] * tick).tolist()
            found["volume"] = sim.gauges.traded[s, :minutes].tolist()
        return found

    return kept(sim, "price", (sim.day.watched, minutes), make)


def exchange_card(sim: Simulation) -> cards.Exchange:
    """The review that was asked for, the rulings so far, and whether the exchange has cut the firm off."""
    asked = sim.exchanges.bust_asked
    ruling = None if asked is None else asked + ruling_min(sim) * STEPS_PER_MINUTE
    return {
        "bust": None if asked is None or ruling is None else {"asked": sim.calendar.clock(asked), "ruling_at": sim.calendar.clock(ruling)},
        "busts": [{"at": sim.calendar.clock(step), "relief_usd": relief // HC} for step, relief in sim.exchanges.busts],
        "cut_off": bool(sim.exchanges.cut_off),
    }


def _bid(evening: Evening, bid: Bid) -> cards.Bid:
    """A bid that was made, for people."""
    text, calendar = evening.text_of(bid["id"]), evening.scenario.calendar
    return {
        "id": bid["id"],
        "bank": text.bank,
        "discount_pct": round(bid["discount_ppm"] / 10_000, 2),
        "cost_usd": bid["cost_hc"] // HC,
        "until": calendar.hm(calendar.step_at(text.until)),
        "state": bid["state"],
        "says": bid["says"],
    }


def _offers(evening: Evening, loss_usd: float) -> list[cards.Offer]:
    """Offers of capital at the terms of now, for people."""
    return [
        {
            "id": offer.id,
            "from": offer.lender,
            "amount_usd": offer.amount_usd,
            "stake_pct": round(evening.stake_ppm(offer, loss_usd) / 10_000, 1),
            "says": {"text": offer_text(offer.id), "values": {}},
        }
        for offer in evening.scenario.capital.offer
    ]


def evening_card(sim: Simulation) -> cards.Evening:
    """Bids for the block, what is missing after it, and who offers it; closed, and without a figure, until the banks begin."""
    evening, cash = sim.evening, sim.scenario.cash.start_usd
    if sim.now < sim.calendar.block:
        capital: cards.Capital = {"cash_usd": cash, "loss_usd": 0, "need_usd": 0, "offers": [], "raised": None}
        return {"state": "closed", "bids": [], "capital": capital, "survives": None}
    found = money(sim)
    loss, need = round(found["trading"]), found["capital"]["need_usd"]
    offers = _offers(evening, loss) if need else []
    capital = {"cash_usd": cash, "loss_usd": loss, "need_usd": need, "offers": offers, "raised": found["capital"]["raised"]}
    return {
        "state": "sold" if sim.evening.sold else "bids",
        "bids": [_bid(evening, bid) for bid in evening.bids],
        "capital": capital,
        "survives": None if found["fate"] is None else found["survives"],
    }


def risk(sim: Simulation, help_level: str) -> cards.RiskCards:
    """All cards of the risk manager."""
    return {
        "clock": clock_card(sim),
        "bell": bell_card(sim),
        "pnl": pnl_card(sim, help_level),
        "curve": curve_card(sim),
        "symbols": symbols_card(sim),
        "positions": positions_card(sim),
        "limits": limits_card(sim),
        "tape": kept(sim, "tape", sim.gauges.tick, lambda: tape_card(sim)),
        "headlines": headlines_card(sim),
        "price": price_card(sim),
        "exchange": exchange_card(sim),
        "evening": evening_card(sim),
        "inbox": inbox_card(sim, "risk"),
        "alerts": alerts_card(sim, "risk"),
        "work": work_card(sim, "risk"),
        "levers": levers_card(sim, "risk"),
        **week_cards(sim, "risk"),
        **team_cards(sim, "risk", help_level),
    }
