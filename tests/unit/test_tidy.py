"""The house keeps itself tidy: who imports whom, and what the engine may not call. Each rule is shown a line that breaks it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The engine from the ground up: a room imports rooms of lower floors only. `book` knows nobody but the compiler.
FLOORS = (
    "jit market_time events commands folders",
    "book chance evidence_rules phone barrier_texts",
    "state flow evidence_models",
    "controls exchange inject_texts release_texts scenario_parts",
    "evidence_texts",
    "router scenario evidence_log evidence_plan",
    "turn fleet derive positions evidence",
    "arrivals unwind measure",
    "score playbook terminal",
    "gauges evening safeguards",
    "telling",
    "view",
    "bridge week trial hosts watch injects",
    "agenda",
    "day",
    "levers",
    "simulation deck",
    "sight_parts replay warm",
    "sight_team sight_week",
    "sight_deployer sight_operator sight_risk sight_facilitator",
    "sight_pins",
    "sight",
    "record autopilot_parts busy",
    "autopilot_history autopilot_team autopilot_plan story",
    "autopilot_novice autopilot_week autopilot_assistant autopilot_operator",
    "autopilot_competent",
    "autopilot",
    "rehearsal",
    "slices",
    "balance",
    "habits debrief",
    "bundle ledger barriers reel lab",
    "engine",
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms.split()}
ANYWHERE = set(
    """bisect collections csv dataclasses datetime decimal functools hashlib io json math numpy
    operator pathlib re string tomllib typing zlib""".split()  # noqa: SIM905
)
ONLY_IN = {
    "concurrent": {"simulation"},
    "numba": {"jit"},
    "os": {"jit"},
    "pydantic": {"scenario", "scenario_parts", "evidence_models", "inject_texts", "evidence_texts", "release_texts", "barrier_texts"},
    "tempfile": {"jit"},
    "zipfile": {"bundle"},
}
READERS = {"scenario", "evidence_texts", "evidence_log", "jit", "playbook"}
FILE_CALLS = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
CLOCKS = {"now", "today", "utcnow", "perf_counter", "monotonic", "sleep", "getenv", "default_rng", "seed", "urandom", "hash", "id"}


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names that run at import or in a function; those for type checkers alone left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imports(node)


def engine_faults(room: str, source: str) -> list[str]:
    """What a room of the engine does that it may not."""
    tree, found = ast.parse(source), []
    for name in imports(tree):
        top, *rest = name.split(".")
        if top == "engine":
            if rest[0] != room and FLOOR[rest[0]] >= FLOOR[room]:
                found.append(f"imports {name}, which is no lower floor")
        elif top not in ANYWHERE and room not in ONLY_IN.get(top, ()):
            found.append(f"imports {name}")
    for node in ast.walk(tree):
        called = ast.unparse(node.func).split(".")[-1] if isinstance(node, ast.Call) else ""
        if (called in CLOCKS and room != "jit") or (called in FILE_CALLS and room not in READERS):
            found.append(f"line {node.lineno}: {called}()")
        if isinstance(node, ast.keyword) and node.arg in ("fastmath", "parallel"):
            found.append(f"line {node.lineno}: {node.arg}")
        loops = [node.iter] if isinstance(node, ast.For | ast.comprehension) else []
        found += [f"line {loop.lineno}: iterates over a set" for loop in loops if _is_set(loop)]
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(mark) in ("kernel", "piece") for mark in node.decorator_list):
            found += [f"line {inner.lineno}: {ast.unparse(inner)} in a kernel" for inner in ast.walk(node) if _is_float(inner)]
    return found


def _is_set(node: ast.AST) -> bool:
    return isinstance(node, ast.Set | ast.SetComp) or (isinstance(node, ast.Call) and ast.unparse(node.func) in ("set", "frozenset"))


def _is_float(node: ast.AST) -> bool:
    divides = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
    return divides or (isinstance(node, ast.Constant) and isinstance(node.value, float))


def game_faults(path: str, source: str) -> list[str]:
    """What a room of the game does that it may not; `path` is relative to game/."""
    tree, found = ast.parse(source), []
    window = path == "consumers.py" or path.startswith("views/")
    for name in imports(tree):
        if name.startswith("engine.") and name.split(".")[1] not in front_door():
            found.append(f"imports {name}: the engine has one door")
        if window and name.startswith(("game.consumers", "game.views")) and not (path.startswith("views/") and name.startswith("game.views")):
            found.append(f"imports {name}: windows do not know each other")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("engine.") and node.value and isinstance(node.value, ast.Attribute):
            inner = ast.unparse(node).split(".")[1]
            if inner in FLOOR and inner not in front_door():
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
        builds = isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("engine.") in ("Simulation", "replay", "restore")
        if builds and path not in ("clock.py", "tasks.py") and not path.startswith("management/"):
            found.append(f"line {node.lineno}: builds a simulation")
    return found


def front_door() -> set[str]:
    tree = ast.parse((ROOT / "engine/__init__.py").read_text())
    (names,) = [node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"]
    return set(ast.literal_eval(names))


ENGINE = sorted((ROOT / "engine").rglob("*.py"))
GAME = sorted(path for path in (ROOT / "game").rglob("*.py") if "migrations" not in path.parts)


def room_of(path: Path) -> str:
    return "engine" if path.parent.name == "engine" and path.stem == "__init__" else "levers" if path.parent.name == "levers" else path.stem


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_room_of_the_engine_imports_lower_floors_only_and_calls_nothing_that_is_banned(path):
    assert engine_faults(room_of(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", GAME, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_game_uses_the_engines_front_door_and_only_clock_and_tasks_build_simulations(path):
    assert game_faults(path.relative_to(ROOT / "game").as_posix(), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("turn", "import django"),
        ("turn", "from game import clock"),
        ("book", "from engine.state import SYMBOL"),
        ("state", "from engine.router import ROUTE"),
        ("router", "def f():\n    from engine.simulation import Simulation"),
        ("day", "import random"),
        ("day", "import time"),
        ("day", "import threading"),
        ("day", "from concurrent.futures import ThreadPoolExecutor"),
        ("day", "import numpy as np\nnp.random.default_rng(1)"),
        ("day", "import os\nos.environ['X']"),
        ("day", "import datetime\ndatetime.datetime.now()"),
        ("day", "open('x')"),
        ("sight", "path.read_text()"),
        ("turn", "njit(fastmath=True)(f)"),
        ("day", "for x in set(y): pass"),
        ("day", "z = [x for x in {1, 2}]"),
        ("book", "@kernel\ndef f(a):\n    return a / 2"),
        ("book", "@piece\ndef f(a):\n    a *= 0.5"),
        ("day", "hash('x')"),
    ],
)
def test_the_engines_rules_notice_a_line_that_breaks_them(room, line):
    assert engine_faults(room, line)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("views/desk.py", "from engine.state import Machine"),
        ("views/desk.py", "from game.consumers import Seat"),
        ("consumers.py", "from game.views import desk"),
        ("consumers.py", "engine.Simulation(scenario, 1)"),
        ("hub.py", "import engine\nengine.state.allocate()"),
        ("views/desk.py", "engine.replay(scenario, 1, [])"),
    ],
)
def test_the_games_rules_notice_a_line_that_breaks_them(path, line):
    assert game_faults(path, line)


def test_asserts_and_sorted_sets_are_welcome():
    assert engine_faults("day", "assert x\nfor y in sorted(set(z)): pass") == []
