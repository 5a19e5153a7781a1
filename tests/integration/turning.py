"""The clock itself in a thread of the test: everything is real but the worker's process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from game.debrief import counterfactuals
from game.live import clock
from game.live.lease import Lease
from game.models import Run
from tests.builders import eventually


def forget() -> None:
    """Be another worker, which has no simulation at hand."""
    clock._kept.clear()


@contextmanager
def turning(run: Run) -> Iterator[None]:
    """A run turns meanwhile, segment after segment; at the end its worker hands over as it does on SIGTERM."""
    stop = threading.Event()
    thread = threading.Thread(target=_turn, args=(run.pk, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def turn_once(run: Run) -> None:
    """One worker takes the run up, and stops as soon as it may."""
    stop = threading.Event()
    stop.set()
    thread = threading.Thread(target=_turn, args=(run.pk, stop, True), daemon=True)
    thread.start()
    thread.join()


def ended(run: Run) -> Run:
    """The run once it is scored; somebody must turn it."""
    return eventually(lambda: Run.objects.select_related("team__exercise").filter(pk=run.pk, state="ended").first(), 60, "the run has ended")


def _turn(run_id: int, stop: threading.Event, once: bool = False) -> None:
    try:
        while once or not stop.is_set():
            lease = Lease.take(run_id)
            assert lease is not None
            try:
                again = clock.Clock(run_id, lease, stop, counterfactuals.keep).turn()
            finally:
                lease.release()
            if once or not again:
                return
    finally:
        connection.close()
