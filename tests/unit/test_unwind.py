"""Getting out: the block's discount, the cheaper of two ways, the sale, and the score around it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Simulation, grade, load_scenario, score
from engine.firm.score import halting
from engine.market.positions import marks
from engine.market.state import ERROR, UNWIND
from engine.market.unwind import discount_ppm, liquidation_cost, sell_block
from tests.days import BELL_END, CLOSE, END, OPEN
from tests.engine_builders import at_open, quiet_scenario
from tests.small import begun, give, ring, settle, small_scenario

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
    ("loss", "ghost", "points"), [(0, 460e6, 100.0), (460e6, 460e6, 0.0), (-5e6, 460e6, 100.0), (20.47e6, 460e6, 50.0), (5e6, 0, -258.5), (0, 0, 0.0)]
)
def test_the_grade_is_logarithmic_between_the_ghost_and_nothing(loss, ghost, points):
    assert grade(loss, ghost) == pytest.approx(points, abs=0.1)


def test_a_loss_beyond_the_ghosts_grades_below_nought():
    assert grade(900e6, 460e6) < 0


def charged(down: list[int], steps: int, start: int = OPEN, **how: bool) -> tuple[float, float]:
    sim = at_open(quiet_scenario(queued=0), start - OPEN)
    for n in down:
        give(sim, "operator", "server.stop", server=n)
    if how.get("away"):
        give(sim, "risk", "clients.route_away")
    sim.step(steps)
    return halting(sim)


def test_every_minute_in_which_flow_is_not_served_is_charged_by_what_is_down():
    minute = 240
    assert charged([1], minute) == pytest.approx((370, 1_100))
    assert charged([1, 2], 3 * minute) == pytest.approx((6 * 370, 6 * 1_100))
    assert charged(list(range(1, 9)), minute) == pytest.approx((2_900, 8_800))
    assert charged([], minute) == (0, 0)
    assert charged([1], minute, away=True) == pytest.approx((370, 0))


@pytest.mark.whole
def test_after_the_bell_a_minute_costs_two_fifths():
    assert charged([1], 240, start=BELL_END + 20) == pytest.approx((0.4 * 370, 0.4 * 1_100))


def test_a_firm_that_is_cut_off_pays_the_firms_rate_and_the_penalty():
    sim = at_open(quiet_scenario(queued=0), 20)
    ring(sim, "exchange")
    give(sim, "risk", "exchange.accept")
    sim.step(240)
    assert halting(sim) == pytest.approx((29_400, 87_800))
    assert score(sim)["penalties"] == 5_000_000.0


@pytest.mark.whole
def test_rlp_late_at_ten_is_charged_only_where_nobody_found_a_fault():
    scenario = quiet_scenario(queued=0)
    late, found = at_open(scenario, 20), at_open(scenario, 20)
    give(found, "deployer", "checksum.run", servers=[found.stale])
    whole = at_open(scenario, 20)
    give(whole, "deployer", "release.copy", servers=[whole.stale], release="smars-rlp")
    give(whole, "operator", "server.start", server=whole.stale)
    for sim in (late, found, whole):
        sim.step(30 * 240)
    assert [score(sim)["penalties"] for sim in (late, found, whole)] == [5_000_000.0, 0.0, 0.0]


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
def test_service_kept_is_the_part_of_clients_orders_routed_within_a_minute():
    sim = at_open(small_scenario(2, flow={"plain_bell_per_min": 60.0, "large_share": 0.0}), 1200)
    ended = sim.machine.ended
    assert score(sim)["service_kept"] == 1.0
    assert int(ended["routed"].sum()) > 100, "and none was turned away"
    give(sim, "operator", "servers.stop_all")
    sim.step(1200)
    lost = int(ended["late"].sum() + ended["handed_back"].sum() + sim.machine.tally[0].handed_back)
    assert lost > 50
    assert score(sim)["service_kept"] == pytest.approx(ended["routed"].sum() / (ended["routed"].sum() + lost), abs=1e-4)
    assert np.isfinite(score(sim)["total"])
