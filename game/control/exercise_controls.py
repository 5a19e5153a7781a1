"""What whoever runs an exercise can do to its time, of all teams or of one: one path for the facilitator's page and for a player
who plays alone.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.utils.translation import gettext, gettext_noop

import engine
from game.control import reveal, wall
from game.live.control import dispatch, dispatch_all, tell_state, tell_team
from game.models import Deed, Exercise, RuleBroken, Run, Team, planning
from game.people import presence
from game.people.alone import room_for_one
from game.rules import SPEED_MAX, SPEED_MIN
from game.spoken import tell

SPEEDS = (0.5, 1, 2, 5, 10, 30, 60, 120)  # that are offered
MOVES = ("start", "resume", "begin", "advance")  # afterwards the clock goes
# What the event feed says of it, after the name of who did it.
DEEDS = {
    "start": gettext_noop("started the exercise"),
    "pause": gettext_noop("paused everybody"),
    "resume": gettext_noop("let everybody go on"),
    "end": gettext_noop("ended the exercise"),
    "speed": gettext_noop("set the speed to {to}x"),
    "advance": gettext_noop("advanced everybody to {to}"),
    "begin": gettext_noop("let the evening begin"),
    "retry": gettext_noop("tried the failed runs again"),
    "seats": gettext_noop("gave the seats back to everybody who is here"),
    "play_on": gettext_noop("let the runs that stood still after an upgrade go on"),
    "freeze": gettext_noop("froze the leaderboard"),
    "reveal": gettext_noop("let the leaderboard go on"),
    "losses": gettext_noop("changed how the projector shows losses"),
    "step": gettext_noop("went a step in the reveal on the projector"),
}
TEAM_DEEDS = {
    "pause": gettext_noop("paused this team"),
    "resume": gettext_noop("let this team go on"),
    "end": gettext_noop("ended this team's market"),
    "speed": gettext_noop("set this team's speed to {to}x"),
    "advance": gettext_noop("advanced this team to {to}"),
    "retry": gettext_noop("tried the failed run again"),
    "play_on": gettext_noop("let this team go on after an upgrade"),
}


def to_next(calendar: engine.Calendar, phase: str) -> str | None:
    """What the button says that goes on to the next phase, where there is one."""
    said = {
        "deployment": gettext("To the next evening"),
        "premarket": gettext("To the bell"),
        "unwind": gettext("To the evening"),
        "block": gettext("To the end"),
    }
    return gettext("To %(bell_end)s") % {"bell_end": calendar.hm(calendar.bell_end)} if phase == "bell" else said.get(phase)


def next_phase(calendar: engine.Calendar, step: int) -> int:
    """Where the phase (in the week: the evening) after that of `step` begins. Raises RuleBroken in the last one."""
    evening = calendar.evening_of(step)
    if evening is not None:
        return calendar.evening_step(evening + 1)
    later = [begin for begin in (calendar.open, calendar.bell_end, calendar.block, calendar.end) if begin > step]
    if not later:
        raise RuleBroken(gettext("The day is over: there is no later phase."))
    return later[0]


def drive(exercise: Exercise, verb: str, value: Any = None, by: str = "") -> None:
    """Start, pause, resume, end, speed (a number or its text), advance (to a clock text; without one to the next phase), begin
    (the evening that is being planned), retry, play_on (what stands still after an upgrade), seats (back from the assistant to all who are
    here); of the projector freeze, reveal (what is frozen), losses (live, delayed, hidden), step (of the end: how many are shown).
    `by`: who does it, for the record.

    Screens are told and workers are sent for. Raises RuleBroken with the reason when it cannot be done.
    """
    if verb in ("start", "resume") and exercise.owner_id is not None:
        room_for_one(exercise.came_from)
    # The clock of a game for one stands at its start until its player begins.
    on_its_way = exercise.owner_id is not None and exercise.moving_since is None and exercise.halt != "begin"
    verbs: dict[str, Callable[[], engine.Sentence | None]] = {
        "start": exercise.start,
        "pause": exercise.pause,
        "resume": exercise.go_on,
        "end": exercise.end,
        "speed": lambda: _set_speed(exercise, value),
        "advance": lambda: _advance(exercise, value),
        "begin": lambda: planning.begin(exercise),
        "retry": lambda: _retry(exercise),
        "seats": lambda: _give_seats_back(exercise),
        "play_on": lambda: _play_on(exercise),
        "freeze": lambda: wall.freeze(exercise),
        "reveal": lambda: wall.unfreeze(exercise),
        "step": lambda: reveal.show(exercise, value),
        "losses": lambda: wall.show_losses(exercise, value),
    }
    said = _do(verbs, verb)
    if verb in MOVES and not on_its_way:
        exercise.moves()
    exercise.refresh_from_db()
    Deed.record(exercise, engine.phrase(DEEDS[verb], to=said), by=by)
    tell_state(exercise)
    if exercise.state in ("running", "ended"):
        dispatch_all(exercise)


def drive_team(team: Team, verb: str, value: Any = None, by: str = "") -> None:
    """The same for one team alone: pause, resume, end, speed, advance (without a time to where the furthest team is, or else to the
    next phase), retry (from its log), play_on (after an upgrade). The others go on as they were. Raises RuleBroken
    with the reason when it cannot be done.
    """
    run = Run.objects.filter(team=team).select_related("team__exercise").first()
    if run is None:
        raise RuleBroken(gettext("The exercise has not started: you cannot change one team's clock yet."))
    verbs: dict[str, Callable[[], engine.Sentence | None]] = {
        "pause": run.pause,
        "resume": run.go_on,
        "end": run.stop,
        "speed": lambda: _set_speed(run, value),
        "advance": lambda: _advance(run, value),
        "retry": run.try_again,
        "play_on": run.play_on,
    }
    said = _do(verbs, verb)
    exercise = Exercise.objects.get(pk=team.exercise_id)
    Deed.record(exercise, engine.phrase(TEAM_DEEDS[verb], to=said), team=team, by=by)
    tell_state(exercise)
    if Run.to_turn().filter(pk=run.pk).exists():
        dispatch(run.pk)


def give_up(exercise: Exercise) -> None:
    """End a game for one whose player begins another; one that was never started goes without a trace."""
    if not Exercise.objects.filter(pk=exercise.pk, state="lobby", owner__isnull=False).delete()[0]:
        with suppress(RuleBroken):  # it has ended meanwhile
            drive(exercise, "end")


def _do(verbs: dict[str, Callable[[], engine.Sentence | None]], verb: str) -> engine.Sentence:
    if verb not in verbs:
        raise RuleBroken(gettext("Unknown action: expected one of %(verbs)s.") % {"verbs": ", ".join(verbs)})
    return verbs[verb]() or ""


def _set_speed(what: Exercise | Run, value: Any) -> str:
    try:
        speed = float(value)
    except (TypeError, ValueError):
        raise RuleBroken(
            gettext("The speed can be a number from %(speed_min)s to %(speed_max)s, not %(value)s.")
            % {"speed_min": f"{SPEED_MIN:g}", "speed_max": f"{SPEED_MAX:g}", "value": f"{str(value)[:20]!r}"}
        ) from None
    what.set_speed(speed)
    return f"{speed:g}"


def _advance(what: Exercise | Run, value: Any) -> engine.Sentence:
    calendar = what.calendar
    step = _next_stop(what) if value is None or value == "" else _step(calendar, value)
    what.advance_to(step)
    return calendar.when(step, 0, seconds=False)


def _next_stop(what: Exercise | Run) -> int:
    furthest = what.team.exercise.step if isinstance(what, Run) else what.step
    return furthest if what.step < furthest else next_phase(what.calendar, what.step)


def _step(calendar: engine.Calendar, value: Any) -> int:
    try:
        step = calendar.step_at(str(value)[:20])
    except engine.NotATime as problem:
        raise RuleBroken(f"{tell(None, problem.reason)}.") from problem
    if step > calendar.end:
        raise RuleBroken(gettext("The day ends at %(end)s: expected an earlier time.") % {"end": calendar.hm(calendar.end)})
    return step


def _give_seats_back(exercise: Exercise) -> None:
    for team_id in presence.give_back(exercise):
        tell_team(team_id)


def _retry(exercise: Exercise) -> None:
    for run in exercise.runs().filter(state="failed"):
        run.try_again()


def _play_on(exercise: Exercise) -> None:
    for run in exercise.runs().filter(state="standing"):
        run.play_on()
