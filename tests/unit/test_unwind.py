"""Getting out: the block's discount, the cheaper of two ways, the sale, and the score around it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Simulation, grade, load_scenario, score
from engine.firm.clients import Unserved, down_usd, harm_usd, unserved
from engine.market.positions import marks
from engine.market.state import ERROR, UNWIND
from engine.market.unwind import discount_ppm, liquidation_cost, sell_block
from tests.days import BELL_END, CLOSE, END, OPEN
from tests.engine_builders import at_open, quiet_scenario
from tests.small import begun, give, ring, settle, small_scenario

MINUTE = 240

pytestmark = pytest.mark.kernels

SCENARIO = load_scenario("knight-2012")
BILLION = 10**9 * 10_000
GROSS = st.integers(0, 20 * BILLION)


def test_the_record_s_block_goes_at_about_five_percent():
    assert discount_ppm(SCENARIO, int(4.6 * BILLION)) == pytest.approx(51_400, rel=0.01)
    assert discount_ppm(SCENARIO, 0) == 5_000


@settings(deadline=None)
@given(GROSS, GROSS)
def test_a_larger_block_costs_more_and_a_larger_part_of_itself(one, other):
    small, large = sorted((one, other))
    assert discount_ppm(SCENARIO, small) <= discount_ppm(SCENARIO, large)
    assert liquidation_cost(SCENARIO, small, OPEN) <= liquidation_cost(SCENARIO, large, OPEN)


@settings(deadline=None)
@given(GROSS, st.integers(0, CLOSE), st.integers(0, CLOSE))
def test_less_time_is_never_cheaper_and_the_block_is_always_there(gross, one, other):
    early, late = sorted((one, other))
    at_once = gross * discount_ppm(SCENARIO, gross) // 1_000_000
    assert liquidation_cost(SCENARIO, gross, early) <= liquidation_cost(SCENARIO, gross, late) + 10_000
    assert liquidation_cost(SCENARIO, gross, CLOSE) == at_once
    assert 0 <= liquidation_cost(SCENARIO, gross, early) <= at_once


def test_until_a_quarter_past_ten_the_whole_day_is_left_to_work():
    assert liquidation_cost(SCENARIO, BILLION, 0) == liquidation_cost(SCENARIO, BILLION, BELL_END)
    assert liquidation_cost(SCENARIO, BILLION, BELL_END) < liquidation_cost(SCENARIO, BILLION, BELL_END + 30_000)


def test_the_block_sells_everything_at_the_reverted_price_less_the_discount():
    sim = at_open(quiet_scenario(behaviour="power_peg"), 400)
    before = marks(sim.machine, sim.scenario)
    gross, cost = sell_block(sim.machine, sim.scenario)
    after = marks(sim.machine, sim.scenario)
    assert gross == before.gross_reverted > 0
    assert cost == gross * discount_ppm(sim.scenario, gross) // 1_000_000
    assert after.mid == after.reverted == before.reverted - cost
    assert not sim.machine.position[:, [ERROR, UNWIND]].any()


def test_a_loss_is_the_liquidation_less_the_reverted_mark():
    sim = at_open(quiet_scenario(behaviour="power_peg"), 400)
    money, mark = score(sim), marks(sim.machine, sim.scenario)
    assert money["trading"] == pytest.approx((liquidation_cost(sim.scenario, mark.gross, sim.now) - mark.reverted) / 10_000, abs=0.01)
    assert money["total"] == pytest.approx(sum(money[key] for key in ("trading", "halting", "client_harm", "precautions", "penalties")), abs=0.02)
    assert money["runaway"] == "running"
    assert money["contained_at"] is None


@pytest.mark.parametrize(
    ("loss", "ghost", "points"),
    [(0, 460e6, 100.0), (460e6, 460e6, 0.0), (-5e6, 460e6, 100.0), (20.47e6, 460e6, 50.0), (5e6, 0, 47.8), (0, 0, 100.0), (30e6, 0, 0.0)],
)
def test_the_grade_is_logarithmic_between_nothing_and_the_ghosts_loss_or_the_yardstick(loss, ghost, points):
    assert grade(loss, ghost, 30e6) == pytest.approx(points, abs=0.1)


def test_a_loss_beyond_what_is_measured_against_grades_below_nought_and_never_below_minus_fifty():
    assert -50 < grade(900e6, 460e6, 30e6) < 0
    assert grade(2e9, 1e6, 30e6) == -50


def charged(down: list[int], steps: int, start: int = OPEN) -> float:
    sim = at_open(quiet_scenario(queued=0), start - OPEN)
    for n in down:
        give(sim, "operator", "server.stop", server=n)
    sim.step(steps)
    return down_usd(sim)


def test_a_server_that_is_down_costs_by_the_minute():
    assert charged([1], MINUTE) == pytest.approx(735)
    assert charged([1, 2], 3 * MINUTE) == pytest.approx(6 * 735)
    assert charged(list(range(1, 9)), MINUTE) == pytest.approx(8 * 735)
    assert charged([], MINUTE) == 0


@pytest.mark.whole
def test_after_the_bell_a_minute_costs_two_fifths():
    assert charged([1], MINUTE, start=BELL_END + 20) == pytest.approx(0.4 * 735)


def test_what_is_not_served_costs_a_days_revenue_and_clients_with_the_square_of_its_share():
    costs = quiet_scenario(queued=0).costs
    assert harm_usd(costs, Unserved(unserved=1000), 1000) == pytest.approx(4.6e6 + 27.8e6)
    assert harm_usd(costs, Unserved(told=1000), 1000) == pytest.approx(0.82 * 4.6e6 + 0.82**2 * 27.8e6)
    assert harm_usd(costs, Unserved(rejected=400), 1000) == harm_usd(costs, Unserved(unserved=500), 1000)
    assert harm_usd(costs, Unserved(rejected=1000), 1000) == harm_usd(costs, Unserved(unserved=1000), 1000), "more than all is all"
    assert harm_usd(costs, Unserved(), 1000) == harm_usd(costs, Unserved(), 0) == 0


def busy() -> Simulation:
    """At the opening bell, with an order of a client every second and no other."""
    return at_open(quiet_scenario(queued=0, flow={"plain_bell_per_min": 60.0}), 20)


def missed(sim: Simulation, minutes: float) -> Unserved:
    before = unserved(sim)
    sim.step(round(minutes * MINUTE))
    return Unserved(*(now - then for now, then in zip(unserved(sim), before, strict=True)))


def test_every_order_that_waits_a_minute_is_not_served_whatever_kept_it():
    stopped, cut, held, shut = (busy() for _ in range(4))
    give(stopped, "operator", "servers.stop_all")
    ring(cut, "exchange")
    give(cut, "risk", "exchange.accept")
    held.machine.controls["hold_shares"] = 1
    shut.machine.controls["collar_bp"] = 1
    for sim in (stopped, cut, held, shut):
        found = missed(sim, 4)
        assert found.told == found.rejected == 0
        assert found.unserved > 120, "of 240 orders, but for the last minute's; of those that are held one in 15 s goes in"


def test_a_release_that_accepts_and_sends_nothing_serves_nobody():
    sim = at_open(quiet_scenario(behaviour="stall"), 20)
    waiting = len([row for row in sim.arrivals if row.flagged and row.step <= sim.now])
    assert waiting and score(sim)["service_kept"] == 1.0
    assert missed(sim, 0.5).unserved == pytest.approx(waiting / 2, rel=0.1), "half a minute is half an order"
    sim.step(2 * MINUTE)
    assert unserved(sim).unserved >= waiting
    assert score(sim)["service_kept"] < 1.0


def test_who_was_told_is_harmed_less_and_who_is_turned_away_more():
    told, capped = busy(), busy()
    give(told, "risk", "clients.route_away")
    give(told, "operator", "servers.stop_all")
    found = missed(told, 10)
    assert found.told > 500
    assert (found.unserved, found.rejected) == (0, 0)
    capped.machine.controls["gross_cap_hc"] = 1
    found = missed(capped, 10)
    assert found.rejected > 500
    assert found.told == 0 == round(found.unserved)


def test_a_quiet_minute_with_all_servers_up_costs_nothing():
    sim = busy()
    assert missed(sim, 5) == Unserved()
    assert (score(sim)["client_harm"], score(sim)["halting"], score(sim)["service_kept"]) == (0, 0, 1.0)


def test_a_cut_costs_by_what_grows_when_the_exchanges_make_it():
    calm, wild = busy(), at_open(quiet_scenario(behaviour="power_peg"), 2 * MINUTE)
    for sim in (calm, wild):
        ring(sim, "exchange")
        give(sim, "risk", "exchange.accept")
    assert score(calm)["penalties"] == pytest.approx(5e6 * calm.exchanges.cut_growth_usd / 500e6, abs=0.01)
    assert calm.exchanges.cut_growth_usd < wild.exchanges.cut_growth_usd
    wild.exchanges.cut_growth_usd = 10**12
    assert score(wild)["penalties"] == 5e6


@pytest.mark.whole
def test_the_programme_costs_by_server_and_time_where_it_is_not_live_and_nothing_where_its_server_is_down_for_a_cause():
    scenario = quiet_scenario(queued=0)
    late, found, whole = (at_open(scenario, 20) for _ in range(3))
    give(found, "deployer", "checksum.run", servers=[found.stale])
    give(found, "operator", "server.stop", server=found.stale)
    give(whole, "deployer", "release.copy", servers=[whole.stale], release="smars-rlp")
    give(whole, "operator", "server.start", server=whole.stale)
    for sim in (late, found, whole):
        sim.step(60 * MINUTE)
    share = (sim.now - sim.calendar.due) / (sim.calendar.close - sim.calendar.due) / 8
    assert score(late)["penalties"] == pytest.approx(share * 5e6, rel=0.01)
    assert score(found)["penalties"] == score(whole)["penalties"] == 0


def test_hands_at_work_cost_by_the_hour():
    sim = begun(small_scenario(1), OPEN)
    settle(sim)
    give(sim, "operator", "servers.stop_all")
    sim.step(4 * 240)
    assert score(sim)["precautions"] == pytest.approx(2 * 4 / 60 * 300)


def test_hands_that_finish_after_the_close_are_not_paid_for_the_evening():
    sim = Simulation(quiet_scenario(1, queued=0), 7)
    sim.now = CLOSE - 240
    assert give(sim, "operator", "server.start", server=1) is None
    sim.step(END)
    assert sim.ended
    assert score(sim)["precautions"] == pytest.approx(5 / 60 * 300)


@pytest.mark.whole
def test_service_kept_is_the_part_of_all_clients_orders_routed_within_a_minute():
    sim = at_open(small_scenario(2, flow={"plain_bell_per_min": 60.0, "large_share": 0.0}), 1200)
    service, tally = sim.machine.service, sim.machine.tally[0]
    assert score(sim)["service_kept"] == pytest.approx(1 - int(tally.refused) / int(tally.arrived), abs=1e-4), "before the open some were refused"
    assert int(service["routed"].sum()) > 100
    give(sim, "risk", "clients.route_away")
    give(sim, "operator", "servers.stop_all")
    sim.step(1200)
    lost = int(service["late"].sum() + service["handed_back"].sum() + tally.handed_back + tally.away + tally.refused)
    assert lost > 200 and tally.away > 100
    assert score(sim)["service_kept"] == pytest.approx(service["routed"].sum() / (service["routed"].sum() + lost), abs=1e-4)
    assert np.isfinite(score(sim)["total"])
