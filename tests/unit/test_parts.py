"""The simulation's parts: each owns its state, writes all of it and reads it back, and all of it is in the digest."""

import json
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from engine import Simulation
from tests.days import OPEN, WEEK
from tests.small import ok, small_scenario

SCENARIO = small_scenario(3)


def played() -> Simulation:
    """A week with a little of everything, up to a few seconds after the bell."""
    sim = Simulation(SCENARIO, 7, start=WEEK)
    ok(sim, "operator", "plan.add", kind="inventory.audit", evening=1)
    ok(sim, "risk", "check.tick", item="settled")
    ok(sim, "risk", "bridge.say", text="Good evening")
    ok(sim, "facilitator", "persona.say", id=1, sender="The press", desks=["risk"], text="Well?")
    sim.step(OPEN + 100 - sim.now)
    return sim


SIM = played()
PARTS = {name: part for name, part in vars(SIM).items() if is_dataclass(part) and hasattr(part, "from_dict")}


def test_parts_are_reached_by_name():
    assert set(PARTS) >= {"agenda", "bridge", "clients", "exchanges", "inbox", "injects", "monitoring", "phone"}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_writes_all_of_itself_and_reads_it_back(name):
    part: Any = PARTS[name]
    written = part.to_dict()
    assert set(written) == {field.name for field in fields(part)}
    assert type(part).from_dict(json.loads(json.dumps(written))) == part


@pytest.mark.parametrize(("name", "field"), [(name, field.name) for name, part in PARTS.items() for field in fields(part)])
def test_every_field_of_a_part_is_in_the_digest(name, field):
    assert digest_with(PARTS[name], field, {1: {"id": 1}} if field == "mails" else "changed") != SIM.digest()


def test_what_refused_commands_leave_stands_beside_the_state():
    assert [digest_with(SIM.aside, field.name, "changed") for field in fields(SIM.aside)] == [SIM.digest()] * 2


def digest_with(part: Any, field: str, value: Any) -> str:
    """The digest while a field of a part has another value."""
    before = getattr(part, field)
    try:
        setattr(part, field, value)
        return SIM.digest()
    finally:
        setattr(part, field, before)
