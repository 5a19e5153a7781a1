"""What workers can be sent for, a function each: the only place that spells a task's name and its queue.

A name outlives the module that its task is in: a message that was sent before an upgrade is known after it. Each raises QueueGone (or what
broker.BROKER_GONE lists) where the queue cannot be reached.
"""

from typing import Any

from kombu.exceptions import OperationalError

from game.celery import app

QueueGone = OperationalError

RUN_SEGMENT = "game.tasks.run_segment"
MAKE_GHOST = "game.tasks.make_ghost"
RECKON = "game.tasks.reckon"
UNREEL = "game.tasks.unreel"
TRY_SEED = "game.tasks.try_seed"
PREVIEW_SEED = "game.tasks.preview_seed"
TELL_WEBHOOK = "game.tasks.tell_webhook"
TELL_LMS = "game.tasks.tell_lms"
LAB = "lab"
_SLOW = (RECKON, MAKE_GHOST, TRY_SEED, PREVIEW_SEED)
ROUTES = {RUN_SEGMENT: {"queue": "games"}, UNREEL: {"queue": "replay"}, **{name: {"queue": LAB} for name in _SLOW}}


def run_segment(run_id: int) -> None:
    """Turn a run for a while."""
    app.send_task(RUN_SEGMENT, [run_id])


def make_ghost(scenario: str, seed: int, noise: int | None, added: list[list[Any]]) -> None:
    """Play history on a market; `added`: see injects.ghost_log."""
    app.send_task(MAKE_GHOST, [scenario, seed, noise, added])


def reckon(run_id: int, key: str) -> None:
    """Run another course of a finished run."""
    app.send_task(RECKON, [run_id, key])


def send_frames(run_id: int, desk: str, first: int, rate: int, language: str, *, within_s: int) -> None:
    """Make a stretch of a desk's frames as they were, in a language; nobody wants it any more after so many seconds."""
    app.send_task(UNREEL, [run_id, desk, first, rate, language], expires=within_s)


def try_seed(experiment_id: int, lane: int, token: str) -> None:
    """Run the next trial of an experiment, at the end of the queue."""
    app.send_task(TRY_SEED, [experiment_id, lane, token])


def preview_seed(version: str, seed: int) -> None:
    """Have autopilots play a seed of a version of a scenario, at the end of the queue; `version`: its key."""
    app.send_task(PREVIEW_SEED, [version, seed])


def tell_webhook(webhook_id: int, *, within_s: float) -> None:
    """Send a webhook what is due; who has not begun after so many seconds is sent for anew, and leaves it."""
    app.send_task(TELL_WEBHOOK, [webhook_id], expires=within_s)


def tell_lms(platform_id: int, *, within_s: float) -> None:
    """Send a learning platform the scores that are due, as a webhook."""
    app.send_task(TELL_LMS, [platform_id], expires=within_s)
