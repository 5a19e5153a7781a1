"""Servers, releases, and what is on disk, running and reported: three things that may differ."""

import pytest

from engine import load_scenario
from engine.firm.fleet import RUNNING, STARTING, STOPPED, Fleet
from engine.market.faults import draw_fault
from engine.market.router import BEHAVIOURS

pytestmark = pytest.mark.kernels

SCENARIO = load_scenario("knight-2012")
OLD, NEW = (release.name for release in SCENARIO.fleet.release[:2])


@pytest.fixture
def fleet() -> Fleet:
    return Fleet.deployed(SCENARIO, draw_fault(SCENARIO, 79))


def test_the_morning_finds_the_new_release_on_seven_of_eight_and_a_tool_that_says_eight(fleet):
    assert [server.n for server in fleet.servers] == list(range(1, 9))
    assert [server.running for server in fleet.servers] == [NEW] * 7 + [OLD]
    assert {server.reported for server in fleet.servers} == {NEW}
    assert [n for n in range(1, 9) if fleet.defective(n)] == [8]
    assert all(OLD in server.disk for server in fleet.servers)


@pytest.mark.parametrize(
    ("n", "flagged", "session", "behaviour"),
    [
        (1, False, True, "route"),
        (1, True, True, "rlp"),
        (1, True, False, "rlp"),
        (8, False, True, "route"),
        (8, True, True, "power_peg"),
        (8, True, False, "refuse"),
        (8, False, False, "route"),
    ],
)
def test_what_a_release_does_depends_on_the_flag_and_the_session(fleet, n, flagged, session, behaviour):
    assert BEHAVIOURS[fleet.behaviour(n, flagged, session)] == behaviour


def test_a_copy_lies_on_disk_and_a_restart_runs_it(fleet):
    fleet.copy(8, NEW, 100)
    assert (fleet[8].installed, fleet[8].running, fleet[8].reported_at) == (NEW, OLD, 100)
    assert fleet.defective(8), "copied and not restarted"
    disk, process = fleet.hashes(8)
    assert disk != process
    fleet[8].running = fleet[8].installed
    assert not fleet.defective(8)
    assert fleet.hashes(8)[0] == fleet.hashes(8)[1]


def test_the_same_copy_twice_keeps_the_release_before_it_for_a_rollback(fleet):
    fleet.copy(8, NEW, 100)
    fleet.copy(8, NEW, 200)
    assert (fleet[8].previous, fleet[8].disk) == (OLD, [OLD, NEW])
    fleet.roll_back(8, 300)
    assert (fleet[8].installed, fleet[8].running) == (OLD, OLD)


def test_a_rollback_restarts_what_runs_and_not_what_is_down(fleet):
    fleet[2].state = STOPPED
    fleet.roll_back(1, 50)
    fleet.roll_back(2, 50)
    assert (fleet[1].running, fleet[2].running, fleet[2].installed) == (OLD, NEW, OLD)
    assert fleet[1].reported == OLD
    assert fleet.defective(1)


def test_a_server_sends_only_when_it_runs_and_its_session_stands(fleet):
    assert fleet.sends(1)
    for state in (STARTING, STOPPED):
        fleet[1].state = state
        assert not fleet.sends(1)
        assert fleet.hashes(1)[1] == ""
    fleet[1].state, fleet[1].connected = RUNNING, False
    assert not fleet.sends(1)


def test_names_come_from_the_scenario(fleet):
    assert fleet.label(3) == "SMARS-3"


def test_a_fleet_survives_being_put_away(fleet):
    fleet.copy(8, NEW, 1)
    fleet[3].state, fleet[4].connected = STOPPED, False
    other = Fleet.deployed(SCENARIO, draw_fault(SCENARIO, 2))
    other.restore(fleet.to_dict())
    assert other.servers == fleet.servers
    assert other.servers[0] is not fleet.servers[0]
