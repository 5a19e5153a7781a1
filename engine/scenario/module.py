"""A scenario's module: the code that it brings along beside its data, where an incident needs a behavior of its own.

`module.py` of a scenario's folder has `RULES`, the number of its own rules, and `register(extension)`, which registers what is its own. It reaches
the engine through `engine.door` alone. What it registers is kept for its scenario and for nobody else: no registry of the engine has it.

The module keeps the engine's laws, which are looked at before a line of it runs. Its source is in the scenario's fingerprint and in the key of the
kernels it makes; a run knows it by its hash and never carries it.
"""

import ast
import hashlib
import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands import LEVERS, Effect, Lever
from engine.events import DESKS
from engine.jit import keyed

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

OWN_KIND = "own."  # what the names of a module's levers and numbers begin with: none of the engine's ever does
_NAME = re.compile(r"own\.[a-z]+([-_][a-z]+)*")
_NOT_OWN = {"talk", "word", "like", "expand", "cut", "shows", "settles"}  # fields of a lever that other parts of the engine know by its kind
IMPORTS = {"engine.door", "collections", "dataclasses", "decimal", "functools", "math", "numpy", "operator", "typing"}
BANNED = {
    "open", "exec", "eval", "compile", "input", "print", "getattr", "setattr", "delattr", "globals", "vars", "hash", "id", "now", "today", "utcnow",
    "perf_counter", "monotonic", "sleep", "seed", "default_rng", "urandom", "read_text", "read_bytes", "write_text", "write_bytes", "save", "load",
    "tofile", "fromfile", "memmap",
}  # fmt: skip

Agent = Callable[["Simulation"], None]
Number = Callable[["Simulation"], float]


class ModuleError(ValueError):
    """A module is not as it should be: the message says where, what is wrong and what was expected."""


@dataclass(frozen=True)
class Extension:
    """What one scenario's module has registered. `rules`: the number of its rules, 0 without a module; `here`: whether its source is."""

    rules: int = 0
    here: bool = True
    levers: dict[str, Lever] = field(default_factory=dict)
    agents: list[Agent] = field(default_factory=list)
    numbers: dict[str, Number] = field(default_factory=dict)

    def lever(self, kind: str, desks: str | tuple[str, ...], label: str, **fields: Any) -> Callable[[Effect], Effect]:
        """Register the decorated effect as a lever; `fields` are those of `Lever`. Hands and minutes are the scenario's (`[levers."own.x"]`)."""
        seats = (desks,) if isinstance(desks, str) else desks
        if not _NAME.fullmatch(kind) or kind in self.levers or not set(seats) <= set(DESKS):
            desks_there = ", ".join(DESKS)
            raise ModuleError(f"lever {kind!r} of {', '.join(seats)}: expected a new name such as 'own.standby-check' and desks of {desks_there}")
        if wrong := sorted(_NOT_OWN & set(fields)):
            raise ModuleError(f"lever {kind!r}: {wrong[0]}: expected none, a lever of a scenario's own is no talk and needs no approval")

        def register(effect: Effect) -> Effect:
            self.levers[kind] = Lever(kind, seats, label, effect, **fields)
            return effect

        return register

    def agent(self, act: Agent) -> Agent:
        """Register what acts at the boundary of every five seconds of the day, after the market's block. It keeps what it must remember in
        `sim.own`, JSON-able and by names of its own, and nowhere else."""
        self.agents.append(act)
        return act

    def number(self, name: str) -> Callable[[Number], Number]:
        """Register a number that conditions of the scenario's texts may compare: `own.NAME > 0`. Evidence may know it, so somebody could."""
        if not _NAME.fullmatch(name) or "-" in name or name in self.numbers:
            raise ModuleError(f"number {name!r}: expected a new name such as 'own.standby_ready'")

        def register(read: Number) -> Number:
            self.numbers[name] = read
            return read

        return register

    @cached_property
    def kinds(self) -> Mapping[str, Lever]:
        """Every lever of its scenario."""
        return {**LEVERS, **self.levers} if self.levers else LEVERS


NO_MODULE = Extension()


def faults_of(source: str) -> Iterator[str]:
    """What a module does that it may not, a line each: the laws of the engine, and nothing but its door and plain arithmetic to import."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as problem:
        yield f"no Python: {problem}: expected a module with RULES and register"
        return
    for node in ast.walk(tree):
        where = f"line {getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            told = [node.module] if isinstance(node, ast.ImportFrom) and node.module != "engine" else [alias.name for alias in node.names]
            names = [f"engine.{name}" if isinstance(node, ast.ImportFrom) and node.module == "engine" else name for name in told]
            for name in names:
                if name not in IMPORTS and str(name).split(".")[0] not in IMPORTS - {"engine.door"}:
                    yield f"{where}: imports {name}: expected only {', '.join(sorted(IMPORTS))}"
        if isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if name.startswith("__") or (isinstance(node, ast.Attribute) and name in ("random", "ctypeslib", "f2py")):
                yield f"{where}: {name}: expected no private names and no chance"
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in BANNED:
            yield f"{where}: {ast.unparse(node.func)}(): expected no file, clock or chance, and no way around the door"
        if isinstance(node, ast.For | ast.comprehension) and (
            isinstance(node.iter, ast.Set | ast.SetComp) or (isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) in ("set", "frozenset"))
        ):
            yield f"line {node.iter.lineno}: iterates over a set: expected a sorted list"
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield f"{where}: {', '.join(node.names)} outlives a run: expected sim.own"
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(mark).split(".")[-1] in ("kernel", "piece") for mark in node.decorator_list):
            yield from (f"{where}: {ast.unparse(inner)} in a kernel: expected whole numbers" for inner in ast.walk(node) if _is_float(inner))


def _is_float(node: ast.AST) -> bool:
    divides = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
    return divides or (isinstance(node, ast.Constant) and isinstance(node.value, float))


@lru_cache(maxsize=64)
def read_module(path: Path, code: str) -> Extension:
    """What a module registers, once for each source (`code`: its SHA-256). Raises ModuleError, OSError."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != code:
        raise ModuleError("changed while it was read: start again")
    try:
        source = content.decode()
    except UnicodeDecodeError as problem:
        raise ModuleError(f"no text: {problem}") from None
    if wrong := next(faults_of(source), ""):
        raise ModuleError(wrong)
    spec = importlib.util.spec_from_file_location(f"scenario_{path.parent.name.replace('-', '_')}_{code[:12]}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        with keyed(code):
            spec.loader.exec_module(module)
        rules, register = getattr(module, "RULES", None), getattr(module, "register", None)
        if isinstance(rules, bool) or not isinstance(rules, int) or rules < 1 or not callable(register):
            raise ModuleError(f"RULES = {rules!r}, register = {register!r}: expected a whole number from 1, and a function of the extension")
        extension = Extension(rules)
        register(extension)
    except ModuleError:
        raise
    except Exception as problem:  # whatever somebody's code raises is told with its file, and stops no other scenario
        raise ModuleError(f"{type(problem).__name__}: {problem}: expected code that registers without an error") from problem
    return extension
