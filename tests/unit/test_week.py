"""The week: three evenings behind one another, hands of their own, what is cut off and what goes on; history's week ends where the morning begins."""

import pytest

from engine import DESKS, Command, Simulation, load_scenario, phrase, playbook, replay, restore, save
from engine.firm import safeguards
from engine.firm.safeguards import CONTROLS, control
from engine.firm.week import copies_left
from engine.firm.workload import free_hands
from engine.market.state import market_digest
from tests.days import EVENING_STEPS, OPEN, WEEK, clock, date, evening_of, phase, step_at, told, week_step
from tests.read import seen as sight
from tests.small import before, give, small_scenario, until

OLD, NEW = "smars-2003", "smars-rlp"
SCENARIO = small_scenario(4)
SEED = 7


def week(seed: int = SEED, **how) -> Simulation:
    return Simulation(SCENARIO, seed, start=WEEK, **how)


def told_of(sim: Simulation, kind: str) -> list[dict]:
    return [event.data for event in sim.events if event.kind == kind]


def test_the_evenings_have_dates_and_clocks_and_follow_one_another():
    assert [clock(step) for step in (WEEK, WEEK + 1, -1, 0)] == ["18:00:00", "18:00:00", "20:59:59", "08:00:00"]
    assert [date(WEEK + n * EVENING_STEPS) for n in range(4)] == ["Fri 27 Jul", "Mon 30 Jul", "Tue 31 Jul", "Wed 1 Aug"]
    assert [evening_of(step) for step in (WEEK, WEEK + EVENING_STEPS - 1, WEEK + EVENING_STEPS, -1, 0)] == [0, 0, 1, 2, None]
    assert step_at("30 Jul 18:30") == step_at("Mon 30 Jul 18:30") == week_step(1, "18:30") == WEEK + EVENING_STEPS + 7200
    assert phase(-1) == "deployment"
    assert told(week_step(0, "18:22"), 0) == "27 Jul 18:22"
    assert told(week_step(0, "18:22"), week_step(0, "20:00")) == "18:22:00"


@pytest.mark.parametrize("text", ["28 Jul 18:30", "27 Jul 17:59", "27 Jul 21:00:01", "27 Jul", "31 Jul 08:00"])
def test_what_is_no_time_of_an_evening_is_refused(text):
    with pytest.raises(ValueError, match="expected"):
        step_at(text)


def test_the_week_begins_with_the_old_release_everywhere_and_evening_hands():
    sim = week()
    assert {(server.running, server.installed, server.reported, server.reported_at) for server in sim.fleet.servers} == {(OLD, OLD, OLD, None)}
    assert {desk: free_hands(sim, desk) for desk in DESKS} == {"deployer": 2, "operator": 1, "risk": 1}
    assert sim.evidence.tick is not None
    sim.step(-WEEK)
    assert (sim.now, free_hands(sim, "operator")) == (0, 2)


def test_another_start_than_the_week_or_the_morning_is_refused():
    with pytest.raises(ValueError, match="expected"):
        Simulation(SCENARIO, SEED, start=-5)


@pytest.mark.parametrize("seed", [7, 8, 79])
def test_historys_week_ends_where_the_morning_begins_and_the_same_market_follows(seed):
    commands = playbook(load_scenario("knight-2012"), "history-week", seed)
    sim = replay(SCENARIO, seed, commands, before(0), start=WEEK)
    morning = Simulation(SCENARIO, seed)
    assert not told_of(sim, "command.refused")
    assert sim.fleet.to_dict() == morning.fleet.to_dict()
    assert (sim.safeguards.built, sim.safeguards.controls, sim.week.facts, sim.week.first_copy_failed) == (morning.safeguards.built, morning.safeguards.controls, morning.week.facts, True)
    assert [n for n in range(1, 9) if sim.fleet.defective(n)] == [sim.stale]
    for each in (sim, morning):
        each.step(OPEN + 60)
    assert [market_digest(sim.machine, s) for s in range(4)] == [market_digest(morning.machine, s) for s in range(4)]
    assert sim.records.refusals == morning.records.refusals


def test_the_same_bits_however_a_week_is_cut_and_through_checkpoints():
    commands = playbook(load_scenario("knight-2012"), "history-week", SEED)
    straight = replay(SCENARIO, SEED, commands, before(400), start=WEEK)
    cut = week()
    waiting = list(commands)
    while cut.now < 400:
        nearest = min([command.step for command in waiting] + [400])
        cut.step(min(997, nearest - cut.now))
        while waiting and waiting[0].step == cut.now:
            assert cut.submit(waiting.pop(0)) is None
            cut = restore(SCENARIO, save(cut))
    assert cut.digest() == straight.digest()
    middle = replay(SCENARIO, SEED, commands, before(week_step(1, "18:47")), start=WEEK)
    assert replay(SCENARIO, SEED, commands, before(400), start=WEEK, checkpoint=save(middle)).digest() == straight.digest()


def test_at_most_four_servers_are_copied_an_evening():
    sim = week()
    assert give(sim, "deployer", "release.copy", servers=[1, 2, 3], release=NEW) is None
    assert "at most 4" in (give(sim, "deployer", "release.copy", servers=[4, 5], release=NEW) or "")
    assert give(sim, "deployer", "release.copy", servers=[4], release=NEW) is None
    until(sim, "30 Jul 18:00")
    assert copies_left(sim) == 4


def test_a_copy_of_several_servers_reaches_one_after_the_other():
    sim = until(week(), "27 Jul 18:00")
    others = [n for n in range(1, 9) if n != sim.stale][:3]
    assert give(sim, "deployer", "release.copy", servers=others, release=NEW) is None
    until(sim, "27 Jul 19:00")
    assert [sim.fleet[n].installed for n in others] == [NEW, NEW, OLD]
    assert [sim.fleet[n].reported_at for n in others] == [week_step(0, "18:30"), week_step(0, "19:00"), None]
    assert sight(sim, "deployer")["fleet"]["servers"][others[0] - 1]["copied_at"] == "18:30:00"


def test_the_first_copy_to_the_seeds_server_is_recorded_and_never_arrives_and_the_next_one_does():
    sim = week()
    n = sim.stale
    for installed in (OLD, NEW):
        assert give(sim, "deployer", "release.copy", servers=[n], release=NEW) is None
        sim.step(30 * 240)
        assert (sim.fleet[n].reported, sim.fleet[n].installed) == (NEW, installed)
    assert "copied, done" in sim.records.terminal[-1]["text"]
    assert (sim.fleet[n].previous, sim.fleet[n].recorded_previous) == (OLD, OLD)


def test_a_copy_cut_off_leaves_a_broken_file_that_a_checksum_shows_and_a_restart_refuses():
    sim = until(week(), "27 Jul 19:55")
    first, second, third = [n for n in range(1, 9) if n != sim.stale][:3]
    assert give(sim, "deployer", "release.copy", servers=[first, second, third], release=NEW) is None
    until(sim, "27 Jul 21:00")
    assert [sim.fleet[n].installed for n in (first, second, third)] == [NEW, NEW, NEW]
    assert [sim.fleet[n].broken for n in (first, second, third)] == [False, False, True]
    assert [sim.fleet[n].reported for n in (first, second, third)] == [NEW, NEW, OLD]
    assert told_of(sim, "lever.cut_off") == [{"seq": sim.bridge.dones["deployer"][-1]["seq"], "command": "release.copy"}]
    assert sim.records.terminal[-1]["text"] == f"smars-{third}: connection closed, copy not complete"
    assert free_hands(sim, "deployer") == 2
    assert "not whole" in (give(sim, "deployer", "server.start", server=third) or "")
    assert give(sim, "deployer", "checksum.run", servers=[third]) is None
    sim.step(30 * 240)
    known = {release.hash for release in SCENARIO.fleet.release}
    assert sim.records.checksums[-1]["disk"] not in known
    assert sim.records.checksums[-1]["process"] in known
    assert give(sim, "deployer", "release.copy", servers=[third], release=NEW) is None
    sim.step(30 * 240)
    assert (sim.fleet[third].broken, sim.fleet[third].previous) == (False, OLD)
    assert give(sim, "deployer", "server.start", server=third) is None


def test_a_restart_cut_off_leaves_the_server_down_and_a_checksum_cut_off_says_nothing():
    sim = until(week(), "27 Jul 20:55")
    assert give(sim, "deployer", "server.start", server=2) is None
    assert give(sim, "deployer", "checksum.run", servers=[3]) is None
    until(sim, "30 Jul 18:00")
    assert (sim.fleet[2].state, sim.records.checksums, sim.works) == ("stopped", [], [])
    assert len(told_of(sim, "lever.cut_off")) == 2


def test_building_goes_on_the_next_evening_and_is_abandoned_at_eight():
    sim = until(week(), "27 Jul 20:30")
    assert give(sim, "operator", "mail.page", match="SMARS") is None
    until(sim, "30 Jul 18:29")
    assert not sim.inbox.rules
    assert free_hands(sim, "operator") == 0
    until(sim, "30 Jul 18:30")
    assert [rule["match"] for rule in sim.inbox.rules] == ["SMARS"]
    until(sim, "31 Jul 20:30")
    assert give(sim, "operator", "mail.page", match="another") is None
    before = sim.day.hand_steps
    sim.step(-sim.now)
    assert (len(sim.inbox.rules), sim.works, sim.day.hand_steps - before) == (1, [], 30 * 240)
    assert [data["command"] for data in told_of(sim, "lever.abandoned")] == ["mail.page"]
    assert [row["state"] for row in sim.week.calendar] == ["done", "abandoned"]


def test_what_belongs_to_the_market_cannot_be_done_on_an_evening():
    sim = week()
    for desk, kind, args in (("operator", "servers.stop_all", {}), ("risk", "limit.set", {"gross_usd": 5}), ("deployer", "flag.clear", {})):
        assert "evening" in (give(sim, desk, kind, **args) or ""), kind
        assert all(row["kind"] != kind for row in sight(sim, desk)["levers"]["levers"])


@pytest.fixture
def lamp():
    """A control that the paging lever builds, for the test's time."""
    yield control("lamp", "A lamp", "operator", "mail.page", "it is dark on one side", opens=("killswitch.press",))
    CONTROLS.pop("lamp")


def holed(seed: int, name: str) -> bool:
    sim = week(seed)
    safeguards.build(sim, name)
    return sim.safeguards.has_hole(name)


def test_a_control_that_was_built_may_have_a_hole_that_a_test_shows_and_mending_closes(lamp):
    draws = [holed(seed, "lamp") for seed in range(40)]
    assert 5 <= sum(draws) <= 20, "drawn by the seed with three in ten"
    sim = week(draws.index(True))
    assert "expected" in (give(sim, "operator", "control.test", control="lamp") or "")
    safeguards.build(sim, "lamp")
    assert {"lamp", "killswitch.press"} <= sim.safeguards.built
    assert (sim.safeguards.holes, restore(SCENARIO, save(sim)).safeguards.holes) == (["lamp"], ["lamp"])
    assert "test it first" in (give(sim, "operator", "control.mend", control="lamp") or "")
    assert "this desk built" in (give(sim, "risk", "control.test", control="lamp") or "")
    assert give(sim, "operator", "control.test", control="lamp") is None
    sim.step(60 * 240)
    assert told_of(sim, "control.tested")[-1] == {"control": "lamp", "label": phrase("A lamp"), "hole": phrase("it is dark on one side")}
    assert give(sim, "operator", "control.mend", control="lamp") is None
    sim.step(60 * 240 - 1)
    assert sim.safeguards.has_hole("lamp")
    sim.step(1)
    assert sim.safeguards.holes == []
    assert "nothing to mend" in (give(sim, "operator", "control.mend", control="lamp") or "")


def test_works_of_an_older_checkpoint_are_read():
    from engine.firm.workload import Work

    old = {"seq": 1, "desk": "risk", "kind": "limit.set", "args": {}, "start": 0, "end": 5, "hands": 1}
    assert Work.of(old).hands == {"risk": 1}
    assert Work.of({**old, "hands": 0}).hands == {}


def test_playbooks_take_dates_of_the_week():
    steps = [command.step for command in playbook(load_scenario("knight-2012"), "history-week", SEED)]
    assert steps[:3] == [week_step(n, "18:00") for n in range(3)]
    assert all(isinstance(command, Command) for command in playbook(load_scenario("knight-2012"), "history-week", SEED))


def test_the_week_card_shows_what_took_hands_and_what_is_planned():
    sim = until(week(), "27 Jul 19:00")
    assert give(sim, "deployer", "release.copy", servers=[1, 2], release=NEW) is None
    until(sim, "27 Jul 20:30")
    assert give(sim, "operator", "mail.page", match="SMARS") is None
    card = sight(sim, "risk")["week"]
    assert (card["evening"], card["date"], card["ends_at"], card["copies_left"]) == (0, "Fri 27 Jul", "21:00", 2)
    assert card["calendar"] == [
        {"evening": 0, "from": "19:00", "to": "20:00", "desk": "deployer", "kind": "release.copy", "label": "Copy a release", "state": "done"},
        {"evening": 0, "from": "20:30", "to": "21:00", "desk": "operator", "kind": "mail.page", "label": "Page on mails", "state": "under way"},
        {"evening": 1, "from": "18:00", "to": "18:30", "desk": "operator", "kind": "mail.page", "label": "Page on mails", "state": "planned"},
    ]
    assert card["budget"] == {
        "deployer": {"used_min": 60, "total_min": 1080},
        "operator": {"used_min": 60, "total_min": 540},
        "risk": {"used_min": 0, "total_min": 540},
    }
    sim.step(-sim.now)
    assert sight(sim, "risk")["week"]["evening"] is None
    assert {row["state"] for row in sight(sim, "risk")["week"]["calendar"]} == {"done"}


def test_the_controls_card_tells_a_hole_to_the_desk_that_built_it_alone(lamp):
    sim = week(next(seed for seed in range(40) if holed(seed, "lamp")))
    row = lambda desk: next(row for row in sight(sim, desk)["controls"]["rows"] if row["name"] == "lamp")  # noqa: E731
    assert row("operator") == {
        "name": "lamp",
        "label": "A lamp",
        "by": "operator",
        "built": False,
        "on": False,
        "tested": False,
        "hole": None,
        "set": None,
    }
    safeguards.build(sim, "lamp")
    assert (row("operator")["hole"], row("risk")["built"]) == (None, True)
    give(sim, "operator", "control.test", control="lamp")
    sim.step(60 * 240)
    assert (row("operator")["tested"], row("operator")["hole"]) == (True, "it is dark on one side")
    assert (row("risk")["tested"], row("risk")["hole"]) == (False, None)
