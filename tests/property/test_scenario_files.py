"""Whatever is dropped, doubled, retyped or made up in a scenario's files: an error that says where, or a game that runs. Never a traceback, and
nothing that is silently ignored."""

import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import engine
from engine.analysis.playbook import barrier_plans, lab_safeguards
from engine.scenario.scenario import SCENARIOS, Scenario, read_folder
from tests.unit.test_fictional import FOLDER, ID

KEY = re.compile(r'^\s*("[^"]+"|[\w.-]+) = ')
SMALL, LARGE = FOLDER / ID, SCENARIOS / "knight-2012"
HOW = ["drop", "double", "retype", "nudge", "nudge", "make up"]
VALUES = ["-1", "0", "1", "3", "7.5", "1e9", "99999999999", '""', '"x"', '"09:45"', '"{n}"', '"{symbol}"', "true", "[]", "[1]", '["x"]', "{}", "2019-06-05"]


@cache
def lines_of(home: Path) -> list[tuple[str, int]]:
    """(file, line) of every key."""
    return [(file.relative_to(home).as_posix(), n) for file in sorted(home.rglob("*.toml")) for n, line in enumerate(file.read_text().splitlines()) if KEY.match(line)]


@pytest.fixture(scope="module")
def copies() -> Iterator[Any]:
    """Copies of two scenarios, each in a folder that is mended after every try."""
    with tempfile.TemporaryDirectory() as folder:
        yield {home: Path(shutil.copytree(home, Path(folder) / home.name)) for home in (SMALL, LARGE)}


def meaning(scenario: Scenario) -> str:
    """All that is known of a scenario, as text."""
    books = [engine.playbook(scenario, name, scenario.default_seed) for name in engine.playbook_names(scenario)]
    beside = (barrier_plans(scenario, scenario.default_seed), lab_safeguards(scenario, scenario.default_seed))
    return repr((scenario.model_dump(), scenario.evidence, scenario.glossary, books, beside))


@cache
def meant(home: Path) -> str:
    return meaning(read_folder(home))


def spoilt(text: str, line: int, how: str, value: str) -> str:
    """The text of a file with one key dropped, doubled, given another value or one beside its own, or joined by one that nobody knows."""
    lines = text.splitlines()
    key = KEY.match(lines[line])
    assert key
    changed = {
        "drop": lines[:line] + lines[line + 1 :],
        "double": lines[: line + 1] + lines[line:],
        "retype": [*lines[:line], f"{key[0]}{value}", *lines[line + 1 :]],
        "nudge": [*lines[:line], nudged(lines[line], key.end(), value), *lines[line + 1 :]],
        "make up": [*lines[:line], f"{key[0].replace(key[1], 'made_up')}{value}", *lines[line:]],
    }[how]
    return "\n".join(changed) + "\n"


def nudged(line: str, since: int, value: str) -> str:
    """The line with its first number, or else its first text, made another of the same kind."""
    times = VALUES.index(value)
    number = re.compile(r"(?<![\w\"-])-?\d[\d_]*(\.\d+)?").search(line, since)
    if number and number[1]:
        return line[: number.start()] + str(float(number[0].replace("_", "")) * (0, 0.01, 0.5, 2, 100)[times % 5]) + line[number.end() :]
    if number:
        found = int(number[0].replace("_", ""))
        return line[: number.start()] + str((0, found + 1, found - 1, found * 10, found // 10, found * 1000, 1)[times % 7]) + line[number.end() :]
    text = re.compile(r'"([^"]*)"').search(line, since)
    return line if text is None else line[: text.start(1)] + (f"{text[1]} x", text[1][:-1], text[1].upper())[times % 3] + line[text.end(1) :]


def tried(copies: Any, home: Path, place: tuple[str, int], how: str, value: str) -> None:
    name, line = place
    file = copies[home] / name
    text = file.read_text()
    try:
        found = spoilt(text, line, how, value)
        file.write_text(found)
        problems = engine.check_scenario(copies[home])
        for problem in problems:
            assert problem.file and problem.key and problem.expected and "Traceback" not in str(problem) and "\n" not in problem.key
        if problems:
            return
        scenario = read_folder(copies[home])
        same = how == "drop" or tomllib.loads(found) == tomllib.loads(text)  # what is left out may be as it was
        assert same or meaning(scenario) != meant(home), f"{name}: {found.splitlines()[line]}: ignored"
        assert how != "double", f"{name}: {found.splitlines()[line]}: stands twice"
        run = engine.rehearse(scenario, scenario.default_seed, dict.fromkeys(engine.DESKS, "competent"), live=True, until=scenario.calendar.open + 240)
        assert run.sim.now > 0
    finally:
        file.write_text(text)


SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.whole
@settings(SETTINGS, max_examples=30)
@given(place=st.sampled_from(lines_of(SMALL)), how=st.sampled_from(HOW), value=st.sampled_from(VALUES))
def test_any_key_of_a_small_scenario(copies, place, how, value):
    tried(copies, SMALL, place, how, value)


@pytest.mark.whole
@settings(SETTINGS, max_examples=10)
@given(place=st.sampled_from(lines_of(LARGE)), how=st.sampled_from(HOW), value=st.sampled_from(VALUES))
def test_any_key_of_the_record(copies, place, how, value):
    tried(copies, LARGE, place, how, value)
