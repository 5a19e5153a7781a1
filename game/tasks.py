"""What Celery runs: segments of games, the reaper that finds those nobody turns, and history's ghost."""

import threading
from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

import engine
from game import presence, writing
from game.broker import client, lease_key
from game.clock import Clock
from game.control import dispatch, tell_state, tell_team
from game.lease import Lease
from game.models import Exercise, Ghost, Run

log = structlog.get_logger(__name__)

GHOST_PLAYBOOK = "history"
GHOST_PATIENCE_MS = 120_000
stop = threading.Event()
_one_ghost = threading.Semaphore()


@worker_shutting_down.connect
def _stop_turning(**_: Any) -> None:
    """On SIGTERM: every clock of this process saves, lets go and hands over within a beat."""
    stop.set()


@shared_task
def run_segment(run_id: int) -> None:
    """Turn a run for a while. A second delivery of the same message finds the lease taken and leaves."""
    lease = Lease.take(run_id)
    if lease is None:
        return
    again = False
    try:
        again = Clock(run_id, lease, stop).turn()
    finally:
        lease.release()
    if again:
        dispatch(run_id)


@shared_task
def fold() -> None:
    """Look after the database's log."""
    writing.fold()


@shared_task
def reap() -> None:
    """Send for a worker for every run that should be turned and has no lease; start the ghosts that are missing; look who is away."""
    now = timezone.now()
    for team_id in presence.sweep(now):
        tell_team(team_id)
    for exercise in presence.forsaken(now):
        tell_state(exercise)
    waiting = Run.objects.filter(state__in=("pending", "running"), team__exercise__state__in=("running", "ended"))
    runs = list(waiting.values_list("pk", flat=True))
    pipe = client().pipeline(transaction=False)
    for run_id in runs:
        pipe.exists(lease_key(run_id))
    for run_id, held in zip(runs, pipe.execute(), strict=True):
        if not held:
            dispatch(run_id)
    for exercise in Exercise.objects.filter(state="running"):
        if exercise.end_if_done():
            exercise.refresh_from_db()
            tell_state(exercise)
        ghost = exercise.ghost
        stale = ghost is None or ghost.engine_version != engine.ENGINE_VERSION
        if stale and client().set(_ghost_key(exercise), 1, nx=True, px=GHOST_PATIENCE_MS):
            make_ghost.delay(exercise.scenario, exercise.seed, exercise.noise)


def _ghost_key(exercise: Exercise) -> str:
    return f"ob:ghost:{exercise.scenario}:{exercise.seed}:{exercise.noise}:{engine.ENGINE_VERSION}"


@shared_task(bind=True, max_retries=None)
def make_ghost(self: Any, scenario_id: str, seed: int, noise: int | None) -> None:
    """Play history on this market, minute by minute. One at a time, so that the reaper always finds a free thread."""
    if not _one_ghost.acquire(blocking=False):
        raise self.retry(countdown=1)
    try:
        same = {"scenario": scenario_id, "seed": seed, "noise": noise}
        if Ghost.objects.filter(**same, engine_version=engine.ENGINE_VERSION).exists():
            return
        scenario = engine.load_scenario(scenario_id)
        run = engine.play(scenario, GHOST_PLAYBOOK, seed, noise=noise)
        score = engine.score(run.sim)
        told = engine.story(run.events, scenario, score)
        Ghost.objects.create(**same, engine_version=engine.ENGINE_VERSION, curve=run.curve, score=score, story=told)
        log.info("a ghost is ready", **same, total=score["total"])
    finally:
        _one_ghost.release()
