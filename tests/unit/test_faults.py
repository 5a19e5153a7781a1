"""What is wrong on a morning: drawn by the seed from a deck, each part by a key of its own."""

from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pytest

import engine
from engine import (
    Scenario,
    ScenarioError,
    Simulation,
    answers,
    cells,
    fault_told,
    load_scenario,
    read_scenario,
    restore,
    save,
    scenario_files,
    score,
    step_to,
)
from engine.evidence.telling import tell, told
from engine.firm import routing, server_ops
from engine.firm.bridge import right
from engine.firm.score import grade
from engine.firm.trading_day import rlp_missing
from engine.firm.view import View
from engine.market.arrivals import arrival_plan
from engine.market.faults import WHOLE, Fault, draw_fault
from engine.market.market_step import waking_4096
from engine.market.router import POWER_PEG
from engine.market.state import ERROR, REJECTS
from engine.sights.deployer import changes_card, releases_card
from tests.days import OPEN, step_at
from tests.small import give

RECORD, ANY = load_scenario("knight-2012"), load_scenario("any-morning")
IDS = [fault.id for fault in ANY.faults.fault]
SEEDS = range(2000)


@cache
def drawn() -> list[Fault]:
    """What the deck deals to each of these seeds."""
    return [draw_fault(ANY, seed) for seed in SEEDS]


def only(fault: str, *, mirror: float = 0.0, **strength: Any) -> Scenario:
    """The deck with one card: the same mornings, and nothing drawn but place and strength."""
    text = next(text for text in ANY.faults.fault if text.id == fault).model_copy(update=strength)
    faults = ANY.faults.model_copy(update={"fault": (text,), "benign": ANY.faults.benign.model_copy(update={"mirror": mirror})})
    return ANY.model_copy(update={"faults": faults, "sha256": f"{ANY.sha256} {fault} {mirror} {strength}"})


def seed_of(fault: str) -> int:
    """The first seed that draws a fault."""
    return next(seed for seed, one in enumerate(drawn()) if one.text.id == fault)


def test_the_seed_draws_by_weight_and_every_server_has_its_turn():
    count, weights = Counter(fault.text.id for fault in drawn()), {text.id: text.weight for text in ANY.faults.fault}
    assert set(count) == set(IDS)
    for name, weight in weights.items():
        share = weight / sum(weights.values())
        assert abs(count[name] / len(SEEDS) - share) < 4 * (share / len(SEEDS)) ** 0.5
    assert {fault.place for fault in drawn()} == set(range(1, 9))


@pytest.mark.parametrize("fault", IDS)
def test_strength_lies_in_its_range_and_as_often_below_as_above_its_middle(fault):
    found = sorted(one.strength for one in drawn() if one.text.id == fault)
    least, most = next(text.strength for text in ANY.faults.fault if text.id == fault)
    assert least <= found[0] and found[-1] <= most
    assert found[len(found) // 2] == pytest.approx((least * most) ** 0.5, rel=0.15), "evenly on a logarithmic scale"


def test_what_is_benign_comes_with_every_fault_as_often():
    for name in IDS:
        more = [len(one.mirrors) > (one.mechanism == "mirror") for one in drawn() if one.text.id == name]
        assert abs(sum(more) / len(more) - ANY.faults.benign.mirror) < 0.1, name


def test_place_strength_and_orders_are_the_same_whatever_the_fault_of_a_seed_is():
    """Two mornings that differ in their fault alone: nothing else moves."""
    stale, process, nothing = (only(name) for name in ("stale-release", "stale-process", "nothing"))
    for seed in range(20):
        found = [draw_fault(scenario, seed) for scenario in (stale, process, nothing)]
        assert len({(one.place, one.strength) for one in found}) == 1
        assert (arrival_plan(stale, seed)[0] == arrival_plan(nothing, seed)[0]).all()


def test_the_records_fault_is_whole_and_always_the_same():
    for seed in (79, 1, 2):
        fault = draw_fault(RECORD, seed)
        assert (fault.text.id, fault.share, fault.mirrors) == ("stale-release", WHOLE, ())
    assert draw_fault(RECORD, 79).place == 8
    assert not RECORD.faults.deck and ANY.faults.deck


def test_a_share_of_flagged_orders_wakes_it_and_the_rest_is_routed():
    scenario = only("stale-release", strength=(0.25, 0.25))
    sim = Simulation(scenario, 3)
    sim.step(OPEN + 40)
    parents = sim.machine.parents[np.arange(sim.machine.parents.shape[1])[None, :] < sim.machine.parent_count[:, None]]
    mine = parents[(parents["server"] == sim.stale) & (parents["flagged"] == 1)]
    awake = mine["behaviour"] == POWER_PEG
    assert 10 <= awake.sum() <= 26, "about a quarter of 72"
    assert (waking_4096(mine["id"][awake].astype(np.int64)) < 1024).all(), "which, their own number decides"
    assert len(parents[(parents["server"] != sim.stale) & (parents["behaviour"] == POWER_PEG)]) == 0
    assert 15 <= len(sim.records.refusals) <= 35, "before the bell as well"


def test_the_kth_that_meets_it_trades_what_the_kth_of_a_stronger_one_does():
    weak, strong = (Simulation(only("stale-release", strength=(part, part)), 3) for part in (0.125, 0.5))
    for sim in (weak, strong):
        sim.step(OPEN + 20)
    traded = [sorted(zip(*(sim.machine.parents[key][sim.machine.parents["behaviour"] == POWER_PEG] for key in ("gap", "side")), strict=True))
              for sim in (weak, strong)]  # fmt: skip
    assert 0 < len(traded[0]) < len(traded[1])
    assert not [row for row in traded[0] if row not in traded[1]]


def test_disk_and_process_differ_after_a_copy_without_a_restart_and_a_restart_mends_it():
    sim = Simulation(only("stale-process"), 4)
    disk, process = sim.fleet.hashes(sim.stale)
    assert disk == sim.fleet.releases["smars-rlp"].hash and process == sim.fleet.releases["smars-2003"].hash
    assert [n for n in range(1, 9) if sim.fleet.defective(n)] == [sim.stale]
    sim.step(step_at("09:00"))
    assert {row[1] for row in sim.records.refusals} == {sim.stale}
    server_ops.run_checksum(sim, [sim.stale])
    assert sim.records.fault_found
    give(sim, "risk", "authorise.give", what="servers.stop_all")
    assert give(sim, "operator", "server.stop", server=sim.stale) is None
    sim.step(step_at("09:02") - sim.now)
    assert give(sim, "operator", "server.start", server=sim.stale) is None
    step_to(sim, step_at("09:45"), [])
    assert sim.fleet.hashes(sim.stale)[0] == sim.fleet.hashes(sim.stale)[1]
    assert sim.machine.tally[0].power_peg == 0 and score(sim)["runaway"] == "never"


def test_copying_the_file_again_without_a_restart_mends_nothing():
    sim = Simulation(only("stale-process"), 4, instant=True)
    assert give(sim, "deployer", "release.copy", servers=[sim.stale], release="smars-rlp") is None
    sim.step(OPEN + 60)
    assert sim.monitoring.runaway > 0


def test_a_forgotten_host_mails_and_no_log_of_the_eight_has_a_line_of_it():
    sim = Simulation(only("nothing"), 5)
    step_to(sim, OPEN + 240, [])
    assert len(sim.records.refusals) > 5 and {row[1] for row in sim.records.refusals} == {0}
    assert not any(line["kind"] == "refused" for n in range(1, 9) for line in server_ops.log_records(sim, n))
    assert score(sim)["runaway"] == "never" and int(sim.machine.fills[:, ERROR].sum()) == 0


def test_a_release_that_does_not_count_runs_away_on_every_server_and_no_hash_differs():
    sim = Simulation(only("defective-release", strength=(0.0625, 0.0625)), 4)
    assert len({sim.fleet.hashes(n) for n in range(1, 9)}) == 1 and not sim.fault.servers
    step_to(sim, OPEN + 960, [])
    assert sim.records.refusals == []
    parents = sim.machine.parents[np.arange(sim.machine.parents.shape[1])[None, :] < sim.machine.parent_count[:, None]]
    wild = parents["server"][parents["behaviour"] == POWER_PEG]
    assert set(wild.tolist()) == set(range(1, 9)) and 20 <= len(wild) <= 60
    server_ops.run_checksum(sim, [1, 2, 3])
    assert not sim.records.fault_found, "a checksum has nothing to show"


@pytest.mark.parametrize("clean", [True, False])
def test_going_back_helps_only_where_the_release_before_was_clean(clean):
    sim = Simulation(only("defective-release", clean_before=float(clean)), 4, instant=True)
    assert sim.fault.clean_before is clean
    assert give(sim, "deployer", "release.rollback", servers=list(range(1, 9))) is None
    sim.step(OPEN + 960)
    assert bool(sim.monitoring.runaway) is not clean


def test_a_programme_costs_nothing_while_it_is_off_for_a_release_that_was_diagnosed():
    sim = Simulation(only("defective-release"), 4, instant=True)
    sim.step(sim.calendar.due - 20 - sim.now)
    assert give(sim, "deployer", "flag.clear") is None
    sim.step(2 * 240)
    missed = sim.day.rlp_missed
    assert missed > 0
    sim.bridge.diagnosed = sim.now
    sim.step(2 * 240)
    assert sim.day.rlp_missed == missed


def test_another_firms_morning_costs_nothing_and_brings_more_of_everything():
    busy, calm = (Simulation(scenario, 4) for scenario in (only("market-wide", strength=(3.0, 3.0)), only("nothing")))
    for sim in (busy, calm):
        step_to(sim, OPEN + 1200, [])
    assert busy.machine.symbols is not calm.machine.symbols, "the scenario's own stay as they are"
    assert (calm.machine.symbols["lean_256"] == 0).all()
    views = [View(sim, sim.now) for sim in (busy, calm)]
    assert views[0].volume_ratio > 2.5 > 1.3 > views[1].volume_ratio
    assert views[0].parents_in_per_s > 2 * views[1].parents_in_per_s
    assert all(view.share_pct < 10 and view.busy_sessions == 0 for view in views)
    step_to(busy, step_at("10:20"), [])
    assert score(busy)["total"] == 0 and score(busy)["runaway"] == "never"
    calls = [call["caller"] for call in busy.inbox.calls]
    assert "Floor desk" in calls and "NYSE Market Operations" in calls
    assert View(busy, busy.now).volume_ratio < 1.5, "it is over with the bell"


def test_a_config_that_was_left_sends_far_too_much_and_loading_the_right_one_with_a_restart_ends_it():
    sim = Simulation(only("stale-config", strength=(0.25, 0.25)), 4)
    assert [n for n in range(1, 9) if sim.fleet.defective(n)] == [sim.stale] == list(sim.fault.servers)
    assert len({sim.fleet.hashes(n) for n in range(1, 9)}) == 1, "the release is right everywhere"
    assert sim.fleet.astray(sim.stale, "config")
    step_to(sim, OPEN + 720, [])
    assert sim.records.refusals == []
    assert sim.machine.parents["sent_shares"][sim.machine.parents["server"] == sim.stale].max() > 20_000
    assert sim.monitoring.runaway > 0
    assert give(sim, "deployer", "config.load", servers=[sim.stale]) is None
    sim.step(step_at("09:36") - sim.now)
    assert give(sim, "operator", "server.start", server=sim.stale) is None
    sim.step(step_at("09:45") - sim.now)
    assert sim.monitoring.runaway == 0 and not sim.fleet.defective(sim.stale)


def test_copying_the_release_does_not_mend_a_config():
    sim = Simulation(only("stale-config"), 4, instant=True)
    assert give(sim, "deployer", "release.copy", servers=[sim.stale], release="smars-rlp") is None
    assert give(sim, "operator", "server.start", server=sim.stale) is None
    sim.step(OPEN + 720)
    assert sim.monitoring.runaway > 0


def test_three_servers_read_the_test_systems_data_and_offer_two_of_the_most_traded_stocks_at_half_from_the_bell_on():
    sim = Simulation(only("stale-reference"), 4)
    wrong = [n for n in range(1, 9) if sim.fleet.astray(n, "data")]
    assert wrong == list(sim.fault.servers) and len(wrong) == 3
    assert len({sim.fleet.hashes(n) for n in range(1, 9)}) == 1 and not any(sim.fleet.defective(n) for n in range(1, 9))
    most = sorted(RECORD.symbols, key=lambda row: -row.adv_shares)[:5]
    assert set(sim.fault.quoted) < {row.symbol for row in most}
    assert right(sim)[-1] == ("old-data", " ".join(["stocks", *sorted(sim.fault.quoted)]))
    step_to(sim, OPEN, [])
    assert int(sim.machine.fills[:, ERROR].sum()) == 0
    step_to(sim, OPEN + 720, [])
    sold = {sim.names[s] for s in np.flatnonzero(sim.machine.sold[:, ERROR]).tolist()}
    assert sold == set(sim.fault.quoted) and score(sim)["mid_mark"] < -500_000
    assert score(sim)["runaway"] == "never" and sim.bridge.noticed is None
    assert give(sim, "operator", "log.search", text=sim.fault.quoted[0]) is None
    sim.step(480)
    assert sim.bridge.noticed is not None and not sim.records.fault_found
    assert give(sim, "deployer", "data.compare", servers=[wrong[0]]) is None
    sim.step(240)
    assert sim.records.fault_found


def test_the_days_data_before_the_bell_keeps_it_from_coming():
    sim = Simulation(only("stale-reference"), 4)
    step_to(sim, step_at("08:30"), [])
    assert give(sim, "deployer", "data.load", servers=list(sim.fault.servers)) is None
    sim.step(step_at("08:46") - sim.now)
    assert give(sim, "risk", "authorise.give", what="server.start") is None
    for n in sim.fault.servers:
        assert give(sim, "deployer", "server.start", server=n) is None
        sim.step(6 * 240)
    step_to(sim, step_at("09:45"), [])
    assert score(sim)["trading"] == 0 and grade(score(sim)["total"], 25e6, 30e6) > 95


def test_from_its_time_on_one_exchange_answers_nothing_until_somebody_logs_on_again():
    sim = Simulation(only("stuck-sessions"), 4)
    name = sim.scenario.exchanges[sim.fault.exchange - 1]
    step_to(sim, step_at("09:41") - 1, [])
    assert not routing.is_stuck(sim, name) and right(sim) == () and score(sim)["client_harm"] == 0
    step_to(sim, step_at("09:44"), [])
    assert routing.is_stuck(sim, name) and right(sim) == (("stuck-session", f"exchange {sim.fault.exchange}"),)
    assert View(sim, sim.now).unacked > 50 and sim.gauges.per_s(REJECTS) == 0
    assert give(sim, "operator", "log.tail", server=1) is None
    assert give(sim, "operator", "exchange.relogon", exchange=name) is None
    step_to(sim, step_at("09:50"), [])
    assert View(sim, sim.now).unacked == 0 and score(sim)["client_harm"] < 60_000, "a session that was logged on to stays good"
    assert sim.bridge.noticed is not None


def test_with_two_faults_each_is_right_at_its_place_and_one_alone_is_no_diagnosis():
    sim = Simulation(only("two-faults"), 4)
    first, second = sim.fault.servers
    assert first != second and right(sim) == (("old-release", f"server {first}"), ("old-config", f"server {second}"))
    assert sim.fleet.defective(first) and sim.fleet.defective(second)
    assert sim.fleet.astray(second, "config") and not sim.fleet.astray(first, "config")
    for place, cause, kind in ((first, "old-release", "checksum.run"), (second, "old-config", "config.compare")):
        assert give(sim, "deployer", kind, servers=[place]) is None
        sim.step(11 * 240)
        assert sim.bridge.diagnosed is None
        seen = [row["id"] for row in sim.bridge.seen["deployer"]]
        assert give(sim, "deployer", "diagnosis.declare", cause=cause, place=f"server {place}", evidence=seen[-1:]) is None
    assert sim.bridge.diagnosed == sim.now and all(row["right"] for row in sim.bridge.declared)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("fault", "own", "wrong"),
    [
        ("stale-reference", ("withdraw-two", "load-data"), ("stop-all", "carry-on", "cap-25", "flag-off")),
        ("stuck-sessions", ("log-on", "go-around"), ("stop-all", "carry-on", "roll-back", "flag-stop")),
        ("two-faults", ("stop-two",), ("stop-one", "stop-all", "cap-25")),
    ],
)
def test_what_is_right_for_a_fault_three_minutes_after_it_began_is_above_60_and_what_tempts_below(fault, own, wrong):
    graded = {cell.answer: cell.grade for cell in cells(ANY, fault, 4, (*own, *wrong), step_at("10:20"))}
    assert all(graded[answer] >= 60 for answer in own) and all(graded[answer] < 60 for answer in wrong), graded


def test_what_differs_on_purpose_sits_in_about_half_of_the_mornings_and_never_where_the_fault_would():
    share = sum(bool(fault.agreed) for fault in drawn()) / len(drawn())
    assert 0.45 < share < 0.57
    assert all(at != fault.place for fault in drawn() for at, _ in fault.agreed.values())
    seed = next(seed for seed, one in enumerate(drawn()) if "config" in one.agreed)
    sim = Simulation(ANY, seed)
    at, version = sim.fault.agreed["config"]
    assert sim.fleet[at].config.loaded == sim.fleet[at].config.agreed == version
    assert not sim.fleet.astray(at, "config"), "it has its ticket"


def test_a_build_that_one_server_has_on_purpose_differs_in_a_checksum_and_is_no_fault():
    scenario = only("nothing")
    seed = next(seed for seed in SEEDS if "release" in draw_fault(scenario, seed).agreed)
    sim = Simulation(scenario, seed, instant=True)
    at, name = sim.fault.agreed["release"]
    assert (sim.fleet[at].running, at != sim.fault.place) == (name, True) and not sim.fleet.defective(at)
    recorded = sim.fleet.releases[sim.fleet[at].reported].hash
    assert sim.fleet.hashes(at) == (scenario.fleet.hotfix.hash,) * 2 != (recorded, recorded)
    assert give(sim, "deployer", "checksum.run", servers=list(range(1, 9))) is None
    assert not sim.records.fault_found and sim.bridge.noticed is None
    assert [row["title"] for row in told(sim.scenario, changes_card(sim))["rows"] if name in row["title"] and sim.fleet.label(at) in row["title"]]
    assert name in [row["name"] for row in releases_card(sim)["releases"]]
    assert give(sim, "deployer", "release.copy", servers=[2], release=name), "it is for no other server"
    sim.step(step_at("08:30"))
    assert [mail for mail in sim.inbox.mails.values() if sim.fleet.label(at) in tell(scenario, mail["body"]) and mail["desk"] == "deployer"]
    sim.step(OPEN + 200 - sim.now)
    assert rlp_missing(sim) == 0 and sim.monitoring.runaway == 0


def test_what_a_hotfix_was_built_from_may_be_at_fault_with_it():
    scenario = only("defective-release")
    seed = next(seed for seed in SEEDS if "release" in draw_fault(scenario, seed).agreed)
    sim = Simulation(scenario, seed)
    assert all(sim.fleet.defective(n) for n in range(1, 9))


@pytest.mark.parametrize(("fault", "right", "seed"), [("broker-replay", "hold-broker", 2), ("overloaded-flag", "unflag-brokers", 2)])
def test_what_is_right_for_brokers_is_right_in_time_and_stopping_a_server_is_not(fault, right, seed):
    until = step_at("10:20")
    found = {cell.answer: cell for cell in cells(ANY, fault, seed, (right, "carry-on", "stop-all", "stop-one"), until)}
    assert found[right].grade >= (60 if fault == "broker-replay" else 95)
    assert all(found[right].grade > cell.grade + 20 for answer, cell in found.items() if answer != right)


def test_an_answer_is_right_for_one_fault_and_wrong_for_another():
    until = step_at("09:50")
    rows = [cells(ANY, name, 4, ("restart-one", "carry-on", "roll-back"), until) for name in ("stale-process", "nothing")]
    found = {(cell.fault, cell.answer): cell for row in rows for cell in row}
    assert found["stale-process", "restart-one"].grade > found["stale-process", "carry-on"].grade + 20
    assert found["nothing", "carry-on"].grade == 100 > found["nothing", "roll-back"].grade
    assert {"stop-one", "stop-all", "flag-bounce", "roll-back", "cap-25", "away"} <= set(answers(ANY))


def test_what_is_noticed_names_no_fault_and_no_release():
    texts = [text for text in scenario_files(ANY)["any-morning/faults.toml"].split("[[state]]", 1)[1].splitlines() if not text.startswith("#")]
    for word in (*(name for name in IDS if "-" in name), "smars-2003", "Power Peg", "does not count", "forgotten"):
        assert not [line for line in texts if word in line], word


def test_flagged_orders_come_until_the_close():
    rows, _ = arrival_plan(ANY, 3)
    assert rows["step"][rows["flagged"] == 1].max() > step_at("15:50")


def test_a_run_that_was_put_away_has_the_fault_it_had():
    for name in IDS:
        sim = Simulation(ANY, seed_of(name))
        step_to(sim, 600, [])
        again = restore(ANY, save(sim))
        for one in (sim, again):
            step_to(one, OPEN + 400, [])
        assert again.digest() == sim.digest(), name


def test_no_week_lies_before_a_drawn_morning():
    with pytest.raises(ValueError, match="no week"):
        Simulation(ANY, 1, start=ANY.calendar.week)


def test_the_debrief_says_what_it_was_where_and_how_strong():
    for name in IDS:
        seed = seed_of(name)
        told, fault = engine.told(ANY, fault_told(ANY, seed)), draw_fault(ANY, seed)
        assert told["id"] == name and "{" not in told["story"] + told["epilogue"]
        assert [n for n in range(1, 9) if f"SMARS-{n}" in told["story"]] == sorted(fault.servers)


WRONG = (
    ('cause = "old-release"', 'cause = "no-such"', r"cause = 'no-such': expected one of old-release"),
    ("strength = [0.125, 0.5]", "strength = [0.5, 0.125]", "expected the smaller first"),  # of what is benign
    ("strength = [0.0156, 0.0625]", "strength = [0.0625, 0.0156]", "expected two numbers from 0.001 to 1"),
    ('id = "stale-process"', 'id = "stale-release"', "expected each id once"),
    ('mechanism = "mirror"', 'mechanism = "gremlins"', "gremlins"),
    ("{one_in} there woke", "{twelve} there woke", "twelve"),
    ('onset = "09:36"', 'onset = "09:36"\nweight = 0', "weight"),
)


@pytest.mark.parametrize(("found", "instead", "said"), WRONG)
def test_a_wrong_deck_is_refused_with_what_was_expected(found, instead, said):
    files = scenario_files(ANY)
    text = files["any-morning/faults.toml"]
    assert found in text
    with pytest.raises(ScenarioError, match=said) as problem:
        read_scenario("any-morning", {**files, "any-morning/faults.toml": text.replace(found, instead, 1)})
    assert "faults.toml" in str(problem.value)


def test_data_from_before_there_were_faults_is_still_read():
    files = {name: text for name, text in scenario_files(load_scenario("quiet-open")).items() if not name.endswith("faults.toml")}
    old = {
        **files,
        "quiet-open/scenario.toml": files["quiet-open/scenario.toml"] + "\n[fleet]\ncopies_arrive = true\nmirror = true\n[diagnosis]\nright = 'retail-flow'\n",
    }
    fault = draw_fault(read_scenario("quiet-open", old), 7)
    assert (fault.mechanism, fault.text.cause, fault.share) == ("mirror", "retail-flow", WHOLE)
