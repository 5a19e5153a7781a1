"""Who arrives when, and who gets what: the plan of a seed, the round robin, the record's parents in history's run."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Simulation, load_scenario, playbook, replay
from engine.market.arrivals import FIRST_ORDER, Rule, arrival_plan, lognormal_factors, make_plan
from engine.market.derive import gap_of
from engine.market.faults import stale_server
from engine.market.state import PARENTS
from tests.days import OPEN, step_at
from tests.engine_builders import at_open, quiet_scenario
from tests.small import before, give, small_scenario

pytestmark = pytest.mark.kernels

SCENARIO = load_scenario("knight-2012")
SEEDS = st.integers(0, 2**32)


def flagged(rows, first: int, until: int):
    return rows[(rows["flagged"] == 1) & (rows["step"] >= first) & (rows["step"] < until)]


def test_the_plan_of_the_default_seed_has_the_records_numbers():
    rows, activations = arrival_plan(SCENARIO, 79)
    assert len(flagged(rows, 0, OPEN)) == 776
    assert len(flagged(rows, OPEN, OPEN + 1)) == 576
    assert 380 <= len(flagged(rows, OPEN + 1, step_at("10:15"))) <= 410
    assert len(flagged(rows, step_at("10:15"), 10**6)) == 0
    assert (np.diff(rows["step"]) >= 0).all()
    assert rows["id"].tolist() == list(range(FIRST_ORDER, FIRST_ORDER + len(rows)))
    index = {name: i for i, name in enumerate(SCENARIO.names)}
    for row, found in zip(SCENARIO.parents, activations, strict=False):
        assert (found.symbol, found.side) == (index[row.symbol], 1 if row.side == "BUY" else -1), row
        assert found.gap == gap_of(Decimal(row.rate_e6) / Decimal("0.88"))


def test_a_plan_is_made_once_and_cannot_be_written_to():
    rows, activations = arrival_plan(SCENARIO, 79)
    assert arrival_plan(SCENARIO, 79)[0] is rows
    for array in (rows, activations):
        with pytest.raises(ValueError, match="read-only"):
            array["qty"][0] = 1


@settings(deadline=None, max_examples=5)
@given(SEEDS)
def test_the_same_seed_makes_the_same_plan_and_another_seed_another(seed):
    scenario = small_scenario(4)
    rows, activations = make_plan(scenario, seed)
    again, _ = make_plan(scenario, seed)
    other, _ = make_plan(scenario, seed + 1)
    assert rows.tobytes() == again.tobytes()
    assert rows.tobytes() != other.tobytes()
    assert rows["symbol"].min() >= 0
    assert rows["symbol"].max() <= 3
    assert set(np.unique(rows["side"])) == {-1, 1}
    assert rows["qty"].min() >= 100
    assert (rows["qty"] % 100 == 0).all()
    assert (activations["gap"] > 0).all()


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_the_rule_gives_every_stock_a_parent_and_extras_after_their_stocks_first(seed):
    rule = Rule(SCENARIO, seed)
    rows = rule.table(212, 400)
    stocks, sides, rates = rows.T
    assert len(rows) == 400
    assert set(stocks[:212]) == set(range(154))
    first = {}
    for stock, side, rate in rows[:212].tolist():
        first.setdefault(stock, (side, rate))
    assert sum(side < 0 for side, _ in first.values()) == SCENARIO.flow.history_short
    for stock, side, rate in rows.tolist():
        assert side == first[stock][0] or rate <= first[stock][1] * 9 // 10 + 1, "of the other side, and faster"
    assert rates.max() <= SCENARIO.flow.rate_most * 10**6
    assert set(sides) == {-1, 1}


def test_lognormal_factors_have_median_one_and_the_spread_asked_for():
    found = lognormal_factors(0.5) / (1 << 20)
    assert np.median(found) == pytest.approx(1.0, abs=0.01)
    assert np.log(found).std() == pytest.approx(0.5, rel=0.01)


def test_the_stale_server_is_number_eight_on_the_default_seed_and_any_on_others():
    assert stale_server(SCENARIO, 79) == 8
    assert {stale_server(SCENARIO, seed) for seed in range(80)} == set(range(1, 9))


@pytest.mark.whole
def test_waiting_orders_are_dealt_round_robin_seventy_two_a_server():
    sim = at_open(quiet_scenario(queued=576, symbols=24, behaviour="stall"), 1)
    assert sim.machine.counters[:, :, PARENTS].sum(axis=0).tolist() == [0] + [72] * 8
    machine = sim.machine
    live = [int(machine.parents[s, i].server) for s in range(24) for i in range(machine.parent_count[s])]
    assert np.bincount(live, minlength=9).tolist() == [0] + [72] * 8


def test_each_server_is_dealt_ninety_seven_before_the_bell():
    sim = at_open(small_scenario(2, flow={"premarket_flagged": 776, "plain_premarket_per_min": 0.0}), -1)
    dealt = sim.machine.counters[:, 1:, PARENTS].sum(axis=0)
    assert dealt.tolist() == [0 if n == sim.stale else 97 for n in range(1, 9)], "the stale one took none"
    assert [row[1] for row in sim.records.refusals] == [sim.stale] * 97
    assert sim.machine.tally[0].flagged == 776


def test_stopping_good_servers_sends_more_to_the_bad_one():
    scenario = quiet_scenario(queued=80, symbols=4)
    all_up, two_up = at_open(scenario, -1), at_open(scenario, -1)
    good = [n for n in range(1, 9) if n != two_up.stale]
    for n in good[1:]:
        give(two_up, "operator", "server.stop", server=n)
    for sim in (all_up, two_up):
        sim.step(2)
    assert (all_up.machine.tally[0].power_peg, two_up.machine.tally[0].power_peg) == (10, 40)


def test_the_kth_order_that_meets_the_old_code_trades_what_the_kth_of_the_record_did():
    scenario = quiet_scenario(queued=32, symbols=4, flow={"plain_bell_per_min": 60.0})
    sim = at_open(scenario, 1)
    met = [sim.machine.parents[s, i] for s in range(4) for i in range(sim.machine.parent_count[s])]
    ours = sorted((int(p.id), int(p.side), int(p.gap)) for p in met if p.server == sim.stale and p.flagged)
    expected = [(int(row.side), int(row.gap)) for row in sim.activations[:4]]
    assert [(side, gap) for _, side, gap in ours] == expected


def test_orders_kept_away_are_those_of_clients_that_route_elsewhere():
    sim = at_open(small_scenario(2, flow={"plain_bell_per_min": 600.0, "large_share": 0.0}), 0)
    give(sim, "risk", "clients.route_away")
    before, cursor = int(sim.machine.tally[0].arrived), sim.cursor
    sim.step(400)
    passed = sim.arrivals[cursor : sim.cursor]
    assert int(sim.machine.tally[0].arrived) - before == int((passed["kept_away"] >= 128).sum())
    assert 0.4 < float((passed["kept_away"] < 128).mean()) < 0.6


@pytest.mark.whole
def test_in_historys_run_212_parents_meet_power_peg_at_the_minutes_and_servers_of_the_file():
    """Until the rollback all on server 8; afterwards on any. parents.csv gives start and server of each."""
    sim = Simulation(SCENARIO, 79)
    waiting, met = playbook(SCENARIO, "history", 79), {}
    while sim.now < step_at("10:14:59"):
        while waiting and waiting[0].step == sim.now:
            assert sim.submit(waiting.pop(0)) is None
        if sim.now < OPEN:
            sim.step(OPEN - sim.now)
        sim.step(20)
        machine = sim.machine
        live = machine.parents[np.arange(machine.parents.shape[1])[None, :] < machine.parent_count[:, None]]
        for parent in live[(live["behaviour"] == 3)]:
            met.setdefault(int(parent["id"]), (int(parent["start"]) - OPEN, int(parent["server"])))
    found = [met[order] for order in sorted(met)]
    expected = [(int(row.start_ms or 0) * 4 // 1000, int(row.server or 0)) for row in SCENARIO.parents if row.start_ms is not None]
    assert len(found) == 212
    assert [start // 240 for start, _ in found] == [start // 240 for start, _ in expected]
    assert [server for _, server in found] == [server for _, server in expected]


@pytest.mark.whole
def test_a_run_without_flagged_orders_has_no_runaway():
    sim = replay(quiet_scenario(queued=0), 79, playbook(quiet_scenario(queued=0), "history", 79), before(OPEN + 6000))
    assert (sim.machine.tally[0].power_peg, sim.monitoring.first_runaway) == (0, None)
