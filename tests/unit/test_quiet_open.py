"""The scenario in which nothing is wrong: as noisy as the record until the bell, and whoever stops or rolls back loses."""

import pytest

from engine import DESKS, ScenarioError, Simulation, load_scenario, play, rehearse, restore, save, score
from engine.firm import server_ops
from engine.scenario.scenario import read_folder
from tests.days import BELL_END, CLOSE, OPEN, WEEK, step_at
from tests.read import seen as sight
from tests.small import give, settle

RECORD, QUIET = load_scenario("knight-2012"), load_scenario("quiet-open")
MILLION = 1_000_000
# What the eight servers really send and hold, summed over the firm: 97 orders more are routed where no server refuses them.
MEASURED = {"rates", "chart", "pnl", "curve", "positions", "bell"}


@pytest.fixture(scope="module")
def mornings() -> tuple[Simulation, Simulation]:
    """The record's morning and the quiet one, up to the bell."""
    both = Simulation(RECORD, 79), Simulation(QUIET, 79)
    for sim in both:
        sim.step(OPEN)
    return both


def test_it_shares_the_records_data_and_says_only_what_differs():
    assert QUIET.id != RECORD.id and QUIET.sha256 != RECORD.sha256
    assert (QUIET.symbols, QUIET.levers, QUIET.flow) == (RECORD.symbols, RECORD.levers, RECORD.flow)
    assert QUIET.evidence.mails == RECORD.evidence.mails
    assert [cause.id for cause in QUIET.diagnosis.cause] == [cause.id for cause in RECORD.diagnosis.cause]
    assert [(fault.mechanism, fault.cause) for fault in QUIET.faults.fault] == [("mirror", "retail-flow")]


def test_a_base_that_does_not_exist_is_named(tmp_path):
    folder = tmp_path / "some-day"
    folder.mkdir()
    (folder / "scenario.toml").write_text('id = "some-day"\nbased_on = "no-such"\n')
    with pytest.raises(ScenarioError, match=r"based_on = 'no-such': expected the id of a scenario"):
        read_folder(folder)


def test_until_the_bell_every_mail_call_and_alert_is_the_records_own(mornings):
    record, quiet = mornings
    assert len(quiet.records.refusals) == len(record.records.refusals) == 97
    assert (quiet.inbox.mails, quiet.inbox.calls, quiet.inbox.alerts) == (record.inbox.mails, record.inbox.calls, record.inbox.alerts)
    for desk in DESKS:
        one, other = sight(record, desk), sight(quiet, desk)
        assert {name for name in one if one[name] != other[name]} <= MEASURED


def test_logs_and_checksums_tell_what_the_mails_do_not(mornings):
    record, quiet = (restore(sim.scenario, save(sim)) for sim in mornings)
    for sim in (record, quiet):
        for n in range(1, 9):
            lines = [line["kind"] for line in server_ops.log_records(sim, n)]
            assert ("refused" in lines) is (sim is record and n == sim.stale)
        disk = {sim.fleet.hashes(server.n)[0] for server in sim.fleet.servers}
        assert len(disk) == (2 if sim is record else 1)


def test_the_mails_stop_when_no_order_carries_the_old_flag_any_more():
    sim = Simulation(QUIET, 79)
    sim.step(step_at("08:30"))
    settle(sim)
    assert give(sim, "deployer", "flag.clear") is None
    sim.step(step_at("08:36") - sim.now)
    count = len(sim.records.refusals)
    sim.step(step_at("09:10") - sim.now)
    assert len(sim.records.refusals) == count > 0


def test_in_the_week_every_copy_arrives():
    sim = Simulation(QUIET, 79, start=WEEK)
    assert give(sim, "deployer", "release.copy", servers=[sim.stale], release="smars-rlp") is None
    sim.step(30 * 240)
    assert sim.fleet[sim.stale].installed == "smars-rlp"


def test_doing_nothing_costs_nothing_and_history_did_nothing():
    for name in ("none", "history"):
        run = play(QUIET, name, 79, until=BELL_END)
        money = score(run.sim)
        assert (money["total"], money["runaway"], money["service_kept"]) == (0, "never", 1.0)
        assert not run.refused


def test_stopping_everything_loses_millions_and_a_rollback_far_more():
    stopped = play(QUIET, "stop-all", 79, until=BELL_END).sim
    money = score(stopped)
    assert (money["trading"], money["runaway"]) == (0, "never")
    assert 2 * MILLION < money["total"] < 4 * MILLION, "at 10:15 already"
    rolled = play(QUIET, "rollback", 79, until=BELL_END).sim
    assert score(rolled)["trading"] > 100 * MILLION, "dead code that nothing had woken"


def test_the_right_diagnosis_is_that_it_is_real():
    sim = Simulation(QUIET, 79)
    share = {"what": "limits", "id": 0}
    assert give(sim, "risk", "evidence.share", **share) is None
    evidence = [f"pin {sim.bridge.posted}"]
    assert give(sim, "operator", "diagnosis.declare", cause="old-release", place=f"server {sim.stale}", evidence=evidence) is None
    assert give(sim, "operator", "diagnosis.declare", cause="retail-flow", place=f"server {sim.stale}", evidence=evidence) is None
    assert sim.bridge.diagnosed is None
    assert give(sim, "risk", "diagnosis.declare", cause="retail-flow", place="none", evidence=evidence) is None
    assert sim.bridge.diagnosed == sim.now


def test_the_afternoon_is_as_quiet():
    run = play(QUIET, "none", 7, until=CLOSE)
    assert score(run.sim)["total"] == 0


def test_history_at_every_desk_lets_a_quiet_morning_run():
    run = rehearse(QUIET, 79, dict.fromkeys(DESKS, "history"), until=step_at("10:30"))
    assert not {command.kind for command in run.commands} & {"release.rollback", "smars.disconnect", "position.flatten"}
    assert score(run.sim)["trading"] == 0
