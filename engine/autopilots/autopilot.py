"""Autopilots: characters that play one desk through its sight alone. A move comes from the cards and from nothing else.

`assistant` sits in empty seats and does what its team asks; `history`, `novice` and `competent` are for ghosts, demos and
rehearsals; a stand-in does what is due before the bell while the clock is advanced past it, and nothing else. A habit is a question
put to the sight that may answer with a move; a look takes the first habits that have one, at most one lever and one thing said.
"""

from collections.abc import Callable, Mapping
from functools import cache

from engine.autopilots import assistant, competent, history, novice
from engine.autopilots.parts import Eyes, Habit, Habits, Move, Words, awake, do_every_duty
from engine.commands import is_talk
from engine.events import DESKS
from engine.market_time import STEPS_PER_MINUTE, STEPS_PER_SECOND, Calendar
from engine.sights.cards import DeskCards

STAND_IN = "stand-in"  # sits in no seat
CHARACTERS: Mapping[str, Mapping[str, Habits]] = {
    "assistant": assistant.HABITS,
    "competent": competent.HABITS,
    "history": history.HABITS,
    "novice": novice.HABITS,
    STAND_IN: dict.fromkeys(DESKS, (do_every_duty,)),
}
AUTOPILOTS = tuple(name for name in sorted(CHARACTERS) if name != STAND_IN)
# How often a look is taken, in steps.
LOOK_STEPS = {
    "deployment": 5 * STEPS_PER_MINUTE,
    "premarket": 30 * STEPS_PER_SECOND,
    "bell": 5 * STEPS_PER_SECOND,
    "unwind": 2 * STEPS_PER_MINUTE,
    "block": 30 * STEPS_PER_SECOND,
    "ended": 30 * STEPS_PER_SECOND,
}

Pilot = Callable[[DeskCards], list[Move]]


class AutopilotError(ValueError):
    """There is no such autopilot: the message says which there are."""


def autopilot(name: str, desk: str, words: Words) -> Pilot:
    """The autopilot of a character at a desk, which speaks its firm's words: sight -> moves, the same for the same sight.

    Raises AutopilotError.
    """
    if name not in CHARACTERS:
        raise AutopilotError(f"{name!r} is no autopilot: expected one of {', '.join(AUTOPILOTS)}")
    if desk not in DESKS:
        raise AutopilotError(f"{desk!r} has no autopilot: expected one of {', '.join(DESKS)}")
    at_work = _at_work(name, desk)

    def pilot(sight: DeskCards) -> list[Move]:
        eyes = Eyes(desk, sight, words)
        return _moves(at_work[eyes.phase == "deployment", "guide" in sight], eyes)

    return pilot


@cache
def _at_work(name: str, desk: str) -> dict[tuple[bool, bool], tuple[Habit, ...]]:
    """A character's habits by whether it is the week, and whether there is a guide."""
    return {(week, guided): awake(CHARACTERS[name][desk], week, guided) for week in (False, True) for guided in (False, True)}


def _moves(habits: tuple[Habit, ...], eyes: Eyes) -> list[Move]:
    found: dict[bool, Move] = {}
    for habit in habits:
        move = habit(eyes)
        if move is not None and eyes.lacks_word(move):
            move = _ask_for(eyes, move)
        if move is not None and is_talk(move.kind) not in found and eyes.may(move):
            found[is_talk(move.kind)] = move
            if len(found) == 2:
                break
    return list(found.values())


def _ask_for(eyes: Eyes, move: Move) -> Move | None:
    """Ask for the word that a move lacks, unless it was asked for already; what was refused is asked for again."""
    if eyes.word(move.kind) == "asked":
        return None
    return Move("authorise.ask", {"what": move.kind}, move.confidence, move.why)


def looks_at(calendar: Calendar, step: int) -> bool:
    """Whether autopilots look at a step."""
    return step % LOOK_STEPS[calendar.phase(step)] == 0


def next_look(calendar: Calendar, step: int) -> int:
    """The first step after `step` at which autopilots look; the end when there is none."""
    every, end = LOOK_STEPS[calendar.phase(step)], calendar.end
    following = (step // every + 1) * every
    begin = next((begin for begin in (0, calendar.open, calendar.bell_end, calendar.close) if begin > step), end)  # of the next phase
    if following >= begin:
        following = begin if begin == end or looks_at(calendar, begin) else next_look(calendar, begin)
    return min(calendar.block if calendar.close <= following < calendar.block else following, end)
