"""The types by which the browser's code is checked, written from those that the engine's sights return.

`python -m tests.card_types` writes .js/types/cards.d.ts anew. To be run when engine/sights/cards.py changes.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from engine import arguments
from engine.sights import cards

FILE = Path(__file__).resolve().parents[1] / ".js/types/cards.d.ts"
WIDTH = 150
HEAD = """\
/* The protocol between engine and browser: every card by its name, and what is in it. Written from engine/sights/cards.py by
   `python -m tests.card_types`: change it there. Cards that the game makes itself are in page.d.ts. */

"""
MIDDLE = """
/* Whole dollars unless the name says otherwise: _hc hundredths of a cent, _bp basis points, _s seconds, _min minutes. Clocks are text. */
declare namespace Card {
"""
PLAIN = {arguments.SaidText: "string", arguments.Phrase: "string", str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null"}
SIGHT = "Cards"  # ends the names of what is no card, but a desk's cards by their names


def declared() -> dict[str, Any]:
    """Every name of cards.py that the browser may know, in the order of the file."""
    own = {name: kind for name, kind in vars(cards).items() if not name.startswith("_") and name not in ("DeskCards", "Sentence")}
    return {name: kind for name, kind in own.items() if getattr(kind, "__module__", "") == cards.__name__ or get_origin(kind) in (UnionType, Annotated)}


def misfits(value: Any, kind: Any, where: str) -> Iterator[str]:
    """What in a JSON value is not as its type says: a field more, a field less, another sort of value, a word that is none of its words."""
    origin, parts = get_origin(kind), get_args(kind)
    if is_typeddict(kind) and isinstance(value, dict) and kind is not arguments.Args:
        fields = get_type_hints(kind, include_extras=True)
        yield from (f"{where}.{name}: unknown" for name in value if name not in fields)
        for name, one in fields.items():
            optional = get_origin(one) is NotRequired
            if name in value:
                yield from misfits(value[name], get_args(one)[0] if optional else one, f"{where}.{name}")
            elif not optional:
                yield f"{where}.{name}: missing"
    elif origin in (UnionType, Union):
        found = [list(misfits(value, part, where)) for part in parts]
        yield from min(found, key=len)
    elif origin is Annotated and parts[1] != cards.SOME:
        if value not in kind.__metadata__:
            yield f"{where} = {value!r}: none of its words"
    elif origin is Literal:
        if value not in parts:
            yield f"{where} = {value!r}: none of its words"
    elif origin is list and isinstance(value, list):
        for place, one in enumerate(value):
            yield from misfits(one, parts[0], f"{where}[{place}]")
    elif (origin is dict or origin is Annotated) and isinstance(value, dict):
        names, inner = get_args(parts[0]) if origin is Annotated else parts
        for name, one in value.items():
            yield from misfits(name, names, f"{where}: a name")
            yield from misfits(one, inner, f"{where}.{name}")
    elif not _is(value, kind):
        yield f"{where} = {value!r}: expected {kind}"


def _is(value: Any, kind: Any) -> bool:
    if kind is arguments.Args:
        return isinstance(value, dict)
    if isinstance(value, bool) or not isinstance(kind, type) or is_typeddict(kind):
        return kind is bool
    return isinstance(value, int | float if kind is float else kind)


class Writer:
    """Writes types; knows which have a name of their own, and says `Card.` before them outside their namespace."""

    def __init__(self) -> None:
        self.names = declared()
        self.inside = True

    def told(self, kind: Any) -> str:
        """A type as TypeScript has it."""
        name = next((name for name, one in self.names.items() if one is kind or (get_origin(kind) is Annotated and one == kind)), "")
        if name:
            return name if self.inside or get_origin(kind) is Annotated else f"Card.{name}"
        return self.spelt(kind)

    def spelt(self, kind: Any) -> str:
        """The same where it has no name."""
        origin, parts = get_origin(kind), get_args(kind)
        if kind is arguments.Args:
            return "Args"
        if kind in PLAIN:
            return PLAIN[kind]
        if origin is Annotated and parts[1] == cards.SOME:
            return f"Partial<{self.told(parts[0])}>"
        if origin in (Annotated, Literal):
            words = kind.__metadata__ if origin is Annotated else parts
            return " | ".join(str(word).lower() if isinstance(word, bool) else f'"{word}"' for word in words)
        if origin in (UnionType, Union):
            return " | ".join(dict.fromkeys(self.told(part) for part in parts))
        if origin is list:
            inner = self.told(parts[0])
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        if origin is dict:
            return f"Record<{self.told(parts[0])}, {self.told(parts[1])}>"
        raise TypeError(f"{kind}: no card may hold that")

    def field(self, name: str, kind: Any) -> str:
        """A field of an interface."""
        if get_origin(kind) is NotRequired:
            return f"{name}?: {self.told(get_args(kind)[0])}"
        return f"{name}: {self.told(kind)}"

    def interface(self, name: str, kind: Any, indent: str) -> str:
        """A card or a part of one, in one line where it fits."""
        fields = [self.field(*item) for item in get_type_hints(kind, include_extras=True).items()]
        doc = inspect.cleandoc(kind.__doc__) if kind.__doc__ and not kind.__doc__.startswith("dict(") else ""
        head = f"{indent}/* {doc} */\n" if doc else ""
        line = f"{indent}interface {name} {{ {'; '.join(fields)} }}"
        if len(line) <= WIDTH:
            return f"{head}{line}\n"
        lines, row = [], f"{indent}  "
        for field in fields:
            if len(row) + len(field) + 2 > WIDTH:
                lines.append(row.rstrip())
                row = f"{indent}  "
            row += f"{field}; "
        return head + "\n".join([f"{indent}interface {name} {{", *lines, row.rstrip(), f"{indent}}}"]) + "\n"

    def file(self) -> str:
        """The whole file: words, what commands take, cards, and the cards of each desk."""
        words = {name: kind for name, kind in self.names.items() if get_origin(kind) is Annotated}
        text = HEAD + "".join(f"type {name} = {self.spelt(kind)};\n" for name, kind in words.items())
        text += "type Args = Record<string, unknown>;\n" + MIDDLE
        for name, kind in self.names.items():
            if is_typeddict(kind) and not name.endswith(SIGHT):
                text += self.interface(name, kind, "  ")
            elif get_origin(kind) is UnionType:
                text += f"  type {name} = {self.spelt(kind)};\n"
        text += "}\n\n"
        self.inside = False
        return text + "".join(self.interface(name, kind, "") for name, kind in self.names.items() if is_typeddict(kind) and name.endswith(SIGHT))


if __name__ == "__main__":
    FILE.write_text(Writer().file(), encoding="utf-8")
