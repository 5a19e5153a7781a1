"""Brokers and exchanges: whose orders are routed and where, each bit of it with one meaning; and every order counted for somebody."""

import numpy as np
import pytest
from pydantic import ValidationError

from engine import Simulation, load_scenario
from engine.firm import routing
from engine.firm.clients import hand_back_waiting
from engine.market.arrivals import make_plan
from engine.market.controls import UNACKED
from engine.market.router import PENDING
from engine.market.state import CHILDREN, EXCHANGES_AT, EXECUTIONS, ORDERS, REJECTS, RETURNED
from engine.market_time import STEPS_PER_MINUTE
from engine.scenario.parts import Exchange, Flow
from tests.days import OPEN
from tests.small import begun, give, small_scenario

pytestmark = pytest.mark.kernels

BUSY = small_scenario(4, flow={"plain_bell_per_min": 600.0})


def busy(steps: int = 80, seed: int = 7) -> Simulation:
    """A busy minute after the bell with instant levers; the stale server stopped, so that all are clients' orders."""
    sim = begun(BUSY, OPEN - 4, seed, instant=True, tape=True)
    assert give(sim, "operator", "server.stop", server=sim.stale) is None
    sim.step(4 + steps)
    return sim


def at_work(sim: Simulation) -> np.ndarray:
    """The parents of all stocks."""
    machine = sim.machine
    return np.concatenate([machine.parents[s, : machine.parent_count[s]] for s in range(len(sim.names))])


def by_broker(sim: Simulation, column: int) -> list[int]:
    return sim.machine.flows[:, :EXCHANGES_AT, column].sum(axis=0).tolist()


def by_exchange(sim: Simulation, column: int) -> list[int]:
    return sim.machine.flows[:, EXCHANGES_AT:, column].sum(axis=0).tolist()


def assert_all_is_counted(sim: Simulation) -> None:
    """What brokers and exchanges have together is what the servers and the clients have together, and nobody's is nothing."""
    machine, tally = sim.machine, sim.machine.tally[0]
    assert sum(by_broker(sim, ORDERS)) == tally.arrived
    service = {name: int(machine.service[name].sum()) for name in ("routed", "late", "handed_back", "rejected")}
    assert sum(by_broker(sim, RETURNED)) == tally.handed_back + tally.refused + service["handed_back"] + service["rejected"]
    for column in (CHILDREN, EXECUTIONS, REJECTS):
        assert by_exchange(sim, column)[1:] != [0] * 4 or column == REJECTS
        assert sum(by_exchange(sim, column)[1:]) == machine.counters[:, 1:, column].sum()
    assert sum(by_broker(sim, EXECUTIONS)) == sum(by_exchange(sim, EXECUTIONS))
    assert [by_broker(sim, column)[0] for column in (ORDERS, RETURNED)] == [0, 0], "the desk's own orders are nobody's, and executions alone"
    open_ = at_work(sim)[(at_work(sim)["served"] == PENDING) & (at_work(sim)["server"] > 0)]
    assert tally.arrived == sum(by_broker(sim, RETURNED)) + service["routed"] + service["late"] + len(open_) + tally.waiting


# -- the plan


def test_six_brokers_share_the_flow_and_two_of_them_have_a_third_of_it():
    scenario = load_scenario("knight-2012")
    shares = [broker.share for broker in scenario.flow.broker]
    assert len(shares) == 6 and sum(shares) == pytest.approx(1)
    assert any(abs(one + other - 1 / 3) < 0.01 for k, one in enumerate(shares) for other in shares[k + 1 :])
    assert len(scenario.exchanges) == 3
    rows, _ = make_plan(scenario, 79)
    found = np.bincount(rows["broker"], minlength=7) / len(rows)
    assert found[1:].tolist() == pytest.approx(shares, abs=0.01) and found[0] == 0
    sessions = np.bincount(rows["exchange"], minlength=4) / len(rows)
    assert sessions[1:].tolist() == pytest.approx([1 / 3] * 3, abs=0.01) and sessions[0] == 0
    assert load_scenario("quiet-open").brokers == scenario.brokers


def test_who_sends_an_order_moves_no_other_draw():
    scenario = small_scenario(4)
    nobody = scenario.model_copy(
        update={"flow": scenario.flow.model_copy(update={"broker": ()}), "exchange": scenario.exchange.model_copy(update={"session": ()})}
    )
    rows, without = make_plan(scenario, 7)[0], make_plan(nobody, 7)[0]
    assert not without["broker"].any() and not without["exchange"].any()
    for name in rows.dtype.names:
        assert name in ("broker", "exchange") or (rows[name] == without[name]).all()
    other = make_plan(scenario, 8)[0]
    assert (rows["broker"][:20] != other["broker"][:20]).any()


def test_a_firm_without_named_brokers_counts_for_nobody_and_trades_the_same():
    scenario = BUSY.model_copy(
        update={
            "flow": BUSY.flow.model_copy(update={"broker": ()}),
            "exchange": BUSY.exchange.model_copy(update={"session": ()}),
            "sha256": "of nobody",
        }
    )
    sims = [Simulation(one, 7, instant=True) for one in (BUSY, scenario)]
    for sim in sims:
        sim.step(OPEN + 100)
    named, nobody = sims
    assert named.executions == nobody.executions > 1000 and (named.machine.cash == nobody.machine.cash).all()
    assert by_broker(nobody, ORDERS)[0] == nobody.machine.tally[0].arrived == sum(by_broker(named, ORDERS)[1:])


@pytest.mark.parametrize(
    ("shares", "expected"),
    [([0.5, 0.4], "expected 1"), ([0.5, 0.6], "expected 1"), ([1.0, 0.0], "greater than 0"), ([0.1] * 10, "at most 8"), ([1.1], "less than or equal")],
)
def test_shares_that_are_no_whole_are_refused(shares, expected):
    flow = BUSY.flow.model_dump() | {"broker": [{"name": f"B{n}", "share": share} for n, share in enumerate(shares)]}
    with pytest.raises(ValidationError, match=expected):
        Flow.model_validate(flow)


def test_a_name_that_stands_twice_and_a_fifth_exchange_are_refused():
    flow = BUSY.flow.model_dump() | {"broker": [{"name": "One", "share": 0.5}, {"name": "ONE", "share": 0.5}]}
    with pytest.raises(ValidationError, match="expected each once"):
        Flow.model_validate(flow)
    for names, expected in ((["A", "B", "a"], "expected each once"), ("ABCDE", "at most 4")):
        with pytest.raises(ValidationError, match=expected):
            Exchange.model_validate(BUSY.exchange.model_dump() | {"session": [{"name": name} for name in names]})


# -- the counters


def test_every_order_execution_and_reject_is_counted_for_a_broker_and_an_exchange():
    sim = begun(BUSY, OPEN - 4, instant=True)
    sim.step(84)
    assert_all_is_counted(sim)
    assert sim.machine.tally[0].power_peg > 0, "runaways too"
    assert all(count > 0 for count in by_broker(sim, ORDERS)[1:7] + by_exchange(sim, CHILDREN)[1:4])
    assert give(sim, "risk", "limit.set", gross_usd=1000) is None
    assert give(sim, "operator", "server.stop", server=2) is None
    sim.step(400)
    assert_all_is_counted(sim)
    assert all(count > 0 for count in by_exchange(sim, REJECTS)[1:4])
    assert give(sim, "risk", "position.flatten", symbols="all", style="aggressive") is None
    assert give(sim, "operator", "smars.disconnect") is None
    sim.step(40)
    assert sim.machine.tally[0].waiting > 10
    hand_back_waiting(sim)
    assert_all_is_counted(sim)
    sim.step(600)
    assert_all_is_counted(sim)


def test_rates_of_brokers_and_exchanges_are_those_of_the_last_minute():
    sim = busy(STEPS_PER_MINUTE)
    before = by_broker(sim, ORDERS), by_exchange(sim, EXECUTIONS)
    sim.step(STEPS_PER_MINUTE)
    rates = sim.gauges.flow_rates()
    for found, column, sums, was in (
        (rates[:EXCHANGES_AT], ORDERS, by_broker(sim, ORDERS), before[0]),
        (rates[EXCHANGES_AT:], EXECUTIONS, by_exchange(sim, EXECUTIONS), before[1]),
    ):
        expected = [(now - then) / 60 for now, then in zip(sums, was, strict=True)]
        assert found[:, column].tolist() == pytest.approx(expected) and max(expected) > 0.5


# -- a broker held, a broker without the flag


def test_a_held_brokers_orders_wait_and_are_handed_back_and_all_others_are_routed():
    sim = busy()
    before = by_broker(sim, RETURNED)
    routing.hold(sim, "Harbor Lane", True)
    number, ids = routing.broker_number(sim, "Harbor Lane"), set(at_work(sim)["id"].tolist())
    sim.step(STEPS_PER_MINUTE)
    new = [parent for parent in at_work(sim) if int(parent["id"]) not in ids]
    assert new and all(parent["broker"] != number for parent in new)
    waiting = sim.arrivals[sim.machine.waiting[: sim.machine.tally[0].waiting]]
    assert len(waiting) > 20 and (waiting["broker"] == number).all()
    assert by_broker(sim, RETURNED) == before
    sim.step(STEPS_PER_MINUTE)
    back = [now - then for now, then in zip(by_broker(sim, RETURNED), before, strict=True)]
    assert back[number] > 20 and sum(back) == back[number]
    routing.hold(sim, "Harbor Lane", False)
    sim.step(40)
    assert sim.machine.tally[0].waiting == 0 and (at_work(sim)["broker"] == number).any()
    assert_all_is_counted(sim)


def test_an_unflagged_brokers_new_orders_are_routed_without_the_flag_and_no_other_brokers_are():
    sim = begun(BUSY, OPEN - 40, instant=True)
    for name in sim.scenario.brokers[:3]:
        routing.unflag(sim, name)
    flagged = int(sim.machine.tally[0].flagged)
    passed = sim.cursor
    sim.step(200)
    rows = sim.arrivals[passed : sim.cursor]
    assert int(sim.machine.tally[0].flagged) - flagged == ((rows["flagged"] == 1) & (rows["broker"] > 3)).sum() > 0
    running = at_work(sim)
    assert (running["broker"][running["flagged"] == 1] > 3).all() and (running["flagged"] == 1).any()
    assert_all_is_counted(sim)


# -- an exchange stuck, an exchange avoided


def executions_of(sim: Simulation, exchange: int) -> int:
    return by_exchange(sim, EXECUTIONS)[exchange]


def test_a_stuck_exchange_executes_nothing_and_every_parent_there_has_at_most_one_child_out():
    sim = busy()
    name = sim.scenario.exchanges[1]
    number, rejects = routing.exchange_number(sim, name), by_exchange(sim, REJECTS)
    before, out, others = executions_of(sim, number), by_exchange(sim, CHILDREN)[number], executions_of(sim, 1)
    routing.stick(sim, name)
    there = set(at_work(sim)["id"][at_work(sim)["exchange"] == number].tolist())
    sim.step(2 * STEPS_PER_MINUTE)
    assert executions_of(sim, number) == before, "nothing executes there"
    assert executions_of(sim, 1) > others + 100, "all goes on elsewhere"
    waiting = at_work(sim)[at_work(sim)["exchange"] == number]
    assert there <= set(waiting["id"].tolist()), "who was there waits"
    assert not waiting["rest_id"].any()
    assert len(waiting) > 50 and by_exchange(sim, CHILDREN)[number] - out == waiting["unacked"].sum() <= len(waiting)
    assert by_exchange(sim, REJECTS) == rejects, "and nothing is rejected"
    lost = sim.machine.recent[sim.machine.recent["reason"] == UNACKED]
    assert len(lost) and (lost["exchange"] == number).all() and not lost["filled"].any()
    assert_all_is_counted(sim)


def test_who_waited_for_a_stuck_exchange_goes_on_at_its_pace_once_it_is_logged_on_again():
    sim = busy()
    name = sim.scenario.exchanges[0]
    routing.stick(sim, name)
    sim.step(STEPS_PER_MINUTE)
    waiting = set(at_work(sim)["id"][at_work(sim)["unacked"] == 1].tolist())
    assert len(waiting) > 20
    before, out = executions_of(sim, 1), by_exchange(sim, CHILDREN)[1]
    routing.log_on_again(sim, name)
    sim.step(1)
    assert by_exchange(sim, CHILDREN)[1] - out <= 3 * len(waiting), "nothing is made up for in one step"
    sim.step(STEPS_PER_MINUTE)
    assert executions_of(sim, 1) > before + len(waiting)
    assert not waiting & set(at_work(sim)["id"][at_work(sim)["unacked"] == 1].tolist())
    assert_all_is_counted(sim)


def test_runaways_of_a_stuck_exchange_wait_like_all_others():
    sim = begun(BUSY, OPEN - 4, instant=True)
    sim.step(44)
    for name in sim.scenario.exchanges:
        routing.stick(sim, name)
    before = sim.machine.fills.copy()
    sim.step(200)
    assert sim.monitoring.runaway > 0
    assert (sim.machine.fills == before).all()


def test_an_avoided_exchange_gets_no_new_parents_and_the_others_share_them():
    sim = busy()
    ids = set(at_work(sim)["id"].tolist())
    routing.avoid(sim, sim.scenario.exchanges[2], True)
    out = by_exchange(sim, CHILDREN)
    sim.step(3 * STEPS_PER_MINUTE)
    assert all(parent["exchange"] != 3 for parent in at_work(sim) if int(parent["id"]) not in ids)
    more = [now - then for now, then in zip(by_exchange(sim, CHILDREN), out, strict=True)]
    assert more[1] == pytest.approx(more[2], rel=0.2) and more[1] > 20 * more[3]
    routing.avoid(sim, sim.scenario.exchanges[2], False)
    sim.step(40)
    assert (at_work(sim)["exchange"] == 3).any()
    assert_all_is_counted(sim)


def test_where_every_exchange_is_avoided_orders_go_where_they_would_have_gone():
    sim = busy(0)
    for name in sim.scenario.exchanges:
        routing.avoid(sim, name, True)
    sim.step(40)
    where = {int(row.id): int(row.exchange) for row in sim.arrivals}
    assert all(where[int(parent["id"])] == parent["exchange"] for parent in at_work(sim))


# -- a stock withdrawn


def test_in_a_withdrawn_stock_our_orders_end_and_new_ones_are_handed_back_until_it_is_readmitted():
    sim = begun(BUSY, OPEN - 4, instant=True)
    sim.step(84)
    symbols = [sim.names[0], sim.names[2]]
    assert sim.machine.parent_count[0] > 0 and sim.monitoring.runaway > 0
    routing.withdraw_stocks(sim, symbols)
    assert routing.withdrawn_stocks(sim) == symbols and (sim.machine.parent_count[[0, 2]] == 0).all()
    assert not [order for s in (0, 2) for order in sim.machine.orders[s] if order.live and order.owner]
    back, sent = sim.machine.flows[:, 1:EXCHANGES_AT, RETURNED].sum(axis=1), sim.machine.sent.sum(axis=1)
    passed = sim.cursor
    sim.step(STEPS_PER_MINUTE)
    new = sim.arrivals[passed : sim.cursor]
    counts = sim.machine.flows[:, 1:EXCHANGES_AT, RETURNED].sum(axis=1) - back
    assert (sim.machine.parent_count[[0, 2]] == 0).all() and (sim.machine.sent.sum(axis=1) - sent)[[0, 2]].tolist() == [0, 0]
    assert counts[0] >= (new["symbol"] == 0).sum() > 5 and counts[2] >= (new["symbol"] == 2).sum() > 5
    assert (sim.machine.sent.sum(axis=1) > sent)[[1, 3]].all()
    assert give(sim, "risk", "position.flatten", symbols=symbols, style="passive") is None
    sim.step(20)
    assert {int(parent["server"]) for s in (0, 2) for parent in sim.machine.parents[s, : sim.machine.parent_count[s]]} <= {0}
    routing.readmit_stocks(sim, symbols)
    sim.step(40)
    assert any(parent["server"] > 0 for s in (0, 2) for parent in sim.machine.parents[s, : sim.machine.parent_count[s]])
    assert_all_is_counted(sim)


def test_an_order_that_waits_when_its_stock_is_withdrawn_is_handed_back_at_the_next_look():
    sim = busy()
    assert give(sim, "operator", "servers.stop_all") is None
    sim.step(30)
    waiting = sim.arrivals[sim.machine.waiting[: sim.machine.tally[0].waiting]]
    mine = int((waiting["symbol"] == 1).sum())
    assert mine > 3
    before = int(sim.machine.tally[0].handed_back)
    routing.withdraw_stocks(sim, [sim.names[1]])
    sim.step(20)
    assert int(sim.machine.tally[0].handed_back) - before >= mine
    waiting = sim.arrivals[sim.machine.waiting[: sim.machine.tally[0].waiting]]
    assert len(waiting) and not (waiting["symbol"] == 1).any()
    assert_all_is_counted(sim)
