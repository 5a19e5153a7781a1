"""Pieces of the engine that tests call by themselves, and small scenarios with other releases."""

from typing import Any

import numpy as np

from engine import Scenario, Simulation
from engine.jit import kernel
from engine.market.chance import key_of, nth
from engine.market.controls import collared_limit, over_cap, within_rate
from engine.market.exchange import guard
from engine.market.flow import power, root, snapped, step_away
from engine.market.router import child_size
from tests.days import OPEN
from tests.small import begun, small_scenario

QUIET = {
    "plain_premarket_per_min": 0.0,
    "plain_bell_per_min": 0.0,
    "premarket_flagged": 0,
    "flagged_per_min": 0.0,
    "plain_day_per_min": 0.0,
    "rate_most": 3.0,
}


@kernel
def nth_draw(stream, symbol, step, n):
    return nth(key_of(stream, symbol, step), n)


@kernel
def size_of(word):
    return child_size(word)


@kernel
def square_root(z, adv, guess):
    return root(z, adv, guess)


@kernel
def line_below(price_256, grid, last):
    return snapped(price_256, grid, last)


@kernel
def exponential(powers, x):
    return power(powers, x)


@kernel
def is_over_cap(m, s, shares):
    return over_cap(m, s, shares)


@kernel
def is_within_rate(m, s, i, second):
    return within_rate(m, m.parents[s, i], second)


@kernel
def limit_under_collar(m, s, side, touch):
    return collared_limit(m, s, side, touch)


@kernel
def pull(m, s, step):
    step_away(m, s, step)


@kernel
def watch(m, s, step):
    guard(m, s, step)


def quiet_scenario(symbols: int = 2, queued: int = 8, behaviour: str | None = None, **parts: dict[str, Any]) -> Scenario:
    """Nobody trades but `queued` flagged orders at the bell, at most three times a second; `behaviour`: what every release does with them."""
    flow = {**QUIET, "queued_flagged": queued, **parts.pop("flow", {})}
    scenario = small_scenario(symbols, flow=flow, **parts)
    return scenario if behaviour is None else with_behaviour(scenario, flag_set=behaviour)


def with_behaviour(scenario: Scenario, **table: str) -> Scenario:
    """Every release does as `table` says (flag_clear, flag_set, flag_set_before_open)."""
    releases = tuple(release.model_copy(update=table) for release in scenario.fleet.release)
    fleet = scenario.fleet.model_copy(update={"release": releases})
    return scenario.model_copy(update={"fleet": fleet, "sha256": scenario.sha256 + repr(sorted(table.items()))})


def at_open(scenario: Scenario, after: int = 0, seed: int = 7, **how: Any) -> Simulation:
    """A simulation that has run until `after` steps past the open."""
    return begun(scenario, OPEN + after, seed, instant=True, **how)


def rows_of(sim: Simulation) -> Any:
    """Tape rows that are ours as takers."""
    rows = sim.tape_rows()
    return rows[rows["parent"] > 0].view(np.recarray)
