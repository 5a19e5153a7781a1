"""What Celery runs for the controls lab: trials."""

import structlog
from celery import shared_task

import engine
from game.lab import previews, trial_slots
from game.live import senders
from game.models import ScenarioVersion, kept
from game.models.experiments import Experiment
from game.models.kept import PREVIEWED

log = structlog.get_logger(__name__)


@shared_task(name=senders.TRY_SEED)
def try_seed(experiment_id: int, number: int, token: str) -> None:
    """Run one trial of an experiment and write it down, then send for the next: see game.lab.trial_slots."""
    experiment = Experiment.objects.filter(pk=experiment_id).first()
    if experiment is None:
        return
    lane = trial_slots.Lane(experiment, number, token)
    if not lane.is_ours():
        return
    taken = lane.take() if experiment.state == "running" and experiment.of_this_engine else None
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


@shared_task(name=senders.PREVIEW_SEED)
def preview_seed(version: str, seed: int) -> None:
    """Have autopilots play a seed, and then send for the next. What is known already, or not wanted any more, is left alone."""
    found = ScenarioVersion.objects.select_related("scenario").filter(key=version).first()
    if found is None or not found.wants(seed):
        return
    previews.heard(found)
    try:
        told = engine.preview_on(kept.load(found.ref), seed)
    except Exception as problem:  # a scenario that autopilots cannot play is told on its page, and does not hold up the others
        log.exception("a preview failed", scenario=found.ref, seed=seed)
        found.stop_preview(f"{type(problem).__name__}: {problem}")
        return
    if found.keep_preview(seed, told) and seed < PREVIEWED:
        found.refresh_from_db(fields=["previewed"])
        previews.send_for(found)
