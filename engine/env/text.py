"""A desk's screen as plain text, with what can be done now as a numbered list: for programs that read."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.autopilots.parts import Eyes
from engine.commands import taken
from engine.env.moves import WAIT, Catalogue
from engine.evidence.telling import told

ONE_BY_ONE = 24  # numbers of a lever that get a line each; of more the first and the last
HOW = 'Answer with a number, or by name: {"kind": "bridge.say", "args": {"text": "..."}}, if you like with "confidence" and "why".'


def rendered(catalogue: Catalogue, eyes: Eyes, mask: npt.NDArray[np.int8], refused: str = "") -> str:
    """The whole of it. `refused`: why this desk's last command was not carried out."""
    sight: Any = told(catalogue.scenario, {**eyes.sight})
    lines = [f"{catalogue.scenario.told.title(catalogue.desk)}, {sight['clock']['date']} {sight['clock']['clock']}"]
    if refused:
        lines.append(f"Your last command was refused: {refused}")
    for name, card in sight.items():
        if name not in ("clock", "levers"):
            lines += ["", f"== {name}", *_lines(card)]
    lines += ["", "== what you can do now", HOW, *_moves(catalogue, eyes, mask)]
    lines += [f"-. {row['label']} ({row['kind']}): not now, {row['reason']}" for row in sight["levers"]["levers"] if not row["allowed"]]
    return "\n".join(lines)


def _moves(catalogue: Catalogue, eyes: Eyes, mask: npt.NDArray[np.int8]) -> Iterator[str]:
    yield f"{WAIT}. Wait until the next look."
    for row in catalogue.rows:
        free = np.flatnonzero(mask[row.first : row.first + row.size]).tolist()
        shown = free if len(free) <= ONE_BY_ONE else [free[0], free[-1]]
        chosen = (row.of(eyes) if row.of else row.fixed) if shown else ()
        label = told(catalogue.scenario, row.lever.named(catalogue.scenario))
        for place in shown:
            args = json.dumps(chosen[place], ensure_ascii=False) if chosen[place] else ""
            if place != shown[0] and shown is not free:
                yield f"... {len(free) - 2} more like these, in their order ..."
            yield f"{row.first + place}. {label}: {row.lever.kind} {args}".rstrip()
    for lever in catalogue.named(eyes):
        args = ", ".join(f"{name}: {told(catalogue.scenario, taken(parse))}" for name, parse in lever.args.items())
        yield f"by name. {told(catalogue.scenario, lever.named(catalogue.scenario))}: {lever.kind} {{{args}}}"


def _lines(value: Any, indent: str = "") -> Iterator[str]:
    """A card, a line a field, and a line for each row of a list."""
    if not isinstance(value, Mapping):
        yield f"{indent}{_short(value)}"
        return
    for name, one in value.items():
        if isinstance(one, Mapping) and one:
            yield f"{indent}{name}:"
            yield from _lines(one, indent + "  ")
        elif isinstance(one, list) and any(isinstance(row, Mapping) for row in one):
            yield f"{indent}{name}:"
            yield from (f"{indent}  - {_short(row)}" for row in one)
        else:
            yield f"{indent}{name}: {_short(one)}"


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {_short(one)}" for name, one in value.items() if one not in (None, [], ""))
    if isinstance(value, list):
        return ", ".join(_short(one) for one in value) or "none"
    return {None: "none", True: "yes", False: "no"}[value] if value is None or isinstance(value, bool) else str(value)
