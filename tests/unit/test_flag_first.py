"""The first lesson: a release goes in as it should have, one server is missed, and what that costs depends on the order of the steps."""

import pytest

from engine import DESKS, SPEEDS, STEPS_PER_SECOND, Simulation, load_scenario, rehearse, restore, save, score
from engine.firm.guide import READS
from engine.scenario.guide_texts import FACTS, holds
from tests.read import seen
from tests.small import give

LESSON = load_scenario("flag-first")
CALENDAR, STEPS = LESSON.calendar, [step.id for step in LESSON.guide.step]
MILLION = 1_000_000


def begin(seed=5, step=20):
    sim = Simulation(LESSON, seed)
    sim.step(step)
    return sim


def pass_minutes(sim, minutes):
    sim.step(round(minutes * 240))


def deployed():
    """The automation has run, and every server was hashed."""
    sim = begin()
    assert give(sim, "deployer", "automation.deploy", release="smars-rlp") is None
    pass_minutes(sim, 8.5)
    assert give(sim, "deployer", "checksum.run", servers=[*range(1, 9)]) is None
    pass_minutes(sim, 8.5)
    return sim


def test_it_starts_with_the_old_release_everywhere_the_flag_on_no_order_and_three_mails():
    sim = begin()
    cards = seen(sim, "deployer")
    assert {row["recorded"] for row in cards["fleet"]["servers"]} == {"smars-2003"} and cards["flag"]["percent"] == 0
    assert {row["kind"] for row in cards["levers"]["levers"] if row["allowed"]} >= {"automation.deploy", "ramp.set", "checksum.run"}
    assert [len(seen(sim, desk)["inbox"]["mails"]) for desk in DESKS] == [1, 1, 1] and not sim.records.refusals
    assert cards["duties"]["rows"] == [] and not any("history" in row["state"] or "Copy" in row["title"] for row in cards["changes"]["rows"])


@pytest.mark.parametrize("seed", [5, 6])
def test_checksums_of_all_eight_show_the_one_that_the_list_of_hosts_lacks(seed):
    sim = begin(seed)
    give(sim, "deployer", "automation.deploy", release="smars-rlp")
    pass_minutes(sim, 8.5)
    assert seen(sim, "deployer")["guide"]["now"]["id"] == "hash"
    assert all(row["checksum"] is None or row["n"] != sim.stale for row in seen(sim, "deployer", "guided")["fleet"]["servers"]), "nobody has asked yet"
    assert sim.bridge.noticed is None
    give(sim, "deployer", "checksum.run", servers=[*range(1, 9)])
    pass_minutes(sim, 8.5)
    odd = [row["n"] for row in seen(sim, "deployer")["fleet"]["servers"] if row["checksum"]["disk_release"] != "smars-rlp"]
    assert odd == [sim.stale] and sim.bridge.noticed is not None


def test_a_checksum_before_the_deployment_is_nothing_found():
    sim = begin()
    give(sim, "deployer", "checksum.run", servers=[*range(1, 9)])
    pass_minutes(sim, 8.5)
    assert sim.bridge.noticed is None and seen(sim, "deployer")["guide"]["now"]["id"] == "deploy"


def test_the_guide_goes_on_by_what_tools_wrote_down_and_not_by_what_is_so():
    sim = deployed()
    other = sim.stale % 8 + 1
    give(sim, "deployer", "authorise.ask", what="release.copy")
    sim.step(20)
    assert [seen(sim, desk)["guide"]["now"]["desk"] for desk in DESKS] == ["risk"] * 3, "every desk is shown whose turn it is"
    give(sim, "risk", "authorise.give", what="release.copy")
    assert give(sim, "deployer", "release.copy", servers=[other], release="smars-rlp") is None
    pass_minutes(sim, 4.5)
    assert seen(sim, "operator")["guide"]["now"]["id"] == "copy", "that was another server"
    give(sim, "deployer", "release.copy", servers=[sim.stale], release="smars-rlp")
    pass_minutes(sim, 4.5)
    again = restore(LESSON, save(sim))
    for one in (sim, again):
        rows = seen(one, "deployer")["guide"]["rows"]
        assert [row["state"] for row in rows] == ["done"] * 5 + ["now"] + ["to come"] * 7 and one.digest() == sim.digest()


@pytest.mark.parametrize("who", ["assistant", "competent", "novice"])
def test_autopilots_learn_it_and_lose_next_to_nothing(who):
    run = rehearse(LESSON, 5, dict.fromkeys(DESKS, who), live=True, until=CALENDAR.step_at("09:56"))
    assert [*run.sim.guide.done] == STEPS and run.refused == []
    told = seen(run.sim, "risk")["guide"]
    assert told["now"] is None and told["after"] == LESSON.guide.after and told["done"] == len(STEPS)
    money = score(run.sim)
    assert money["runaway"] == "never" and money["total"] < 10_000
    assert (run.sim.bridge.diagnosed is not None) is (who != "assistant"), "who declares nothing unasked"


def test_nobody_at_all_is_late_and_nothing_else():
    run = rehearse(LESSON, 5, {}, live=True)
    money = score(run.sim)
    assert (money["trading"], money["runaway"], money["total"]) == (0, "never", LESSON.costs.rlp_late_usd)
    assert not run.sim.guide.done


def test_the_flag_on_one_in_a_hundred_keeps_a_mistake_small():
    lost = {}
    for percent in (1, 100):
        sim = deployed()
        assert give(sim, "deployer", "ramp.set", percent=percent) is None
        sim.step(CALENDAR.step_at("09:40") - sim.now)
        lost[percent] = score(sim)["trading"]
    assert lost[100] > 20 * MILLION and lost[1] < lost[100] / 20


def test_a_day_of_it_takes_ten_minutes_by_the_clocks_own_speeds():
    ends = {"premarket": CALENDAR.open, "bell": CALENDAR.bell_end - CALENDAR.open, "unwind": CALENDAR.close - CALENDAR.bell_end}
    ends["block"] = CALENDAR.end - CALENDAR.block
    assert sum(steps / STEPS_PER_SECOND / SPEEDS[phase] for phase, steps in ends.items()) < 600


def test_what_a_step_may_wait_for_can_be_read_off_a_run_and_nothing_else_is_taken():
    assert tuple(READS) == FACTS
    sim = begin()
    for fact in FACTS:
        assert READS[fact](sim, 0) == 0, fact
    for line in ("runaway >= 1", "hashed", "hashed > 8", "hashed >= 8 or", ""):
        with pytest.raises(ValueError, match="expected a comparison such as"):
            holds(line, lambda _: 0)
