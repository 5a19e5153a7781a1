"""Whatever wall time does, an inject comes exactly at its market step, once: pauses, speeds and cuts are nothing but calls of `step`."""

from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Simulation, restore, save
from engine.jit import COMPILED
from tests.days import OPEN
from tests.small import ok, small_scenario

SMALL = small_scenario(3, flow={"plain_bell_per_min": 240.0})
FIRST, SPAN = OPEN - 37, 260
CARDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("crash", {"server": 4}),
    ("technician", {"desks": ["operator", "risk"], "minutes": 1}),
    ("data_delay", {"desks": ["risk"], "minutes": 2}),
    ("rumour", {"desks": ["risk"], "minutes": 1}),
    ("regulator_call", {"desks": ["risk"]}),
)
PLAYS = st.lists(st.tuples(st.integers(0, SPAN), st.integers(0, len(CARDS) - 1)), min_size=1, max_size=5)
# A beat takes some steps, none while the exercise is paused; True: its worker is killed after it, and another takes over.
BEATS = st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=8)


@cache
def before_the_bell() -> bytes:
    sim = Simulation(SMALL, 7)
    sim.step(FIRST)
    return save(sim)


def scheduled(plays: list[tuple[int, int]]) -> Simulation:
    sim = restore(SMALL, before_the_bell())
    for number, (after, card) in enumerate(plays, 1):
        name, args = CARDS[card]
        whole = {"desks": [], "server": 0, "minutes": 0, "text": "", "when": None, **args}
        ok(sim, "facilitator", "inject.play", id=number, card=name, at=FIRST + after, **whole)
    return sim


@settings(deadline=None, max_examples=25 if COMPILED else 2)
@given(PLAYS, BEATS)
def test_pauses_speeds_and_recoveries_never_change_when_an_inject_is_delivered(plays, beats):
    straight, paced = scheduled(plays), scheduled(plays)
    straight.step(SPAN + 20)
    turn = 0
    while paced.now < straight.now:
        steps, killed = beats[turn % len(beats)] if any(steps for steps, _ in beats) else (50, False)
        turn += 1
        paced.step(min(steps, straight.now - paced.now))
        if killed:
            paced = restore(SMALL, save(paced))
    wanted = sorted([number, FIRST + after] for number, (after, _) in enumerate(plays, 1))
    assert sorted(paced.injects.played) == wanted, "each once, at its step"
    assert paced.digest() == straight.digest(), f"plays {plays}, beats {beats}"
