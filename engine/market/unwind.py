"""Getting out: the block sale's discount and the cost of liquidation, in integers."""

from math import isqrt

import numpy as np

from engine.market.positions import OWN, own_shares, prices_hc
from engine.market.state import ERROR, Machine
from engine.scenario.scenario import Scenario

PPM = 1_000_000


def _root_ppm(part: int, whole: int) -> int:
    """sqrt(part / whole) in millionths."""
    return isqrt(max(part, 0) * PPM * PPM // whole)


def discount_ppm(scenario: Scenario, gross_hc: int) -> int:
    """Discount at which a block of a gross size is bought, millionths: 5 % at $4.6bn (general knowledge of the 2012 deal)."""
    block = scenario.block
    return int(block.base * PPM) + int(block.slope * PPM) * _root_ppm(gross_hc, block.at_usd * 10_000) // PPM


def block_cost(scenario: Scenario, gross_hc: int, credit_hc: int = 0) -> int:
    """Cost of getting rid of a gross size in the evening, hundredths of a cent: a block at its discount, but for what a credit line lets the
    firm keep and work out over days, where that is cheaper."""
    kept = min(gross_hc, credit_hc)
    sold = gross_hc - kept
    softer = sold * discount_ppm(scenario, sold) // PPM + kept * int(scenario.block.today_cost * PPM) // PPM
    return min(gross_hc * discount_ppm(scenario, gross_hc) // PPM, softer)


def block_ppm(scenario: Scenario, gross_hc: int, credit_hc: int = 0) -> int:
    """The same as a part of all of it, millionths."""
    return block_cost(scenario, gross_hc, credit_hc) * PPM // gross_hc if credit_hc else discount_ppm(scenario, gross_hc)


def liquidation_cost(scenario: Scenario, gross_hc: int, step: int, credit_hc: int = 0) -> int:
    """Cheaper of selling all as a block, and working a part today and selling the rest: hundredths of a cent.

    The part that can still be worked today shrinks with the time left to the close.
    """
    block, calendar = scenario.block, scenario.calendar
    left = calendar.close - max(min(step, calendar.close), calendar.bell_end)
    today = int(block.today_share * PPM) * left // (calendar.close - calendar.bell_end) * gross_hc // PPM
    rest = gross_hc - today
    all_at_once = block_cost(scenario, gross_hc, credit_hc)
    worked = today * (int(block.today_cost * PPM) * _root_ppm(min(gross_hc, block.today_at_usd * 10_000), block.today_at_usd * 10_000) // PPM) // PPM
    return min(all_at_once, worked + block_cost(scenario, rest, credit_hc))


def sell_block(machine: Machine, scenario: Scenario, ppm: int | None = None) -> tuple[int, int]:
    """Sell everything of the firm's own at the reverted price less a discount, millionths (that of the block's size when none is given).

    Gives (gross, cost) in hundredths of a cent.
    """
    shares = own_shares(machine)
    value = shares * prices_hc(machine, "reverted_256")
    gross = int(np.abs(value).sum())
    cost = gross * (discount_ppm(scenario, gross) if ppm is None else ppm) // PPM
    machine.cash[:, ERROR] += value
    machine.cash[0, ERROR] -= cost
    machine.position[:, OWN] = 0
    return gross, cost
