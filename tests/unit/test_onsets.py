"""What begins at a time of the day: where and how strong it is told, and whatever the fault of the morning is."""

import pytest

from engine import Simulation, load_scenario, restore, save
from engine.firm import onsets
from engine.firm.onsets import begin
from engine.market.faults import draw_fault
from tests.days import step_at
from tests.small import begun, small_scenario

SMALL = small_scenario(4)


def test_it_begins_where_it_is_told_and_ends_by_itself():
    sim = begun(SMALL, step_at("09:35"))
    begin(sim, "broker-replay", "broker 2", 600.0, until=step_at("09:37"))
    ((number, onset),) = sim.onsets.running("broker-replay")
    assert (number, onset.place, onset.strength, onset.since, onset.until) == (0, "broker 2", 600.0, step_at("09:35"), step_at("09:37"))
    sim.step(step_at("09:37") - sim.now - 1)
    assert sim.onsets.running("broker-replay")
    sim.step(1)
    assert not sim.onsets.running("broker-replay") and sim.onsets.begun[0].over


def test_what_has_begun_is_part_of_the_state():
    plain, other = (begun(SMALL, step_at("09:35")) for _ in range(2))
    begin(other, "broker-replay", "broker 2", 600.0, until=step_at("09:37"))
    assert plain.digest() != other.digest()
    again = restore(SMALL, save(other))
    assert (again.onsets.begun, again.digest()) == (other.onsets.begun, other.digest())
    for sim in (other, again):
        sim.step(step_at("09:38") - sim.now)
    assert again.digest() == other.digest()


def test_the_record_begins_nothing_in_the_course_of_its_day():
    sim = Simulation(load_scenario("knight-2012"), 79)
    assert sim.fault.onset is None and sim.onsets.begun == []


def test_only_what_registered_can_begin():
    with pytest.raises(KeyError):
        begin(begun(SMALL, step_at("09:35")), "stale-release", "server 3", 1.0)
    assert set(onsets.MECHANISMS) >= {"broker-replay"}


def test_two_brokers_are_drawn_for_every_fault_and_have_about_a_third_of_the_flow():
    scenario = load_scenario("any-morning")
    shares = [broker.share for broker in scenario.flow.broker]
    drawn = [draw_fault(scenario, seed).brokers for seed in range(200)]
    assert {one for one, _ in drawn} == set(range(1, 7))
    assert all(one != other and 0.28 <= shares[one - 1] + shares[other - 1] <= 0.39 for one, other in drawn)
