"""The protocol is written once: real cards are as engine/sights/cards.py says, and what the browser's code is checked by is made of it."""

import ast
import json
from pathlib import Path

import pytest

import engine
from engine.arguments import Args
from engine.events import EventData
from engine.sights import cards
from tests import days
from tests.card_types import FILE, Writer, misfits
from tests.cards import FILE as SAMPLES
from tests.read import seen
from tests.small import small_scenario

SIGHTS = {"deployer": cards.DeployerCards, "operator": cards.OperatorCards, "risk": cards.RiskCards, "projector": cards.ProjectorCards}


def test_the_browsers_types_are_those_of_the_cards():
    assert FILE.read_text(encoding="utf-8") == Writer().file(), "run python -m tests.card_types"


@pytest.mark.parametrize("desk", SIGHTS)
def test_the_samples_of_real_cards_are_of_today(desk):
    samples = json.loads(SAMPLES.read_text(encoding="utf-8"))[desk]
    assert sorted(samples) == sorted(SIGHTS[desk].__annotations__), "run python -m tests.cards"
    whole = {name: found[0] for name, found in samples.items()}
    for name, found in samples.items():
        for card in found:
            assert list(misfits({**whole, name: card}, SIGHTS[desk], desk)) == [], "run python -m tests.cards"


@pytest.mark.parametrize("desk", SIGHTS)
@pytest.mark.parametrize(("start", "steps"), [(days.WEEK, 0), (0, 0), (0, days.step_at("09:40"))])
def test_cards_of_a_run_are_as_declared(desk, start, steps):
    sim = engine.Simulation(small_scenario(3), 7, start=start)
    sim.step(steps)
    sight = json.loads(json.dumps(seen(sim, desk, "guided")))
    assert list(misfits(sight, SIGHTS[desk], desk)) == []


def test_a_field_more_a_field_less_and_another_word_are_found():
    card = {"step": 0, "date": "", "clock": "", "phase": "premarket", "phase_label": "", "open": False}
    assert list(misfits(card, cards.Clock, "clock")) == []
    assert list(misfits({**card, "extra": 1}, cards.Clock, "clock")) == ["clock.extra: unknown"]
    assert list(misfits({**card, "phase": "lunch", "step": True}, cards.Clock, "clock")) == [
        "clock.step = True: expected <class 'int'>",
        "clock.phase = 'lunch': none of its words",
    ]
    del card["open"]
    assert list(misfits(card, cards.Clock, "clock")) == ["clock.open: missing"]


@pytest.mark.parametrize("path", sorted(Path(engine.__file__).parent.rglob("*.py")), ids=lambda path: path.stem)
def test_what_events_tell_is_declared(path):
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    told = [call for call in calls if ast.unparse(call.func).split(".")[-1] in ("tell", "event")]
    names = {word.arg for call in told for word in call.keywords if word.arg}
    assert names <= set(EventData.__annotations__), "see engine/events.py"


def test_what_commands_carry_is_declared():
    assert {name for lever in engine.KINDS.values() for name in lever.args} == set(Args.__annotations__), "see engine/arguments.py"
