"""The Celery application. Its workers die with the supervisor that started them (game/lifeline.py)."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init

from game.lifeline import A_LITTLE, BEHIND, hold_on, step_back

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "game.settings")

app = Celery("game")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """game/log.py has configured logging; Celery must not."""


@worker_init.connect
def _warm(sender: Any = None, **_: Any) -> None:
    """Load compiled kernels before the first segment: never compile inside a beat. Workers of the lab and of replays step back behind
    those of games.
    """
    hold_on()
    for name, behind in (("lab", BEHIND), ("replay", A_LITTLE)):
        if str(getattr(sender, "hostname", "")).startswith(name):
            step_back(behind)
    import engine
    from game.sqlite_writer import SWITCH_S

    sys.setswitchinterval(SWITCH_S)

    engine.warm()
