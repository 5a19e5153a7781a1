"""What we hold and what it is worth, from positions put there by hand; the late monitor; busts and allocation."""

import numpy as np
import pytest

from engine import Simulation, load_scenario
from engine.market.positions import (
    MOST_TICKS_LATE,
    SNAPSHOTS,
    TICKS_A_MINUTE,
    PositionMonitor,
    allocate_clients,
    cancel_far,
    fees_hc,
    marks,
    own_shares,
    price_text,
    prices_hc,
)
from engine.market.state import CLIENT, ERROR, UNWIND
from tests.engine_builders import at_open, quiet_scenario
from tests.small import small_scenario

pytestmark = pytest.mark.kernels

SCENARIO = quiet_scenario(queued=0)


@pytest.fixture
def machine():
    """Two stocks at $20.00 and $5.00; with the transient part dropped, $19.00 and $5.50."""
    found = Simulation(SCENARIO, 7).machine
    found.symbols["tick_hc"] = 100
    found.market["ref_256"] = [2000 << 8, 500 << 8]
    found.market["reverted_256"] = [1900 << 8, 550 << 8]
    yield found
    found.symbols["tick_hc"] = [100, 100]  # derived arrays are shared by every simulation of the scenario


def test_long_is_marked_up_and_short_down_at_both_prices(machine):
    machine.position[0, ERROR], machine.position[1, ERROR] = 100, -200
    machine.cash[0, ERROR], machine.cash[1, ERROR] = -100 * 195_000, 200 * 52_000
    mark = marks(machine, SCENARIO)
    assert mark.long == 100 * 200_000
    assert mark.short == 200 * 50_000
    assert mark.gross == mark.long + mark.short
    assert mark.mid == 100 * 5_000 + 200 * 2_000
    assert mark.reverted == 100 * (190_000 - 195_000) + 200 * (52_000 - 55_000)
    assert mark.gross_reverted == 100 * 190_000 + 200 * 55_000


def test_clients_shares_are_not_the_firms_own(machine):
    machine.position[0] = [500, 100, -40]
    machine.cash[0] = [-(10**9), 0, 0]
    assert own_shares(machine).tolist() == [60, 0]
    assert marks(machine, SCENARIO).mid == 60 * 200_000


def test_fees_are_a_quarter_of_a_cent_a_share_and_the_secs_on_sales(machine):
    machine.bought[0, ERROR], machine.sold[1, UNWIND], machine.sold_value[1, UNWIND] = 1_000_000, 2_000_000, 10**7 * 10_000
    machine.bought[0, CLIENT] = 10**9
    assert fees_hc(machine, SCENARIO) == 3_000_000 * 25 + 224 * 10**4
    assert marks(machine, SCENARIO).mid == -fees_hc(machine, SCENARIO)


def test_allocation_hands_clients_their_fills_and_leaves_errors(machine):
    machine.position[0], machine.cash[0] = [500, 100, -40], [-7, -8, -9]
    allocate_clients(machine)
    assert machine.position[0].tolist() == [0, 100, -40]
    assert machine.cash[0].tolist() == [0, -8, -9]


@pytest.mark.whole
def test_allocation_comes_every_quarter_of_an_hour():
    sim = at_open(small_scenario(2, flow={"plain_bell_per_min": 240.0}), 15 * 240 - 1)
    assert sim.machine.position[:, CLIENT].any()
    sim.step(1)
    assert not sim.machine.position[:, CLIENT].any()


def test_busts_cancel_the_minutes_asked_for_and_pay_back_the_loss(machine):
    machine.far_qty[0, 3:6], machine.far_cash[0, 3:6] = [100, 200, 400], [-100 * 290_000, -200 * 290_000, -400 * 290_000]
    machine.position[0, ERROR], machine.cash[0, ERROR] = 700, -700 * 290_000
    before = marks(machine, SCENARIO).reverted
    relief = cancel_far(machine, 3, 4)
    assert relief == 300 * (290_000 - 190_000)
    assert marks(machine, SCENARIO).reverted == before + relief
    assert machine.position[0, ERROR] == 400
    assert machine.far_qty[0, 3:6].tolist() == [0, 0, 400]
    assert cancel_far(machine, 3, 4) == 0, "once"
    assert cancel_far(machine, -9, 99) == 400 * 100_000


def test_only_executions_thirty_percent_from_the_open_can_be_busted():
    sim = at_open(quiet_scenario(behaviour="power_peg"), 240, tape=True)
    machine = sim.machine
    assert not machine.far_qty.any()
    machine.market["open"] = machine.market["open"] * 2
    held = machine.position[:, ERROR].copy()
    sim.step(200)
    assert (machine.far_qty[:, 1] == machine.position[:, ERROR] - held).all()
    assert machine.far_qty[:, 1].any()
    assert not machine.far_qty[:, [0, 2]].any()


@pytest.mark.parametrize(("price", "text"), [(147_600, "14.76"), (10_000, "1.00"), (497, "0.0497"), (147_601, "14.7601")])
def test_prices_read_as_people_write_them(price, text):
    assert price_text(price) == text


def test_prices_are_whole_hundredths_of_a_cent():
    machine = Simulation(SCENARIO, 7).machine
    assert prices_hc(machine).tolist() == [int(p) * int(t) >> 8 for p, t in zip(machine.market["ref_256"], machine.symbols["tick_hc"], strict=True)]


@pytest.mark.parametrize(
    ("rate", "lag"), [(0, 5), (399, 5), (400, 60), (1400, 180), (2400, 300), (10**6, 300)]
)  # fmt: skip
def test_the_monitor_falls_behind_with_the_rate_of_executions(rate, lag):
    assert PositionMonitor(2).lag_s(load_scenario("knight-2012"), rate) == lag


def test_the_monitor_shows_positions_late_and_never_goes_back():
    sim = at_open(quiet_scenario(behaviour="power_peg"), 0)
    monitor, kept = PositionMonitor(2), []
    for tick in range(80):
        sim.step(1)
        monitor.take(tick, sim.machine)
        kept.append(sim.machine.position.sum(axis=1).tolist())
        lag = 100 if tick < 60 else 300
        monitor.show(tick, lag)
        shares, cash = monitor.read()
        expected = max(tick - 20, 0) if tick < 60 else max(39, tick - 60)
        assert shares.tolist() == kept[expected], f"tick {tick}"
        assert cash.shape == (2,)
    assert kept[39] != kept[79]
    monitor.show(79, 0)
    assert monitor.read()[0].tolist() == kept[79]


def test_the_monitor_mixes_clients_and_errors():
    sim = at_open(small_scenario(2, flow={"plain_bell_per_min": 240.0}), 400)
    shown, _ = sim.monitor.read()
    assert sim.machine.position[:, CLIENT].any()
    assert (sim.monitor.shares[sim.monitor.last % SNAPSHOTS] == sim.machine.position.sum(axis=1)).all()
    assert shown.shape == (2,)
    assert np.abs(shown).sum() > 0


def test_a_minute_before_the_latest_snapshot_is_still_kept():
    """Five minutes late, the monitor still knows how fast it grew."""
    assert SNAPSHOTS > MOST_TICKS_LATE + TICKS_A_MINUTE
    sim = at_open(quiet_scenario(behaviour="power_peg"), 0)
    monitor = PositionMonitor(2)
    for tick in range(200):
        sim.step(1)
        monitor.take(tick, sim.machine)
        monitor.show(tick, 300)
    assert monitor.shown == 139
    before = monitor.shares[(139 - TICKS_A_MINUTE) % SNAPSHOTS]
    prices = np.array([10_000, 20_000])
    assert monitor.growth(prices) == int(((np.abs(monitor.read()[0]) - np.abs(before)) * prices).sum()) > 0


def test_after_a_jump_in_time_the_monitor_shows_what_was_last_known():
    sim = at_open(quiet_scenario(behaviour="power_peg"), 200)
    monitor = PositionMonitor(2)
    monitor.take(0, sim.machine)
    kept = monitor.read()[0].tolist()
    sim.step(200)
    monitor.take(500, sim.machine)
    monitor.show(500, 5)
    assert monitor.read()[0].tolist() == kept != sim.machine.position.sum(axis=1).tolist()
