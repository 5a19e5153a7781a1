"""Every sentence of the engine's code that people read, as a catalogue of another language has to have it: its English is its id.

Texts of a scenario are not among them: those have ids of their own (engine.scenario.wordings), and so have what a scenario's data calls its
duties, causes and barriers.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from engine.commands import LEVERS, Lever, taken
from engine.firm.safeguards import CONTROLS
from engine.market_time import DAYS, MONTHS, PHASES, WEEKDAYS

_MARKS = {"phrase", "Refused", "msgid", "remark"}  # calls whose first argument is one


def msgids() -> tuple[str, ...]:
    """All of them, sorted: what the source marks, and what levers and controls say of themselves."""
    found = {*PHASES.values(), *WEEKDAYS, *DAYS, *MONTHS, *(control.label["say"] for control in CONTROLS.values())}
    for lever in LEVERS.values():
        found.update(_of_lever(lever))
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        found.update(_marked(ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(sorted(found - {""}))


def _of_lever(lever: Lever) -> Iterator[str]:
    yield from (lever.label, lever.word_label, lever.word, lever.help, *map(lever.group_for, lever.desks))
    yield from (wish.words for wish in lever.wished if isinstance(wish.words, str))
    if lever.story and isinstance(lever.story.text, str):
        yield lever.story.text
    yield from (taken(parse)["say"] for parse in lever.args.values())


def _marked(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in _MARKS:
            first = node.args[0]
            said = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            yield from (str(one.value) for one in said if isinstance(one, ast.Constant))
