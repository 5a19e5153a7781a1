"""From a scenario's readable numbers to the integers the kernels use: decimal arithmetic, no libm."""

from decimal import Decimal, localcontext
from math import isqrt

from engine.market import chance
from engine.market.flow import power_table
from engine.market.state import DIALS, SYMBOL, records
from engine.market_time import STEPS_PER_MINUTE, STEPS_PER_SECOND
from engine.scenario.parts import SymbolRow
from engine.scenario.scenario import Scenario

Q32 = 1 << 32
COUNTED_BITS_SD = Decimal(8).sqrt()  # of the set bits of a 32-bit word
BELL_VARIANCE = 2  # the first stretch of the session moves with twice the day's variance


def _whole(value: Decimal) -> int:
    """Nearest integer, half to even."""
    return int(value.to_integral_value())


def _symbol(row: SymbolRow, scenario: Scenario) -> dict[str, int]:
    market, calendar = scenario.market, scenario.calendar
    adv = Decimal(row.adv_shares)
    tick_hc = 100 if row.price_hc >= 10_000 else 1  # a cent, or a hundredth of one under $1
    vol = Decimal(row.daily_vol_e8) / 10**8
    walk = vol * (Decimal(1) / (calendar.close - calendar.open)).sqrt() / COUNTED_BITS_SD
    impact = vol * Decimal(row.impact_y_e6) / 10**6 * Decimal(str(market.impact_scale)) * Q32
    phi, half = Decimal(str(market.phi)), Decimal(row.half_spread_e10) / 10**10
    own = (1 - Decimal(str(market.reply))) * adv * 65536
    opening = Decimal(str(market.open_share))
    depth = max(100, market.depth_shares * isqrt(row.adv_shares * 10**8 // market.depth_at) // 10**4)
    return {
        "adv": row.adv_shares,
        "price_256": row.price_hc * 256 // tick_hc,
        "tick_hc": tick_hc,
        "sigma_bell": _whole(walk * Decimal(BELL_VARIANCE).sqrt() * Q32),
        "sigma_day": _whole(walk * Q32),
        "impact_leaky": _whole(impact * (1 - phi)),
        "impact_kept": _whole(impact * phi),
        "half_spread": _whole(half * Q32),
        "taker_bell": _whole(own * opening / (calendar.bell_end - calendar.open)),
        "taker_day": _whole(own * (1 - opening) / (calendar.close - calendar.bell_end)),
        "depth": depth,
        "unit": max(market.unit_lot, _whole(Decimal(depth) / 3 / market.unit_lot) * market.unit_lot),
        "grid": max(1, _whole(half * row.price_hc / 2 / tick_hc)),
        "breaker_bp": _breaker(row, scenario),
    }


def _breaker(row: SymbolRow, scenario: Scenario) -> int:
    market = scenario.market
    if row.price_hc < 10_000:
        return market.breaker_penny_bp
    active = row.price_hc * row.adv_shares > market.breaker_active_usd * 10_000
    return market.breaker_active_bp if active else market.breaker_other_bp


def _dials(scenario: Scenario) -> dict[str, int]:
    market, router, calendar = scenario.market, scenario.router, scenario.calendar
    leak = 1 - (-(Decimal(1) / STEPS_PER_MINUTE) / Decimal(str(market.tau_min))).exp()
    return {
        "leak_24": _whole(leak * (1 << 24)),
        "prepare_256": _whole(Decimal(str(market.prepare)) * 256),
        "odd_256": market.odd_lots,
        "race_4096": _whole(Decimal(str(market.race)) * 4096),
        "reply_256": _whole(Decimal(str(market.reply)) * 256),
        "taker_shares": market.taker_shares,
        "book_levels": market.levels,
        "jump_hazard_q32": _whole(Decimal(str(market.jump_hazard)) / STEPS_PER_SECOND * Q32),
        "jump_from_256": _whole(Decimal(str(market.jump_from)) * 256),
        "jump_most_256": _whole(Decimal(str(market.jump_most)) * 256),
        "jump_steps": _whole(Decimal(str(market.jump_s)) * STEPS_PER_SECOND),
        "jump_stubs": market.jump_stubs,
        "jump_stub_bp": market.jump_stub_bp,
        "pause_steps": _whole(Decimal(str(market.pause_s)) * STEPS_PER_SECOND),
        "breakers_from": calendar.step_at(market.breakers_from),
        "breakers_to": calendar.step_at(market.breakers_to),
        "open_step": calendar.open,
        "bell_end": calendar.bell_end,
        "rest_steps": _whole(Decimal(str(router.rest_s)) * STEPS_PER_SECOND),
        "route_gap": gap_of(Decimal(str(router.route_per_s)) * 10**6),
        "oversize_times": router.oversize_times,
        "misprice_bp": router.misprice_bp,
        "bust_bp": scenario.exchange.bust_bp,
        "quotes_listed": int(scenario.exchange.quotes_listed),
        "brokers": len(scenario.flow.broker),
        "exchanges": len(scenario.exchange.session),
        "hold_steps": scenario.controls.hold_s * STEPS_PER_SECOND,
        "wait_steps": _whole(Decimal(str(router.wait_s)) * STEPS_PER_SECOND),
        "cap_reopen_256": _whole(Decimal(str(router.cap_reopen)) * 256),
        "unwind_part_256": _whole(Decimal(str(router.unwind_part)) * 256),
        "unwind_gap": gap_of(Decimal(str(router.unwind_per_s)) * 10**6),
    }


def gap_of(rate_e6: Decimal) -> int:
    """Mean gap, in 1/65,536 step, between things that happen `rate_e6` millionths a second."""
    return _whole(Decimal(65536 * STEPS_PER_SECOND) * 10**6 / rate_e6)


class Derived:
    """Read-only arrays of one scenario: `symbols` (S,) SYMBOL, `dials` (1,) DIALS, `waits`, `powers`."""

    def __init__(self, scenario: Scenario) -> None:
        with localcontext() as context:
            context.prec = 30
            self.symbols = records((len(scenario.symbols),), SYMBOL)
            for i, row in enumerate(scenario.symbols):
                for name, value in _symbol(row, scenario).items():
                    self.symbols[name][i] = value
            self.dials = records((1,), DIALS)
            for name, value in _dials(scenario).items():
                self.dials[name][0] = value
        self.waits = chance.exponential_table()
        self.powers = power_table()


_known: dict[str, Derived] = {}


def derive(scenario: Scenario) -> Derived:
    """The scenario's arrays, made once a process."""
    if scenario.sha256 not in _known:
        _known[scenario.sha256] = Derived(scenario)
    return _known[scenario.sha256]
