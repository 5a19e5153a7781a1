"""Scenarios in folders of one's own, beside those that ship: SCENARIO_PATH."""

import os
import shutil
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

import engine
from engine.scenario.scenario import code_here
from game import environment, scenarios
from tests.unit.test_fictional import FOLDER, ID

QUIET = 'based_on = "knight-2012"\nid = "{}"\ntitle = "Ours"\n'


@pytest.fixture
def places(tmp_path, settings):
    """Two folders that are looked into."""
    found = [tmp_path / "one", tmp_path / "two"]
    for place in found:
        place.mkdir()
    engine.look_for_scenarios_in(found)
    yield found
    engine.look_for_scenarios_in(settings.SCENARIO_PATH)


def write(place: Path, name: str, text: str = QUIET) -> Path:
    folder = place / name
    folder.mkdir()
    (folder / "scenario.toml").write_text(text.format(name))
    return folder


def test_scenarios_of_several_folders_are_here_beside_those_that_ship(places):
    shipped = engine.scenario_ids()
    write(places[0], "ours")
    shutil.copytree(FOLDER / ID, places[1] / ID)
    assert engine.scenario_ids() == sorted([*shipped, "ours", ID]) and engine.shipped_ids() == shipped
    assert engine.load_scenario("ours").fleet == engine.load_scenario("knight-2012").fleet  # its base ships
    assert engine.load_scenario(ID).fleet.servers == 3
    assert {look.id for look in scenarios.playable()} >= {"ours", ID, "knight-2012"}


def test_one_may_be_based_on_one_in_another_folder(places):
    write(places[0], "ours")
    write(places[1], "theirs", 'based_on = "quiet-like"\nid = "{}"\ntitle = "Theirs"\n')
    with pytest.raises(engine.ScenarioError, match=r"theirs/scenario\.toml: based_on = 'quiet-like': expected the id of a scenario that is here"):
        engine.load_scenario("theirs")
    shutil.copytree(FOLDER / ID, places[0] / "quiet-like")
    assert engine.load_scenario("theirs").fleet.servers == 3


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("torn", "id = ", "not TOML"),
        ("other", 'based_on = "knight-2012"\nid = "ours"\ntitle = "x"\n', "id = 'ours': expected 'other', as its folder is called"),
        ("Our Scenario", QUIET, "expected a folder named in small letters, digits and hyphens"),
        ("lost", 'based_on = "nowhere"\nid = "lost"\ntitle = "x"\n', "based_on = 'nowhere'"),
        ("few", 'id = "few"\ntitle = "x"\n', "few/"),
    ],
)
def test_a_broken_one_stops_no_other_and_says_what_is_wrong(places, name, text, says):
    write(places[0], name, text)
    write(places[1], "ours")
    looks = {look.id: look for look in scenarios.all_of_them()}
    assert says in looks[name].problem and looks[name].scenario is None
    assert not [look.problem for other, look in looks.items() if other != name and look.problem]


def test_broken_texts_are_found_when_it_is_loaded_and_not_while_it_is_played(places):
    folder = write(places[0], "ours")
    (folder / "mail.toml").write_text("[names]\nsymbols = 3\n")
    with pytest.raises(engine.ScenarioError, match=r"mail\.toml: names: symbols = 3: expected a list of at least two"):
        engine.load_scenario("ours")


def test_an_id_that_stands_twice_is_refused_with_both_places(places):
    first, second = write(places[0], "ours"), write(places[1], "ours")
    with pytest.raises(engine.ScenarioError) as refusal:
        engine.load_scenario("ours")
    assert all(str(folder) in str(refusal.value) for folder in (first, second))
    assert engine.load_scenario("quiet-open")
    ships = write(places[0], "quiet-open")
    engine.load_scenario.cache_clear()
    assert str(ships) in scenarios.look_at("quiet-open").problem
    assert code_here("quiet-open") == ""


def test_the_environment_names_folders_that_are_there(tmp_path, monkeypatch):
    monkeypatch.delenv("SCENARIO_PATH", raising=False)
    assert environment.scenario_path(tmp_path) == [tmp_path / "scenarios"]
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    monkeypatch.setenv("SCENARIO_PATH", f"{one}{os.pathsep}{os.pathsep} {two}")
    assert environment.scenario_path(tmp_path) == [one, two]
    monkeypatch.setenv("SCENARIO_PATH", f"{one}{os.pathsep}{tmp_path / 'three'}")
    with pytest.raises(ImproperlyConfigured, match=r"SCENARIO_PATH is '.*three': expected folders that are there and can be read"):
        environment.scenario_path(tmp_path)
    monkeypatch.setenv("SCENARIO_PATH", str(write(one, "ours")))
    with pytest.raises(ImproperlyConfigured, match=rf"expected the folder that this scenario's folder lies in: {one}"):
        environment.scenario_path(tmp_path)
