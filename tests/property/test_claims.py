"""Diagnoses: what they may rest on, what wrong ones cost, and what a desk can read out of the card on which they are declared."""

from typing import Any

from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from engine import Simulation, score, sight
from engine.analysis.rehearsal import minutes
from engine.events import DESKS
from engine.firm.bridge import PINS, evidence_for, right
from engine.firm.score import WRONG_MIN
from engine.levers import LEVERS
from engine.market.arrivals import stale_server
from tests.days import OPEN
from tests.engine_builders import quiet_scenario
from tests.small import begun, give

QUIET = quiet_scenario(queued=0)
CAUSES = [cause.id for cause in QUIET.diagnosis.cause]
PLACES = ["none", *(f"server {n}" for n in range(1, 9)), f"stocks {QUIET.names[0]}"]
LOOKS = [(kind, desk) for kind, lever in LEVERS.items() if lever.shows and "servers" in {*lever.args, *(f"{name}s" for name in lever.args)} for desk in lever.desks]
EVIDENCE = [f"{what} {n}" for what in sorted({what for _, what in PINS} | {"pin"}) for n in range(10)]


def at_the_bell() -> Simulation:
    return begun(QUIET, OPEN, instant=True)


def look(sim: Simulation, kind: str, desk: str, server: int) -> None:
    args: dict[str, Any] = {"servers": [server]} if "servers" in LEVERS[kind].args else {"server": server}
    assert give(sim, desk, kind, **args) is None


@examples(
    st.lists(st.tuples(st.sampled_from(LOOKS), st.integers(1, 8)), max_size=5),
    st.sampled_from(DESKS),
    st.lists(st.sampled_from(EVIDENCE), min_size=1, max_size=3, unique=True),
)
@settings(max_examples=60, deadline=None)
def test_nothing_that_a_desk_has_not_seen_stands_behind_its_diagnosis(looks, desk, evidence):
    sim = at_the_bell()
    for (kind, who), server in looks:
        look(sim, kind, who, server)
    mine = {f"{LEVERS[kind].shows} {server}" for (kind, who), server in looks if who == desk}
    assert set(evidence_for(sim, desk)) == mine
    before = sim.digest()
    reason = give(sim, desk, "diagnosis.declare", cause="hardware", place="none", evidence=evidence)
    if set(evidence) <= mine:
        assert reason is None
    else:
        assert "of what this desk has seen" in reason and sim.digest() == before
        assert not set(evidence) - mine & set(reason.split("seen: ")[1].replace(",", "").split()), "it names what was seen and nothing else"


@examples(st.lists(st.tuples(st.sampled_from(DESKS), st.sampled_from(CAUSES), st.sampled_from(PLACES), st.booleans()), max_size=8))
@settings(max_examples=60, deadline=None)
def test_every_wrong_diagnosis_costs_five_minutes_guessed_or_not(claims):
    sim = at_the_bell()
    assert give(sim, "operator", "evidence.share", what="rates", id=0) is None
    pin = [f"pin {sim.bridge.posted}"]
    wrong = 0
    for desk, cause, place, shown in claims:
        if give(sim, desk, "diagnosis.declare", cause=cause, place=place, evidence=pin if shown else []) is None:
            wrong += (cause, place) not in right(sim)
    ((cause, place),) = right(sim)
    give(sim, "risk", "diagnosis.declare", cause=cause, place=place, evidence=pin)
    found = minutes(sim.calendar, score(sim))["diagnose"]
    assert found["minutes"] == wrong * WRONG_MIN == 5 * wrong
    assert len(score(sim)["claims"]) == len(sim.bridge.declared)


@examples(st.integers(0, 2**31), st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_causes_stand_in_the_seeds_own_order_which_every_desk_shares_and_nothing_else_hangs_on(one, other):
    cards = {seed: [sight(Simulation(QUIET, seed), desk)["diagnosis"] for desk in DESKS] for seed in (one, other)}
    for of_desks in cards.values():
        assert all(card == of_desks[0] for card in of_desks)
        assert sorted(cause["id"] for cause in of_desks[0]["causes"]) == sorted(CAUSES)
    first, second = (dict(of_desks[0], causes=[]) for of_desks in cards.values()) if one != other else ({}, {})
    assert first == second


def test_the_order_differs_between_seeds_and_says_nothing_of_the_right_one():
    orders = [[cause["id"] for cause in sight(Simulation(QUIET, seed), "risk")["diagnosis"]["causes"]] for seed in range(40)]
    assert {order.index("old-release") for order in orders} == set(range(len(CAUSES)))
    same_server = [order.index("old-release") for seed, order in enumerate(orders) if stale_server(QUIET, seed) == stale_server(QUIET, 0)]
    assert len(set(same_server)) > 1


@examples(st.lists(st.tuples(st.sampled_from(LOOKS), st.integers(1, 8)), min_size=1, max_size=6), st.sampled_from(DESKS))
@settings(max_examples=40, deadline=None)
def test_a_desk_is_not_told_what_the_others_have_seen(looks, desk):
    quiet, busy = at_the_bell(), at_the_bell()
    for (kind, who), server in looks:
        if who != desk:
            look(busy, kind, who, server)
    assert sight(busy, desk)["diagnosis"] == sight(quiet, desk)["diagnosis"]
