"""What a team does in the week decides the morning: each barrier is built as the game builds it, and what it then does is seen in a run."""

from dataclasses import replace

import pytest

from engine import Command, Scenario, Simulation, load_scenario, playbook, replay, restore, save, score
from engine.firm import safeguards, server_ops
from engine.firm.clients import flag_percent
from engine.firm.trial import rolled_back
from engine.firm.week import inventory, missing_host
from engine.firm.workload import free_hands
from engine.market.state import market_digest
from tests.days import OPEN, WEEK, step_at
from tests.read import mails, words
from tests.read import seen as sight
from tests.small import before, give, heard, ok, settle, small_scenario, until

OLD, NEW, CLEAN, NEWFLAG = "smars-2003", "smars-rlp", "smars-rlp-clean", "smars-rlp-newflag"
SCENARIO = small_scenario(4)
SEED = 7


def week(seed: int = SEED, scenario: Scenario = SCENARIO) -> Simulation:
    return Simulation(scenario, seed, start=WEEK)


def printed(sim: Simulation) -> str:
    return "\n".join(line["text"] for line in sim.records.terminal)


def copies(sim: Simulation, release: str = NEW) -> None:
    """History's copies and restarts, by the levers, from Friday 18:00 on."""
    for moment, servers in (("27 Jul 18:00", [1, 2]), ("30 Jul 18:00", [3, 4, 5]), ("31 Jul 18:00", [6, 7, 8])):
        until(sim, moment)
        ok(sim, "deployer", "release.copy", servers=servers, release=release)
    until(sim, "31 Jul 19:30")
    restart_all(sim)


def restart_all(sim: Simulation) -> None:
    for n in range(1, 9, 2):
        for server in (n, n + 1):
            ok(sim, "deployer", "server.start", server=server)
        sim.step(10 * 240)


def morning(sim: Simulation, minutes: int = 2) -> Simulation:
    """Run on to some minutes after the bell."""
    sim.step(OPEN + minutes * 240 - sim.now)
    return sim


def met(sim: Simulation) -> int:
    return int(sim.machine.tally[0].power_peg)


# -- looking twice


def test_a_review_finds_the_stale_server_because_it_reads_its_disk():
    sim = week()
    copies(sim)
    assert "no hand free" in (give(sim, "deployer", "fleet.review") or "no hand free")
    sim = week()
    until(sim, "27 Jul 18:00")
    ok(sim, "deployer", "release.copy", servers=[sim.stale], release=NEW)
    until(sim, "27 Jul 18:30")
    assert sight(sim, "deployer")["fleet"]["servers"][sim.stale - 1]["recorded"] == NEW
    ok(sim, "deployer", "fleet.review")
    assert (free_hands(sim, "deployer"), free_hands(sim, "operator")) == (1, 0)
    until(sim, "27 Jul 20:30")
    assert heard(sim, "fleet.reviewed") == [{"wrong": [sim.stale], "behind": []}]
    assert f"SMARS-{sim.stale} the file on disk is not the one that was recorded" in printed(sim)
    assert any(f"SMARS-{sim.stale}" in alert["text"] for alert in words(sim, sim.inbox.alerts) if alert["desk"] == "operator")
    assert NEW not in str(sight(sim, "operator")["alerts"])
    checked = sight(sim, "deployer")["fleet"]["servers"]
    assert [row["n"] for row in checked if row["checksum"]["disk_release"] != row["recorded"]] == [sim.stale]


def test_a_review_says_which_servers_were_copied_and_not_restarted():
    sim = week()
    good = [n for n in range(1, 9) if n != sim.stale][:2]
    ok(sim, "deployer", "release.copy", servers=good, release=NEW)
    until(sim, "27 Jul 19:00")
    ok(sim, "deployer", "server.start", server=good[0])
    sim.step(10 * 240)
    ok(sim, "deployer", "fleet.review")
    sim.step(120 * 240)
    assert heard(sim, "fleet.reviewed") == [{"wrong": [], "behind": [good[1]]}]


def test_a_review_needs_the_operators_hand_and_names_who_has_none():
    sim = week()
    ok(sim, "operator", "inventory.audit")
    row = next(row for row in sight(sim, "deployer")["levers"]["levers"] if row["kind"] == "fleet.review")
    assert (row["allowed"], row["reason"], row["hands"], row["minutes"]) == (False, "the operator has no hand free", 1, 120)
    before = sim.digest()
    assert give(sim, "deployer", "fleet.review") == "the operator has no hand free"
    assert sim.digest() == before
    assert "takes 120 minutes" in (give(Simulation(SCENARIO, SEED), "deployer", "fleet.review") or "")


def test_a_checksum_in_the_week_shows_the_stale_server_and_is_no_excuse_for_the_morning():
    sim = week()
    ok(sim, "deployer", "release.copy", servers=[sim.stale], release=NEW)
    until(sim, "27 Jul 18:30")
    ok(sim, "deployer", "checksum.run", servers=[sim.stale])
    until(sim, "27 Jul 19:00")
    assert (sim.records.checksums[-1]["disk"], sim.records.fault_found) == (sim.fleet.releases[OLD].hash, False)
    assert score(sim)["noticed_at"] is not None


# -- the mails of the morning


def test_a_fleet_that_is_whole_gets_no_mail_and_no_runaway_and_one_that_is_not_gets_both():
    mended, left = week(), week()
    copies(mended)
    copies(left)
    ok(mended, "deployer", "release.copy", servers=[mended.stale], release=NEW)
    until(mended, "31 Jul 20:40")
    ok(mended, "deployer", "server.start", server=mended.stale)
    for sim in (mended, left):
        morning(sim)
    assert (len(mended.records.refusals), met(mended), mended.monitoring.runaway) == (0, 0, 0)
    assert len(left.records.refusals) == 2, "one in eight of sixteen"
    assert met(left) > 0
    assert not any("Power Peg" in mail["subject"] for mail in mails(mended))
    assert any("Power Peg" in mail["subject"] for mail in mails(left))


def test_two_servers_that_nobody_copied_get_twice_the_mails():
    sim = week()
    good = [n for n in range(1, 9) if n != sim.stale]
    for evening, servers in enumerate((good[:3], good[3:6])):
        until(sim, ("27 Jul 18:00", "30 Jul 18:00")[evening])
        ok(sim, "deployer", "release.copy", servers=servers, release=NEW)
    until(sim, "31 Jul 18:00")
    restart_all(sim)
    assert len(morning(sim).records.refusals) == 4


# -- automation


def test_automation_misses_one_host_until_the_inventory_is_audited_and_hashes_what_it_did():
    sim = week()
    assert "never built" in (give(sim, "deployer", "automation.deploy", release=NEW) or "")
    ok(sim, "deployer", "automation.write")
    until(sim, "31 Jul 19:00")
    missing = missing_host(sim)
    assert sight(sim, "deployer")["inventory"] == {"written": True, "audited": False, "hosts": [f"SMARS-{n}" for n in range(1, 9) if n != missing]}
    ok(sim, "deployer", "automation.deploy", release=NEW)
    until(sim, "31 Jul 19:10")
    assert [server.running == server.installed == NEW for server in sim.fleet.servers] == [n != missing for n in range(1, 9)]
    assert [row["server"] for row in sim.records.checksums] == [n for n in range(1, 9) if n != missing]
    assert sim.fleet[missing].reported == OLD, "it is not in the list, so nothing was recorded either"
    ok(sim, "operator", "inventory.audit")
    until(sim, "31 Jul 20:40")
    ok(sim, "deployer", "automation.deploy", release=NEW)
    until(sim, "31 Jul 20:50")
    assert {server.running for server in sim.fleet.servers} == {NEW}
    assert met(morning(sim)) == 0


def test_a_deployment_that_is_cut_off_leaves_whole_hosts_and_one_broken_file():
    sim = week()
    ok(sim, "operator", "inventory.audit")
    ok(sim, "deployer", "automation.write")
    until(sim, "31 Jul 20:55")
    ok(sim, "deployer", "automation.deploy", release=NEW)
    sim.step(-sim.now)
    assert [server.running for server in sim.fleet.servers] == [NEW] * 4 + [OLD] * 4
    assert [server.broken for server in sim.fleet.servers] == [False] * 4 + [True] + [False] * 3
    assert sim.fleet[5].reported == OLD
    assert met(morning(sim)) > 0


def test_automation_hashes_the_fleet_in_a_minute_and_a_host_it_does_not_know_by_hand():
    sim = Simulation(SCENARIO, SEED)
    sim.week.facts["automation"] = 0
    missing = missing_host(sim)
    ok(sim, "deployer", "checksum.run", servers=inventory(sim))
    assert sim.works[-1].end == 240
    ok(sim, "deployer", "checksum.run", servers=[missing])
    assert sim.works[-1].end == 10 * 240


def test_automation_before_the_bell_is_an_emergency_change():
    sim = Simulation(SCENARIO, SEED)
    sim.week.facts.update(automation=0, audited=0)
    sim.safeguards.built.add("automation.deploy")
    assert "needs the risk manager's approval" in (give(sim, "deployer", "automation.deploy", release=NEW) or "")
    settle(sim)
    ok(sim, "deployer", "automation.deploy", release=NEW)
    sim.step(10 * 240)
    assert {server.running for server in sim.fleet.servers} == {NEW}


# -- releases


def test_a_release_that_nobody_built_can_be_copied_by_nobody_and_is_on_no_card():
    sim = week()
    assert "expected one of smars-2003, smars-rlp" in (give(sim, "deployer", "release.copy", servers=[1], release=CLEAN) or "")
    assert [row["name"] for row in sight(sim, "deployer")["releases"]["releases"]] == [OLD, NEW]
    assert all("clean" not in diff["id"] for diff in sight(sim, "deployer")["releases"]["diffs"])
    ok(sim, "deployer", "release.build", release=CLEAN)
    assert "being built already" in (give(sim, "deployer", "release.build", release=CLEAN) or "")
    ok(sim, "deployer", "release.build", release=NEWFLAG)
    until(sim, "30 Jul 20:00")
    assert (CLEAN in sim.safeguards.built, NEWFLAG in sim.safeguards.built) == (True, False)
    until(sim, "31 Jul 19:00")
    assert NEWFLAG in sim.safeguards.built
    shown = {row["name"]: row["built"] for row in sight(sim, "deployer")["releases"]["releases"]}
    assert (shown[CLEAN], shown[NEWFLAG]) == ("2012-07-30", "2012-07-31")
    assert "built already" in (give(sim, "deployer", "release.build", release=CLEAN) or "")


def test_the_dead_code_can_be_deleted_first_and_then_even_a_rollback_is_harmless():
    """Clean build and automation side by side; clean everywhere, then the new feature on top: what a rollback returns to has no Power Peg."""
    sim = week()
    ok(sim, "operator", "inventory.audit")
    ok(sim, "deployer", "automation.write")
    ok(sim, "deployer", "release.build", release=CLEAN)
    until(sim, "31 Jul 19:00")
    for release in (CLEAN, NEW):
        ok(sim, "deployer", "automation.deploy", release=release)
        sim.step(10 * 240)
    assert {server.running for server in sim.fleet.servers} == {NEW}
    assert rolled_back(sim).met == 0
    sim.step(OPEN + 240 - sim.now)
    settle(sim)
    ok(sim, "deployer", "release.rollback", servers=list(range(1, 9)))
    sim.step(10 * 240)
    assert {server.running for server in sim.fleet.servers} == {CLEAN}
    assert (met(sim), sim.monitoring.runaway) == (0, 0)


def newflag(word: bool) -> Simulation:
    """The release with a flag of its own on every server but the stale one, which nobody touches."""
    sim = week()
    ok(sim, "operator", "inventory.audit")
    ok(sim, "deployer", "automation.write")
    ok(sim, "deployer", "release.build", release=NEWFLAG)
    if word:
        ok(sim, "risk", "brokers.call")
    until(sim, "31 Jul 19:00")
    ok(sim, "deployer", "automation.deploy", release=NEWFLAG)
    until(sim, "31 Jul 19:10")
    sim.fleet[sim.stale].running = sim.fleet[sim.stale].installed = OLD  # as if it had been missed
    return sim


def test_a_flag_of_its_own_wakes_nothing_on_a_stale_server():
    sim = morning(newflag(word=True), 31)
    assert sim.fleet.flag == "Q"
    assert (met(sim), len(sim.records.refusals)) == (0, 0)
    assert sim.day.rlp_missed, "one server routes the program's orders plainly"
    whole = newflag(word=True)
    whole.fleet[whole.stale].running = NEWFLAG
    assert not morning(whole, 31).day.rlp_missed


def test_without_the_brokers_word_the_old_flag_comes_and_the_new_release_does_not_read_it():
    whole = newflag(word=False)
    whole.fleet[whole.stale].running = NEWFLAG
    assert morning(whole, 31).day.rlp_missed
    sim = morning(newflag(word=False), 31)
    assert sim.fleet.flag == "P"
    assert met(sim) > 0, "the stale server reads the old flag"
    assert restore(SCENARIO, save(sim)).fleet.flag == "P"


def test_brokers_want_to_know_by_mondays_end():
    sim = until(week(), "31 Jul 18:00")
    assert "by Monday's end" in (give(sim, "risk", "brokers.call") or "")
    sim = until(week(), "30 Jul 20:45")
    ok(sim, "risk", "brokers.call")
    sim.step(-sim.now)
    assert "brokers" not in sim.week.facts, "the call was cut off with the evening"
    sim = until(week(), "30 Jul 20:40")
    ok(sim, "risk", "brokers.call")
    sim.step(-sim.now)
    assert "brokers" in sim.week.facts


# -- knowing


def test_the_counters_test_fails_on_the_old_release():
    sim = week()
    ok(sim, "deployer", "counter.test")
    until(sim, "30 Jul 19:00")
    assert heard(sim, "counter.tested") == [{"failed": True}]
    assert "FAILED" in printed(sim)
    assert "already" in (give(sim, "deployer", "counter.test") or "")


def test_a_rehearsal_of_the_rollback_gives_two_fleets_two_results():
    trap, safe = week(), week()
    for n in range(1, 9):
        safe.fleet.copy(n, CLEAN, safe.now)
        safe.fleet.copy(n, NEW, safe.now)
        safe.fleet[n].running = NEW
    for sim in (trap, safe):
        market = sim.machine.market.tobytes()
        ok(sim, "deployer", "rollback.rehearse")
        sim.step(60 * 240)
        assert free_hands(sim, "operator") == 1, "the operator's hand is free after an hour"
        sim.step(60 * 240)
        assert sim.machine.market.tobytes() == market, "it was a copy that traded"
    (bad,), (good,) = (heard(sim, "rollback.rehearsed") for sim in (trap, safe))
    assert (bad["releases"], bad["servers"], good["releases"], good["servers"]) == ([OLD], 8, [CLEAN], 0)
    assert bad["met"] >= 16 > good["met"] == 0
    assert bad["gross_usd"] > 0 == good["gross_usd"]
    assert "run away on 8 servers" in printed(trap)
    assert "every order ends when it is filled" in printed(safe)


# -- the ramp


def ramp() -> Simulation:
    sim = week()
    ok(sim, "risk", "brokers.call")
    ok(sim, "deployer", "ramp.plan")
    sim.step(90 * 240)
    assert free_hands(sim, "risk") == 1
    copies_after(sim)
    sim.step(-sim.now)
    return sim


def copies_after(sim: Simulation) -> None:
    """Everything is on disk and restarted, but on the stale server."""
    for n in range(1, 9):
        if n != sim.stale:
            sim.fleet.copy(n, NEW, sim.now)
            sim.fleet[n].running = NEW


def test_with_a_ramp_the_morning_starts_with_the_flag_on_no_order():
    sim = ramp()
    assert sight(sim, "deployer")["flag"]["percent"] == 0
    sim.step(OPEN + 240)
    assert (met(sim), len(sim.records.refusals), int(sim.machine.tally[0].flagged)) == (0, 0, 0)
    sim.step(step_at("10:00") - sim.now)
    assert sim.day.rlp_missed


def test_a_ramp_that_reached_all_orders_by_ten_is_live():
    sim = ramp()
    sim.fleet[sim.stale].running = NEW
    sim.step(step_at("09:00") - sim.now)
    for percent in (1, 10, 100):
        ok(sim, "deployer", "ramp.set", percent=percent)
        sim.step(240)
        assert flag_percent(sim.machine) == percent
    assert "already" in (give(sim, "deployer", "ramp.set", percent=100) or "")
    sim.step(step_at("10:00") - sim.now)
    assert not sim.day.rlp_missed


def test_each_share_of_a_ramp_holds_the_orders_of_the_share_before():
    scenario = small_scenario(4, flow={"premarket_flagged": 400})

    def flagged(percent: int) -> set[int]:
        sim = Simulation(scenario, SEED)
        sim.machine.controls["ramp_out"] = 100 - percent
        sim.fleet[1].running = OLD
        for server in sim.fleet.servers:
            server.running = OLD  # each flagged order is refused, so that it can be counted
        server_ops.set_servers(sim)
        sim.step(OPEN)
        return {order for order, *_ in sim.records.refusals}

    few, some, all_ = flagged(1), flagged(10), flagged(100)
    assert few <= some <= all_
    assert (len(all_), 20 <= len(some) <= 60, len(few) <= 12) == (400, True, True)


def test_a_plan_without_the_brokers_word_changes_nothing():
    sim = week()
    ok(sim, "deployer", "ramp.plan")
    sim.step(-sim.now)
    assert flag_percent(sim.machine) == 100
    assert "never built" in (give(sim, "deployer", "ramp.set", percent=1) or "")


# -- the standby


def standby(hole: bool) -> Simulation:
    for seed in range(60):
        sim = week(seed)
        ok(sim, "operator", "standby.build")
        until(sim, "30 Jul 20:00")
        if sim.safeguards.has_hole("standby") is hole:
            copies_after(sim)
            sim.fleet[sim.stale].running = NEW
            sim.step(OPEN + 240 - sim.now)
            return sim
    raise AssertionError("no such seed")


def test_failing_over_to_the_standby_is_a_trap_while_the_flag_is_set():
    sim = standby(hole=False)
    assert met(sim) == 0
    ok(sim, "operator", "standby.failover")
    sim.step(2 * 240 + 1)
    assert {server.running for server in sim.fleet.servers} == {OLD}
    sim.step(8 * 240)
    assert met(sim) > 0
    assert score(sim)["precautions"] > 25_000


def test_a_standby_with_a_hole_leaves_one_server_down():
    sim = standby(hole=True)
    ok(sim, "operator", "standby.failover")
    sim.step(2 * 240)
    assert [server.n for server in sim.fleet.servers if server.state == "stopped"] == [safeguards.standby_hole(sim)]


# -- laws


def test_a_plan_full_of_odd_commands_ends_the_week_on_time_and_replays():
    """Everything at once, whatever is refused: the same bits from the log, and nothing is under way at eight."""
    sim, log = week(), []
    kinds = [
        ("deployer", "release.build", {"release": CLEAN}),
        ("deployer", "release.copy", {"servers": [1, 2, 3], "release": NEW}),
        ("deployer", "automation.write", {}),
        ("operator", "standby.build", {}),
        ("risk", "brokers.call", {}),
        ("deployer", "ramp.plan", {}),
        ("operator", "server.start", {"server": 1}),
        ("deployer", "checksum.run", {"servers": [1, 8]}),
        ("deployer", "rollback.rehearse", {}),
    ]
    while sim.now < -17 * 240:
        for desk, kind, args in kinds:
            command = Command(len(log) + 1, sim.now, desk, kind, args)
            log.append(command)
            digest = sim.digest()
            if sim.submit(command) is not None:
                assert sim.digest() == digest
        sim.step(min(3997, -17 * 240 - sim.now))
    sim.step(-sim.now)
    assert (sim.now, sim.works) == (0, [])
    assert replay(SCENARIO, SEED, log, before(0), start=WEEK).digest() == sim.digest()
    middle = save(replay(SCENARIO, SEED, log, before(-50_001), start=WEEK))
    assert replay(SCENARIO, SEED, log, before(0), start=WEEK, checkpoint=middle).digest() == sim.digest()


@pytest.mark.whole
def test_a_week_that_fixed_the_fleet_keeps_the_whole_morning_quiet():
    scenario = load_scenario("knight-2012")
    sim = week(79, scenario)
    copies(sim)
    ok(sim, "deployer", "release.copy", servers=[8], release=NEW)
    until(sim, "31 Jul 20:40")
    ok(sim, "deployer", "server.start", server=8)
    sim.step(step_at("10:15") - sim.now)
    found = score(sim)
    assert (len(sim.records.refusals), met(sim), found["trading"], found["penalties"]) == (0, 0, 0, 0)
    assert 0 < found["precautions"] < 5_000


@pytest.mark.whole
def test_historys_week_and_morning_are_historys_morning():
    scenario = load_scenario("knight-2012")
    commands = [*playbook(scenario, "history-week", 79), *playbook(scenario, "history", 79)]
    until_bell = [command for command in commands if command.step < step_at("10:15")]
    numbered = [replace(command, seq=seq) for seq, command in enumerate(until_bell, 1)]
    with_week = replay(scenario, 79, numbered, before(step_at("10:15")), start=WEEK)
    alone = replay(scenario, 79, numbered, before(step_at("10:15")))
    assert (met(with_week), len(with_week.records.refusals)) == (met(alone), len(alone.records.refusals)) == (212, 97)
    assert [market_digest(with_week.machine, s) for s in range(154)] == [market_digest(alone.machine, s) for s in range(154)]
    assert score(with_week)["trading"] == score(alone)["trading"]
