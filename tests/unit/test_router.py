"""What a release does with an order: every behaviour as its description says, child by child."""

import numpy as np
import pytest

from engine.market.controls import MISSED, NO_QUOTE, PASSED, REASONS
from engine.market.router import BEHAVIOURS, DUPLICATE, OVERSIZE, POWER_PEG, ROUTE
from engine.market.state import CHILDREN, CLIENT, ERROR, REJECTS
from tests.engine_builders import at_open, quiet_scenario, rows_of, size_of, with_behaviour
from tests.read import mails
from tests.small import give, small_scenario

pytestmark = pytest.mark.kernels


def watched(behaviour: str, steps: int = 200, **parts) -> tuple:
    """A quiet bell under one behaviour: the simulation, and every child seen, oldest first."""
    sim = at_open(quiet_scenario(behaviour=behaviour, **parts), tape=True)
    seen, found = [0] * len(sim.names), []
    for _ in range(steps):
        sim.step(1)
        for s in range(len(sim.names)):
            count = int(sim.machine.recent_count[s])
            assert count - seen[s] <= 16, "the ring would have lost some: fewer orders, please"
            found += [sim.machine.recent[s, k % 16].copy() for k in range(seen[s], count)]
            seen[s] = count
    return sim, found


def live(sim) -> list:
    machine = sim.machine
    return [machine.parents[s, i] for s in range(len(sim.names)) for i in range(machine.parent_count[s])]


def test_sizes_of_children_follow_the_record():
    found = np.array([size_of(np.uint64(word)) for word in range(0, 65536, 8)])
    assert {int(size) for size in found} == {100, 200, 300, 400}
    assert abs(float((found == 100).mean()) - 0.9686) < 0.001
    assert abs(float(found.mean()) - 104.5) < 1.0


def test_route_fills_a_parent_exactly_at_the_touch_and_ends():
    sim, children = watched("route")
    wanted = {int(row.id): int(row.qty) for row in sim.arrivals}
    filled = dict.fromkeys(wanted, 0)
    for child in children:
        filled[int(child.parent)] += int(child.filled)
        assert child.qty <= wanted[int(child.parent)], "never more than what is left of it"
    assert filled == wanted
    assert live(sim) == []
    assert int(sim.machine.service["routed"].sum()) == len(wanted)
    assert (sim.machine.fills[:, ERROR] == 0).all()


def test_a_routed_parent_sends_two_children_a_second():
    sim, children = watched("route", steps=80, flow={"qty_lots": 100})
    working = {int(parent.id) for parent in live(sim)}
    assert len(working) > 4, "they are large: most are not done yet"
    per_s = sum(int(child.parent) in working for child in children) / 20 / len(working)
    assert per_s == pytest.approx(2.0, rel=0.25)  # four standard deviations


def test_power_peg_never_counts_what_was_filled():
    sim, children = watched("power_peg")
    assert len(live(sim)) == 8
    for parent in live(sim):
        mine = [child for child in children if child.parent == parent.id]
        assert {int(child.side) for child in mine} == {int(parent.side)}
        assert len(mine) == parent.sent
    totals = [sum(int(child.filled) for child in children if child.parent == parent.id) for parent in live(sim)]
    assert any(total > parent.qty for total, parent in zip(totals, live(sim), strict=True))
    assert totals == [int(parent.filled) for parent in live(sim)]
    assert int(sim.machine.tally[0].power_peg) == 8


def test_a_runaway_ends_only_with_its_process():
    sim, _ = watched("power_peg", steps=40)
    for server in range(1, 9):
        before = len(live(sim))
        gone = sum(parent.server == server for parent in live(sim))
        assert gone == 1
        give(sim, "operator", "server.stop", server=server)
        assert len(live(sim)) == before - 1
    sent = int(sim.machine.sent.sum())
    sim.step(40)
    assert int(sim.machine.sent.sum()) == sent


def test_a_runaways_pace_is_its_arrivals_rate():
    sim, children = watched("power_peg", steps=400)
    expected = sum(400 * 65536 / parent.gap for parent in live(sim))
    assert len(children) == pytest.approx(expected, abs=4 * expected**0.5)


def test_about_one_child_in_eight_finds_the_quote_gone():
    _, children = watched("power_peg", steps=400)
    missed = sum(child.reason == MISSED for child in children)
    assert missed / len(children) == pytest.approx(0.12, abs=4 * (0.12 * 0.88 / len(children)) ** 0.5)
    assert all((child.filled == 0) == (child.reason != PASSED) for child in children)


def test_rlp_rests_at_the_touch_for_ten_seconds_and_then_takes():
    scenario = quiet_scenario(behaviour="rlp")
    sim = at_open(scenario, 1, tape=True)
    machine = sim.machine
    for parent in live(sim):
        s = next(s for s in range(2) if any(machine.parents[s, i].id == parent.id for i in range(machine.parent_count[s])))
        order, market = machine.orders[s, parent.rest_slot], machine.market[s]
        assert (order.live, order.id, order.owner) == (1, parent.rest_id, parent.id)
        assert order.price == (market.seen_bid if parent.side > 0 else market.seen_ask)
        assert order.qty == parent.qty - parent.filled
    sim.step(38)
    assert len(rows_of(sim)) == 0, "nobody takes within the first ten seconds"
    sim.step(200)
    assert len(rows_of(sim)) > 0
    assert live(sim) == []
    assert not any(order.live and order.owner for s in range(2) for order in machine.orders[s])


def test_stopping_a_server_cancels_what_it_has_resting_and_nothing_else():
    sim = at_open(quiet_scenario(behaviour="rlp"), 1)
    resting = {int(parent.id): int(parent.server) for parent in live(sim)}
    assert len(resting) == 8
    give(sim, "operator", "server.stop", server=3)
    left = {int(order.owner) for s in range(2) for order in sim.machine.orders[s] if order.live and order.owner}
    assert left == {order for order, server in resting.items() if server != 3}
    assert int(sim.machine.service["routed"].sum()) == 8, "each had an order out"


def test_stall_accepts_and_sends_nothing():
    sim, children = watched("stall")
    assert len(live(sim)) == 8
    assert children == []
    give(sim, "operator", "servers.stop_all")
    assert int(sim.machine.service["handed_back"].sum()) == 8


def test_oversize_children_are_ten_times_too_large():
    sim, children = watched("oversize", steps=60)
    wanted = {int(row.id): int(row.qty) for row in sim.arrivals}
    assert children
    for child in children:
        assert child.qty % 1000 == 0
        assert child.qty <= 10 * wanted[int(child.parent)]
    assert int((sim.machine.bought + sim.machine.sold)[:, ERROR].sum()) > sum(wanted.values())


def test_mispriced_children_ignore_the_quote_by_three_percent():
    sim = at_open(quiet_scenario(behaviour="misprice"), tape=True)
    seen = 0
    for _ in range(40):
        sim.step(1)
        for s in range(2):
            market = sim.machine.market[s]
            for child in sim.machine.recent[s]:
                if child.step == sim.now - 1 and child.parent and child.reason in (PASSED, MISSED):
                    touch = int(market.seen_ask if child.side > 0 else market.seen_bid)
                    assert child.price == touch + child.side * (touch * 300 // 10_000)
                    seen += 1
    assert seen > 5


def test_duplicate_sends_every_child_twice_and_counts_one():
    sim, children = watched("duplicate")
    wanted = {int(row.id): int(row.qty) for row in sim.arrivals}
    assert len(children) % 2 == 0
    for first, second in zip(children[::2], children[1::2], strict=True):
        assert (first.parent, first.step, first.qty, first.price) == (second.parent, second.step, second.qty, second.price)
    assert live(sim) == []
    done = int((sim.machine.bought + sim.machine.sold)[:, ERROR].sum())
    assert done == pytest.approx(2 * sum(wanted.values()), rel=0.1)


def test_the_legacy_release_refuses_before_the_open_and_mails_once_an_order():
    scenario = small_scenario(2, flow={"plain_premarket_per_min": 0.0, "premarket_flagged": 24})
    sim = at_open(scenario, -1)
    assert int(sim.machine.tally[0].refused) == 3, "every eighth"
    assert {row[1] for row in sim.records.refusals} == {sim.stale}
    mailed = [mail for mail in mails(sim) if "Power Peg disabled" in mail["subject"] + mail["body"]]
    assert len(mailed) == 3
    assert {order for order, *_ in sim.records.refusals} <= {int(row.id) for row in sim.arrivals if row.flagged}


@pytest.mark.whole
def test_an_order_of_ours_never_meets_another_of_ours():
    scenario = with_behaviour(small_scenario(1, flow={"plain_bell_per_min": 1200.0, "queued_flagged": 40}), flag_clear="rlp", flag_set="power_peg")
    sim = at_open(scenario, 240, tape=True)
    rows = sim.tape_rows()
    assert (rows["maker_is_ours"] == 1).any(), "orders of ours were met by others"
    assert not ((rows["maker_is_ours"] == 1) & (rows["parent"] > 0)).any()


def test_a_parent_draws_the_same_children_whatever_happens_to_the_others():
    scenario = quiet_scenario(behaviour="power_peg", symbols=1)
    alone, together = at_open(scenario, 4), at_open(scenario, 4)
    for server in range(2, 9):
        give(alone, "operator", "server.stop", server=server)
    for sim in (alone, together):
        sim.step(100)
    (parent,) = live(alone)
    same = next(other for other in live(together) if other.id == parent.id)
    assert (parent.sent, parent.sent_shares, parent.due) == (same.sent, same.sent_shares, same.due)


def test_without_a_quote_children_are_rejected_and_tried_again():
    sim = at_open(quiet_scenario(behaviour="power_peg", symbols=1), 4)
    sim.machine.market[0].paused_until = sim.now + 20
    before = int(sim.machine.counters[:, :, CHILDREN].sum())
    sim.step(20)
    assert int(sim.machine.counters[:, :, CHILDREN].sum()) == before
    assert int(sim.machine.counters[:, :, REJECTS].sum()) > 0
    assert any(child.reason == NO_QUOTE for child in sim.machine.recent[0])
    sim.step(40)
    assert int(sim.machine.counters[:, :, CHILDREN].sum()) > before
    assert len(live(sim)) == 8


def test_names_of_behaviours_and_reasons_stand_at_their_numbers():
    assert [BEHAVIOURS[n] for n in (ROUTE, POWER_PEG, OVERSIZE, DUPLICATE)] == ["route", "power_peg", "oversize", "duplicate"]
    assert len(REASONS) == 11
    assert (REASONS[MISSED], REASONS[-1]) == ("quote gone", "our quote was taken")


def test_clients_fills_and_errors_are_booked_apart():
    sim = at_open(small_scenario(2, flow={"plain_bell_per_min": 600.0}), 400)
    machine = sim.machine
    assert (machine.fills[:, ERROR] > 0).any()
    assert (machine.fills[:, CLIENT] > 0).any()
    assert (machine.position[:, ERROR] == machine.bought[:, ERROR] - machine.sold[:, ERROR]).all()
