"""A broker's gateway that sends its last orders again: real orders in real books, which are nobody's; and how it ends."""

import numpy as np
import pytest

from engine import Simulation, restore, save, score
from engine.firm import onsets, replays
from engine.firm.clients import unserved
from engine.market.resent import REPEATED, gateway_of
from engine.market.router import NOBODYS
from engine.market.state import CLIENT, ERROR, EXCHANGES_AT, FIRST_RESENT, ORDERS, PARENTS, RETURNED
from engine.market_time import STEPS_PER_MINUTE
from tests.days import step_at
from tests.small import begun, give, heard, small_scenario

QUIET = small_scenario(12, flow={"plain_bell_per_min": 240.0, "queued_flagged": 8})
BROKER = 2
NAME = QUIET.brokers[BROKER - 1]
SINCE = "09:33"


def replaying(per_min: float = 600.0, minutes: float = 1.0, seed: int = 7, until: int | None = None) -> Simulation:
    """Some minutes after a gateway has begun to send again; the stale server stopped, so that nothing else is wrong."""
    sim = begun(QUIET, step_at("09:29"), seed, instant=True, tape=True)
    assert give(sim, "operator", "server.stop", server=sim.stale) is None
    sim.step(step_at(SINCE) - sim.now)
    onsets.begin(sim, "broker-replay", f"broker {BROKER}", per_min, until)
    sim.step(round(minutes * STEPS_PER_MINUTE))
    return sim


def at_work(sim: Simulation) -> np.ndarray:
    machine = sim.machine
    return machine.parents[np.arange(machine.parents.shape[1])[None, :] < machine.parent_count[:, None]]


def test_the_last_hundred_orders_of_one_broker_come_again_and_again_at_its_rate():
    sim = replaying(600.0)
    onset = sim.onsets.begun[0]
    mine = sim.arrivals[(sim.arrivals["broker"] == BROKER) & (sim.arrivals["step"] < onset.since)]
    assert onset.orders == mine["id"][-REPEATED:].tolist()
    assert sim.machine.tally[0].resent == 600
    again = at_work(sim)[at_work(sim)["served"] == NOBODYS]
    assert len(again) and (again["broker"] == BROKER).all() and (again["id"] >= FIRST_RESENT).all()
    assert {replays.order_of(sim, int(order)) for order in again["id"]} <= set(onset.orders)
    assert [gateway_of(int(order))[0] for order in again["id"]] == [0] * len(again)


def test_they_are_seen_as_orders_in_of_that_broker_alone():
    before, sim = replaying(1.0), replaying(600.0)
    rates, others = (one.gauges.flow_rates()[:EXCHANGES_AT, ORDERS] for one in (sim, before))
    assert rates[BROKER] == pytest.approx(10, rel=0.3)
    assert np.delete(rates, BROKER).tolist() == np.delete(others, BROKER).tolist()
    assert sim.gauges.per_s(PARENTS) - before.gauges.per_s(PARENTS) == pytest.approx(10, rel=0.05)


def test_what_is_sent_again_is_nobodys_order_and_no_client_is_lost_by_it():
    without, sim = replaying(1.0, 4), replaying(3000.0, 4)
    assert sim.machine.tally[0].resent == 12_000
    for one in (without, sim):
        assert (one.machine.service["overflow"].sum(), one.machine.tally[0].overflow) == (0, 0)
    counts = [{name: int(one.machine.service[name].sum()) for name in ("handed_back", "late", "rejected")} for one in (without, sim)]
    assert counts[0] == counts[1] and int(sim.machine.tally[0].arrived) == int(without.machine.tally[0].arrived)
    assert unserved(sim).unserved == pytest.approx(unserved(without).unserved, abs=3)
    assert score(sim)["service_kept"] == score(without)["service_kept"]


@pytest.mark.kernels
def test_their_room_has_a_limit_and_reaching_it_is_an_event():
    sim = replaying(9000.0, 0.25)
    crowded = int(sim.machine.service["crowded"].sum())
    assert crowded > 0 and sum(row["times"] for row in heard(sim, "limit.reached") if row["limit"] == "resent") == crowded
    assert int(sim.machine.service["overflow"].sum()) == 0


@pytest.mark.kernels
def test_shares_are_conserved_and_what_nobody_ordered_is_the_firms():
    sim = replaying(2000.0, 2)
    machine, rows = sim.machine, sim.tape_rows()
    for s in range(len(sim.names)):
        mine = rows[rows["symbol"] == s]
        assert mine["qty"].sum() == machine.market[s].volume
        assert (machine.bought[s] - machine.sold[s])[ERROR] == machine.position[s, ERROR]
    again = rows[rows["parent"] >= FIRST_RESENT]
    assert len(again) > 100 and machine.sent[:, ERROR].sum() > 0
    rested = rows[rows["maker_is_ours"] == 1]["qty"].sum()
    assert again["qty"].sum() <= (machine.bought + machine.sold)[:, ERROR].sum() <= again["qty"].sum() + rested
    assert machine.fills[:, CLIENT].sum() > 0 and score(sim)["gross"] > 0


def test_how_a_run_is_cut_changes_nothing_of_it():
    straight, cut = replaying(2000.0, 2), replaying(2000.0, 0)
    rng = iter([7, 1, 13, 40, 3, 111, 2, 59, 5, 17] * 3)
    while cut.now < straight.now:
        cut.step(min(next(rng), straight.now - cut.now))
    assert cut.digest() == straight.digest()


def test_one_thread_and_two_give_the_same_bits_and_so_does_a_run_that_was_put_away():
    runs = [Simulation(QUIET, 7, instant=True, threads=threads) for threads in (1, 2)]
    for sim in runs:
        sim.step(step_at(SINCE))
        onsets.begin(sim, "broker-replay", f"broker {BROKER}", 2000.0)
        sim.step(STEPS_PER_MINUTE)
    again = restore(QUIET, save(runs[0]))
    for sim in (*runs, again):
        sim.step(STEPS_PER_MINUTE)
    assert len({sim.digest() for sim in (*runs, again)}) == 1 and runs[0].machine.tally[0].resent == 4000


def test_a_hold_sends_them_back_at_once_and_the_broker_mends_it_some_minutes_later():
    sim = replaying(600.0, 0.5)
    assert give(sim, "risk", "broker.hold", broker=NAME) is None
    held, came, back = sim.now, int(sim.machine.tally[0].resent), int(sim.machine.flows[:, BROKER, RETURNED].sum())
    sim.step(STEPS_PER_MINUTE)
    assert int(sim.machine.tally[0].resent) == came + 600 == came + int(sim.machine.tally[0].turned_back)
    assert int(sim.machine.flows[:, BROKER, RETURNED].sum()) >= back + 600
    again = at_work(sim)[at_work(sim)["served"] == NOBODYS]
    assert (again["start"] < held).all(), "what was at work goes on"
    onset = sim.onsets.begun[0]
    assert onset.until == onset.told + QUIET.flow.mends_min * STEPS_PER_MINUTE
    sim.step(onset.until - sim.now)
    assert heard(sim, "gateway.mended") == [{"broker": NAME}]
    came = int(sim.machine.tally[0].resent)
    assert give(sim, "risk", "broker.release", broker=NAME) is None
    sim.step(STEPS_PER_MINUTE)
    assert int(sim.machine.tally[0].resent) == came, "its clients' orders come, and nothing twice"


def test_released_before_it_is_mended_it_goes_on():
    sim = replaying(600.0, 0.5)
    for kind in ("broker.hold", "broker.release"):
        assert give(sim, "risk", kind, broker=NAME) is None
    back = int(sim.machine.tally[0].turned_back)
    sim.step(STEPS_PER_MINUTE)
    assert int(sim.machine.tally[0].turned_back) == back and replays.replaying(sim) == [NAME]


def test_a_hold_of_another_broker_tells_it_nothing():
    sim = replaying(600.0, 0.5)
    assert give(sim, "risk", "broker.hold", broker=QUIET.brokers[3]) is None
    assert sim.onsets.begun[0].told is None
    assert replays.replaying(sim) == [NAME] and replays.mended(sim) == []


def test_two_gateways_may_send_again_at_once_and_one_ends_by_itself():
    sim = replaying(600.0, 0, until=step_at("09:34"))
    onsets.begin(sim, "broker-replay", "broker 3", 300.0)
    sim.step(STEPS_PER_MINUTE)
    assert sim.machine.tally[0].resent == 900
    sim.step(STEPS_PER_MINUTE)
    assert sim.machine.tally[0].resent == 1200 and replays.replaying(sim) == [QUIET.brokers[2]]


def test_logs_tell_them_by_the_number_of_the_order_that_they_repeat():
    sim = replaying(2000.0, 1)
    order = sim.onsets.begun[0].orders[-1]
    assert give(sim, "operator", "log.search", text=str(order)) is None
    found = sim.records.tails
    assert len(found["lines"]) > 2 and {line["order"] for line in found["lines"]} == {order}
    assert give(sim, "operator", "log.search", text=NAME) is None
    told = [line["order"] for line in sim.records.tails["lines"]]
    assert len(set(told)) < len(told) and max(told) < FIRST_RESENT
