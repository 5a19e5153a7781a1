"""The worked example of engine/scenarios/README.md: it is what the text says it is, it can be played, and it speaks of nothing but itself."""

import re
from pathlib import Path

import pytest

import engine
from tests.unit.test_fictional import told_of

FOLDER = Path(__file__).parents[1] / "worked" / "pike-street"
README = (Path(__file__).parents[2] / "engine/scenarios/README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def scenario() -> engine.Scenario:
    return engine.read_folder(FOLDER)


def test_nothing_is_wrong_with_it():
    assert engine.check_scenario(FOLDER) == []


def test_what_the_text_shows_stands_in_its_files():
    chapter = README[README.index("## Write your own\n") : README.index("## Playbooks, slices, safeguards\n")]
    shown = re.findall(r"^`([a-z-]+\.toml)`:\n\n((?:(?:    .*)?\n)+)", chapter, re.M)
    assert {name for name, _ in shown} >= {"scenario.toml", "week.toml", "faults.toml"}
    for name, block in shown:
        text = (FOLDER / name).read_text(encoding="utf-8")
        for part in block.replace("\n    ", "\n").removeprefix("    ").strip().split("\n\n"):
            assert part in text, f"{name}: {part}"


def test_it_is_four_servers_other_dates_and_two_evenings(scenario):
    assert (scenario.fleet.servers, len(scenario.calendar.evenings), str(scenario.days.date)) == (4, 2, "2016-05-12")


def test_no_text_of_it_is_another_scenarios(scenario):
    texts = {name: wording.text for name, wording in scenario.wordings.items() if not name.startswith("term:")}
    assert {name: found for name, text in texts.items() if (found := told_of(text))} == {}
    data = scenario.model_dump(exclude={"symbols", "parents", "levers"})
    assert told_of(repr({name: data[name] for name in ("told", "fleet", "config", "data", "block", "capital", "exchange", "duty", "front", "epilogue")})) == ""


@pytest.mark.whole
def test_autopilots_play_it_from_its_first_evening_and_whoever_looks_loses_less(scenario):
    found = engine.preview_on(scenario, scenario.default_seed)
    shown = engine.preview(scenario, [scenario.default_seed], [found])
    assert shown["week"] and shown["never_seen"] == ["mail:eve-behind"]
    assert shown["losses"]["history"]["median"] > 20e6 > shown["losses"]["competent"]["median"]
    assert all(desk["commands"] > 3 for desk in shown["desks"].values())
