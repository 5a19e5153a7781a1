"""The protocol as others may rely on it: written from the models, whole, and true of real cards."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from game.management.commands.arena import PROTOCOL as ARENA
from game.sockets.public import asyncapi, schemas, spoken

ROOT = Path(__file__).resolve().parents[2]
CARDS = json.loads((ROOT / "tests/cards.json").read_text())
DOCUMENT = asyncapi()


def validator(schema):
    """Of one schema, with all that it refers to."""
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]}, format_checker=Draft202012Validator.FORMAT_CHECKER)


def references(part):
    """Every $ref in a document."""
    if isinstance(part, dict):
        yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from references(one)


def test_every_reference_leads_somewhere_and_every_schema_is_one():
    for reference in references(DOCUMENT):
        found = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            assert name in found, reference
            found = found[name]
    for name, schema in DOCUMENT["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description") or name.startswith("card"), f"{name}: nothing is said of it"


def test_both_directions_of_a_desk_are_there_and_nothing_of_other_rooms():
    found = schemas()
    assert found["in"] == ["ack", "resync", "command", "move", "why", "drive", "ready", "back"]
    assert found["out"] == ["hello", "frame", "look", "received", "applied", "refused", "noted", "state", "team", "elsewhere", "error", "bye"]
    assert "server.stop" in found["schemas"]["command"]["properties"]["kind"]["examples"]
    assert "inject.play" not in json.dumps(DOCUMENT), "what is a facilitator's alone is nobody else's protocol"


@pytest.mark.parametrize("desk", ["deployer", "operator", "risk"])
def test_real_cards_of_a_desk_are_as_their_schemas_say(desk):
    told = schemas()["cards"][desk]
    assert set(CARDS[desk]) <= set(told)
    for name, samples in CARDS[desk].items():
        for sample in samples:
            problems = [problem.message for problem in validator(told[name]).iter_errors(sample)]
            assert problems == [], f"{desk}.{name}"


def test_a_card_with_a_field_more_or_less_or_of_another_sort_is_not():
    told = validator(schemas()["cards"]["operator"]["rates"])
    card = copy.deepcopy(CARDS["operator"]["rates"][0])
    assert told.is_valid(card)
    assert not told.is_valid({**card, "more": 1})
    assert not told.is_valid({**card, "rejects": "many"})
    card.pop("rejects")
    assert not told.is_valid(card)


def test_the_version_is_agreed_on_before_anything_is_said():
    assert spoken([]) == ""
    assert spoken(["opening-bell.v2", "opening-bell.v1"]) == "opening-bell.v1"
    assert spoken(["opening-bell.v2"]) is None
    assert spoken(["opening-bell.looks.v1", "opening-bell.v1"]) == "opening-bell.looks.v1", "what it would rather play by comes first"
    assert spoken(["opening-bell.looks.v2", "opening-bell.v1"]) == "opening-bell.v1"


def test_the_page_and_the_document_are_anybodys_and_name_this_very_server():
    page = Client().get("/api/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "ws://testserver/ws/bot/" in text and "opening-bell.v1" in text and "opening-bell.looks.v1" in text and "operator_bot.py" in text
    assert ARENA in text, "and how it is measured"
    document = Client().get("/api/asyncapi.json").json()
    assert document["servers"]["here"]["host"] == "testserver" and document["channels"]["desk"]["address"] == "/ws/bot/"


def test_the_example_runs_as_its_first_line_says():
    """By its path: what lies beside a program goes before the standard library, and `operator` is a module of that."""
    ran = subprocess.run([sys.executable, str(ROOT / "static/examples/operator_bot.py")], capture_output=True, text=True)
    assert ran.returncode == 1 and ran.stderr.startswith("Expected an address and a token")


def test_the_example_is_short_and_needs_nothing_of_the_game():
    lines = (ROOT / "static/examples/operator_bot.py").read_text().splitlines()
    assert len(lines) <= 150
    assert not [line for line in lines if line.startswith(("from game", "from engine", "import game", "import engine"))]
