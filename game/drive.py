"""What whoever runs an exercise can do to its time: one path for the facilitator's page and for a player who plays alone."""

from collections.abc import Callable
from typing import Any

import engine
from game import planning, wall
from game.control import dispatch_all, tell_state
from game.models import SPEED_MAX, SPEED_MIN, Exercise, RuleBroken

NEXT = {"premarket": engine.OPEN, "bell": engine.BELL_END, "unwind": engine.BLOCK, "block": engine.END}


def next_phase(step: int) -> int:
    """Where the phase (in the week: the evening) after that of `step` begins. Raises RuleBroken in the last one."""
    evening = engine.evening_of(step)
    if evening is not None:
        return engine.week_step(evening + 1, "18:00")
    try:
        return NEXT[engine.phase(step)]
    except KeyError:
        raise RuleBroken("The day is over: there is no later phase.") from None


def drive(exercise: Exercise, verb: str, value: Any = None) -> None:
    """Start, pause, resume, end, speed (a number or its text), advance (to a clock text; without one to the next phase), begin
    (the evening that is being planned), retry; of the projector freeze, reveal, losses (live, delayed, hidden).

    Screens are told and workers are sent for. Raises RuleBroken with the reason when it cannot be done.
    """
    verbs: dict[str, Callable[[], None]] = {
        "start": exercise.start,
        "pause": exercise.pause,
        "resume": exercise.go_on,
        "end": exercise.end,
        "speed": lambda: exercise.set_speed(_speed(value)),
        "advance": lambda: exercise.advance_to(_step(exercise, value)),
        "begin": lambda: planning.begin(exercise),
        "retry": lambda: _retry(exercise),
        "freeze": lambda: wall.freeze(exercise),
        "reveal": lambda: wall.reveal(exercise),
        "losses": lambda: wall.show_losses(exercise, value),
    }
    if verb not in verbs:
        raise RuleBroken(f"There was nothing to do in that form: expected one of {', '.join(verbs)}.")
    verbs[verb]()
    exercise.refresh_from_db()
    tell_state(exercise)
    if exercise.state in ("running", "ended"):
        dispatch_all(exercise)


def _speed(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise RuleBroken(f"The speed can be a number from {SPEED_MIN:g} to {SPEED_MAX:g}, not {str(value)[:20]!r}.") from None


def _step(exercise: Exercise, value: Any) -> int:
    if value is None or value == "":
        return next_phase(exercise.step)
    try:
        step = engine.step_at(str(value)[:20])
    except ValueError as problem:
        raise RuleBroken(f"{problem}.") from problem
    if step > engine.END:
        raise RuleBroken(f"The day ends at {engine.clock(engine.END)[:5]}: expected an earlier time.")
    return step


def _retry(exercise: Exercise) -> None:
    for run in exercise.runs().filter(state="failed"):
        run.try_again()
