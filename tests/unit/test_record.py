"""The record, reached by the mechanism: one morning of history, and what interventions are worth. Figures of the order and the press."""

import numpy as np
import pytest

from engine import Command, Simulation, load_scenario, playbook, record, replay
from engine.market.faults import stale_server
from engine.market.state import ERROR
from tests.days import BELL_END, OPEN
from tests.small import before

MINUTE = 240
SCENARIO = load_scenario("knight-2012")
pytestmark = pytest.mark.whole


def morning(noise: int, *commands: tuple[int, str, str, dict], seed: int = 79) -> dict:
    """A morning with instant levers; `commands` on top of nothing."""
    stale = stale_server(SCENARIO, seed)
    log = [
        Command(i, at, desk, kind, {key: stale if value == "stale" else value for key, value in args.items()})
        for i, (at, desk, kind, args) in enumerate(commands, 1)
    ]
    return record(replay(SCENARIO, seed, log, before(BELL_END), noise=noise, instant=True), playbook="", wall_s=0, cpu_s=0)


ROLLBACK = (OPEN + 24 * MINUTE, "deployer", "release.rollback", {"servers": [1, 2, 3, 4, 5, 6, 7]})


@pytest.fixture(scope="module")
def history() -> list[dict]:
    return [morning(noise, ROLLBACK) for noise in (1, 2, 3)]


def test_history_reproduces_the_record(history):
    def mean(*keys: str) -> float:
        return float(np.mean([found[keys[0]] if len(keys) == 1 else found[keys[0]][keys[1]] for found in history]))

    assert mean("knight", "executions") == pytest.approx(4.0e6, rel=0.03)
    assert mean("knight", "shares") == pytest.approx(397e6, rel=0.03)
    assert mean("knight", "long_usd") == pytest.approx(3.50e9, rel=0.05)
    assert mean("knight", "short_usd") == pytest.approx(3.15e9, rel=0.05)
    assert mean("loss", "trading") == pytest.approx(457.6e6, rel=0.05)
    assert 30e6 <= mean("loss", "mid_mark") <= 60e6
    assert mean("stocks_20_5") == pytest.approx(75, abs=6)
    assert mean("stocks_50_10") == pytest.approx(37, abs=5)
    assert 4 <= mean("moved_30") <= 9
    for found in history:
        assert found["knight"]["parents"] == 212
        assert found["knight"]["symbols"] == 154
        assert abs(found["knight"]["long_symbols"] - 80) <= 2
        assert found["emails_power_peg"] == 97
        assert found["loss"]["trading"] == pytest.approx(457.6e6, rel=0.10)


def test_the_rollback_of_0954_cost_sixty_to_seventy_five_million(history):
    without = [morning(noise) for noise in (1, 2, 3)]
    cost = np.mean([with_it["loss"]["trading"] - plain["loss"]["trading"] for with_it, plain in zip(history, without, strict=True)])
    assert 60e6 <= cost <= 75e6


@pytest.mark.parametrize(
    ("expected", "commands"),
    [
        (15.2e6, [(OPEN + 5 * MINUTE, "operator", "server.stop", {"server": "stale"})]),
        (78.4e6, [(OPEN + 15 * MINUTE, "deployer", "release.copy", {"servers": [8], "release": "smars-rlp"}),
                  (OPEN + 15 * MINUTE, "operator", "server.start", {"server": "stale"})]),
        (346.8e6, [(OPEN + 5 * MINUTE, "deployer", "flag.clear", {})]),
        (24.5e6, [(0, "risk", "rate.set", {"per_second": 1}), ROLLBACK]),
        (185.4e6, [(0, "risk", "collar.set", {"percent": 2.0}), ROLLBACK]),
        (8.2e6, [(0, "risk", "limit.set", {"gross_usd": 365_000_000}), ROLLBACK]),
        (0.0, [(0, "risk", "reconcile.on", {}), ROLLBACK]),
        (640.2e6, [(OPEN + 10 * MINUTE, "deployer", "release.rollback", {"servers": [1, 2, 3, 4, 5, 6, 7]})]),
    ],
)  # fmt: skip
def test_an_intervention_is_worth_what_the_reference_says(expected, commands):
    loss = np.mean([morning(noise, *commands)["loss"]["trading"] for noise in (1, 2)])
    assert abs(loss - expected) <= max(0.15 * expected, 1e6)


def test_a_linked_cap_of_two_million_trips_within_a_second_and_a_half():
    sim = Simulation(SCENARIO, 79, instant=True)
    sim.submit(Command(1, 0, "risk", "limit.set", {"gross_usd": 2_000_000}))
    sim.step(OPEN + 6)
    assert sim.machine.controls[0].cap_shut == 1


def test_the_seven_good_servers_and_the_stale_one_get_what_the_file_says():
    sim = replay(SCENARIO, 79, playbook(SCENARIO, "history", 79), before(OPEN + 25 * MINUTE))
    index = {name: i for i, name in enumerate(SCENARIO.names)}
    for row in SCENARIO.parents[:109]:
        s, start = index[row.symbol], OPEN + (row.start_ms or 0) * 4 // 1000
        mine = sim.machine.parents[s, : sim.machine.parent_count[s]]
        assert any((p.start, p.server, p.side) == (start, 8, 1 if row.side == "BUY" else -1) for p in mine), row
    assert sim.machine.position[:, ERROR].any()
    assert int(sim.machine.books["drops"].sum()) == 0
