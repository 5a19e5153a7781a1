"""What the risk manager's cards say: the position monitor's late and mixed view at the market's prices, limits, exchange, one stock."""

import numpy as np
import pytest

from engine import Simulation, load_scenario, replay, restore, save
from engine.firm.gauges import mid_prices_hc
from engine.market.positions import PATH_MINUTES, prices_hc
from engine.market.unwind import liquidation_cost
from tests.days import BELL_END, CLOSE, OPEN
from tests.engine_builders import at_open, quiet_scenario
from tests.read import seen as sight
from tests.small import before, begun, give, ring, small_scenario

MINUTE = 240
RUNAWAY = quiet_scenario(behaviour="power_peg")
BUSY = small_scenario(3, flow={"plain_bell_per_min": 240.0})
QUIET = quiet_scenario(queued=0)


def card(sim: Simulation, name: str, help_level: str = "2012") -> dict:
    return sight(sim, "risk", help_level)[name]


def late(sim: Simulation, ticks: int) -> Simulation:
    """The monitor falls `ticks` behind, as it does in high volume."""
    sim.monitor.shown = sim.monitor.last - ticks
    return sim


def test_totals_are_the_shown_position_at_mid():
    sim = late(at_open(RUNAWAY, 2 * MINUTE), 10)
    found, prices = card(sim, "pnl"), mid_prices_hc(sim)
    shares, cash = (array.copy() for array in sim.monitor.read())
    assert (shares != sim.machine.position.sum(axis=1)).any(), "the monitor is late"
    worth = shares * prices
    assert found["long_usd"] == int(worth[worth > 0].sum()) // 10_000
    assert found["short_usd"] == -int(worth[worth < 0].sum()) // 10_000
    assert found["gross_usd"] == pytest.approx(found["long_usd"] + found["short_usd"], abs=1)
    assert found["net_usd"] == pytest.approx(found["long_usd"] - found["short_usd"], abs=1)
    assert found["mid_usd"] == int(worth.sum() + cash.sum()) // 10_000
    assert (found["as_of"], found["lag_s"]) == ("09:31:10", 50)
    assert found["gross_usd"] > 0


def test_cash_is_the_scenario_s_and_a_profit_at_mid_adds_nothing_to_it():
    sim = at_open(RUNAWAY, MINUTE)
    for cents, left in ((7_000_000 * 10_000, 365_000_000), (-7_000_000 * 10_000, 358_000_000)):
        sim.monitor.shares[:], sim.monitor.cash[:] = 0, 0
        sim.monitor.cash[:, 0] = cents
        sim.kept.clear()
        found = card(sim, "pnl")
        assert (found["mid_usd"], found["cash_usd"], found["cash_left_usd"]) == (cents // 10_000, 365_000_000, left)


def test_growth_is_of_the_last_minute_shown_and_stops_with_the_runaway():
    sim = at_open(RUNAWAY, 3 * MINUTE)
    shares = sim.monitor.shares
    sim.monitor.shown = sim.monitor.last - 4
    added = np.abs(shares[sim.monitor.shown % len(shares)]) - np.abs(shares[(sim.monitor.shown - 12) % len(shares)])
    assert card(sim, "pnl")["gross_per_min_usd"] == int((added * mid_prices_hc(sim)).sum()) // 10_000 > 0
    give(sim, "operator", "servers.stop_all")
    sim.step(3 * MINUTE)
    assert (card(sim, "pnl")["gross_per_min_usd"], card(sim, "pnl")["growing"]) == (0, False)


@pytest.mark.whole
def test_growing_is_said_only_of_more_than_clients_orders_explain():
    scenario = load_scenario("knight-2012")
    sim = Simulation(scenario, 79, instant=True)
    give(sim, "risk", "reconcile.on")
    sim.step(OPEN + 2 * MINUTE)
    assert card(sim, "pnl")["gross_usd"] > 0
    assert card(sim, "pnl")["growing"] is False
    wild = begun(scenario, OPEN + 2 * MINUTE + 200, 79, instant=True)
    assert card(wild, "pnl")["growing"] is True


def test_what_selling_now_would_leave_is_shown_with_help_only():
    sim = at_open(RUNAWAY, 4 * MINUTE)
    assert card(sim, "pnl")["sold_now_usd"] is None
    shares, cash = sim.monitor.read()
    gross = int((np.abs(shares) * mid_prices_hc(sim)).sum())
    expected = int((shares * prices_hc(sim.machine, "reverted_256") + cash).sum()) - liquidation_cost(RUNAWAY, gross, sim.now)
    for level in ("assisted", "guided"):
        found = card(sim, "pnl", level)
        assert found["sold_now_usd"] == expected // 10_000
        assert found["sold_now_usd"] < found["mid_usd"], "the mark at mid is the better looking one"


def test_the_curve_is_what_the_monitor_showed_every_full_minute():
    sim = at_open(RUNAWAY, 10)
    gross, mid = [], []
    for _ in range(5):
        sim.step(MINUTE - sim.now % MINUTE)
        gross.append(card(sim, "pnl")["gross_usd"])
        mid.append(card(sim, "pnl")["mid_usd"])
    found = card(sim, "curve")
    assert (found["from"], found["every_s"], len(found["gross_usd"]), len(found["mid_usd"])) == ("08:00", 60, 96, 96)
    assert (found["gross_usd"][-5:], found["mid_usd"][-5:]) == (gross, mid)
    assert found["gross_usd"][-1] > found["gross_usd"][-5] > 0 == found["gross_usd"][0]
    sim.step(100)
    assert card(sim, "curve") == found


def test_a_row_of_the_table_is_a_stock_in_the_order_of_the_symbols():
    sim = late(at_open(BUSY, 2 * MINUTE), 5)
    found, names = card(sim, "positions"), card(sim, "symbols")["symbols"]
    assert names == list(BUSY.names)
    shares, cash = sim.monitor.read()
    prices, market = mid_prices_hc(sim), sim.machine.market
    for s in range(len(names)):
        assert found["shares"][s] == shares[s]
        assert found["price_hc"][s] == market["last"][s] * sim.machine.symbols["tick_hc"][s]
        assert found["notional_usd"][s] == shares[s] * prices[s] // 10_000
        assert found["pnl_usd"][s] == (shares[s] * prices[s] + cash[s]) // 10_000
        assert found["move_bp"][s] == (market["last"][s] - market["open"][s]) * 10_000 // market["open"][s]
    assert found["as_of"] == card(sim, "pnl")["as_of"]
    assert sum(found["pnl_usd"]) == pytest.approx(card(sim, "pnl")["mid_usd"], abs=len(names))


def test_paused_stocks_are_named_by_their_row():
    sim = at_open(BUSY, 100)
    sim.machine.market["paused_until"][1] = sim.now + 1000
    sim.step(20)
    assert card(sim, "positions")["paused"] == [1]


def test_the_whole_record_fits_its_columns():
    sim = Simulation(load_scenario("knight-2012"), 79, instant=True)
    sim.step(20)
    found = card(sim, "positions")
    assert {len(found[name]) for name in ("shares", "price_hc", "move_bp", "notional_usd", "pnl_usd")} == {154}
    assert set(found["move_bp"]) == {0}


def test_limits_say_what_is_set_and_what_was_built():
    sim = Simulation(QUIET, 7, instant=True)
    assert card(sim, "limits") == {
        "gross_cap_usd": 0,
        "rate_per_second": 0,
        "collar_percent": 0.0,
        "reconcile": False,
        "threshold_usd": 0,
        "hold_shares": 0,
        "credit_usd": 0,
        "shut": False,
        "account_limit_usd": 2_000_000,
        "built": [],
        "clients_away": False,
    }
    give(sim, "risk", "limit.set", gross_usd=50_000_000)
    give(sim, "risk", "rate.set", per_second=5)
    give(sim, "risk", "collar.set", percent=2.5)
    give(sim, "risk", "reconcile.on")
    give(sim, "risk", "clients.route_away")
    found = card(sim, "limits")
    assert (found["gross_cap_usd"], found["rate_per_second"], found["collar_percent"]) == (50_000_000, 5, 2.5)
    assert (found["reconcile"], found["clients_away"]) == (True, True)
    assert found["built"] == ["collar.set", "limit.set", "rate.set"]


def test_a_watched_stock_shows_its_price_and_volume_at_every_full_minute():
    sim = Simulation(BUSY, 7, instant=True)
    sim.day.watched = BUSY.names[1]
    assert card(sim, "price")["price_hc"] == []
    prices, volumes = [], [0]
    tick = int(sim.machine.symbols[1].tick_hc)
    for minute in range(4):
        sim.step(OPEN + minute * MINUTE - sim.now)
        prices.append(int(sim.machine.market[1].last) * tick)
        volumes.append(int(sim.machine.market[1].volume))
    sim.step(100)
    found = card(sim, "price")
    assert (found["symbol"], found["from"], found["every_s"]) == (BUSY.names[1], "09:30", 60)
    assert found["price_hc"] == prices
    assert found["volume"] == np.diff(volumes).tolist()
    sim.day.watched = None
    assert (card(sim, "price")["symbol"], card(sim, "price")["price_hc"]) == (None, [])


@pytest.mark.whole
def test_a_review_shows_when_its_ruling_is_due_and_then_what_it_gave():
    sim = at_open(RUNAWAY, MINUTE)
    assert card(sim, "exchange") == {"bust": None, "busts": [], "cut_off": False}
    give(sim, "risk", "exchange.bust")
    assert card(sim, "exchange")["bust"] == {"asked": "09:31:00", "ruling_at": "10:01:00"}
    sim.machine.far_qty[0, 0], sim.machine.far_cash[0, 0] = 100, -100 * 900_000
    sim.step(30 * MINUTE)
    found = card(sim, "exchange")
    assert found["bust"] is None
    assert [row["at"] for row in found["busts"]] == ["10:01:00"]
    assert found["busts"][0]["relief_usd"] == sim.exchanges.bust_relief // 10_000 > 0


def test_a_firm_that_is_cut_off_knows_it():
    sim = at_open(QUIET, 20)
    ring(sim, "exchange")
    give(sim, "risk", "exchange.accept")
    assert card(sim, "exchange")["cut_off"] is True


@pytest.mark.whole
def test_the_day_s_arrays_end_at_the_close():
    sim = Simulation(quiet_scenario(1, queued=0, flow={"plain_day_per_min": 1.0}), 7, instant=True)
    sim.day.watched = sim.names[0]
    sim.step(CLOSE)
    assert sim.now > CLOSE
    assert len(card(sim, "price")["price_hc"]) == 391
    assert sum(card(sim, "price")["volume"]) == int(sim.machine.market[0].volume)
    assert len(card(sim, "curve")["gross_usd"]) == 481 < PATH_MINUTES


@pytest.mark.whole
def test_monitor_and_minutes_survive_a_checkpoint_and_a_replay():
    sim = replay(BUSY, 7, [], before(OPEN + 5 * MINUTE + 50))
    sim.day.watched = BUSY.names[0]
    back = restore(BUSY, save(sim))
    assert sight(back, "risk", "guided") == sight(sim, "risk", "guided")
    for each in (sim, back):
        each.step(200)
    assert sight(back, "risk", "guided") == sight(sim, "risk", "guided")
    assert back.digest() == sim.digest()
    again = replay(BUSY, 7, [], before(OPEN + 5 * MINUTE + 250))
    again.day.watched = BUSY.names[0]
    assert sight(again, "risk", "guided") == sight(sim, "risk", "guided")


@pytest.mark.whole
def test_looking_more_often_changes_nothing():
    looked, left = (Simulation(BUSY, 7, instant=True) for _ in range(2))
    for _ in range(40):
        looked.step(600)
        sight(looked, "risk", "assisted")
    left.step(24_000)
    assert looked.digest() == left.digest()
    assert sight(looked, "risk") == sight(left, "risk")
    assert looked.now < BELL_END
