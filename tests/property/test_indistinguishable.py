"""Two states that differ only in what a desk may not know look the same to it, at every moment and whatever the desk does."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine import Scenario, Simulation, load_scenario, score, sight
from engine.firm import server_ops
from engine.firm.brokers_today import busiest
from engine.jit import COMPILED
from engine.market.state import CHILDREN, ERROR, PARENTS, UNWIND
from tests.days import BLOCK, CLOSE, OPEN, step_at
from tests.small import give, small_scenario

SEED = 7
LEVELS = ("2012", "assisted", "guided")
# Nothing carries the flag: what servers do differs in nothing but their number.
UNFLAGGED = {"premarket_flagged": 0, "queued_flagged": 0, "flagged_per_min": 0.0, "plain_bell_per_min": 60.0}
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a simulation is dear: a failure is printed as it was found
SERVERS = st.integers(1, 8)
RUNS = settings(deadline=None, max_examples=6 if COMPILED else 1, phases=PHASES)
Act = Callable[[Simulation], Any]


def stale_at(server: int, **flow: Any) -> Scenario:
    return small_scenario(3, flow={**UNFLAGGED, **flow}, fleet={"stale_seeds": {str(SEED): server}})


def morning(scenario: Scenario, until: int) -> Simulation:
    sim = Simulation(scenario, SEED, instant=True)
    sim.day.watched = sim.names[0]
    sim.step(until)
    return sim


def seen(sim: Simulation, desk: str, level: str, without: tuple[str, ...] = ()) -> str:
    """The cards of a desk as they go over the wire."""
    cards = sight(sim, desk, level)
    return json.dumps({name: card for name, card in cards.items() if name not in without}, sort_keys=True)


def assert_alike(sims: list[Simulation], desk: str, levels: tuple[str, ...] = LEVELS, without: tuple[str, ...] = (), note: str = "") -> None:
    for level in levels:
        one, *others = (sight(sim, desk, level) for sim in sims)
        differ = [name for name in one if name not in without and any(json.dumps(other[name]) != json.dumps(one[name]) for other in others)]
        assert not differ, f"{desk}, {level}, step {sims[0].now}: {differ} {note}"


TOOLS = st.lists(
    st.tuples(
        st.integers(1, 500),
        st.sampled_from(["release.copy", "release.rollback", "server.start", "flag.clear", "flag.set"]),
        st.lists(SERVERS, min_size=1, max_size=4, unique=True),
        st.integers(0, 1),
    ),
    max_size=6,
)


@RUNS
@given(SERVERS, SERVERS, TOOLS)
def test_until_a_checksum_the_deployer_cannot_tell_which_server_is_stale(first, second, tools):
    """Through the bell, with copies, rollbacks and the flag; what the tools refuse is the same too."""
    sims = [morning(stale_at(server), OPEN - 300) for server in (first, second)]
    assert [sim.stale for sim in sims] == [first, second]
    for gap, kind, servers, which in tools:
        args: dict[str, Any] = {} if kind.startswith("flag") else {"server": servers[0]} if kind == "server.start" else {"servers": servers}
        if kind == "release.copy":
            args["release"] = sims[0].scenario.fleet.release[which].name
        replies = set()
        for sim in sims:
            sim.step(gap)
            replies.add(give(sim, "deployer", kind, **args))
        assert len(replies) == 1, f"refusals tell servers apart: {replies}"
        assert_alike(sims, "deployer", ("2012",), note=f"{kind} {args}")


@pytest.mark.whole
def test_not_even_the_bell_tells_the_deployer_which_server_is_stale():
    """With flagged orders and the runaway: only mails and calls, which people write about what they see, may differ."""
    flow = {"premarket_flagged": 16, "queued_flagged": 16, "flagged_per_min": 4.0}
    sims = [morning(stale_at(server, **flow), OPEN - 400) for server in (2, 7)]
    for _ in range(12):
        for sim in sims:
            sim.step(200)
        assert_alike(sims, "deployer", ("2012",), without=("inbox", "alerts", "calls"))
    assert all(sim.monitoring.runaway for sim in sims)


def test_a_checksum_does_tell_the_deployer():
    """The other side of the tests above: its cards can differ."""
    sims = [morning(stale_at(server), 400) for server in (2, 7)]
    for sim in sims:
        give(sim, "deployer", "checksum.run", servers=[2])
    assert len({seen(sim, "deployer", "2012") for sim in sims}) == 2


@RUNS
@given(st.lists(st.tuples(st.integers(1, 400), st.sampled_from(["server.stop", "server.start", "server.look", "log.tail"]), SERVERS), max_size=5))
def test_what_the_operator_does_is_on_no_card_of_the_deployer(orders):
    busy, calm = (morning(stale_at(4), OPEN - 300) for _ in range(2))
    for gap, kind, server in orders:
        for sim in (busy, calm):
            sim.step(gap)
        give(busy, "operator", kind, server=server)
        assert_alike([busy, calm], "deployer", ("2012",), without=("inbox", "alerts", "calls", "bridge"), note=f"{kind} {server}")


@RUNS
@given(
    st.lists(
        st.tuples(st.integers(1, 400), st.sampled_from(["server.stop", "server.start", "server.look", "log.tail"]), SERVERS), min_size=1, max_size=5
    )
)
def test_what_the_operator_does_is_in_no_refusal_of_the_deployer_but_a_hosts_own_answer(orders):
    """Every lever of the deployer's is tried in both states; a host's answer goes to nobody but whoever tried that host."""
    busy, calm = (morning(stale_at(4), OPEN - 300) for _ in range(2))
    for sim in (busy, calm):
        sim.safeguards.built.add("automation.deploy")
    tries: dict[str, dict[str, Any]] = {
        "checksum.run": {"servers": [1, 4]},
        "release.copy": {"servers": [4], "release": busy.scenario.fleet.release[0].name},
        "flag.clear": {},
        "flag.set": {},
        "server.start": {"server": 4},
        "automation.deploy": {"release": busy.scenario.fleet.release[0].name},
    }
    for gap, kind, server in orders:
        for sim in (busy, calm):
            sim.step(gap)
        give(busy, "operator", kind, server=server)
        assert sight(busy, "deployer", "2012")["levers"] == sight(calm, "deployer", "2012")["levers"]
        for tried, args in tries.items():
            told, untold = (give(sim, "deployer", tried, **args) for sim in (busy, calm))
            if "its host answers" in (told or ""):
                return  # asked for, and from here on the two may differ
            assert told == untold, f"{tried} after {kind} {server}"


@RUNS
@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from([ERROR, UNWIND]), st.integers(-5_000_000, 5_000_000)), min_size=1, max_size=6),
    st.integers(0, 800),
)
def test_what_the_firm_holds_is_on_no_card_of_the_operator_or_the_deployer(holdings, after):
    """Positions of the firm's own appear or vanish: the fleet's desks see the same market, the same rates, the same mail."""
    sims = [morning(stale_at(4), OPEN + after) for _ in range(2)]
    for s, account, shares in holdings:
        sims[1].machine.position[s, account] += shares
        sims[1].machine.cash[s, account] -= shares * 10_000 * 20
    for _ in range(4):
        for sim in sims:
            sim.step(60)
        for desk in ("operator", "deployer"):
            assert_alike(sims, desk, note=str(holdings))


def test_positions_do_tell_the_risk_manager():
    sims = [morning(stale_at(4), OPEN + 60) for _ in range(2)]
    sims[1].machine.position[0, ERROR] += 1_000_000
    for sim in sims:
        sim.step(240)
    assert len({seen(sim, "risk", "2012") for sim in sims}) == 2


@RUNS
@given(st.lists(st.tuples(st.integers(1, 400), SERVERS, st.integers(0, 1), st.booleans()), min_size=1, max_size=5))
def test_what_runs_on_a_server_is_on_no_card_of_the_risk_manager(changes):
    """Releases are copied, rolled back and checked; with no flagged order about, a release shows in nothing."""
    quiet, worked = (morning(stale_at(4), OPEN - 300) for _ in range(2))
    for gap, server, which, restart in changes:
        for sim in (quiet, worked):
            sim.step(gap)
        release = worked.scenario.fleet.release[which].name
        give(worked, "deployer", "release.copy", servers=[server], release=release)
        give(worked, "deployer", "checksum.run", servers=[server])
        if restart:
            worked.fleet[server].running = worked.fleet[server].installed
            server_ops.set_servers(worked)
        # a fault that was found is the team's, and shows in the score alone
        assert_alike([quiet, worked], "risk", without=("bridge",), note=f"{release} on {server}")


@RUNS
@given(st.integers(0, 700), st.integers(1, 40), st.integers(-(10**6), 10**6))
def test_what_the_monitor_does_not_show_yet_is_on_no_card_of_the_risk_manager(after, late, shares):
    """Everything younger than the snapshot that is shown may be anything."""
    sims = [morning(stale_at(4), OPEN + 400 + after) for _ in range(2)]
    for sim in sims:
        sim.monitor.shown = sim.monitor.last - late
        sim.kept.clear()
    hidden = sims[1]
    for tick in range(hidden.monitor.shown + 1, hidden.monitor.last + 1):
        hidden.monitor.shares[tick % len(hidden.monitor.shares)] += shares
        hidden.monitor.cash[tick % len(hidden.monitor.cash)] -= shares
    hidden.machine.position[:, ERROR] += shares
    hidden.machine.cash[:, ERROR] -= shares
    hidden.machine.fills[:, ERROR] += 1
    hidden.monitoring.runaway, hidden.monitoring.contained = 5, 3
    assert_alike(sims, "risk", note=f"{shares} shares, {late} ticks late")


@RUNS
@given(st.integers(0, 700), st.integers(1, 8))
def test_rates_of_servers_are_on_no_card_of_the_deployer_or_the_risk_manager(after, server):
    """Counters and measurements of the router change; prices and positions do not."""
    sims = [morning(stale_at(4), OPEN + after) for _ in range(2)]
    counted = sims[1]
    counted.machine.counters[:, server] += 1000
    counted.gauges.samples[:, server, :5] += np.arange(len(counted.gauges.samples))[:, None]
    counted.gauges.samples[:, 0, :5] += np.arange(len(counted.gauges.samples))[:, None]
    counted.kept.clear()
    for desk in ("deployer", "risk"):
        assert_alike(sims, desk, note=f"server {server}")
    assert len({seen(sim, "operator", "assisted") for sim in sims}) == 2, "the operator does see them"


@pytest.mark.whole
def test_the_evening_is_the_risk_manager_s_alone():
    """Bids, the sale and capital change no card of the others."""
    sims = [morning(small_scenario(1, flow={**UNFLAGGED, "plain_bell_per_min": 0.0, "plain_day_per_min": 0.0}), OPEN) for _ in range(2)]
    for sim in sims:
        sim.machine.position[0, ERROR] = 50_000_000
        sim.step(CLOSE - sim.now)
        assert sim.now == BLOCK
    assert give(sims[1], "risk", "block.take", bid="first") is None
    for sim in sims:
        sim.step(100)
    for desk in ("operator", "deployer"):
        assert_alike(sims, desk)
    assert len({seen(sim, "risk", "2012") for sim in sims}) == 2


DESKS = ("deployer", "operator", "risk")
# Faults that look the same until somebody asks: the mornings of one seed, with nothing else drawn otherwise.
ALIKE = ("stale-release", "stale-process", "nothing")
# What the eight servers really send and hold: an order that one of them refused is in its counters, and in nobody's share of the market.
MEASURED = ("rates", "chart", "pnl", "curve", "positions", "bell", "dashboard", "servers", "market")


def of_the_deck(fault: str, mirror: float = 0.0) -> Scenario:
    """The deck with one card twice, in four stocks: still a deck, of which nobody is told what was drawn."""
    whole = load_scenario("any-morning")
    text = next(text for text in whole.faults.fault if text.id == fault)
    two = (text, text.model_copy(update={"id": "again"}))
    faults = whole.faults.model_copy(update={"fault": two, "benign": whole.faults.benign.model_copy(update={"mirror": mirror})})
    scenario = small_scenario(4, flow={"premarket_flagged": 200})
    return scenario.model_copy(update={"faults": faults, "diagnosis": whole.diagnosis, "sha256": f"{scenario.sha256} {fault} {mirror}"})


@RUNS
@given(st.integers(0, 10**6), st.lists(st.integers(1, 4000), min_size=1, max_size=4))
def test_until_somebody_asks_three_faults_look_the_same_to_every_desk(seed, gaps):
    """A server that missed a file, one that was not restarted, and a host elsewhere: the same mails, and nothing that differs beside them."""
    sims = [Simulation(of_the_deck(fault), seed, instant=True) for fault in ALIKE]
    for gap in gaps:
        for sim in sims:
            sim.step(min(gap, OPEN - 4 - sim.now))
        for desk in DESKS:
            assert_alike(sims, desk, without=MEASURED, note=f"seed {seed}")
    assert [list(sim.inbox.mails) for sim in sims[1:]] == [list(sims[0].inbox.mails)] * 2
    assert len({score(sim)["total"] for sim in sims}) == 1, "nor the loss that everybody sees"


def test_a_stale_file_and_a_stale_process_look_the_same_after_the_bell_too():
    """On both the old release runs. Only a checksum tells them apart, and only by the file on the disk."""
    sims = [Simulation(of_the_deck(fault), SEED, instant=True) for fault in ALIKE[:2]]
    for until in (OPEN + 200, OPEN + 900, OPEN + 2400):
        for sim in sims:
            sim.step(until - sim.now)
        for desk in DESKS:
            assert_alike(sims, desk)
    assert all(sim.monitoring.runaway for sim in sims)
    for sim in sims:
        assert give(sim, "deployer", "checksum.run", servers=[sim.stale]) is None
        sim.step(600)
    assert len({seen(sim, "deployer", "2012") for sim in sims}) == 2
    hashes = [sim.fleet.hashes(sim.stale) for sim in sims]
    assert hashes[0][1] == hashes[1][1] and hashes[0][0] != hashes[1][0]


def test_the_logs_of_the_eight_tell_a_forgotten_host_from_a_server():
    sims = [Simulation(of_the_deck(fault), SEED, instant=True) for fault in ("stale-release", "nothing")]
    for sim in sims:
        sim.step(OPEN - 400)
        assert give(sim, "operator", "log.tail", server=sim.stale) is None
        sim.step(300)
    assert len({seen(sim, "operator", "2012") for sim in sims}) == 2


def test_before_the_bell_no_card_tells_a_release_that_will_not_count_from_a_day_of_another_firm():
    """Nothing of either shows before anybody trades, and both may have a forgotten host's mails."""
    for mirror in (0.0, 1.0):
        sims = [Simulation(of_the_deck(fault, mirror), SEED, instant=True) for fault in ("defective-release", "market-wide")]
        for until in (4000, OPEN - 4):
            for sim in sims:
                sim.step(until - sim.now)
            for desk in DESKS:
                assert_alike(sims, desk)


def whole_of_the_deck(fault: str, **benign: float) -> Scenario:
    """The deck with one card twice, in all its stocks and with all that people say; nobody sends a flagged order before the bell."""
    whole = load_scenario("any-morning")
    text = next(text for text in whole.faults.fault if text.id == fault)
    two, usual = (text, text.model_copy(update={"id": "again"})), whole.faults.benign
    faults = whole.faults.model_copy(update={"fault": two, "benign": usual.model_copy(update={"mirror": 0.0, **benign})})
    flow = whole.flow.model_copy(update={"premarket_flagged": 0})
    return whole.model_copy(update={"faults": faults, "flow": flow, "sha256": f"{whole.sha256} {fault} {benign} unflagged"})


# Pairs that look the same to everybody until a moment: the time, and what differs on purpose in both.
UNTIL = (
    ("stuck-sessions", "nothing", step_at("09:40:55"), {}),
    ("stale-reference", "stale-config", OPEN - 4, {"agreed": 1.0}),  # both have a warning of the night then
    ("two-faults", "stale-release", OPEN - 4, {}),
)


@pytest.mark.whole
@pytest.mark.parametrize(("one", "other", "until", "benign"), UNTIL, ids=[row[0] for row in UNTIL])
def test_until_it_shows_a_fault_looks_like_another_to_every_desk(one, other, until, benign):
    sims = [Simulation(whole_of_the_deck(fault, **benign), SEED) for fault in (one, other)]
    for moment in (4000, OPEN - 4, until):
        for sim in sims:
            sim.step(moment - sim.now)
        for desk in DESKS:
            assert_alike(sims, desk, note=f"{one}, {other}")
    assert len({score(sim)["total"] for sim in sims}) == 1
    for sim in sims:
        sim.step(3 * 240 + 300)
    assert any(len({seen(sim, desk, "2012") for sim in sims}) == 2 for desk in DESKS), "and then it shows"


@pytest.mark.whole
def test_with_the_first_of_two_faults_mended_before_the_bell_nothing_tells_of_the_second_until_it():
    sims = [Simulation(whole_of_the_deck(fault), SEED, instant=True) for fault in ("two-faults", "stale-release")]
    for sim in sims:
        sim.step(4000)
        assert give(sim, "deployer", "release.copy", servers=[sim.stale], release=sim.fleet.target) is None
        assert give(sim, "deployer", "server.start", server=sim.stale) is None
        assert give(sim, "deployer", "checksum.run", servers=list(range(1, 9))) is None
    for moment in (5000, OPEN - 4):
        for sim in sims:
            sim.step(moment - sim.now)
        for desk in DESKS:
            assert_alike(sims, desk)
    for sim in sims:
        sim.step(600)
    assert [sim.monitoring.runaway > 0 for sim in sims] == [True, False]


@RUNS
@given(st.sampled_from(DESKS), st.integers(1, 300), st.integers(0, 400), st.sampled_from(["status_mail", "persona.say"]))
def test_what_is_said_to_one_desk_shows_on_no_other_desks_cards(desk, before, after, how):
    """And its answer neither: not in the words, and not by any trace that they leave."""
    scenario = stale_at(4)
    sims = [morning(scenario, OPEN - 200) for _ in range(2)]
    for sim in sims:
        sim.step(before)
    if how == "persona.say":
        assert give(sims[0], "facilitator", how, id=1, sender="The regulator", desks=[desk], text="Who can stop this?") is None
        assert give(sims[0], desk, "persona.reply", message=1, text="We can") is None
    else:
        args = {"id": 1, "card": how, "desks": [desk], "server": 0, "minutes": 0, "text": "", "at": None, "when": None}
        assert give(sims[0], "facilitator", "inject.play", **args) is None
    for sim in sims:
        sim.step(after)
    for other in DESKS:
        if other != desk:
            assert_alike(sims, other)
    assert seen(sims[0], desk, "2012") != seen(sims[1], desk, "2012")


def test_until_somebody_complains_a_flag_that_means_something_else_looks_like_nothing():
    """No card of any desk, and no print of the market, is another one; then two brokers are heard."""
    sims = [Simulation(of_the_deck(fault, 1.0), SEED, instant=True) for fault in ("overloaded-flag", "market-wide")]
    for until in (4000, OPEN - 4):
        for sim in sims:
            sim.step(until - sim.now)
        for desk in DESKS:
            assert_alike(sims, desk)
    assert len({score(sim)["total"] for sim in sims}) == 1


def test_more_orders_of_one_broker_and_of_all_are_the_same_to_every_server_and_differ_by_broker():
    """What comes in rises at each server alike, what goes out follows it, and only a log or a dashboard says whose it is."""
    sims = [Simulation(crowded_by(fault), 3, instant=True) for fault in ("broker-replay", "market-wide")]
    for sim in sims:
        sim.step(step_at("09:38") - sim.now)
    leads = [busiest(sim).lead for sim in sims]
    assert leads[0] > 3 > 2 > leads[1]
    for sim in sims:
        rates = sim.gauges.rates()
        assert rates[0, PARENTS] > 7 and rates[1:, PARENTS].min() > 0.8 * rates[1:, PARENTS].max() > 0
        assert rates[1:, CHILDREN].min() > 0 and rates[0, CHILDREN] < 10 * rates[0, PARENTS], "what comes in goes out"


def crowded_by(fault: str) -> Scenario:
    """The deck with one card, in all stocks."""
    whole = load_scenario("any-morning")
    two = tuple(text.model_copy(update={"id": name}) for text in whole.faults.fault if text.id == fault for name in ("one", "again"))
    faults = whole.faults.model_copy(update={"fault": two, "benign": whole.faults.benign.model_copy(update={"mirror": 0.0})})
    return whole.model_copy(update={"faults": faults, "sha256": f"{whole.sha256} {fault} crowded"})
