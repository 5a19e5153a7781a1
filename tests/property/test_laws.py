"""Laws of the engine: the same bits however a run is cut, stored, threaded or compiled; nothing appears, nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Command, Simulation, executed, load_scenario, outcome_digest, playbook, replay, restore, save, score, step_to
from engine.jit import COMPILED
from engine.market.state import CLIENT, ERROR, UNWIND, market_digest
from tests.days import BELL_END, OPEN
from tests.small import before, begun, give, small_scenario

pytestmark = pytest.mark.kernels

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = small_scenario(4, flow={"plain_bell_per_min": 240.0})
UNTIL = OPEN + 160
STALE = Simulation(SCENARIO, 7).stale


def orders(sim: Simulation) -> list[tuple[int, str, str, dict]]:
    """A busy start: servers go and come, a cap, a rollback, flattening."""
    return [
        (OPEN + 9, "operator", "server.stop", {"server": sim.stale % 8 + 1}),
        (OPEN + 21, "risk", "limit.set", {"gross_usd": 400_000}),
        (OPEN + 55, "deployer", "release.rollback", {"servers": [1, 2]}),
        (OPEN + 77, "operator", "servers.stop_all", {}),
        (OPEN + 90, "risk", "position.flatten", {"symbols": "all", "style": "passive"}),
        (OPEN + 101, "operator", "server.start", {"server": 3}),
    ]


def run(cuts: list[int], *, threads: int = 1, tape: bool = False, stored: bool = False, until: int = UNTIL, kept: Any = None) -> Simulation:
    """The busy start with instant levers, cut into calls of `cuts` steps in turn; `stored`: through a checkpoint at every command.
    `kept`: lists of its events and its curve."""
    events, curve = kept or ([], [])
    sim = begun(SCENARIO, OPEN - 200, instant=True, threads=threads, tape=tape)
    waiting, turn = orders(sim), 0
    while sim.now < until:
        nearest = min([order[0] for order in waiting] + [until])
        step_to(sim, min(sim.now + cuts[turn % len(cuts)], nearest), curve)
        turn += 1
        while waiting and waiting[0][0] == sim.now:
            _, desk, kind, args = waiting.pop(0)
            assert sim.submit(Command(len(waiting), sim.now, desk, kind, args)) is None
            if stored:
                events += sim.take_events()
                sim = restore(SCENARIO, save(sim), threads=threads)
    events += sim.take_events() if kept else ()
    return sim


def came_of(cuts: list[int], **how: Any) -> tuple[str, str]:
    """Digests of a run's state and of its outcome."""
    events, curve = list[Any](), list[list[int]]()
    sim = run(cuts, kept=(events, curve), **how)
    assert len(events) > 20 and len(curve) >= 1 and sim.executions > 100
    return sim.digest(), outcome_digest(events, score(sim), curve, executed(sim))


@pytest.fixture(scope="module")
def straight() -> tuple[str, str]:
    return came_of([10**6])


@settings(deadline=None, max_examples=6 if COMPILED else 2)  # plain Python takes some seconds an example
@given(st.lists(st.integers(1, 45), min_size=1, max_size=6))
def test_the_same_bits_however_a_run_is_cut_into_calls(straight, cuts):
    assert came_of(cuts) == straight, f"seed 7, commands {orders(run([10**6], until=OPEN))}, cuts {cuts}"


def test_the_same_bits_on_two_threads_with_a_tape_and_through_checkpoints(straight):
    assert came_of([33], threads=2) == straight
    assert came_of([50], tape=True) == straight
    assert came_of([64], stored=True) == straight


def test_another_seed_or_another_noise_is_another_run(straight):
    digests = set()
    for seed, noise in ((8, None), (7, 8), (7, 7)):
        sim = Simulation(SCENARIO, seed, noise=noise, instant=True)
        sim.step(UNTIL)
        digests.add(sim.digest())
    assert len(digests) == 3


def test_compiled_and_plain_python_give_the_same_bits(straight):
    """One of the two runs in a process of its own, with the other mode."""
    code = "from tests.property.test_laws import came_of; print(*came_of([10**6]))"
    other = "0" if os.environ.get("NUMBA_DISABLE_JIT") == "1" else "1"
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": other},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == [*straight]


def test_shares_and_money_are_conserved_and_every_execution_meets_a_resting_order():
    sim = Simulation(SCENARIO, 7, instant=True, tape=True)
    sim.step(OPEN + 400)
    rows, machine = sim.tape_rows(), sim.machine
    assert len(rows) == sim.executions > 1000
    assert sim.tape_lost == 0
    for s in range(4):
        mine = rows[rows["symbol"] == s]
        assert mine["qty"].sum() == machine.market[s].volume
        assert mine["maker"].min() >= 1
        assert mine["maker"].max() <= machine.books[s].orders_added
        taken = mine[mine["parent"] > 0]
        bought, sold = (int(taken["qty"][taken["side"] == side].sum()) for side in (1, -1))
        rested = mine[mine["maker_is_ours"] == 1]
        bought += int(rested["qty"][rested["side"] == -1].sum())
        sold += int(rested["qty"][rested["side"] == 1].sum())
        assert bought == machine.bought[s].sum()
        assert sold == machine.sold[s].sum()
        assert machine.position[s, ERROR] == machine.bought[s, ERROR] - machine.sold[s, ERROR]
        ours = mine[(mine["parent"] > 0) | (mine["maker_is_ours"] == 1)]
        value = ours["price"].astype(np.int64) * ours["qty"] * int(machine.symbols[s].tick_hc)
        assert machine.traded[s].sum() == value.sum()
        assert machine.cash[s, ERROR] == -machine.traded[s, ERROR] + 2 * machine.sold_value[s, ERROR]


@pytest.mark.whole
def test_without_our_orders_only_the_stocks_they_touched_differ():
    """A stale server's runaway in few stocks: all others are bit for bit the market they would have been."""
    quiet = {"plain_premarket_per_min": 0.0, "plain_bell_per_min": 0.0, "premarket_flagged": 0, "flagged_per_min": 0.0}
    ours = small_scenario(40, flow={**quiet, "queued_flagged": 24})
    nobody = small_scenario(40, flow={**quiet, "queued_flagged": 0})
    with_us, without = Simulation(ours, 7), Simulation(nobody, 7)
    with_us.step(OPEN + 240)
    without.step(OPEN + 240)
    touched = (with_us.machine.sent.sum(axis=1) > 0).tolist()
    assert 0 < sum(touched) < 40
    for s, ours_too in enumerate(touched):
        same = market_digest(with_us.machine, s) == market_digest(without.machine, s)
        assert same is not ours_too, f"stock {s}"


def test_stopping_a_server_changes_no_coin_of_stocks_it_does_not_trade():
    sim, stopped = Simulation(SCENARIO, 7, instant=True), Simulation(SCENARIO, 7, instant=True)
    for each in (sim, stopped):
        each.step(OPEN + 20)
    assert give(stopped, "operator", "server.stop", server=stopped.stale) is None
    for each in (sim, stopped):
        each.step(60)
    assert (sim.machine.market["log_f"] == stopped.machine.market["log_f"]).all()


@pytest.mark.whole
def test_no_child_executes_beyond_a_gross_cap_that_is_on():
    scenario = load_scenario("knight-2012")
    sim = Simulation(scenario, 79, instant=True)
    assert give(sim, "risk", "limit.set", gross_usd=50_000_000) is None
    sim.step(OPEN)
    while sim.now < OPEN + 600:
        before = sim.machine.position[:, [CLIENT, ERROR]].sum(axis=1).copy()
        sim.step(1)
        after = sim.machine.position[:, [CLIENT, ERROR]].sum(axis=1)
        prices = sim.machine.market["ref_256"] * sim.machine.symbols["tick_hc"] >> 8
        if int((np.abs(after) * prices).sum()) > 50_000_000 * 10_000:
            raised = int(((np.abs(after) - np.abs(before)) * prices).sum())
            assert raised <= 0, f"step {sim.now}: only prices may lift exposure above the cap"


@pytest.mark.whole
def test_history_is_the_same_from_a_checkpoint_in_its_middle():
    scenario = load_scenario("knight-2012")
    commands = playbook(scenario, "history", 79)
    middle = replay(scenario, 79, commands, before(OPEN + 6000))
    whole = replay(scenario, 79, commands, before(BELL_END))
    assert replay(scenario, 79, commands, before(BELL_END), checkpoint=save(middle), threads=2).digest() == whole.digest()
    assert whole.machine.position[:, UNWIND].sum() == 0
