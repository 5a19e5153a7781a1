"""The price law in integers: roots, powers, memory of flow, makers around the reference, and gaps under pressure."""

from math import exp, isqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.market.flow import HIGHEST, LOWEST, power_table
from tests.engine_builders import at_open, exponential, line_below, pull, quiet_scenario, square_root
from tests.small import small_scenario

pytestmark = pytest.mark.kernels

POWERS = power_table()
Q30, Q32 = 1 << 30, 1 << 32


@settings(deadline=None)
@given(st.integers(-(2**31) + 1, 2**31 - 1), st.integers(1000, 10**9), st.integers(0, 2**24))
def test_the_root_is_exact_whatever_it_starts_from(z, adv, guess):
    assert square_root(np.int64(z), np.int64(adv), np.int64(guess)) == isqrt((abs(z) << 32) // adv)


@settings(deadline=None)
@given(st.integers(0, 1 << 17), st.integers(30_000, 10**8), st.integers(-1, 1), st.integers(-9, 9))
def test_the_root_is_exact_when_it_has_moved_by_little(r, adv, more, off):
    z = max(0, (r * r * adv >> 32) + more)
    expected = isqrt((z << 32) // adv)
    assert square_root(np.int64(z), np.int64(adv), np.int64(max(0, expected + off))) == expected


@settings(deadline=None)
@given(st.integers(0, 1 << 20), st.integers(1, 40), st.integers(0, 1 << 12))
def test_a_price_is_put_on_the_grid_whatever_it_was_last(price_256, grid, last):
    for line in (0, last * grid, price_256 // 256 // grid * grid):
        assert line_below(np.int64(price_256), np.int64(grid), np.int64(line)) == price_256 // (256 * grid) * grid


def test_makers_who_look_only_where_shares_have_left_quote_as_if_they_looked_everywhere():
    few, all_of_it = (at_open(small_scenario(3, flow={"plain_bell_per_min": 240.0}), 5) for _ in range(2))
    for step in range(200):
        for side in ("bids_thinned", "asks_thinned"):
            all_of_it.machine.books[side] = 1
        few.step(1)
        all_of_it.step(1)
        if step % 50 == 0:
            for sim in (few, all_of_it):
                pull(sim.machine, 1, sim.now)
    for name in ("market", "levels", "orders", "parents", "position", "cash"):
        assert np.array_equal(getattr(few.machine, name), getattr(all_of_it.machine, name)), name
    for name in few.machine.books.dtype.names or ():
        assert "thinned" in name or np.array_equal(few.machine.books[name], all_of_it.machine.books[name]), name
    assert few.executions > 100


@settings(deadline=None)
@given(st.integers(LOWEST * (1 << 24), HIGHEST * (1 << 24) - 1))
def test_powers_are_right_to_a_ten_millionth(x):
    assert int(exponential(POWERS, np.int64(x))) / Q30 == pytest.approx(exp(x / Q32), rel=3e-8)


def test_powers_beyond_the_table_are_those_at_its_ends():
    assert exponential(POWERS, np.int64(-9 * Q32)) == POWERS[0]
    assert exponential(POWERS, np.int64(9 * Q32)) == POWERS[-1]


def test_makers_stand_around_the_reference_and_never_cross():
    sim = at_open(quiet_scenario(queued=0), 1)
    for _ in range(200):
        sim.step(1)
        for s in range(2):
            book, market, symbol = sim.machine.books[s], sim.machine.market[s], sim.machine.symbols[s]
            assert book.bid < book.ask
            assert market.want_bid % symbol.grid == market.want_ask % symbol.grid == 0
            assert market.want_bid < market.ref_256 / 256 < market.want_ask
            assert book.floor + book.bid <= market.want_bid
            assert book.floor + book.ask >= market.want_ask


def test_one_sided_flow_moves_the_reference_and_is_forgotten_in_part():
    pushed, left = at_open(quiet_scenario(queued=0), 1), at_open(quiet_scenario(queued=0), 1)
    flow = int(pushed.machine.symbols[0].adv) // 4
    pushed.machine.market[0].leaky += flow << 8
    pushed.machine.market[0].kept += flow
    found = []
    for steps in (1, 2400):
        for sim in (pushed, left):
            sim.step(steps)
        here, there = pushed.machine.market[0], left.machine.market[0]
        found.append((here.ref_256 / there.ref_256 - 1, here.reverted_256 / there.reverted_256 - 1))
    scenario = pushed.scenario
    row = scenario.symbols[0]
    full = row.daily_vol_e8 / 1e8 * row.impact_y_e6 / 1e6 * scenario.market.impact_scale * 0.5  # the root of a quarter of a day
    assert found[0][0] == pytest.approx(exp(full) - 1, rel=0.05)
    assert found[0][1] == pytest.approx(full * scenario.market.phi, rel=0.1), "the reverted price keeps the permanent part only"
    assert found[1][0] < found[0][0]


def test_makers_step_away_only_under_pressure_beyond_the_threshold():
    sim = at_open(quiet_scenario(queued=0), 40)
    machine, market = sim.machine, sim.machine.market[0]
    adv = int(machine.symbols[0].adv)
    dials = machine.dials[0]
    hazard = int(dials.jump_hazard_q32)
    machine.dials["jump_hazard_q32"] = Q32  # certain as soon as there is any excess of a whole
    try:
        market.leaky = adv << 8
        pull(machine, 0, sim.now)
        assert market.pulled_until == 0, "one ADV is the threshold"
        market.leaky = -(2 * adv) << 8
        bids, asks = int(machine.books[0].bids), int(machine.books[0].asks)
        pull(machine, 0, sim.now)
        assert market.pulled_side == 1, "sellers attack the bids"
        assert market.pulled_until == sim.now + dials.jump_steps
        assert int(machine.books[0].asks) == asks > 0
        touch, book = int(market.want_bid), machine.books[0]
        stubs = sorted((int(order.price) for order in machine.orders[0] if order.live and order.side > 0), reverse=True)
        expected = [touch - touch * dials.jump_stub_bp * k // 10_000 for k in range(1, dials.jump_stubs + 1)]
        assert stubs == [price for price in expected if price > 0 and price >= book.floor]
        assert bids > len(stubs)
        pull(machine, 0, sim.now + 1)
        assert market.pulled_until == sim.now + dials.jump_steps, "they are away already"
    finally:
        machine.dials["jump_hazard_q32"] = hazard  # shared by every simulation of the scenario
    market.leaky = 0
    sim.step(int(dials.jump_steps) + 8)
    assert market.pulled_side == 0
    assert machine.books[0].bids > len(stubs), "the ladder is back"


def test_a_sweep_of_stubs_prints_far_from_the_touch():
    """What a gap is for: a taker that comes while makers are away meets prices four percent and more from the reference."""
    sim = at_open(quiet_scenario(behaviour="power_peg", symbols=1), 4, tape=True)
    machine, market = sim.machine, sim.machine.market[0]
    side = int(machine.parents[0, 0].side)
    market.pulled_side, market.pulled_until = -side, sim.now + 12
    hazard = int(machine.dials[0].jump_hazard_q32)
    machine.dials["jump_hazard_q32"] = Q32
    try:
        market.pulled_until = 0
        market.leaky = side * (2 * int(machine.symbols[0].adv) << 8)
        pull(machine, 0, sim.now)
    finally:
        machine.dials["jump_hazard_q32"] = hazard
    reference = int(market.ref_256) / 256
    market.leaky = 0
    seen = len(sim.tape_rows())
    sim.step(12)
    prices = [int(row["price"]) for row in sim.tape_rows()[seen:] if row["side"] == side]
    assert prices, "seed 7: nobody took in three seconds"
    assert max(abs(price / reference - 1) for price in prices) > 0.035
