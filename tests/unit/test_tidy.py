"""The house keeps itself tidy: who imports whom, and what the engine may not call. Each rule is shown a line that breaks it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The engine from the ground up: a room imports itself and rooms before it. What lies beside the rooms is the ground.
ENGINE_ROOMS = ("", "scenario", "market", "evidence", "firm", "levers", "sights", "autopilots", "analysis", "env")
ENGINE_GROUND = {"arguments", "commands", "events", "jit", "market_time", "moment", "money", "rules"}
# The game: what a room may import of the others. "" are the files beside the rooms that need no model; whoever starts the game (TOP) may
# import everything, and nobody imports it.
GAME_GROUND = set("celery converters environment languages lifeline log metrics rules scenarios spoken sqlite_writer static_names stillness storage tokens ways".split())  # noqa: SIM905
GAME_TOP = {"admin_look", "apps", "asgi", "settings", "site", "tasks", "urls", "__init__"}
GAME_ROOMS = {
    "": set(),
    "formats": set(),
    "templatetags": {""},
    "models": {""},
    "live": {"", "models"},
    "people": {"", "models", "live"},
    "debrief": {"", "models", "live", "people"},
    "control": {"", "models", "live", "people", "debrief"},
    "courses": {"", "models", "live", "people", "debrief", "control"},
    "lab": {"", "models", "live", "people"},
    "sockets": {"", "models", "live", "people", "control"},
    "ops": {"", "models", "live", "people", "debrief", "lab", "control", "courses"},
    "views": {"", "models", "live", "people", "control", "debrief", "lab", "sockets", "ops", "courses"},
    "admin": {"", "models", "live", "people", "control", "debrief"},
    "management": {"", "models", "live", "people", "control", "debrief", "ops", "courses"},
}
ANYWHERE = set(
    """bisect collections csv dataclasses datetime decimal functools hashlib io json math numpy
    operator pathlib re string tomllib typing zlib""".split()  # noqa: SIM905
)
ONLY_IN = {  # by path without its ending; a room stands for all that is in it
    "ast": {"analysis/msgids", "scenario/module"},
    "concurrent": {"firm/simulation"},
    "contextlib": {"jit", "scenario"},
    "difflib": {"scenario"},
    "importlib": {"scenario/module"},
    "numba": {"jit"},
    "os": {"jit"},
    "pydantic": {"scenario"},
    "tempfile": {"jit"},
    "zipfile": {"analysis/bundle", "analysis/scenario_zip"},
    "zstandard": {"analysis/replay"},
}
READERS = {"jit", "scenario", "analysis/msgids", "analysis/playbook", "analysis/scenario_zip"}
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


def engine_faults(path: str, source: str) -> list[str]:
    """What a file of the engine does that it may not; `path` is relative to engine/, without its ending."""
    tree, found = ast.parse(source), []
    room = path.split("/")[0] if "/" in path else ""
    if not room and path not in ENGINE_GROUND and path != "__init__":
        found.append("belongs into a room")
    known = {path, room} if room else {path}
    for name in imports(tree):
        top, *rest = name.split(".")
        if top == "engine" and path != "__init__":
            other = rest[0] if rest and rest[0] in ENGINE_ROOMS else ""
            if not rest or ENGINE_ROOMS.index(other) > ENGINE_ROOMS.index(room):
                found.append(f"imports {name}, which is no lower room")
        elif top not in {"engine", *ANYWHERE} and not known & ONLY_IN.get(top, set()):
            found.append(f"imports {name}")
    for node in ast.walk(tree):
        called = ast.unparse(node.func).split(".")[-1] if isinstance(node, ast.Call) else ""
        if (called in CLOCKS and path != "jit") or (called in FILE_CALLS and not known & READERS):
            found.append(f"line {node.lineno}: {called}()")
        if isinstance(node, ast.keyword) and node.arg in ("fastmath", "parallel"):
            found.append(f"line {node.lineno}: {node.arg}")
        loops = [node.iter] if isinstance(node, ast.For | ast.comprehension) else []
        found += [f"line {loop.lineno}: iterates over a set" for loop in loops if _is_set(loop)]
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(mark) in ("kernel", "piece") for mark in node.decorator_list):
            if room != "market":  # the cache of compiled kernels would not see it change
                found.append(f"line {node.lineno}: a kernel outside the market")
            found += [f"line {inner.lineno}: {ast.unparse(inner)} in a kernel" for inner in ast.walk(node) if _is_float(inner)]
    return found


def _is_set(node: ast.AST) -> bool:
    return isinstance(node, ast.Set | ast.SetComp) or (isinstance(node, ast.Call) and ast.unparse(node.func) in ("set", "frozenset"))


def _is_float(node: ast.AST) -> bool:
    divides = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
    return divides or (isinstance(node, ast.Constant) and isinstance(node.value, float))


def game_faults(path: str, source: str) -> list[str]:
    """What a file of the game does that it may not; `path` is relative to game/."""
    tree, found = ast.parse(source), []
    room = path.split("/")[0] if "/" in path else ""
    stem = path.removesuffix(".py")
    if not room and stem not in GAME_GROUND | GAME_TOP:
        found.append("belongs into a room")
    for name in imports(tree):
        top, *rest = name.split(".")
        if top == "engine" and rest and rest[0] not in front_door():
            found.append(f"imports {name}: the engine has one door")
        if top == "game" and rest and stem not in GAME_TOP:
            other = rest[0] if rest[0] in GAME_ROOMS else ""
            if rest[0] in GAME_TOP or other not in {room, *GAME_ROOMS[room]}:
                found.append(f"imports {name}, which is no lower room")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("engine.") and node.value and isinstance(node.value, ast.Attribute):
            inner = ast.unparse(node).split(".")[1]
            if inner in {*ENGINE_ROOMS, *ENGINE_GROUND} - front_door():
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
        builds = isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("engine.") in ("Simulation", "replay", "restore")
        if builds and path not in ("live/run_driver.py", "debrief/tasks.py") and not path.startswith("management/"):
            found.append(f"line {node.lineno}: builds a simulation")
    return found


def front_door() -> set[str]:
    tree = ast.parse((ROOT / "engine/__init__.py").read_text())
    (names,) = [node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"]
    return set(ast.literal_eval(names))


ENGINE = sorted(path for path in (ROOT / "engine").rglob("*.py") if "scenarios" not in path.parts)  # modules of scenarios: test_module.py
GAME = sorted(path for path in (ROOT / "game").rglob("*.py") if "migrations" not in path.parts)


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_room_of_the_engine_imports_lower_rooms_only_and_calls_nothing_that_is_banned(path):
    assert engine_faults(path.relative_to(ROOT / "engine").as_posix().removesuffix(".py"), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", GAME, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_room_of_the_game_imports_lower_rooms_and_the_engines_front_door_and_only_clock_and_tasks_build_simulations(path):
    assert game_faults(path.relative_to(ROOT / "game").as_posix(), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("market/market_step", "import django"),
        ("market/market_step", "from game.live import clock"),
        ("market/book", "from engine.firm.state import FIRM"),
        ("market/router", "def f():\n    from engine.firm.simulation import Simulation"),
        ("moment", "from engine.market.state import SYMBOL"),
        ("stray", "x = 1"),
        ("firm/trading_day", "import random"),
        ("firm/trading_day", "import time"),
        ("firm/trading_day", "import threading"),
        ("firm/trading_day", "from concurrent.futures import ThreadPoolExecutor"),
        ("firm/trading_day", "import pydantic"),
        ("firm/trading_day", "import numpy as np\nnp.random.default_rng(1)"),
        ("firm/trading_day", "import os\nos.environ['X']"),
        ("firm/trading_day", "import datetime\ndatetime.datetime.now()"),
        ("firm/trading_day", "open('x')"),
        ("sights/sight", "path.read_text()"),
        ("market/market_step", "njit(fastmath=True)(f)"),
        ("firm/trading_day", "for x in set(y): pass"),
        ("firm/trading_day", "z = [x for x in {1, 2}]"),
        ("market/book", "@kernel\ndef f(a):\n    return a / 2"),
        ("market/book", "@piece\ndef f(a):\n    a *= 0.5"),
        ("firm/trading_day", "hash('x')"),
        ("firm/trading_day", "@kernel\ndef f(a):\n    return a"),
    ],
)
def test_the_engines_rules_notice_a_line_that_breaks_them(path, line):
    assert engine_faults(path, line)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("views/desk.py", "from engine.market.state import Machine"),
        ("views/desk.py", "from game.tasks import run_segment"),
        ("sockets/desk_consumers.py", "from game.views import desk"),
        ("debrief/results.py", "from game.control import board"),
        ("live/clock.py", "def f():\n    from game.people import seating"),
        ("stray.py", "x = 1"),
        ("sockets/desk_consumers.py", "engine.Simulation(scenario, 1)"),
        ("live/hub.py", "import engine\nengine.market.allocate()"),
        ("views/desk.py", "engine.replay(scenario, 1, [])"),
    ],
)
def test_the_games_rules_notice_a_line_that_breaks_them(path, line):
    assert game_faults(path, line)


def test_asserts_and_sorted_sets_are_welcome():
    assert engine_faults("firm/trading_day", "assert x\nfor y in sorted(set(z)): pass") == []


def circles(package: str) -> list[list[str]]:
    """Modules of a package that need each other before any can be imported: each circle once, sorted."""
    graph = {}
    for path in (ROOT / package).rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        graph[name] = path
    needs = {name: {_module(wanted, graph) for wanted in imports(ast.parse(path.read_text(encoding="utf-8")))} - {None, name} for name, path in graph.items()}
    reached = {name: _reach(name, needs) for name in needs}
    found = {tuple(sorted(other for other in reached[name] if name in reached[other])) for name in needs}
    return sorted([list(circle) for circle in found if len(circle) > 1])


def _module(wanted: str, graph: dict[str, Path]) -> str | None:
    return wanted if wanted in graph else wanted.rpartition(".")[0] if wanted.rpartition(".")[0] in graph else None


def _reach(name: str, needs: dict[str, set[str]]) -> set[str]:
    found, ahead = set(), [name]
    while ahead:
        for other in needs.get(ahead.pop(), ()):
            if other not in found:
                found.add(other)
                ahead.append(other)
    return found


def test_no_modules_of_the_engine_import_each_other_in_a_circle():
    assert circles("engine") == []


# What registers under a name of its own: a card by its word, what a desk can pin, an act of the telephone, an autopilot's habits.
PROTOCOLS = {"engine/sights/cards.py", "engine/sights/pins.py"}
OF_A_PROTOCOL = {"HABITS", "T", "P"}


def public_names(tree: ast.Module) -> Iterator[str]:
    """Functions, classes and constants of a module that begin with no underscore."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found = [node.name]
        elif isinstance(node, ast.Assign):
            found = [name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
        else:
            found = [node.target.id] if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else []
        yield from (name for name in found if not name.startswith("_"))


def test_a_public_name_of_the_engine_means_one_thing():
    where: dict[str, set[str]] = {}
    for path in ENGINE:
        file = path.relative_to(ROOT).as_posix()
        if path.name != "__init__.py" and file not in PROTOCOLS:
            for name in public_names(ast.parse(path.read_text(encoding="utf-8"))):
                where.setdefault(name, set()).add(file)
    assert {name: sorted(files) for name, files in where.items() if len(files) > 1 and name not in OF_A_PROTOCOL} == {}


# Rows of the game that are what the engine calls so.
ROWS = {"Command", "Deed", "Event", "Ghost", "Message"}


def test_a_class_of_engine_or_game_has_its_name_alone():
    where: dict[str, set[str]] = {}
    for path in [*ENGINE, *GAME]:
        file = path.relative_to(ROOT).as_posix()
        if file not in PROTOCOLS and "/commands/" not in file and "/migrations/" not in file:  # whose names are Django's
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    where.setdefault(node.name, set()).add(file)
    assert {name: sorted(files) for name, files in where.items() if len(files) > 1 and name not in ROWS} == {}
