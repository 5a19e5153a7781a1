"""What Celery runs: segments of games, beside the tasks of the debrief and of the lab, which are known to it by being imported here."""

from typing import Any

from celery import shared_task
from celery.signals import task_postrun, worker_ready, worker_shutting_down

import game.debrief.tasks
import game.lab.tasks  # noqa: F401
from game import metrics
from game.debrief import counterfactuals
from game.lifeline import stopping
from game.live import senders
from game.live.clock import Clock
from game.live.control import dispatch
from game.live.lease import Lease
from game.ops.reaper import stand_guard


@worker_shutting_down.connect
def _stop_turning(**_: Any) -> None:
    """On SIGTERM: every clock of this process saves, lets go and hands over within a beat."""
    stopping.set()


@worker_ready.connect
def _watch(sender: Any = None, **_: Any) -> None:
    """Workers of games and of control watch over the runs; those of control over everything else too."""
    name = str(getattr(sender, "hostname", ""))
    if name.startswith(("control", "games")):
        stand_guard(stopping, everything=name.startswith("control"))


@task_postrun.connect
def _count(sender: Any = None, state: str | None = None, **_: Any) -> None:
    metrics.TASKS.labels(sender.name, str(state).lower()).inc()


@shared_task(name=senders.RUN_SEGMENT)
def run_segment(run_id: int) -> None:
    """Turn a run for a while. A second delivery of the same message finds the lease taken and leaves."""
    lease = Lease.take(run_id)
    if lease is None:
        return
    again = False
    try:
        with metrics.RUNS_TURNED.track_inprogress():
            again = Clock(run_id, lease, stopping, counterfactuals.keep).turn()
    finally:
        lease.release()
    if again:
        dispatch(run_id)
