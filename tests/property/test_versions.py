"""Config and reference data: a comparison shows what a server has and nothing else does, loading mends it, a restart runs what is on disk."""

import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine import Command, Log, Moment, Simulation, load_scenario, pack, played_again, restore, save, sight, unpack, verify
from engine.events import DESKS
from engine.firm.fleet import RUNNING, STOPPED
from engine.jit import COMPILED
from engine.scenario.versions import READ
from tests.days import OPEN, WEEK, step_at
from tests.read import seen
from tests.small import begun, give, ok, small_scenario

SCENARIO = small_scenario(2)
VERSIONS = {what: getattr(SCENARIO, what) for what in READ}
NAMES = {what: [version.name for version in versions.version] for what, versions in VERSIONS.items()}
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a simulation is dear: a failure is printed as it was found
RUNS = settings(deadline=None, max_examples=12 if COMPILED else 2, phases=PHASES)
SERVERS = st.lists(st.integers(1, 8), min_size=1, max_size=8, unique=True)
State = list[tuple[str, int, str, str]]
STATES: st.SearchStrategy[State] = st.lists(
    st.sampled_from(READ).flatmap(
        lambda what: st.tuples(st.just(what), st.integers(1, 8), st.sampled_from(NAMES[what]), st.sampled_from(NAMES[what]))
    ),
    max_size=12,
)


def morning(state: State, at: int = OPEN - 300) -> Simulation:
    """A morning on which servers have versions of their own: (what, server, on disk, loaded)."""
    sim = begun(SCENARIO, at, instant=True)
    for what, n, disk, loaded in state:
        held = sim.fleet[n].reads(what)
        held.disk, held.loaded = disk, loaded
    return sim


def held(sim: Simulation) -> list[tuple[str, str]]:
    return [(server.reads(what).disk, server.reads(what).loaded) for server in sim.fleet.servers for what in READ]


def shown(sim: Simulation, what: str, n: int) -> Any:
    return sight(sim, "deployer")["fleet"]["servers"][n - 1][what]


@RUNS
@given(STATES, st.sampled_from(READ), SERVERS, SERVERS)
def test_a_comparison_shows_what_is_on_disk_and_loaded_and_of_a_stopped_server_the_disk_alone(state, what, servers, down):
    sim = morning(state)
    for n in down:
        ok(sim, "operator", "server.stop", server=n)
    before = held(sim)
    ok(sim, "deployer", f"{what}.compare", servers=servers)
    assert held(sim) == before, "it only looks"
    right = VERSIONS[what].right
    for n in range(1, 9):
        row = shown(sim, what, n)
        if n not in servers:
            assert row is None
            continue
        found, names = sim.fleet[n].reads(what), [row["disk"]["name"], row["loaded"] and row["loaded"]["name"]]
        assert names == [found.disk, None if n in down else found.loaded]
        for one in filter(None, (row["disk"], row["loaded"])):
            version = VERSIONS[what][one["name"]]
            assert (one["hash"], one["right"]) == (version.hash, version == right)
            assert [(line["sign"], line["text"]) for line in one["lines"]] == right.changes(version)
            assert bool(one["lines"]) is not one["right"]


@RUNS
@given(STATES, st.sampled_from(READ), SERVERS)
def test_loading_brings_the_recorded_version_to_these_servers_and_leaves_all_else_as_it_was(state, what, servers):
    sim = morning(state)
    (other,) = set(READ) - {what}
    untouched = [(server.reads(other).disk, server.reads(other).loaded) for server in sim.fleet.servers]
    ok(sim, "operator", "server.stop", server=servers[0])
    was = sim.fleet[servers[0]].reads(what).loaded
    ok(sim, "deployer", f"{what}.load", servers=servers)
    right = VERSIONS[what].recorded
    for n in servers:
        assert (sim.fleet[n].reads(what).disk, sim.fleet[n].reads(what).loaded) == (right, was if n == servers[0] else right)
    assert [(server.reads(other).disk, server.reads(other).loaded) for server in sim.fleet.servers] == untouched
    ok(sim, "operator", "server.start", server=servers[0])
    assert sim.fleet[servers[0]].reads(what).loaded == right
    assert not any(sim.fleet.astray(n, what) for n in servers)


@RUNS
@given(STATES, st.integers(1, 8), st.sampled_from(["server.start", "release.rollback", "stop and start"]))
def test_a_restart_loads_release_config_and_data_from_disk_whatever_restarts_it(state, n, how):
    sim = morning(state)
    if how == "stop and start":
        ok(sim, "operator", "server.stop", server=n)
    if how == "release.rollback":
        ok(sim, "deployer", how, servers=[n])
    else:
        ok(sim, "operator", "server.start", server=n)
    server = sim.fleet[n]
    assert server.state == RUNNING
    assert (server.running, server.config.loaded, server.data.loaded) == (server.installed, server.config.disk, server.data.disk)


@RUNS
@given(STATES, STATES, st.lists(st.integers(1, 400), min_size=1, max_size=4))
def test_nothing_of_it_is_on_any_card_until_somebody_compares(first, second, gaps):
    """Through the bell, with checksums, restarts and loads; help shows no more of it."""
    sims = [morning(state) for state in (first, second)]
    for gap in gaps:
        for sim in sims:
            sim.step(gap)
            ok(sim, "deployer", "checksum.run", servers=[1 + gap % 8])
            ok(sim, "operator", "server.start", server=1 + (gap + 3) % 8)
            ok(sim, "operator", "log.tail", server=1 + (gap + 3) % 8)
            ok(sim, "deployer", READ[gap % 2] + ".load", servers=[1 + gap % 5])
        for desk in (*DESKS, "projector"):
            for level in ("2012", "assisted", "guided"):
                assert len({json.dumps(sight(sim, desk, level), sort_keys=True) for sim in sims}) == 1, (desk, level)


def test_the_other_side_of_that_is_seen_at_once_when_it_is_compared():
    sims = [morning([("config", 3, name, name)]) for name in ("r412", "r409")]
    for sim in sims:
        ok(sim, "deployer", "config.compare", servers=[3])
    assert [shown(sim, "config", 3)["disk"]["right"] for sim in sims] == [True, False]
    assert [bool(sim.records.fault_found) for sim in sims] == [False, True]
    assert sims[1].bridge.noticed == sims[1].now


@pytest.mark.parametrize("what", READ)
def test_what_differs_by_a_change_ticket_is_no_fault_and_stands_in_the_change_calendar(what):
    (version,) = [version for version in VERSIONS[what].version if version.ticket]
    sim = morning([(what, 5, version.name, version.name)])
    plain = seen(sim, "deployer")["changes"]
    sim.fleet[5].reads(what).agreed = version.name
    rows = [row for row in seen(sim, "deployer")["changes"]["rows"] if row not in plain["rows"]]
    assert [row["title"] for row in rows] == [version.ticket.title.format(server="SMARS-5")]
    ok(sim, "deployer", f"{what}.compare", servers=[5])
    assert not shown(sim, what, 5)["disk"]["right"], "it differs all the same"
    assert (sim.records.fault_found, sim.bridge.noticed) == (False, None)
    for n, found in ((5, False), (sim.stale, True)):  # what somebody has put elsewhere since is not what was wrong before
        sim.fleet[n].reads(what).loaded = next(name for name in NAMES[what] if name not in (version.name, VERSIONS[what].recorded))
        ok(sim, "deployer", f"{what}.compare", servers=[n])
        assert sim.records.fault_found is found


@RUNS
@given(STATES, SERVERS)
def test_a_checkpoint_keeps_what_servers_have_and_what_was_seen_of_it(state, servers):
    sim = morning(state)
    sim.fleet[1].config.agreed = "r413"
    for what in READ:
        ok(sim, "deployer", f"{what}.compare", servers=servers)
    again = restore(SCENARIO, save(sim))
    assert again.digest() == sim.digest()
    assert (held(again), again.records.comparisons) == (held(sim), sim.records.comparisons)
    assert sight(again, "deployer")["fleet"] == sight(sim, "deployer")["fleet"]


def test_a_bundle_of_it_is_played_again_to_the_last_bit():
    at, seqs = step_at("08:01"), iter(range(1, 9))
    commands = tuple(
        Command(next(seqs), at + gap, "deployer", f"{what}.{act}", {"servers": [2 if what == "config" else 3]})
        for gap, act in ((0, "compare"), (11 * 240, "load"))
        for what in READ
    )
    bundle = played_again(Log(load_scenario("knight-2012"), 79, commands, Moment(step_at("08:20"), 4)))
    assert verify(unpack(pack(bundle))) == []
    ended = [event["data"]["command"] for event in bundle.events if event["kind"] == "lever.finished"]
    assert ended == ["config.compare", "data.compare", "config.load", "data.load"]


def test_a_server_on_its_standby_reads_what_is_recorded():
    sim = morning([("config", 4, "r409", "r409"), ("data", 4, "0731", "0731")])
    sim.safeguards.built.add("standby.failover")
    ok(sim, "operator", "standby.failover")
    assert (sim.fleet[4].config.loaded, sim.fleet[4].data.loaded) == ("r412", "0801")


def test_hands_and_minutes_are_those_of_a_server_each():
    for at, compare, load in ((OPEN - 6000, 10, 5), (OPEN, 1, 2)):
        sim = begun(SCENARIO, at)
        for what in READ:
            ok(sim, "deployer", f"{what}.compare", servers=[1, 2, 3])
            assert sim.works[-1].end - sim.works[-1].start == 3 * compare * 240
            sim.works.clear()
            ok(sim, "deployer", f"{what}.load", servers=[1, 2])
            assert sim.works[-1].end - sim.works[-1].start == 2 * load * 240
            assert "being worked on" in str(give(sim, "deployer", "release.copy", servers=[2], release="smars-rlp"))
            sim.works.clear()
    evening = Simulation(SCENARIO, 7, start=WEEK)
    assert all("not on an evening" in str(give(evening, "deployer", f"{what}.{act}", servers=[1])) for what in READ for act in ("compare", "load"))


def test_the_terminal_prints_the_lines_that_differ_and_whether_there_is_a_process():
    sim = morning([("config", 3, "r413", "r413"), ("data", 3, "0801", "0731")])
    sim.fleet[4].state = STOPPED
    ok(sim, "deployer", "config.compare", servers=[3, 4])
    assert [line["text"] for line in sim.records.terminal] == [
        "$ compare config smars-3 smars-4",
        "smars-3 disk    c87f12be6d0394a5  r413 differs",
        "  - heartbeat_s = 30",
        "  + heartbeat_s = 10",
        "smars-3 loaded  c87f12be6d0394a5  r413 differs",
        "smars-4 disk    91c0e2d47a5b3f18  as recorded",
        "smars-4 loaded  no such process",
    ]
    sim.records.terminal.clear()
    ok(sim, "deployer", "data.load", servers=[3, 4])
    assert [line["text"] for line in sim.records.terminal] == [
        "$ load data smars-3 smars-4",
        "smars-3: reference data 0801 written, loaded, done",
        "smars-4: reference data 0801 written, no process to load it",
    ]


def test_every_server_of_the_scenarios_that_ship_has_what_is_recorded():
    for name in ("knight-2012", "quiet-open"):
        scenario = load_scenario(name)
        for start in (0, WEEK):
            sim = Simulation(scenario, 79, start=start)
            assert set(held(sim)) == {(versions.recorded,) * 2 for versions in (scenario.config, scenario.data)}
