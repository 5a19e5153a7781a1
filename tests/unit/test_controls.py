"""Each control between router and book, to the share: what passes, what does not, and when it opens again."""

import numpy as np
import pytest

from engine.market.controls import CAPPED, MISSED, PASSED, REASONS, TOO_FAST, UNRECONCILED
from engine.market.state import CLIENT, ERROR, market_digest
from tests.days import OPEN
from tests.engine_builders import at_open, is_over_cap, is_within_rate, limit_under_collar, quiet_scenario, rows_of
from tests.small import give, small_scenario

pytestmark = pytest.mark.kernels

BUSY = small_scenario(2, flow={"plain_bell_per_min": 240.0})
TRADES = ("market", "books", "orders", "position", "cash", "bought", "sold", "fills", "sent", "counters")


def with_position(shares: int, cap_shares: float, gross_shares: int):
    """A machine whose account 33 holds `shares` of stock 0, with a cap worth `cap_shares` of it and exposure of `gross_shares`."""
    machine = at_open(quiet_scenario(queued=0), 1).machine
    price = int(machine.market[0].ref_256) * int(machine.symbols[0].tick_hc) >> 8
    machine.position[0, ERROR] = shares
    machine.controls["gross_cap_hc"] = int(cap_shares * price)
    machine.gross[0] = gross_shares * price
    return machine


def test_the_gross_cap_rejects_what_would_raise_exposure_above_it_and_nothing_below():
    machine = with_position(900, 1000, 900)
    assert not is_over_cap(machine, 0, 100)
    assert is_over_cap(machine, 0, 101)


def test_reducing_orders_pass_a_cap_that_is_shut():
    machine = with_position(900, 1000, 5000)
    assert is_over_cap(machine, 0, 1)
    assert not is_over_cap(machine, 0, -1)
    assert not is_over_cap(machine, 0, -900)
    assert not is_over_cap(machine, 0, -1800), "as much on the other side is no more"
    assert is_over_cap(machine, 0, -1801)
    short = with_position(-900, 1000, 5000)
    assert not is_over_cap(short, 0, 900)
    assert is_over_cap(short, 0, -1)


def test_a_cap_that_was_hit_opens_again_below_four_fifths():
    machine = with_position(990, 1000, 990)
    assert is_over_cap(machine, 0, 100)
    price = int(machine.gross[0]) // 990
    machine.gross[0] = 850 * price
    assert is_over_cap(machine, 0, 100), "fallen, and not far enough"
    machine.gross[0] = 790 * price
    assert not is_over_cap(machine, 0, 100)
    machine.gross[0] = 850 * price
    assert not is_over_cap(machine, 0, 100), "open again, up to the cap"


def test_no_execution_of_ours_raises_exposure_above_a_cap_that_is_on():
    """Replayed from the tape at the reference prices of each step, for account 33 of two stocks."""
    cap = 300_000
    sim = at_open(quiet_scenario(behaviour="power_peg"), tape=True)
    assert give(sim, "risk", "limit.set", gross_usd=cap) is None
    held, seen, shut = np.zeros(2, dtype=np.int64), 0, False
    for _ in range(400):
        sim.step(1)
        rows = rows_of(sim)[seen:]
        seen += len(rows)
        prices = sim.machine.market["ref_256"] * sim.machine.symbols["tick_hc"] >> 8
        for row in rows:
            before = int((np.abs(held) * prices).sum())
            held[row.symbol] += row.side * row.qty
            after = int((np.abs(held) * prices).sum())
            assert after <= max(before, cap * 10_020), f"step {row.step} stock {row.symbol}"  # judged at prices up to a step older
        shut = shut or bool(sim.machine.controls[0].cap_shut)
        assert (held == sim.machine.position[:, [CLIENT, ERROR]].sum(axis=1)).all()
    assert seen > 10
    assert shut
    assert sim.machine.tally[0].power_peg == 8
    sim.monitoring.watch_runaway(sim.machine, sim.now)
    assert sim.monitoring.runaway < 8, "a router gives a parent up that a cap rejected"
    assert any(child.reason == CAPPED for s in range(2) for child in sim.machine.recent[s])


@pytest.mark.whole
def test_a_cap_that_is_never_reached_changes_no_trade():
    """With a cap all stocks run step by step together, without one each for itself: the same market."""
    free, capped = at_open(BUSY, 0), at_open(BUSY, 0)
    assert give(capped, "risk", "limit.set", gross_usd=100_000_000_000) is None
    for sim in (free, capped):
        sim.step(330)
    for name in TRADES:
        assert (getattr(free.machine, name) == getattr(capped.machine, name)).all(), name
    assert [market_digest(free.machine, s) for s in range(2)] == [market_digest(capped.machine, s) for s in range(2)]
    held = capped.machine.position[:, [CLIENT, ERROR]].sum(axis=1)
    gross = (np.abs(held) * (capped.machine.market["ref_256"] * capped.machine.symbols["tick_hc"] >> 8)).sum()
    assert int(capped.machine.gross[0]) == pytest.approx(int(gross), rel=1e-3)  # at prices of this step and the one before


def test_the_rate_cap_counts_children_of_a_market_second():
    machine = at_open(quiet_scenario(behaviour="power_peg"), 1).machine
    machine.controls["rate_cap"] = 3
    s = int(np.flatnonzero(machine.parent_count)[0])
    assert [bool(is_within_rate(machine, s, 0, 50_000)) for _ in range(5)] == [True, True, True, False, False]
    assert is_within_rate(machine, s, 0, 50_001)
    machine.controls["rate_cap"] = 0
    assert all(is_within_rate(machine, s, 0, 50_001) for _ in range(99))


@pytest.mark.parametrize("cap", [1, 2])
def test_no_parent_sends_more_children_a_second_than_the_cap(cap):
    sim = at_open(quiet_scenario(behaviour="power_peg", flow={"rate_most": 20.0}))
    assert give(sim, "risk", "rate.set", per_second=cap) is None
    before: dict[int, int] = {}
    most = rejected = 0
    for _ in range(60):
        sim.step(4)
        for s in range(2):
            for i in range(sim.machine.parent_count[s]):
                parent = sim.machine.parents[s, i]
                most = max(most, int(parent.sent) - before.get(int(parent.id), 0))
                before[int(parent.id)] = int(parent.sent)
            rejected += sum(child.reason == TOO_FAST for child in sim.machine.recent[s])
    assert most == cap
    assert rejected > 0
    assert len(before) == 8, "a parent that is too fast goes on, slower"


def test_the_collar_is_measured_from_the_open_and_holds_on_both_sides():
    machine = at_open(quiet_scenario(queued=0), 1).machine
    machine.market["open"][0] = 1000
    machine.controls["collar_bp"] = 950
    assert [int(limit_under_collar(machine, 0, 1, touch)) for touch in (1095, 1096, 1)] == [1095, 0, 1]
    assert [int(limit_under_collar(machine, 0, -1, touch)) for touch in (905, 904, 9999)] == [905, 0, 9999]
    machine.controls["collar_bp"] = 0
    assert limit_under_collar(machine, 0, 1, 9999) == 9999
    machine.controls["collar_bp"] = 950
    machine.market["open"][0] = 0
    assert limit_under_collar(machine, 0, 1, 9999) == 9999, "not before the open"


def test_no_execution_of_ours_lies_beyond_the_collar():
    sim = at_open(quiet_scenario(behaviour="power_peg", flow={"rate_most": 50.0}), tape=True)
    assert give(sim, "risk", "collar.set", percent=0.5) is None
    sim.step(600)
    rows, opening = rows_of(sim), sim.machine.market["open"].astype(np.int64)
    assert len(rows) > 50
    for row in rows:
        edge = opening[row.symbol] * (10_000 + 50 * int(row.side)) // 10_000
        assert (row.price - edge) * row.side <= 0, f"step {row.step}"
    assert any(REASONS[child.reason] == "price collar" for s in range(2) for child in sim.machine.recent[s])


def test_reconciliation_never_lets_executions_exceed_the_parent():
    sim = at_open(quiet_scenario(behaviour="power_peg"), tape=True)
    assert give(sim, "risk", "reconcile.on") is None
    wanted = {int(row.id): int(row.qty) for row in sim.arrivals}
    sim.step(2400)
    rows = rows_of(sim)
    for order in wanted:
        assert rows["qty"][rows["parent"] == order].sum() <= wanted[order]
    assert int(sim.machine.parent_count.sum()) == 0
    assert any(child.reason == UNRECONCILED for s in range(2) for child in sim.machine.recent[s])


def test_a_reconciliation_that_counts_orders_sent_gives_up_clients_whose_quote_was_gone():
    """The hole: a child that missed is counted as if it had been filled, so the parent's rest is never sent."""
    outcomes = {}
    for mode in (1, 2):
        sim = at_open(quiet_scenario(behaviour="route", queued=80), tape=True)
        sim.machine.controls["reconcile"] = mode
        sim.step(600)
        filled = int((sim.machine.bought + sim.machine.sold)[:, CLIENT].sum())
        outcomes[mode] = int(sim.arrivals["qty"].sum()) - filled
        missed = any(child.reason == MISSED for s in range(2) for child in sim.machine.recent[s])
        assert missed or mode == 1
    assert outcomes[1] == 0
    assert outcomes[2] > 0


def test_every_reason_has_its_words():
    assert REASONS[PASSED] == ""
    assert len(set(REASONS)) == len(REASONS)
    assert OPEN == 21_600
