"""Who may do what: declared once, by the lever; judged by the engine. The table of it is printed by test_prose.py."""

import pytest

import engine
from engine.events import DESKS
from tests.small import small_scenario


@pytest.mark.parametrize("desk", (*DESKS, "projector", "facilitator", ""))
def test_a_desk_that_may_not_is_refused_by_name_and_nothing_changes(desk):
    sim = engine.Simulation(small_scenario(), 79)
    before = sim.digest()
    forbidden = [kind for kind, lever in engine.KINDS.items() if desk not in lever.desks]
    assert forbidden
    for seq, kind in enumerate(sorted(forbidden), 1):
        refusal = sim.submit(engine.Command(seq, sim.now, desk, kind, {}))
        assert refusal is not None and f"not the {desk}" in engine.tell(sim.scenario, refusal.reason), kind
    assert sim.digest() == before


def test_every_kind_is_somebodys():
    for kind, lever in engine.KINDS.items():
        assert lever.desks and set(lever.desks) <= {*DESKS, "facilitator"}, kind
