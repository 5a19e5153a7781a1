"""From whoever decides to whoever turns and watches: dispatching segments, and the rare control messages.

Losing one of these costs at most half a second: the reaper dispatches what stands still, and a screen that
reconnects is told the state anew.
"""

import uuid
from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.utils.translation import gettext, gettext_noop

from game.live import programs, senders
from game.live.broker import BROKER_GONE, client, dispatch_key
from game.live.pacing import PATIENCE_S
from game.live.senders import QueueGone
from game.models import Exercise, Run, planning
from game.spoken import tell_row
from game.ways import way

log = structlog.get_logger(__name__)
BY_HAND = gettext_noop("the facilitator has paused the exercise")
HALTED = {
    "offline": gettext_noop("the room is offline, and it goes on by itself soon after half of those who vanished are back"),
    "alone": gettext_noop("you were away. Let it go on when you are ready"),
}


def dispatch(run_id: int) -> None:
    """Ask for a worker to turn the run, unless one is asked for: a request that nobody took is the reaper's to repeat."""
    try:
        if client().set(dispatch_key(run_id), uuid.uuid4().hex, nx=True):
            senders.run_segment(run_id)
    except (*BROKER_GONE, QueueGone) as problem:
        log.warning("a segment could not be sent for", run=run_id, problem=str(problem))


def dispatch_all(exercise: Exercise) -> None:
    """Ask for a worker for every run of the exercise that has something left to do."""
    for run in Run.to_turn().filter(team__exercise=exercise):
        dispatch(run.pk)


def exercise_group(exercise_id: int) -> str:
    """The channel layer's group of everybody who watches or plays an exercise."""
    return f"exercise.{exercise_id}"


def run_group(run_id: int) -> str:
    """The group of everybody who plays one run."""
    return f"run.{run_id}"


def team_group(team_id: int) -> str:
    """The group of the screens of one team."""
    return f"team.{team_id}"


def state_of(exercise: Exercise, step: int) -> dict[str, Any]:
    """The `state` message of an exercise that is at `step`, for everybody: its reasons are in nobody's language yet, see `in_words`."""
    reason = ""
    if exercise.state == "paused":
        reason = HALTED.get(exercise.halt, "" if exercise.owner_id else BY_HAND)
    waits = planning.pause_state(exercise)
    message = {"t": "state", "state": exercise.state, "speed": exercise.speed_at(step), "reason": reason, "planning": waits}
    message["begins"] = exercise.begins
    return message | {"result": way("result", exercise.code)}


def state_of_run(run: Run, told: dict[str, Any]) -> dict[str, Any]:
    """The same for the screens of one run, from what its exercise is `told`. A team that has ended alone has no result yet."""
    state, reason = run.state_told
    message = {**told, "state": state, "speed": run.speed_at(run.step), "reason": reason or told["reason"]}
    if run.state == "standing" and state == "paused":
        message["upgrade"] = {"words": run.reason, "may_play_on": run.may_play_on}
    if state != told["state"]:
        message["planning"] = None
    if state == "running" and run.waits_for_programs:
        message["waits"] = {"for": run.waits_for_programs, "left_s": programs.left_s(run), "moves": True}
    elif state == "running" and run.waits_for:
        message["waits"] = {"for": run.waits_for, "left_s": max(0, round(PATIENCE_S - run.waited_s))}
    return message | {"result": None} if state == "ended" and told["state"] != "ended" else message


def in_words(message: dict[str, Any]) -> dict[str, Any]:
    """A `state` message for whoever is answered now."""
    told = {**message, "reason": gettext(message["reason"])} if message["reason"] else message
    upgrade = told.get("upgrade")
    return {**told, "upgrade": {**upgrade, "words": tell_row(upgrade["words"])}} if upgrade else told


def tell_state(exercise: Exercise) -> None:
    """Tell every screen of the exercise its state and speed; those of a team that stands alone hear how their own is."""
    message = state_of(exercise, exercise.step)
    own = {str(run.pk): state_of_run(run, message) for run in exercise.runs().defer("curve", "score")}
    _send(exercise_group(exercise.pk), {"type": "control.state", "message": message, "own": own})


def tell_run(run: Run) -> None:
    """Tell the screens of one run how it stands: nothing else moves that would."""
    run = Run.objects.select_related("team__exercise").defer("curve", "score").get(pk=run.pk)
    message = state_of_run(run, state_of(run.team.exercise, run.step))
    _send(run_group(run.pk), {"type": "control.state", "message": message})


def tell_team(team_id: int) -> None:
    """Tell the screens of a team that its people changed: who sits where, who is away. One that has lost its seat closes."""
    _send(team_group(team_id), {"type": "control.team"})


async def tell_team_from_socket(team_id: int) -> None:
    """The same from the event loop."""
    await _asend(team_group(team_id), {"type": "control.team"})


def _send(group: str, message: dict[str, Any]) -> None:
    async_to_sync(_asend)(group, message)


async def _asend(group: str, message: dict[str, Any]) -> None:
    try:
        await get_channel_layer().group_send(group, message)
    except BROKER_GONE as problem:
        log.warning("a control message was lost", group=group, problem=str(problem))
