"""A run that ends at any moment comes out the same when its log is played again: between two commands of one step too, as in a planning
pause, and wherever it was taken up again from a checkpoint.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import RULES, Bundle, Command, Log, Simulation, executed, outcome_digest, restore, save, score, step_to, verify
from tests.days import OPEN, WEEK
from tests.small import small_scenario

SCENARIO = small_scenario(2)
SAID = st.sampled_from(
    [
        ("risk", "bridge.say", {"text": "Who has the pager?"}),
        ("operator", "server.stop", {"server": 2}),
        ("operator", "server.stop", {"server": 99}),
        ("risk", "authorise.give", {"what": "servers.stop_all"}),
        ("operator", "servers.stop_all", {}),
        ("deployer", "plan.add", {"kind": "fleet.review", "args": {}}),
        ("facilitator", "help.set", {"level": "guided"}),
    ]
)
ACTS = st.lists(st.one_of(SAID, st.integers(1, 700), st.just("taken up again")), max_size=12)


def played(start: int, at: int, acts: list[Any]) -> Bundle:
    """What a clock does: it takes commands in where it stands, and steps; a worker that dies is followed by one with a checkpoint."""
    sim, commands, refused, events, curve = Simulation(SCENARIO, 7, start=start), list[Command](), set[int](), list[Any](), list[list[int]]()
    step_to(sim, at, curve)
    for act in acts:
        if act == "taken up again":
            events += sim.take_events()
            sim = restore(SCENARIO, save(sim))
        elif isinstance(act, int):
            step_to(sim, sim.now + act, curve)
        else:
            commands.append(Command(len(commands) + 1, sim.now, *act))
            if sim.submit(commands[-1]) is not None:
                refused.add(len(commands))
    events += sim.take_events()
    log = Log(SCENARIO, 7, tuple(commands), sim.moment, start=start, refused=frozenset(refused))
    told = tuple(event.to_dict() | {"audience": list(event.audience)} for event in events)
    outcome = outcome_digest(told, score(sim), curve, executed(sim))
    return Bundle(log, RULES, told, score(sim), tuple((step, loss) for step, loss in curve), outcome)


@pytest.mark.parametrize(("start", "at"), [(WEEK, WEEK), (WEEK, WEEK + 43_190), (0, 0), (0, OPEN - 30), (0, OPEN + 61)])
@settings(deadline=None, max_examples=12)
@given(acts=ACTS)
def test_a_run_that_ends_at_any_moment_is_verified(start, at, acts):
    bundle = played(start, at, acts)
    assert verify(bundle) == [], f"start {start}, at {at}, acts {acts}"
    assert bundle.log.until == (bundle.log.until.step, len(bundle.log.commands))


def test_six_things_said_in_a_planning_pause_are_in_the_run_that_ends_in_it():
    """The clock never moved: all of them are of the evening's first step, and the run ends there."""
    bundle = played(WEEK, WEEK, [("risk", "bridge.say", {"text": f"Thing {i}"}) for i in range(6)])
    assert bundle.log.until == (WEEK, 6)
    assert [row["kind"] for row in bundle.events].count("bridge.posted") == 6 and verify(bundle) == []
