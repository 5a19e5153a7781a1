"""Rates, moves, volume and the loss curve are what the market did, and measuring changes nothing."""

import numpy as np
import pytest

from engine import Simulation
from engine.firm.gauges import KEPT, Gauges, concentration, knight, mids, moves_bp
from engine.market.state import CHILDREN, ERROR, EXECUTIONS, PARENTS, market_digest
from engine.market_time import Calendar
from tests.days import BELL_END, CLOSE, OPEN, clock
from tests.engine_builders import at_open, quiet_scenario
from tests.read import seen as sight
from tests.small import give, small_scenario

pytestmark = pytest.mark.kernels

MINUTE = 240
SCENARIO = small_scenario(2, flow={"plain_bell_per_min": 120.0})


@pytest.mark.whole
def test_a_rate_is_the_mean_of_the_last_minute():
    sim = at_open(SCENARIO, 2 * MINUTE)
    before = {column: int(sim.machine.counters[:, 1:, column].sum()) for column in (CHILDREN, EXECUTIONS)}
    arrived = int(sim.machine.tally[0].arrived)
    sim.step(MINUTE)
    for column, count in before.items():
        assert sim.gauges.per_s(column) == (int(sim.machine.counters[:, 1:, column].sum()) - count) / 60
    assert sim.gauges.per_s(PARENTS) == (int(sim.machine.tally[0].arrived) - arrived) / 60
    servers = sum(sim.gauges.per_s(EXECUTIONS, n) for n in range(1, 9))
    assert servers == pytest.approx(sim.gauges.per_s(EXECUTIONS))


def test_a_series_is_made_of_five_second_means_oldest_first():
    sim = at_open(SCENARIO, 0)
    counts = []
    for _ in range(9):
        counts.append(int(sim.machine.counters[:, 1:, CHILDREN].sum()))
        sim.step(20)
    counts.append(int(sim.machine.counters[:, 1:, CHILDREN].sum()))
    assert sim.gauges.series(CHILDREN, 9) == [round((b - a) / 5) for a, b in zip(counts, counts[1:], strict=False)]
    assert len(sim.gauges.series(CHILDREN, 10**6)) == KEPT - 1


def test_before_the_first_samples_rates_are_nought():
    gauges = Gauges(2, Calendar.of())
    assert gauges.per_s(CHILDREN) == 0.0
    sim = Simulation(SCENARIO, 7)
    assert sim.gauges.per_s(CHILDREN) == 0.0
    assert sight(sim, "operator")["chart"]["children"] == []


@pytest.mark.whole
def test_after_the_close_every_rate_is_nought_and_none_is_negative():
    sim = at_open(small_scenario(1, flow={"plain_day_per_min": 20.0}), 0)
    sim.step(CLOSE - sim.now - 1)
    assert sim.gauges.per_s(PARENTS) >= 0
    sim.step(2)
    cards = sight(sim, "operator")
    assert cards["clock"]["clock"] == "18:30:00"
    assert set(cards["rates"].values()) == {0.0}
    assert set(cards["chart"]["children"]) == {0}
    assert cards["chart"]["from"] == "18:00:00"


@pytest.mark.whole
def test_moves_are_measured_since_the_open_and_the_largest_is_kept():
    sim = at_open(quiet_scenario(behaviour="power_peg", flow={"rate_most": 50.0}), 20)
    most = np.zeros(2, dtype=np.int64)
    for _ in range(30):
        sim.step(20)
        most = np.maximum(most, np.abs(moves_bp(sim, mids(sim))))
    assert (sim.gauges.moved_bp >= most).all()
    assert (sim.gauges.moved_bp > 0).all()
    opening = sim.machine.market["open"].astype(np.int64) << 8
    assert moves_bp(sim, opening).tolist() == [0, 0]
    assert moves_bp(sim, opening * 11 // 10).tolist() == pytest.approx([1000, 1000], abs=1)
    assert moves_bp(Simulation(SCENARIO, 7), opening).tolist() == [0, 0], "nobody has moved before the open"


def test_a_one_sided_book_is_marked_at_the_reference_price():
    sim = at_open(SCENARIO, 20)
    sim.machine.books["asks"][0] = 0
    assert mids(sim)[0] == sim.machine.market[0].ref_256
    book = sim.machine.books[1]
    assert mids(sim)[1] == (2 * book.floor + book.bid + book.ask) * 128


@pytest.mark.whole
def test_the_minute_path_has_a_row_for_every_minute_and_adds_up():
    sim = at_open(SCENARIO, 5 * MINUTE + 7)
    assert [row["clock"] for row in sim.gauges.path] == ["09:31", "09:32", "09:33", "09:34", "09:35"]
    last = at_open(SCENARIO, 5 * MINUTE)
    found, row = knight(last), last.gauges.path[-1]
    assert (row["executions"], row["shares"], row["gross_usd"]) == (found["executions"], found["shares"], found["gross_usd"])
    assert (row["bad_servers"], row["runaway_parents"]) == (1, last.monitoring.runaway)
    executions = [row["executions"] for row in sim.gauges.path]
    assert executions == sorted(executions)


@pytest.mark.whole
def test_volume_over_normal_is_counted_only_in_the_session():
    sim = Simulation(SCENARIO, 7)
    assert sim.gauges.volume_ratio(sim) == 0.0
    sim.step(OPEN + 2 * MINUTE)
    traded = int(sim.machine.market["volume"].sum())
    sim.step(MINUTE)
    normal = sim.adv_total * 0.19 / 45
    assert sim.gauges.volume_ratio(sim) == pytest.approx((int(sim.machine.market["volume"].sum()) - traded) / normal)


def test_concentration_counts_stocks_where_the_share_and_the_move_were_large():
    sim = at_open(small_scenario(4), 20)
    machine = sim.machine
    machine.market["volume"] = 1000
    machine.bought[:, ERROR] = [201, 200, 501, 501]
    machine.sold[:, ERROR] = 0
    sim.gauges.moved_bp[:] = [501, 3001, 1001, 500]
    assert concentration(sim) == {"stocks_20_5": 2, "stocks_50_10": 1, "moved_30": 1}


def test_knights_figures_are_the_sums_of_its_positions():
    sim = at_open(SCENARIO, 400)
    found, shares = knight(sim), sim.machine.position[:, ERROR]
    assert found["long_symbols"] == int((shares > 0).sum())
    assert found["short_symbols"] == int((shares < 0).sum())
    assert found["gross_usd"] == pytest.approx(found["long_usd"] + found["short_usd"], abs=1)
    assert found["shares"] == int((sim.machine.bought + sim.machine.sold)[:, ERROR].sum())


def test_looking_changes_nothing_in_the_market():
    watched, left = at_open(SCENARIO, 0), at_open(SCENARIO, 0)
    for _ in range(20):
        for desk in ("operator", "projector", "facilitator"):
            sight(watched, desk)
        watched.step(10)
    left.step(200)
    assert watched.digest() == left.digest()
    assert [market_digest(watched.machine, s) for s in range(2)] == [market_digest(left.machine, s) for s in range(2)]


def test_a_look_at_one_server_gives_its_own_rates():
    sim = at_open(SCENARIO, 2 * MINUTE)
    give(sim, "operator", "server.look", server=sim.stale)
    card = sight(sim, "operator")["look"]
    assert card["at"] == clock(sim.now)
    assert card["children_out"] == round(sim.gauges.per_s(CHILDREN, sim.stale), 1) > 0
    assert sim.now < BELL_END
