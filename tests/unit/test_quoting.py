"""Our own offers at half the price: taken, put up again, and gone with what they hang on; in any scenario, wherever they begin."""

import numpy as np
import pytest

from engine import Simulation, restore, save
from engine.firm.onsets import begin
from engine.market.state import ERROR
from engine.market_time import STEPS_PER_MINUTE
from tests.days import OPEN
from tests.small import begun, give, small_scenario

pytestmark = pytest.mark.kernels

QUIET = small_scenario(4, flow={"premarket_flagged": 0, "queued_flagged": 0, "flagged_per_min": 0.0})
TWO = f"stocks {QUIET.names[0]} {QUIET.names[2]}"
ONE = f"stocks {QUIET.names[1]}"


def quoting(place: str = TWO, strength: float = 1.0, steps: int = 4, **how: bool) -> Simulation:
    """Offers begin a second before the bell, with levers that take no time."""
    sim = begun(QUIET, OPEN - 4, instant=True, **how)
    begin(sim, "stale-reference", place, strength)
    sim.step(steps)
    return sim


def hosts(sim: Simulation) -> list[int]:
    """Servers with another version of the reference data than the recorded one."""
    return [server.n for server in sim.fleet.servers if sim.fleet.astray(server.n, "data")]


def sold(sim: Simulation) -> list[int]:
    """Shares that account 33 has sold on its own account, by stock."""
    return sim.machine.sold[:, ERROR].tolist()


def test_two_stocks_stand_at_half_the_price_on_three_servers_and_the_loss_is_half_of_what_is_bought():
    sim = quoting(steps=4 + 2 * STEPS_PER_MINUTE, tape=True)
    machine = sim.machine
    assert len(hosts(sim)) == 3 and machine.market["quoted"].tolist() == [3, 0, 3, 0]
    assert set(np.flatnonzero(machine.quotes["price"][0]).tolist()) == set(hosts(sim))
    rows = sim.tape_rows()
    ours = rows[rows["maker_is_ours"] == 1]
    assert set(ours["symbol"].tolist()) == {0, 2} and set(ours["server"].tolist()) == set(hosts(sim))
    assert (ours["price"] == machine.symbols["price_256"][ours["symbol"]] >> 9).all() and (ours["side"] == 1).all()
    shares = [int(ours["qty"][ours["symbol"] == s].sum()) for s in range(4)]
    assert sold(sim) == shares == (-machine.position[:, ERROR]).tolist()
    assert (machine.cash[:, ERROR] == machine.traded[:, ERROR]).all(), "nothing is bought"
    assert machine.traded[:, ERROR].sum() / 10_000 == pytest.approx(6 * 2 * 100_000, rel=0.35), "six offers, two minutes"
    assert rows["qty"].sum() == machine.market["volume"].sum()


def test_what_is_bought_of_us_moves_no_price_and_pauses_no_stock():
    quoted, plain = quoting(steps=4 + 6 * STEPS_PER_MINUTE), begun(QUIET, OPEN - 4, instant=True)
    plain.step(4 + 6 * STEPS_PER_MINUTE)
    assert sold(quoted)[0] > 0
    for name in ("ref_256", "last", "high", "low", "paused_until", "leaky"):
        assert (quoted.machine.market[name] == plain.machine.market[name]).all(), name
    assert not quoted.machine.far_qty.any(), "nor can an exchange cancel it"


def test_an_exchange_in_whose_market_the_offers_are_cancels_the_part_of_it_that_was_not_passed_on():
    scenario = small_scenario(
        4,
        flow={"premarket_flagged": 0, "queued_flagged": 0, "flagged_per_min": 0.0},
        exchange={"quotes_listed": True, "bust_part": 0.75, "bust_request_min": 15, "bust_ruling_min": 2},
    )
    sim = begun(scenario, OPEN - 4, instant=True)
    begin(sim, "stale-reference", TWO, 1.0)
    sim.step(4 + 2 * STEPS_PER_MINUTE)
    assert give(sim, "risk", "stocks.withdraw", symbols=TWO.split()[1:]) is None
    held = sim.machine.position[:, ERROR].copy()
    assert give(sim, "risk", "exchange.bust") is None and (held[[0, 2]] < 0).all()
    sim.step(3 * STEPS_PER_MINUTE)
    assert sim.machine.position[:, ERROR].tolist() == pytest.approx((held / 4).tolist(), abs=1) and sim.exchanges.bust_relief > 0
    assert sim.machine.cash[:, ERROR].sum() == pytest.approx(sim.machine.traded[:, ERROR].sum() / 4, rel=1e-6)


def test_a_stock_alone_is_offered_by_one_server_and_more_slowly_at_a_lower_strength():
    slow, fast = (quoting(ONE, strength, 4 + 5 * STEPS_PER_MINUTE) for strength in (0.1, 1.0))
    assert len(hosts(slow)) == 1 and hosts(slow) == hosts(fast)
    assert 0 < sold(slow)[1] < sold(fast)[1] / 4
    assert [sold(slow)[s] for s in (0, 2, 3)] == [0, 0, 0]


def test_a_withdrawn_stock_is_not_offered_and_the_other_still_is():
    sim = quoting(steps=200)
    assert give(sim, "risk", "stocks.withdraw", symbols=[QUIET.names[0]]) is None
    before = sold(sim)
    sim.step(4 * STEPS_PER_MINUTE)
    assert sold(sim)[0] == before[0] and sold(sim)[2] > before[2]
    assert give(sim, "risk", "stocks.readmit", symbols=[QUIET.names[0]]) is None
    sim.step(4 * STEPS_PER_MINUTE)
    assert sold(sim)[0] > before[0], "what was not mended goes on"


def test_the_days_data_is_read_for_what_comes_and_what_stands_goes_with_the_process():
    sim = quoting(steps=200)
    three = hosts(sim)
    assert give(sim, "deployer", "data.load", servers=three) is None
    assert hosts(sim) == []
    before = sold(sim)
    sim.step(4 * STEPS_PER_MINUTE)
    assert sold(sim)[0] > before[0], "a process prices its offers when it begins"
    for n in three:
        assert give(sim, "operator", "server.start", server=n) is None
    sim.step(1)
    before = sold(sim)
    sim.step(4 * STEPS_PER_MINUTE)
    assert sold(sim) == before and not sim.machine.market["quoted"].any()


def test_a_restart_without_the_days_data_brings_the_offers_back():
    sim = quoting(steps=200)
    for n in hosts(sim):
        assert give(sim, "operator", "server.stop", server=n) is None
    before = sold(sim)
    sim.step(2 * STEPS_PER_MINUTE)
    assert sold(sim) == before
    for n in hosts(sim):
        assert give(sim, "operator", "server.start", server=n) is None
    sim.step(4 * STEPS_PER_MINUTE)
    assert sold(sim)[0] > before[0] and sold(sim)[2] > before[2]


@pytest.mark.parametrize(
    ("kind", "args"), [("limit.set", {"gross_usd": 1_000}), ("collar.set", {"percent": 10.0})], ids=("cap", "collar")
)
def test_what_stands_before_the_books_stands_before_our_offers(kind, args):
    sim = quoting(steps=200)
    assert give(sim, "risk", kind, **args) is None
    sim.step(4)
    before = sold(sim)
    sim.step(2 * STEPS_PER_MINUTE)
    assert sold(sim) == before


def test_what_a_server_offers_stands_in_its_log_and_on_no_other():
    sim = quoting(steps=4 + STEPS_PER_MINUTE)
    assert give(sim, "operator", "log.search", text=QUIET.names[0]) is None
    taken = [line for line in sim.records.tails["lines"] if line["kind"] == "quote"]
    assert taken and {line["server"] for line in taken} <= set(hosts(sim)) and {line["side"] for line in taken} == {"sell"}
    assert sim.bridge.noticed is None, "nobody's fault of the day: the morning's is another"


def test_the_desk_takes_its_offers_back_where_they_end_by_themselves():
    sim = begun(QUIET, OPEN - 4, instant=True)
    begin(sim, "stale-reference", ONE, 0.5, until=OPEN + 400)
    sim.step(404)
    before = sold(sim)
    assert before[1] > 0
    sim.step(4 * STEPS_PER_MINUTE)
    assert sold(sim) == before


def test_the_same_bits_through_a_checkpoint_on_two_threads_and_however_it_is_cut():
    straight = quoting(steps=404)
    for cut in (7, 100):
        other = quoting(steps=4, threads=2)
        while other.now < straight.now:
            other.step(min(cut, straight.now - other.now))
            other = restore(QUIET, save(other), threads=2)
        assert other.digest() == straight.digest()
