"""Everything that is wrong with a scenario's folder, at once: its data and texts, and what lies beside them and is read only when it is needed."""

from collections.abc import Iterator
from pathlib import Path

from engine.analysis.playbook import PlaybookError, barrier_plans, commands_of, lab_safeguards, playbook_names, tables_of
from engine.evidence.telling import tell
from engine.firm.simulation import Simulation
from engine.levers.shapes import misfit
from engine.scenario.catalogues import LANGUAGE_FILE
from engine.scenario.folders import CODE, ID
from engine.scenario.problems import Problem, ScenarioError, as_written, problem_of
from engine.scenario.scenario import FILES, Scenario, read_folder

KNOWN_FILES = (
    "scenario.toml", *FILES.values(), "mail.toml", "calls.toml", "logs.toml", "hints.toml", "week.toml", "injects.toml", "glossary.toml",
    "slices.toml", "lab.toml", CODE, "README.md",
)  # fmt: skip


def check_scenario(path: Path) -> list[Problem]:
    """What is wrong with the scenario in a folder, in the order of what is read; nothing where it can be played."""
    if not (path / "scenario.toml").is_file():
        return [Problem("scenario.toml", "file", "", f"a file of this name in {path}")]
    found = [] if ID.fullmatch(path.name) else [Problem(".", "folder", as_written(path.name), "a name of small letters, digits and hyphens")]
    found += _beside(path)
    try:
        scenario = read_folder(path)
    except ScenarioError as error:
        return found + ([*error.problems] or [problem_of("scenario.toml", str(error).removeprefix(f"{path.name}/").removeprefix("scenario.toml: "))])
    if scenario.id != path.name:
        found.append(Problem("scenario.toml", "id", as_written(scenario.id), f"{path.name!r}, as its folder is called"))
    found += _of_playbooks(scenario)
    for name, read in (("slices.toml", barrier_plans), ("lab.toml", lab_safeguards)):
        try:
            read(scenario, scenario.default_seed)
        except PlaybookError as error:
            found.append(problem_of(name, str(error).removeprefix(f"{name}: ")))
    if not found:
        Simulation(scenario, scenario.default_seed)  # its tables can be made: what cannot is a fault of ours, and told as one
    return found


def _beside(path: Path) -> Iterator[Problem]:
    """Files that nobody reads."""
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        hidden = any(part.startswith((".", "__")) for part in file.relative_to(path).parts)
        known = name in KNOWN_FILES or LANGUAGE_FILE.fullmatch(name)
        if hidden or known or (file.is_dir() and name == "playbooks") or (name.startswith("playbooks/") and name.endswith(".toml")):
            continue
        yield Problem(name, "file", "", f"one of {', '.join(KNOWN_FILES)}, playbooks/*.toml, de.po and the like: nobody reads this one")


def _of_playbooks(scenario: Scenario) -> Iterator[Problem]:
    for name in playbook_names(scenario):
        file = f"playbooks/{name}.toml"
        try:
            data = tables_of(scenario.files / file)
        except PlaybookError as error:
            yield problem_of(file, str(error))
            continue
        yield from (Problem(file, key, "", "[[command]] entries only") for key in sorted(set(data) - {"command"}))
        rows = data.get("command", [])
        if not isinstance(rows, list):
            yield Problem(file, "command", as_written(rows), "[[command]] entries")
            continue
        for place, row in enumerate(rows, 1):
            try:
                commands = commands_of(scenario, scenario.default_seed, "", [row])
            except PlaybookError as error:
                yield problem_of(file, str(error).removeprefix(": command 1").lstrip(": "), f"command {place}")
                continue
            for command in commands:
                if said := misfit(command.kind, command.args, scenario.kinds):
                    yield problem_of(file, str(tell(scenario, said)), f"command {place}: args")
