"""From whoever decides to whoever turns and watches: dispatching segments, and the rare control messages.

Losing one of these costs at most half a second: the reaper dispatches what stands still, and a screen that
reconnects is told the state anew.
"""

from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.utils import timezone
from kombu.exceptions import OperationalError as QueueGone

from game import planning
from game.broker import BROKER_GONE, client, dispatch_key
from game.celery import app
from game.models import Exercise, Run

log = structlog.get_logger(__name__)
DISPATCH_MS = 2500  # a segment that nobody took by then is sent for again


def dispatch(run_id: int) -> None:
    """Ask for a worker to turn the run, unless that was asked a moment ago."""
    try:
        if client().set(dispatch_key(run_id), 1, nx=True, px=DISPATCH_MS):
            app.send_task("game.tasks.run_segment", [run_id], queue="games")
    except (*BROKER_GONE, QueueGone) as problem:
        log.warning("a segment could not be sent for", run=run_id, problem=str(problem))


def dispatch_all(exercise: Exercise) -> None:
    """Ask for a worker for every run of the exercise that has something left to do."""
    for run in exercise.runs().exclude(state__in=Run.DONE):
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


def state_of(exercise: Exercise, step: int, reason: str = "") -> dict[str, Any]:
    """The `state` message of an exercise that is at `step`."""
    waits = planning.told(exercise, timezone.now())
    return {"t": "state", "state": exercise.state, "speed": exercise.speed_at(step), "reason": reason, "planning": waits}


def tell_state(exercise: Exercise) -> None:
    """Tell every screen of the exercise its state and speed."""
    _send(exercise_group(exercise.pk), {"type": "control.state", "message": state_of(exercise, exercise.step)})


def tell_run(run: Run, reason: str) -> None:
    """Tell the screens of one run why it stands still."""
    message = {**state_of(run.team.exercise, run.step), "state": "paused", "reason": reason}
    _send(run_group(run.pk), {"type": "control.state", "message": message})


def tell_planning(run: Run) -> None:
    """Tell the screens of one run how its planning pause stands: nothing else moves that would."""
    exercise = Exercise.objects.get(pk=run.team.exercise_id)
    _send(run_group(run.pk), {"type": "control.state", "message": state_of(exercise, run.step)})


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
