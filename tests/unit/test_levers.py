"""Levers in the cases between the plain ones: odd moments, two levers on one server, hands that come back, what outlives what."""

import pytest

from engine import DESKS, KINDS, Simulation, load_scenario, sight
from engine.firm.fleet import RUNNING, STARTING, STOPPED
from engine.firm.workload import free_hands, minutes_of
from engine.market.state import CLIENT, ERROR, UNWIND
from tests.days import BELL_END, OPEN
from tests.engine_builders import at_open, quiet_scenario
from tests.small import begun, give, ok, ring, settle, small_scenario

MINUTE = 240
SCENARIO = small_scenario(2)


def kinds(sim: Simulation) -> list[str]:
    return [event.kind for event in sim.take_events()]


@pytest.mark.whole
@pytest.mark.parametrize("odd", [0, 1, 7, 19])
def test_the_ruling_on_busts_comes_whatever_the_moment_of_asking(odd):
    sim = at_open(SCENARIO, 200 + odd)
    assert give(sim, "risk", "exchange.bust") is None
    sim.step(30 * MINUTE - 1)
    assert "trades.busted" not in kinds(sim)
    sim.step(20)
    assert kinds(sim).count("trades.busted") == 1
    assert sim.exchanges.bust_asked is None


@pytest.mark.whole
def test_a_server_stopped_while_it_starts_stays_down():
    sim = begun(SCENARIO, OPEN)
    give(sim, "operator", "server.start", server=2)
    assert sim.fleet[2].state == STARTING
    assert give(sim, "operator", "server.stop", server=2) is None
    sim.step(2 * MINUTE)
    assert sim.fleet[2].state == STOPPED
    sim.step(10 * MINUTE)
    assert sim.fleet[2].state == STOPPED
    assert give(sim, "operator", "server.start", server=2) is None
    sim.step(5 * MINUTE)
    assert sim.fleet[2].state == RUNNING


@pytest.mark.whole
def test_an_earlier_start_brings_no_server_up_before_its_time():
    sim = begun(SCENARIO, OPEN)
    give(sim, "operator", "server.start", server=2)
    give(sim, "operator", "server.stop", server=2)
    sim.step(2 * MINUTE)
    assert "earlier start is still under way (180 s left)" in give(sim, "operator", "server.start", server=2)
    sim.step(3 * MINUTE)
    assert free_hands(sim, "operator") == 2
    assert give(sim, "operator", "server.start", server=2) is None
    sim.step(5 * MINUTE - 1)
    assert sim.fleet[2].state == STARTING
    sim.step(1)
    assert sim.fleet[2].state == RUNNING


def test_a_restart_takes_the_server_down_at_once_and_brings_up_what_is_on_disk():
    sim = begun(SCENARIO, OPEN)
    sim.fleet.copy(sim.stale, "smars-rlp", sim.now)
    give(sim, "operator", "server.start", server=sim.stale)
    assert not sim.fleet.sends(sim.stale)
    assert sim.machine.servers[sim.stale] == 0
    sim.step(5 * MINUTE)
    assert sim.fleet[sim.stale].running == "smars-rlp"
    assert sim.machine.servers[sim.stale] == 1


def test_a_rollback_leaves_a_stopped_server_down_and_its_log_says_no_other():
    sim = at_open(SCENARIO)
    good = sim.stale % 8 + 1
    give(sim, "operator", "server.stop", server=good)
    give(sim, "deployer", "release.rollback", servers=[good])
    assert (sim.fleet[good].state, sim.fleet[good].installed) == (STOPPED, "smars-2003")
    assert [line["kind"] for line in sim.records.lines if line["server"] == good] == ["stopped", "copied"]
    give(sim, "operator", "server.start", server=good)
    assert sim.fleet[good].running == "smars-2003"


def test_a_rollback_of_one_takes_four_minutes_and_of_several_six():
    for servers, minutes in (([1], 4), ([1, 2], 6), ([1, 2, 3, 4, 5, 6, 7, 8], 6)):
        sim = begun(SCENARIO, OPEN)
        settle(sim)
        give(sim, "deployer", "release.rollback", servers=servers)
        assert [work.end - work.start for work in sim.works] == [minutes * MINUTE]


def test_work_on_every_server_adds_up_and_takes_longer_before_the_open():
    early, late = Simulation(SCENARIO, 7), at_open(SCENARIO)
    late.instant = False
    for sim, each in ((early, 10), (late, 2)):
        give(sim, "deployer", "checksum.run", servers=[1, 2, 3])
        assert [work.end - work.start for work in sim.works] == [3 * each * MINUTE]


@pytest.mark.whole
def test_a_control_takes_ten_minutes_the_first_time_and_one_after_that():
    sim = begun(SCENARIO, OPEN)
    for minutes, per_second in ((10, 5), (1, 3)):
        give(sim, "risk", "rate.set", per_second=per_second)
        assert [work.end - work.start for work in sim.works] == [minutes * MINUTE]
        before = int(sim.machine.controls[0].rate_cap)
        sim.step(minutes * MINUTE - 1)
        assert sim.machine.controls[0].rate_cap == before
        sim.step(1)
        assert sim.machine.controls[0].rate_cap == per_second


def test_the_phone_takes_no_hand():
    sim = begun(SCENARIO, OPEN)
    for server in (1, 2):
        give(sim, "operator", "server.stop", server=server)
    assert free_hands(sim, "operator") == 0
    settle(sim)
    assert give(sim, "operator", "smars.disconnect") is None
    assert give(sim, "deployer", "flag.clear") is None
    assert free_hands(sim, "deployer") == 2


def test_every_lever_has_numbers_and_a_desk_and_no_number_is_without_a_lever():
    numbers = load_scenario("knight-2012").levers
    assert set(numbers) == set(KINDS)
    for kind, lever in KINDS.items():
        assert lever.kind == kind
        assert lever.label
        assert set(lever.desks) <= {"deployer", "operator", "risk"} or lever.desks == ("facilitator",)
        assert numbers[kind].hands <= getattr(load_scenario("knight-2012").hands, lever.desk, 0)
    dangerous = {kind for kind, lever in KINDS.items() if lever.dangerous}
    assert dangerous == {
        "server.stop", "servers.stop_all", "smars.disconnect", "killswitch.press", "release.rollback", "flag.clear", "flag.set", "exchange.accept",
        "block.take", "capital.raise", "automation.deploy", "ramp.set", "standby.failover",
        "server.start", "limit.set", "rate.set", "collar.set", "threshold.set", "hold.set", "position.flatten", "clients.route_away",
        "broker.hold", "broker.unflag", "stocks.withdraw", "exchange.relogon",
    }  # fmt: skip


def test_every_desk_may_open_its_mail_and_no_desk_may_pull_anothers_lever():
    sim = at_open(SCENARIO)
    for kind, lever in KINDS.items():
        for desk in {"deployer", "operator", "risk", "projector", "facilitator"} - set(lever.desks):
            assert "only for the" in give(sim, desk, kind), (desk, kind)
    assert set(KINDS["mail.open"].desks) == {"operator", "deployer", "risk"}


def test_a_flag_cleared_upstream_leaves_running_parents_alone():
    sim = at_open(quiet_scenario(flow={"flagged_per_min": 60.0}, behaviour="power_peg"), 4)
    give(sim, "deployer", "flag.clear")
    running = sim.monitoring.runaway
    sim.step(400)
    sim.monitoring.watch_runaway(sim.machine, sim.now)
    assert sim.monitoring.runaway == running > 0
    assert "off already" in give(sim, "deployer", "flag.clear")
    assert give(sim, "deployer", "flag.set") is None
    sim.step(400)
    sim.monitoring.watch_runaway(sim.machine, sim.now)
    assert sim.monitoring.runaway > running


def test_a_disconnected_smars_comes_back_with_the_servers_that_are_restarted():
    sim = at_open(SCENARIO, 40)
    give(sim, "operator", "smars.disconnect")
    assert not sim.machine.servers.any()
    assert int(sim.machine.parent_count.sum()) == 0
    give(sim, "operator", "server.start", server=5)
    assert [n for n in range(1, 9) if sim.machine.servers[n]] == [5]
    assert sim.machine.controls[0].connected == 1


def test_orders_wait_a_minute_for_a_server_and_then_go_back():
    sim = at_open(small_scenario(2, flow={"plain_bell_per_min": 60.0}), -20)
    give(sim, "operator", "servers.stop_all")
    sim.step(20)
    tally, first = sim.machine.tally[0], int(sim.machine.tally[0].handed_back)
    sim.step(MINUTE)
    held = int(tally.waiting)
    assert held > 60, "the queue of the bell and a minute of orders"
    sim.step(20)
    assert tally.handed_back - first >= 16, "those of the bell waited for a minute in vain"
    oldest = min(int(sim.arrivals[i].step) for i in sim.machine.waiting[: tally.waiting])
    assert sim.now - oldest <= MINUTE + 20
    give(sim, "operator", "server.start", server=1)
    sim.step(20)
    assert tally.waiting == 0
    assert {int(sim.machine.parents[s, i].server) for s in range(2) for i in range(sim.machine.parent_count[s])} == {1}


def test_the_waiting_list_has_a_limit_and_reaching_it_is_an_event():
    sim = at_open(small_scenario(1, flow={"plain_bell_per_min": 9_000.0}), -20)
    give(sim, "operator", "servers.stop_all")
    sim.step(20 + 130)
    assert int(sim.machine.tally[0].waiting) == len(sim.machine.waiting)
    assert int(sim.machine.tally[0].overflow) > 0
    assert "limit.reached" in kinds(sim)


@pytest.mark.whole
def test_flattening_passes_no_control_and_ends_flat():
    sim = at_open(quiet_scenario(behaviour="power_peg"), 400)
    give(sim, "operator", "servers.stop_all")
    give(sim, "risk", "limit.set", gross_usd=1)
    give(sim, "risk", "rate.set", per_second=1)
    give(sim, "risk", "collar.set", percent=0.01)
    sim.step(400)
    held = sim.machine.position.sum(axis=1).copy()
    assert held.any()
    assert give(sim, "risk", "position.flatten", symbols="all", style="aggressive") is None
    sim.step(2400)
    assert (sim.machine.position.sum(axis=1) == 0).all()
    assert (sim.machine.position[:, UNWIND] == -held).all()
    assert (sim.machine.position[:, CLIENT] == 0).all()
    assert (sim.machine.position[:, ERROR] == held).all(), "bought and sold apart: the error stays what it was"


def test_flattening_again_replaces_what_the_desk_was_doing():
    sim = at_open(quiet_scenario(behaviour="power_peg"), 400)
    give(sim, "operator", "servers.stop_all")
    sim.step(400)
    for _ in range(3):
        give(sim, "risk", "position.flatten", symbols="all", style="passive")
    assert int(sim.machine.parent_count.sum()) == sum(1 for s in range(2) if sim.machine.position[s].sum())
    one = sim.names[0]
    give(sim, "risk", "position.flatten", symbols=[one], style="passive")
    sim.step(40)
    live = [order.owner for s in range(2) for order in sim.machine.orders[s] if order.live and order.owner]
    assert len(live) == len(set(live)) <= 2


def test_the_market_must_be_open_to_flatten():
    sim = at_open(SCENARIO, -1)
    assert "closed" in give(sim, "risk", "position.flatten", symbols="all", style="passive")
    sim.step(1)
    assert give(sim, "risk", "position.flatten", symbols="all", style="passive") is None


@pytest.mark.whole
def test_the_exchange_can_only_be_accepted_after_it_rang_and_keeps_its_word():
    sim = at_open(SCENARIO, 200)
    ring(sim, "exchange")
    give(sim, "operator", "server.stop", server=1)
    assert give(sim, "risk", "exchange.accept") is None
    assert not sim.machine.servers.any()
    assert give(sim, "operator", "server.start", server=2) is None
    assert not sim.machine.servers.any(), "a restart does not undo the cut"
    assert "already" in give(sim, "risk", "exchange.accept")
    sim.step(BELL_END + 15 * MINUTE - sim.now - 1)
    assert sim.exchanges.cut_off
    sim.step(1)
    assert not sim.exchanges.cut_off, "10:30, and a stopped server to be seen"
    assert [n for n in range(1, 9) if sim.machine.servers[n]] == [2, 3, 4, 5, 6, 7, 8]
    assert "exchange.readmitted" in kinds(sim)


def test_who_is_helped_checks_in_half_the_time_and_acts_no_faster():
    helped, alone = begun(small_scenario(2), 400), begun(small_scenario(2), 400)
    ok(helped, "facilitator", "help.set", level="assisted")
    for kind in ("checksum.run", "config.compare", "data.compare", "log.tail", "log.search", "server.look"):
        assert minutes_of(helped, kind) == minutes_of(alone, kind) / 2 > 0, kind
        (row,) = [row for desk in DESKS for row in sight(helped, desk)["levers"]["levers"] if row["kind"] == kind]
        assert row["minutes"] == round(minutes_of(helped, kind), 2)
    for kind in ("server.stop", "release.copy", "flag.clear", "limit.set"):
        assert minutes_of(helped, kind) == minutes_of(alone, kind), kind
