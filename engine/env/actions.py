"""Actions as programs write them, read as a desk's moves: by their numbers, or as levers by name."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.arguments import english, judged
from engine.autopilots.parts import Eyes, Move
from engine.commands import CONFIDENCES, is_remark
from engine.env.moves import WAIT, Catalogue
from engine.evidence.telling import tell
from engine.levers.shapes import misfit

NOT_NOW = "there is no such move now"
_ABOUT = ("kind", "args", "confidence", "why")


class BadAction(ValueError):
    """What was wrong with an action and what was expected. `desk`: whose it was."""

    def __init__(self, desk: str, problem: str) -> None:
        super().__init__(f"{desk}: {problem}")
        self.desk = desk


def moves_of(catalogue: Catalogue, eyes: Eyes, action: Any, *, several: bool = True) -> list[Move | None]:
    """What an action stands for at this look: no move to wait, None for a number that stands for nothing now.

    An action is a number, or a lever by name: {"kind", "args", "confidence", "why"}; either may be text, several are a list, None waits.
    Raises BadAction for what is none.
    """
    if isinstance(action, str):
        try:
            action = json.loads(action)
        except (ValueError, RecursionError) as problem:
            told = f"{action[:60]!r} is no action: expected a number, or a lever by name as JSON"
            raise BadAction(catalogue.desk, told) from problem
    if action is None:
        return []
    if isinstance(action, list) and several:
        return [move for one in action for move in moves_of(catalogue, eyes, one, several=False)]
    if isinstance(action, Mapping):
        return [_by_name(catalogue, action)]
    size = catalogue.size
    if isinstance(action, bool) or not isinstance(action, int | np.integer) or not 0 <= action < size:
        raise BadAction(catalogue.desk, f"{str(action)[:60]} is no action: expected a number from 0 to {size - 1}, or a lever by name")
    return [] if action == WAIT else [catalogue.move(eyes, int(action))]


def _by_name(catalogue: Catalogue, action: Mapping[str, Any]) -> Move:
    scenario, desk = catalogue.scenario, catalogue.desk
    if unknown := sorted(set(map(str, action)) - set(_ABOUT)):
        raise BadAction(desk, f"an action has no {unknown[0]!r}: expected {', '.join(_ABOUT)}")
    kind, args, confidence, why = action.get("kind"), action.get("args", {}), action.get("confidence"), action.get("why", "")
    lever = scenario.kinds.get(kind) if isinstance(kind, str) else None
    if lever is None or desk not in lever.desks:
        there = ", ".join(sorted(kind for kind, lever in scenario.kinds.items() if desk in lever.desks))
        raise BadAction(desk, f"kind = {str(kind)[:40]!r}: expected one of {there}")
    plain = {name: english(one) if is_remark(one) else one for name, one in args.items()} if isinstance(args, Mapping) else args
    if fault := misfit(lever.kind, plain, scenario.kinds):  # what an autopilot says is as good as typed
        raise BadAction(desk, tell(scenario, fault))
    if confidence not in (None, *CONFIDENCES) or not isinstance(why, str):
        raise BadAction(desk, f"confidence = {str(confidence)[:40]!r}: expected one of {', '.join(CONFIDENCES)}, and text as why")
    return Move(lever.kind, judged(args), confidence, why)
