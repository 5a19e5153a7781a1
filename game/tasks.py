"""What Celery runs: segments of games, the reaper that finds those nobody turns, and history's ghost."""

import threading
from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_shutting_down
from django.db.models import Q
from django.utils import timezone

import engine
from game import lanes, presence, reels, worth, writing
from game.broker import client, go_first, lease_key
from game.clock import Clock
from game.control import dispatch, tell_state, tell_team
from game.injects import for_the_ghost, ghost_log, log_key
from game.lab import Experiment
from game.lease import Lease
from game.models import Exercise, Ghost, Run

log = structlog.get_logger(__name__)

GHOST_PLAYBOOK = "history"
GHOST_PATIENCE_MS = 120_000
GHOST_FIRST_MS = 15_000  # experiments stand aside for it so long
REELS_KEPT = 3  # finished runs that a worker has at hand to be looked at again, some 30 MB each
REPLAYS_KEPT = 2  # finished runs whose checkpoints a worker keeps
GHOST_AFTER_END = timedelta(minutes=10)  # what was added last may be younger than the ghost when an exercise ends
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
def begin_debriefs() -> None:
    """Begin with what debriefs will ask for."""
    worth.begin_ahead()


@shared_task
def reap() -> None:
    """Send for a worker for every run that should be turned and has no lease; start the ghosts that are missing; look who is away; see
    that experiments go on."""
    now = timezone.now()
    for team_id in presence.sweep(now):
        tell_team(team_id)
    for exercise in presence.forsaken(now):
        tell_state(exercise)
    runs = list(Run.to_turn().values_list("pk", flat=True))
    pipe = client().pipeline(transaction=False)
    for run_id in runs:
        pipe.exists(lease_key(run_id))
    for run_id, held in zip(runs, pipe.execute(), strict=True):
        if not held:
            dispatch(run_id)
    just_ended = Q(state="ended", ended_at__gt=now - GHOST_AFTER_END)
    for exercise in Exercise.objects.filter(Q(state__in=("running", "paused")) | just_ended):
        if exercise.end_if_done():
            exercise.refresh_from_db()
            tell_state(exercise)
        if _wants_a_ghost(exercise):
            go_first(GHOST_FIRST_MS)
            make_ghost.delay(exercise.scenario, exercise.seed, exercise.noise, ghost_log(for_the_ghost(exercise)))
    lanes.look_after()


def _wants_a_ghost(exercise: Exercise) -> bool:
    """Whether the ghost with what was added to this exercise so far is missing, and nobody was sent for it a moment ago."""
    ghost, (key, *_) = exercise.ghost, exercise.ghost_keys()
    if ghost is not None and (ghost.engine_version, ghost.injects_key) == (engine.ENGINE_VERSION, key):
        return False
    name = f"ob:ghost:{exercise.scenario}:{exercise.seed}:{exercise.noise}:{engine.ENGINE_VERSION}:{key}"
    return bool(client().set(name, 1, nx=True, px=GHOST_PATIENCE_MS))


@shared_task(bind=True, max_retries=None)
def make_ghost(self: Any, scenario_id: str, seed: int, noise: int | None, added: list[list[Any]] | None = None) -> None:
    """Play history on this market, minute by minute, with the injects that went to all teams (`added`: see injects.ghost_log). One at a
    time, so that the reaper always finds a free thread.
    """
    if not _one_ghost.acquire(blocking=False):
        raise self.retry(countdown=1)
    try:
        log_of = [(step, kind, args) for step, kind, args in added or []]
        same = {"scenario": scenario_id, "seed": seed, "noise": noise, "injects_key": log_key(added or [])}
        if Ghost.objects.filter(**same, engine_version=engine.ENGINE_VERSION).exists():
            return
        scenario = engine.load_scenario(scenario_id)
        in_the_week = any((args.get("at") or 0) < 0 for _, _, args in log_of)
        run = engine.play(scenario, GHOST_PLAYBOOK, seed, noise=noise, since=engine.WEEK if in_the_week else 0, added=log_of)
        score = engine.score(run.sim)
        told = engine.story(run.events, scenario, score)
        Ghost.objects.create(**same, engine_version=engine.ENGINE_VERSION, curve=run.curve, score=score, story=told)
        log.info("a ghost is ready", **same, total=score["total"])
    finally:
        _one_ghost.release()


_replays_lock = threading.Lock()
_replays_kept: dict[int, engine.Replays] = {}


def _replays(run: Run) -> engine.Replays:
    """The run's checkpoints, made once in this process however many tasks want them."""
    with _replays_lock:
        if run.pk not in _replays_kept:
            while len(_replays_kept) >= REPLAYS_KEPT:
                _replays_kept.pop(next(iter(_replays_kept)))
            _replays_kept[run.pk] = engine.Replays(worth.log_of(run))
        return _replays_kept[run.pk]


@shared_task
def reckon(run_id: int, key: str) -> None:
    """Run this course of a finished run, or of one that is past what courses are compared up to, and write it down: see game.worth."""
    run = Run.objects.select_related("team__exercise").get(pk=run_id)
    rows = worth.rows_of(run)
    if key in rows:
        return
    replays = _replays(run)
    known = worth.courses(replays.log, rows).get(key)
    if key == worth.SAME:
        found = engine.Outcome(0.0, _differs(run, worth.log_of(run)))
    elif known is None:
        return
    elif known in engine.barrier_variations(replays.log):
        found = engine.barrier_outcome(replays.log, known)
    else:
        with _replays_lock:
            replays.prepare(known)
        found = replays.outcome(known)
    row = worth.Course(run=run, key=key, **found._asdict(), engine_version=engine.ENGINE_VERSION)
    fields = ["loss_usd", "reason", "curve", "engine_version"]
    worth.Course.objects.bulk_create([row], update_conflicts=True, unique_fields=["run", "key"], update_fields=fields)


def _differs(run: Run, log: engine.Log) -> str:
    """What differs when the run is computed again from its log: "" when it is the same to the last bit."""
    if run.engine_version != engine.ENGINE_VERSION:
        return f"it was played by engine {run.engine_version}, and this is {engine.ENGINE_VERSION}"
    again = engine.replay(log.scenario, log.seed, log.commands, log.until, noise=log.noise, start=log.start)
    return "" if again.digest() == run.digest else f"digest {again.digest()[:12]}, and {run.digest[:12]} as played"


class _Shelf:
    """The reels of this process, each made once and used by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reels: dict[tuple[int, int, int], tuple[engine.Reel, threading.Lock]] = {}

    def take(self, run: Run) -> tuple[engine.Reel, threading.Lock]:
        """The reel of a run, and the lock for using it."""
        place = (run.pk, run.epoch, run.step)
        with self._lock:
            found = self._reels.pop(place, None) or (engine.Reel(worth.log_of(run)), threading.Lock())
            self._reels[place] = found  # the one used last is the last
            for old in list(self._reels)[:-REELS_KEPT]:
                del self._reels[old]
            return found

    def unroll(self, reel: engine.Reel, lock: threading.Lock) -> None:
        """Make its checkpoints in a thread of their own, once somebody has been shown something of it."""
        if not reel.unrolling:
            reel.unrolling = True
            threading.Thread(target=self._unroll, args=(reel, lock), name="reel", daemon=True).start()

    def _unroll(self, reel: engine.Reel, lock: threading.Lock) -> None:
        for _ in reel.unrolled():
            with lock, self._lock:  # whoever waits for a moment goes first
                if stop.is_set() or all(one is not reel for one, _ in self._reels.values()):
                    return


_shelf = _Shelf()


@shared_task
def unreel(run_id: int, desk: str, first: int, rate: int) -> None:
    """Make a stretch of a desk's frames as they were: see game.reels."""
    run = Run.objects.select_related("team__exercise").get(pk=run_id)
    if reels.refusal(run):
        return
    reel, lock = _shelf.take(run)
    with lock:
        reels.keep(run, desk, first, rate, reels.make(reel, desk, run.team.exercise.help, first, rate))
        _shelf.unroll(reel, lock)


@shared_task
def try_seed(experiment_id: int, number: int, token: str) -> None:
    """Run one trial of an experiment and write it down, then send for the next: see game.lanes."""
    experiment = Experiment.objects.filter(pk=experiment_id, state="running").first()
    if experiment is None or not experiment.of_this_engine:
        return
    lane = lanes.Lane(experiment, number, token)
    if not lane.is_ours():
        return
    taken = lane.take()
    if taken is None:
        lane.leave(again=False)
        return
    seed, side = taken
    try:
        found = engine.run_trial(experiment.plan(), seed, side == "with", lane.going)
    except engine.Stopped:
        lane.leave(again=False)
        return
    except Exception as problem:  # a trial that cannot be run is told on the page, and does not hold up the others
        log.exception("a trial failed", experiment=experiment_id, seed=seed, side=side)
        experiment.keep_trial(seed, side, None, f"{type(problem).__name__}: {problem}")
    else:
        experiment.keep_trial(seed, side, found)
    lane.leave(again=not experiment.finish_if_done())
