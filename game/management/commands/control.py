"""`manage.py control`: the worker of everything small, with the reaper, which starts again what a killed worker had in hand."""

from typing import Any

from game.management.process import Process, run_celery

THREADS = 4


class Command(Process):
    """One for a house; a second takes over when the first is gone."""

    help = "Start the control worker: scheduled starts, take-overs, clean-up. There is no separate scheduler."

    rows = True

    def work(self, options: dict[str, Any]) -> None:
        run_celery("control", "control", THREADS)
