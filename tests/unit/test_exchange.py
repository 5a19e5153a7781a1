"""Circuit breakers: what pauses a stock, when they are in force, what a pause does and how it ends."""

import numpy as np
import pytest

from engine import Simulation
from engine.market.controls import NO_QUOTE
from tests.days import OPEN, step_at
from tests.engine_builders import at_open, quiet_scenario, watch
from tests.read import seen as sight
from tests.small import small_scenario

pytestmark = pytest.mark.kernels

BREAKERS_FROM, BREAKERS_TO = step_at("09:45"), step_at("15:35")
EARLY = {"breakers_from": "09:30"}


def sale(price: int, step: int, *, before: int = 1000, limit_bp: int = 1000) -> bool:
    """Whether a last sale at `price` pauses a stock whose window holds `before`."""
    machine = at_open(quiet_scenario(queued=0), 1).machine
    market = machine.market[0]
    machine.symbols["breaker_bp"][0] = limit_bp
    machine.lows[0], machine.highs[0] = before, before
    market.window_low = market.window_high = before
    market.last = price
    watch(machine, 0, step)
    return bool(market.pauses)


@pytest.mark.parametrize(
    ("price", "limit_bp", "pauses"),
    [
        (1099, 1000, False),
        (1100, 1000, True),
        (901, 1000, False),
        (900, 1000, True),
        (1299, 3000, False),
        (1300, 3000, True),
        (700, 3000, True),
        (501, 5000, False),
    ],
)
def test_a_move_of_the_stocks_limit_within_five_minutes_pauses_it(price, limit_bp, pauses):
    assert sale(price, BREAKERS_FROM + 7, limit_bp=limit_bp) is pauses


def test_breakers_are_in_force_from_0945_to_1535():
    assert [sale(2000, step) for step in (BREAKERS_FROM - 1, BREAKERS_FROM, BREAKERS_TO - 1, BREAKERS_TO)] == [False, True, True, False]


def test_the_window_forgets_what_is_older_than_five_minutes():
    sim = at_open(quiet_scenario(queued=0), 1)
    machine, market = sim.machine, sim.machine.market[0]
    machine.lows[0] = machine.highs[0] = 0
    step = BREAKERS_FROM // 1200 * 1200
    market.window_low = market.window_high = market.last = 1000
    watch(machine, 0, step)
    market.last = 1080
    for later in range(step + 1, step + 1200):
        watch(machine, 0, later)
    assert (market.window_low, market.window_high) == (1000, 1080)
    market.last = 1090
    watch(machine, 0, step + 1200)  # the first bucket is used again: 1000 is forgotten
    assert (market.window_low, market.window_high) == (1080, 1090)
    assert market.pauses == 0


def paused() -> Simulation:
    """Stock 0 jumps under a runaway, with breakers from the bell; the simulation stands at the step after the pause began."""
    sim = at_open(quiet_scenario(behaviour="power_peg", market=EARLY), 40)
    sim.machine.lows[0], sim.machine.highs[0] = sim.machine.market[0].last // 2, sim.machine.market[0].last
    sim.machine.market["window_low"][0] //= 2
    while not sim.machine.market[0].pauses:
        sim.step(1)
        assert sim.now < OPEN + 400, "seed 7: no sale came to trip the breaker"
    return sim


def test_a_pause_cancels_every_order_and_rejects_children_for_five_minutes():
    sim = paused()
    machine, market = sim.machine, sim.machine.market[0]
    assert machine.books[0].bids == machine.books[0].asks == 0
    assert not any(order.live for order in machine.orders[0])
    assert market.paused_until == sim.now + 1200
    volume = int(market.volume)
    sim.step(1199)
    assert market.volume == volume
    assert any(child.reason == NO_QUOTE for child in machine.recent[0])
    assert machine.market[1].volume > 0, "others trade on"
    sim.step(40)
    assert market.volume > volume
    assert machine.books[0].bids > 0


@pytest.mark.whole
def test_a_stale_window_does_not_pause_the_stock_again():
    sim = paused()
    sim.step(1200 + 60)
    assert sim.machine.market[0].pauses == 1
    assert sim.machine.market[0].window_low > 0


@pytest.mark.whole
def test_desks_hear_of_pauses_and_the_room_sees_them():
    sim = paused()
    sim.step(20)
    name = sim.names[0]
    events = [event for event in sim.take_events() if event.kind.startswith("breaker.")]
    assert [(event.kind, event.data["symbol"]) for event in events] == [("breaker.paused", name)]
    assert events[0].audience == ("risk", "projector")
    assert sight(sim, "projector")["tiles"]["paused"] == [0]
    sim.step(1220)
    assert [event.kind for event in sim.take_events() if event.kind.startswith("breaker.")] == ["breaker.resumed"]
    assert sight(sim, "projector")["tiles"]["paused"] == []


@pytest.mark.whole
def test_flow_keeps_leaking_away_while_a_stock_is_paused():
    sim = paused()
    market = sim.machine.market[0]
    before = abs(int(market.leaky))
    assert before > 0
    sim.step(1200)
    leak = np.exp(-5 / sim.scenario.market.tau_min)
    assert abs(int(market.leaky)) == pytest.approx(before * leak, rel=0.02)


def test_the_first_trade_is_at_the_open_and_not_before():
    sim = at_open(small_scenario(2, flow={"plain_premarket_per_min": 0.0, "premarket_flagged": 0}), -1)
    assert (sim.machine.market["volume"] == 0).all()
    assert (sim.machine.market["open"] == 0).all()
    sim.step(1)
    assert (sim.machine.market["open"] == 0).all()
    sim.step(1)
    assert (sim.machine.market["open"] > 0).all()
    assert "market.opened" in [event.kind for event in sim.take_events()]
