"""The autopilot `competent` on mornings of the deck: what it does follows from what its desks see."""

from typing import Any

import pytest

from engine import DESKS, rehearse, score, told
from engine.analysis.rehearsal import Rehearsal
from engine.analysis.story import story
from tests.days import clock, step_at
from tests.unit.test_faults import only

pytestmark = pytest.mark.whole


def morning(fault: str, seed: int, until: str) -> Rehearsal:
    """A morning with that fault, played by three of them."""
    return rehearse(only(fault), seed, dict.fromkeys(DESKS, "competent"), until=step_at(until))


def given(run: Rehearsal, *kinds: str) -> list[tuple[str, Any]]:
    """(clock, arguments) of the commands of these kinds that were not refused."""
    refused = [command.seq for command, _ in run.refused]
    return [(clock(command.step), command.args) for command in run.commands if command.kind in kinds and command.seq not in refused]


MENDS = ("server.stop", "server.start", "servers.stop_all", "smars.disconnect", "release.copy", "release.rollback", "flag.clear", "limit.set")


def test_a_process_older_than_its_file_is_restarted_before_the_bell_and_nothing_is_copied():
    run = morning("stale-process", 3, "09:31")
    assert [args for _, args in given(run, *MENDS)] == [{"server": run.sim.stale}]
    assert run.sim.fleet[run.sim.stale].running == run.sim.fleet.target


def test_a_server_that_missed_the_release_gets_it_before_the_bell():
    run = morning("stale-release", 1, "09:31")
    assert [args["servers"] for _, args in given(run, "release.copy")] == [[run.sim.stale]]
    assert run.sim.fleet[run.sim.stale].running == run.sim.fleet.target


def test_mails_that_no_log_explains_are_filed_and_the_fleet_is_left_alone():
    run = morning("nothing", 3, "09:40")
    assert given(run, *MENDS) == []
    assert run.sim.bridge.declared[-1]["right"]


def test_what_several_servers_do_ends_with_the_flag_and_a_restart_of_all_and_no_rollback():
    run = morning("defective-release", 4, "09:48")
    off = [at for at, _ in given(run, "flag.clear")]
    assert len(off) == 1 and off[0] < "09:34"
    assert sorted(args["server"] for _, args in given(run, "server.start")) == list(range(1, 9))
    assert given(run, "release.rollback", "release.copy", "smars.disconnect") == []
    assert run.sim.bridge.diagnosed is not None
    assert score(run.sim)["trading"] < 3_000_000


def test_a_busy_market_in_which_our_part_is_what_it_always_is_is_traded_on():
    run = morning("market-wide", 2, "09:45")
    assert given(run, *MENDS) == []
    assert "floor_all.part" in [args["reply"] for _, args in given(run, "call.answer")]


def test_a_server_whose_config_nobody_knows_of_is_stopped_given_the_recorded_one_and_started():
    run = morning("stale-config", 4, "09:46")
    bad = run.sim.stale
    assert [args for _, args in given(run, "server.stop", "server.start")] == [{"server": bad}] * 2
    assert [args["servers"] for _, args in given(run, "config.load")] == [[bad]]
    assert given(run, "release.copy", "flag.clear", "smars.disconnect") == []
    assert run.sim.bridge.diagnosed is not None


def test_a_broker_whose_orders_are_nearly_all_that_comes_in_is_held_and_released_when_it_is_over():
    run = morning("broker-replay", 3, "09:50")
    name = run.sim.scenario.brokers[run.sim.fault.brokers[0] - 1]
    held, released = given(run, "broker.hold"), given(run, "broker.release")
    assert [args["broker"] for _, args in held] == [args["broker"] for _, args in released] == [name]
    assert held[0][0] < "09:39" < "09:43" < released[0][0]
    assert given(run, *MENDS) == []
    assert run.sim.bridge.diagnosed is not None and score(run.sim)["trading"] < 2_000_000
    lines = [line["text"] for line in told(run.sim.scenario, story(run.events, run.sim.scenario))]
    assert {"Read the first sign of it in a log.", f"Held the orders of {name}.", f"{name} had mended its gateway."} <= set(lines)


def test_brokers_that_complain_of_orders_are_taken_off_the_flag_and_no_server_is_touched():
    run = morning("overloaded-flag", 3, "10:01")
    names = {run.sim.scenario.brokers[n - 1] for n in run.sim.fault.brokers}
    assert {args["broker"] for _, args in given(run, "broker.unflag")} == names
    assert given(run, *MENDS, "broker.hold") == []
    assert run.sim.bridge.diagnosed is not None and run.sim.machine.tally[0].left == 0


def test_a_crowd_of_all_brokers_is_nobodys_and_is_let_in():
    run = morning("market-wide", 3, "10:05")
    assert given(run, "broker.hold", "broker.unflag") == []


def test_stocks_that_lose_at_once_are_withdrawn_and_come_back_when_what_offered_them_is_mended():
    run = morning("stale-reference", 1, "09:52")
    for kind in ("stocks.withdraw", "stocks.readmit"):
        assert sorted(symbol for _, args in given(run, kind) for symbol in args["symbols"]) == sorted(run.sim.fault.quoted), kind
    assert sorted(args["servers"][0] for _, args in given(run, "data.load")) == list(run.sim.fault.servers)
    assert not run.sim.machine.market["quoted"].any()
    assert given(run, "server.stop", "servers.stop_all", "smars.disconnect", "release.copy", "flag.clear", "limit.set") == []
    assert run.sim.bridge.diagnosed is not None and all(row["right"] for row in run.sim.bridge.declared)


def test_an_exchange_that_does_not_answer_is_gone_around_and_logged_on_to_and_nothing_is_stopped():
    run = morning("stuck-sessions", 1, "09:52")
    name = run.sim.scenario.exchanges[run.sim.fault.exchange - 1]
    for kind in ("exchange.avoid", "exchange.relogon", "exchange.resume"):
        assert [args["exchange"] for _, args in given(run, kind)] == [name], kind
    assert given(run, *MENDS) == []
    assert run.sim.bridge.diagnosed is not None and run.sim.machine.controls[0].stuck == 0


def test_after_the_first_of_two_faults_is_mended_the_second_is_found_as_well():
    run = morning("two-faults", 2, "09:50")
    first, second = run.sim.fault.servers
    assert [args["servers"] for _, args in given(run, "release.copy")] == [[first]]
    assert [args["servers"] for _, args in given(run, "config.load")] == [[second]]
    assert [row["place"] for row in run.sim.bridge.declared if row["right"]] == [f"server {first}", f"server {second}"]
    assert run.sim.bridge.diagnosed is not None and run.sim.bridge.diagnosed > run.sim.calendar.open


@pytest.mark.parametrize("fault", ["stale-config", "nothing", "stale-release"])
def test_no_stock_is_withdrawn_and_no_exchange_left_where_neither_is_at_fault(fault):
    run = morning(fault, 4, "10:05")
    assert given(run, "stocks.withdraw", "exchange.avoid", "exchange.relogon", "data.load") == []
