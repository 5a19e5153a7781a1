"""The plan of the week and the checklists: what is said in them, and what of it was so when the week is over."""

import pytest

from engine import Simulation, playbook, replay, restore, save
from engine.firm.safeguards import CONTROLS
from engine.scenario.barrier_texts import Barrier, Barriers, ChecklistItem
from engine.scenario.scenario import load_scenario
from tests.days import WEEK, week_step
from tests.read import seen as sight
from tests.small import before, give, small_scenario

SCENARIO = small_scenario(4)
SEED = 7  # draws the stale server


def week() -> Simulation:
    return Simulation(SCENARIO, SEED, start=WEEK)


def card(sim: Simulation, name: str, desk: str = "operator") -> dict:
    return sight(sim, desk)[name]


def closed(sim: Simulation) -> dict:
    """What the engine tells when the week is over."""
    sim.step(-sim.now)
    return next(event.data for event in sim.events if event.kind == "week.closed")


def test_every_desk_sees_the_plan_and_its_minutes_beside_what_there_is():
    sim = week()
    assert give(sim, "operator", "plan.add", kind="inventory.audit", evening=0) is None
    assert give(sim, "deployer", "plan.add", kind="fleet.review", evening=2) is None
    plan = card(sim, "plan", "risk")
    assert [(row["desk"], row["kind"], row["evening"], row["minutes"], row["hands"]) for row in plan["items"]] == [
        ("operator", "inventory.audit", 0, 90, {"operator": 90}),
        ("deployer", "fleet.review", 2, 120, {"deployer": 120, "operator": 120}),
    ]
    assert plan["planned"] == {"deployer": [0, 0, 120], "operator": [90, 0, 120], "risk": [0, 0, 0]}
    assert plan["supply"] == {"deployer": 360, "operator": 180, "risk": 180}


def test_an_entry_goes_when_its_lever_is_given_or_when_its_desk_takes_it_out():
    sim = week()
    for _ in range(2):
        assert give(sim, "operator", "plan.add", kind="inventory.audit", evening=1) is None
    assert give(sim, "operator", "inventory.audit") is None
    assert [row["id"] for row in card(sim, "plan")["items"]] == [2]
    assert "expected the number of an entry of this desk" in give(sim, "risk", "plan.drop", id=2)
    assert give(sim, "operator", "plan.drop", id=2) is None and card(sim, "plan")["items"] == []


@pytest.mark.parametrize(
    ("desk", "args", "reason"),
    [
        ("operator", {"kind": "fleet.review", "evening": 1}, "expected one of"),
        ("operator", {"kind": "servers.stop_all", "evening": 1}, "expected one of"),
        ("operator", {"kind": "inventory.audit", "evening": 3}, "expected an evening's number from 0 to 2"),
        ("operator", {"kind": "inventory.audit", "evening": 0}, "that evening is over"),
    ],
)
def test_what_cannot_be_planned_is_refused_and_changes_nothing(desk, args, reason):
    sim = week()
    sim.step(week_step(1, "18:00") - sim.now)
    before = sim.digest()
    assert reason in give(sim, desk, "plan.add", **args)
    assert sim.digest() == before


def test_neither_plan_nor_ticks_reach_the_market_and_both_are_remembered():
    sim, other = week(), week()
    assert give(sim, "operator", "plan.add", kind="inventory.audit", evening=1) is None
    assert give(sim, "risk", "check.tick", item="settled") is None
    assert sim.digest() != other.digest()
    again = restore(SCENARIO, save(sim))
    assert again.digest() == sim.digest() and again.agenda == sim.agenda
    assert [sim.machine.controls[0].flag_off, sim.fleet.to_dict()] == [other.machine.controls[0].flag_off, other.fleet.to_dict()]


def test_a_desk_ticks_off_its_own_items_with_the_time_and_the_others_see_how_far_it_is():
    sim = week()
    sim.step(240)
    assert "expected one of" in give(sim, "operator", "check.tick", item="arrived")
    assert give(sim, "deployer", "check.tick", item="arrived") is None
    assert "already" in give(sim, "deployer", "check.tick", item="arrived")
    found = {row["id"]: row["ticked"] for row in card(sim, "checklist", "deployer")["items"]}
    assert found["arrived"] == {"at": "18:01"} and found["second"] is None
    assert card(sim, "checklist", "risk")["others"][0] == {"desk": "deployer", "ticked": 1, "of": 6}
    assert give(sim, "deployer", "check.untick", item="arrived") is None
    assert not any(row["ticked"] for row in card(sim, "checklist", "deployer")["items"])
    sim.step(-sim.now)
    assert "the week is over" in give(sim, "deployer", "check.tick", item="arrived")


def test_a_morning_has_neither_plan_nor_checklist():
    sim = Simulation(SCENARIO, SEED)
    assert "plan" not in sight(sim, "risk") and "the week is over" in give(sim, "risk", "check.tick", item="settled")


def test_at_the_end_of_historys_week_a_tick_is_held_against_what_is_so():
    commands = playbook(load_scenario("knight-2012"), "history-week", SEED)
    sim = replay(SCENARIO, SEED, commands, before(-1), start=WEEK)
    assert give(sim, "deployer", "check.tick", item="arrived") is None
    found = closed(sim)
    assert found["ticks"] == {"arrived": "deployer"} and found["truths"]["arrived"] is False
    assert found["truths"]["restarted"] is True and found["truths"]["compared"] is False
    assert {name for name, state in found["slices"].items() if state == "closed"} == set()
    assert found["slices"]["arrived"] == "hole", "it arrived on seven of eight"


def test_a_review_after_the_last_copy_closes_its_slice_and_one_before_it_has_a_hole():
    states = []
    for first in ("fleet.review", "release.copy"):
        sim = week()
        acts = {"fleet.review": {}, "release.copy": {"servers": [1], "release": "smars-rlp"}}
        for kind in (first, next(kind for kind in acts if kind != first)):
            assert give(sim, "deployer", kind, **acts[kind]) is None
            sim.step(4 * 121 * 60)
        states.append(closed(sim)["slices"]["second"])
    assert states == ["hole", "closed"]


def test_checksums_of_some_servers_are_a_hole_and_of_all_close_it():
    sim = week()
    assert give(sim, "deployer", "checksum.run", servers=[1, 2]) is None
    sim.step(4 * 61 * 60)
    assert give(sim, "deployer", "fleet.review") is None
    half = restore(SCENARIO, save(sim))
    assert closed(half)["slices"]["checksum"] == "closed", "the review hashes them all"
    some = week()
    assert give(some, "deployer", "checksum.run", servers=[1, 2]) is None
    assert closed(some)["slices"]["checksum"] == "hole"


def test_a_control_that_was_built_closes_its_slice_unless_it_has_a_hole():
    part = {"id": "standby", "built": ("standby",)}
    barriers = Barriers(
        slice=(Barrier(**part, label="A standby", open_part=0.5, stops="Much."),), item=(ChecklistItem(**part, desk="operator", text="It stands."),)
    )
    for chance in (0.0, 1.0):
        holes = SCENARIO.controls.model_copy(update={"hole": chance})
        sim = Simulation(SCENARIO.model_copy(update={"barriers": barriers, "controls": holes}), SEED, start=WEEK)
        assert give(sim, "operator", "standby.build") is None
        found = closed(sim)
        assert found["slices"] == {"standby": "hole" if chance else "closed"} and found["truths"] == {"standby": not chance}
        assert found["built"] == [
            {"name": "standby", "label": CONTROLS["standby"].label, "desk": "operator", "tested": False, "hole": bool(chance), "mended": False}
        ]
        assert (found["hand_hours"]["operator"], found["prices_usd"]) == (5.0, 25_000)
