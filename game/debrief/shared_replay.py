"""A facilitator's replay that the room follows: where it is, in the broker, for as long as it is told.

A picture of the present that may be lost: who leads tells it every second, and who follows asks every second. When the facilitator's page
is closed nobody is led any more: a moment that has not been told anew for some seconds, by the clock of the process that is asked, is over.
"""

import json
import time
import uuid
from typing import Any

import structlog
from django.utils.translation import gettext

import engine
from game.debrief.replay_frames import RATES
from game.live.broker import BROKER_GONE, client
from game.models import Exercise
from game.rules import DESKS, RuleBroken
from game.stillness import Stillness

log = structlog.get_logger(__name__)
KEPT_S = 10
LITTER_S = 86400  # then the broker clears it away
_seen = Stillness(2.0)


def _key(exercise: Exercise) -> str:
    return f"ob:lead:{exercise.pk}"


def lead(exercise: Exercise, team: str, desk: str, step: str, rate: str, *, playing: bool) -> None:
    """Show the room this moment of a team's desk. Raises RuleBroken for one that is none."""
    numbers = [text for text in (team, step.removeprefix("-"), rate) if text.isdecimal() and len(text) < 10]
    if len(numbers) < 3 or desk not in DESKS or int(rate) not in RATES:
        raise RuleBroken(gettext("Expected a team, a desk, a step and how many times real time."))
    if not engine.EARLIEST <= int(step) <= engine.LATEST:
        raise RuleBroken(gettext("A step is from %(earliest)s to %(latest)s.") % {"earliest": engine.EARLIEST, "latest": engine.LATEST})
    if exercise.held:
        raise RuleBroken(gettext("The result is not revealed yet: reveal it before the room is shown a run."))
    if exercise.state != "ended" or not exercise.runs().filter(team=int(team), state="ended").exists():
        raise RuleBroken(gettext("This team has no run that can be shown."))
    told = {"team": int(team), "desk": desk, "step": int(step), "rate": int(rate), "playing": playing, "told": uuid.uuid4().hex}
    try:
        client().set(_key(exercise), json.dumps(told), ex=LITTER_S)
    except BROKER_GONE as problem:
        log.warning("the room could not be shown a moment", exercise=exercise.pk, problem=str(problem))
        raise RuleBroken(gettext("The broker is unavailable: the room does not see this yet. Retrying.")) from None
    _seen.still(_key(exercise), told["told"], time.monotonic())


def stop(exercise: Exercise) -> None:
    """Let everybody look at what they like."""
    try:
        client().delete(_key(exercise))
    except BROKER_GONE as problem:
        log.warning("a lead is left to run out", exercise=exercise.pk, problem=str(problem))


def led(exercise: Exercise, now: float | None = None) -> dict[str, Any] | None:
    """Where the facilitator is: {team, desk, step, rate, playing, age_s}; None when nobody leads, or the result is held back."""
    if exercise.state != "ended" or exercise.held:
        return None
    try:
        found = client().get(_key(exercise))
    except BROKER_GONE:
        return None
    if found is None:
        return None
    told = json.loads(str(found))
    age = _seen.still(_key(exercise), told.pop("told"), time.monotonic() if now is None else now)
    return None if age >= KEPT_S else {**told, "age_s": round(age, 2)}
