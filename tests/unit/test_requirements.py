"""What is installed: a host of the game takes its own file alone, the developers' is beside it, and the lock is of this very game."""

import re
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
GAME, TESTS, LOCK = ROOT / "game/requirements.txt", ROOT / "tests/requirements.txt", ROOT / "game/deploy/requirements.lock"


def pins(path: Path, until: str = "") -> dict[str, str]:
    """Name -> version of every line that pins one, up to a line."""
    text = path.read_text().split(until)[0] if until else path.read_text()
    return {canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE)}


def needed(roots: set[str]) -> set[str]:
    """These, and all that they need here, by what is installed."""
    found, left = set[tuple[str, str]](), [(root, "") for root in roots]
    while left:
        if (one := left.pop()) in found:
            continue
        found.add(one)
        for line in requires(one[0]) or ():
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": one[1]}):
                left += [(canonicalize_name(wanted.name), extra) for extra in ("", *wanted.extras)]
    return {name for name, _ in found}


def test_the_developers_file_is_the_games_and_the_tests():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-r game/requirements.txt", "-r tests/requirements.txt"]


def test_a_host_of_the_game_installs_what_the_game_needs_and_no_more():
    here = needed(set(pins(GAME, "# What those need")))
    of_older_pythons = {"async-timeout"}
    assert here | of_older_pythons == set(pins(GAME))
    assert needed(set(pins(TESTS, "# What those need"))) - here == set(pins(TESTS))


def test_the_lock_has_the_same_versions_each_with_its_hashes():
    assert pins(LOCK) == pins(GAME), "make it anew: the command stands in game/requirements.txt"
    bare = [entry for entry in re.split(r"\n(?=\S)", LOCK.read_text().strip()) if "--hash=sha256:" not in entry]
    assert bare == []
    assert "://" not in LOCK.read_text()


@pytest.mark.parametrize("name", ["playwright", "mypy", "ruff", "pytest", "hypothesis"])
def test_no_tool_of_the_developers_is_on_a_host_of_the_game(name):
    assert name not in pins(GAME) and name in pins(TESTS)
