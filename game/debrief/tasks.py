"""What Celery runs for debriefs: history's ghost, courses and stretches of replays."""

import threading
from typing import Any

import structlog
from celery import shared_task
from django.utils.translation import override

import engine
from game.debrief import counterfactuals, kept_history, replay_frames
from game.debrief.bundles import bundle_of
from game.languages import ENGLISH
from game.lifeline import stopping
from game.live import claims, senders
from game.models import Course, Ghost, Run, contents, kept
from game.models.injects import log_key
from game.models.run_log import log_of
from game.spoken import to_row

log = structlog.get_logger(__name__)

REELS_KEPT = 3  # finished runs that a worker has at hand to be looked at again, some 30 MB each
REPLAYS_KEPT = 2  # finished runs whose checkpoints a worker keeps
_one_ghost = threading.Semaphore()


@shared_task(name=senders.MAKE_GHOST, bind=True, max_retries=None)
def make_ghost(self: Any, scenario_id: str, seed: int, noise: int | None, added: list[list[Any]] | None = None) -> None:
    """Play history on this market, minute by minute, with the injects that went to all teams (`added`: see injects.ghost_log). One at a
    time, so that the reaper always finds a free thread.
    """
    if not _one_ghost.acquire(blocking=False):
        raise self.retry(countdown=1)
    try:
        given = [(step, kind, args) for step, kind, args in added or []]
        same = {"scenario": scenario_id, "seed": seed, "noise": noise, "injects_key": log_key(added or [])}
        scenario = kept.load(scenario_id)
        made_by = contents.made_by(engine.RULES, scenario.sha256)
        if Ghost.objects.filter(**same, made_by=made_by).exists():
            return
        found = kept_history.played(scenario, seed, noise, given)
        Ghost.objects.create(**same, made_by=made_by, **found)
        log.info("a ghost is ready", **same, total=found["score"]["total"])
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
            _replays_kept[run.pk] = engine.Replays(log_of(run))
        return _replays_kept[run.pk]


@shared_task(name=senders.RECKON)
def reckon(run_id: int, key: str) -> None:
    """Run this course of a finished run, or of one that is past what courses are compared up to, and write it down: see
    game.debrief.counterfactuals.
    """
    run = Run.objects.select_related("team__exercise").get(pk=run_id)
    rows = counterfactuals.rows_of(run)
    if key in rows or contents.needs(run):
        return
    replays = _replays(run)
    wanted = counterfactuals.counterfactuals_of(replays.log, rows)
    known = wanted.get(key)
    if key == counterfactuals.SAME:
        found = engine.CounterfactualResult(0.0, next(iter(engine.verify(bundle_of(run))), ""))
    elif known is None:
        return
    elif known in engine.barrier_counterfactuals(replays.log):
        found = engine.barrier_outcome(replays.log, known)
    else:
        with _replays_lock:
            replays.prepare(known)
        found = replays.outcome(known, [one for other, one in wanted.items() if other not in rows])
    told = {"reason": to_row(found.reason), "curve": found.curve if counterfactuals.drawn(key) else []}
    row = Course(run=run, key=key, **found._asdict() | told, made_by=run.made_by)
    fields = ["loss_usd", "reason", "curve", "made_by"]
    Course.objects.bulk_create([row], update_conflicts=True, unique_fields=["run", "key"], update_fields=fields)
    claims.drop(counterfactuals.task_key(run_id, key))
    if run.state == "ended":
        counterfactuals.known(run)  # it is kept as it comes


class _Shelf:
    """The reels of this process, each made once and used by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reels: dict[tuple[int, int, int], tuple[engine.Reel, threading.Lock]] = {}

    def take(self, run: Run) -> tuple[engine.Reel, threading.Lock]:
        """The reel of a run, and the lock for using it."""
        place = (run.pk, run.epoch, run.step)
        with self._lock:
            found = self._reels.pop(place, None) or (engine.Reel(log_of(run)), threading.Lock())
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
                if stopping.is_set() or all(one is not reel for one, _ in self._reels.values()):
                    return


_shelf = _Shelf()


@shared_task(name=senders.UNREEL)
def send_frames(run_id: int, desk: str, first: int, rate: int, language: str = ENGLISH[0]) -> None:
    """Make a stretch of a desk's frames as they were: see game.debrief.replay_frames."""
    run = Run.objects.select_related("team__exercise").get(pk=run_id)
    if replay_frames.refusal(run):
        return
    reel, lock = _shelf.take(run)
    with lock, override(language):
        replay_frames.keep(run, desk, first, rate, replay_frames.make(reel, desk, run.team.exercise.help, first, rate))
        _shelf.unroll(reel, lock)
