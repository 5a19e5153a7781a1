"""What is told of this house is true: printed parts are as the code prints them, links lead somewhere, and commands are there."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands

import engine
from engine.events import DESKS
from game import __version__
from game.ops import door
from tests.bench.__main__ import BENCHES

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".venv", ".local", ".git", ".pytest_cache", "node_modules"}
TEXTS = [path for path in sorted(ROOT.rglob("*.md")) if not NOT_OURS & set(path.relative_to(ROOT).parts)]
BEGINS, ENDS = "<!-- generated -->\n", "<!-- end -->"


def rights() -> str:
    """Who may do what, a line a kind of command."""
    rows = ["| command | arguments | deployer | operator | risk | facilitator |", "|---|---|:-:|:-:|:-:|:-:|"]
    for kind, lever in sorted(engine.KINDS.items()):
        marks = " | ".join("x" if desk in lever.desks else " " for desk in (*DESKS, "facilitator"))
        rows.append(f"| `{kind}` | {', '.join(lever.args)} | {marks} |")
    return "\n".join(rows) + "\n"


PRINTED: dict[str, Callable[[], str]] = {"game/README.md": rights, "engine/scenarios/README.md": engine.scenario_keys}


def parts(name: str) -> tuple[str, str, str]:
    """A file before, in and after its printed part."""
    before, _, rest = (ROOT / name).read_text(encoding="utf-8").partition(BEGINS)
    inside, _, after = rest.partition(ENDS)
    return before, inside, after


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_from_the_code_is_as_the_code_is(name):
    assert parts(name)[1].strip() == PRINTED[name]().strip(), "print it anew: python -m tests.unit.test_prose"


def test_the_readme_is_short_enough_to_be_read():
    assert len((ROOT / "README.md").read_bytes()) <= 10_000


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files_and_commands_are_there(path):
    text = path.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []
    commands = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert commands - set(get_commands()) == set()


@pytest.mark.parametrize("half", ["engine", "game"])
def test_every_room_is_on_the_map(half):
    rooms = {path.parent.name for path in (ROOT / half).glob("*/__init__.py")}
    told = (ROOT / half / "README.md").read_text(encoding="utf-8")
    assert rooms and {room for room in rooms if f"`{room}/`" not in told} == set()


def test_every_command_of_ours_and_every_bench_is_told():
    ours = {name for name, app in get_commands().items() if app == "game"}
    told = re.findall(r"`([a-z_]+)", "".join(re.findall(r"^\| (`.*?) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)))
    assert ours - set(told) == set()
    measured = (ROOT / "tests/bench/README.md").read_text(encoding="utf-8")
    assert [bench for bench in BENCHES if f"`python -m tests.bench {bench}" not in measured] == []


def test_every_setting_of_the_environment_is_in_the_operators_table():
    read = re.compile(r'(?:env\.str|flag|seconds)\("([A-Z_]+)"')
    names = {name for file in ("environment.py", "settings.py") for path in (ROOT / "game").rglob(file) for name in read.findall(path.read_text(encoding="utf-8"))}
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "game/deploy/README.md").read_text(encoding="utf-8"), re.M))
    assert len(names) > 10 and names == told


def keys(table: dict[str, Any]) -> Iterator[str]:
    """Every key of a scenario's file; those that are names of the file's own choice left out."""
    for key, value in table.items():
        yield key
        inner = value.values() if key in ("levers", "plan") else value if isinstance(value, list) else [value]
        if key not in ("of", "stale_seeds", "params", "evening_hands", "evening_held"):
            for one in inner:
                yield from keys(one) if isinstance(one, dict) else ()


@pytest.mark.parametrize("name", ["barriers", "calls", "hints", "injects", "logs", "mail", "releases", "scenario", "week"])
def test_no_key_of_the_scenarios_that_ship_is_left_out(name):
    told = (ROOT / "engine/scenarios/README.md").read_text(encoding="utf-8")
    known = set(re.findall(r"[a-z0-9_]+", " ".join(re.findall(r"`([^`\n]+)`", told))))
    for path in (ROOT / "engine/scenarios").glob(f"*/{name}.toml"):
        assert set(keys(tomllib.loads(path.read_text(encoding="utf-8")))) - known == set(), path


def test_the_version_is_the_newest_of_the_changelog_and_is_what_the_command_line_says(capsys):
    newest = re.search(r"^## (\d+\.\d+\.\d+)$", (ROOT / ".CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert newest and newest[1] == __version__
    for arguments in (["--version"], ["version"], ["verify", "--version"]):
        try:
            door.run(["manage.py", *arguments])
        except SystemExit as end:
            assert end.code == 0
        assert capsys.readouterr().out == f"{__version__}\n", arguments


@pytest.mark.django_db
def test_it_stands_at_the_foot_of_a_page(client):
    assert f">Opening Bell {__version__}<" in client.get("/").content.decode()


if __name__ == "__main__":
    for name, printed in PRINTED.items():
        before, _, after = parts(name)
        (ROOT / name).write_text(f"{before}{BEGINS}{printed()}{ENDS}{after}", encoding="utf-8")
