"""How workers share experiments: every experiment that runs has a few lanes, and a lane is one task that runs one trial and sends itself
to the end of the queue. So experiments take turns whatever their sizes, and whatever else the lab is asked for comes between.

A lane is a key in Valkey that says whose it is and dies with its worker; the reaper sends for those that are missing. A trial is claimed
in the same way. Nothing here is the truth: a trial that two workers run comes out twice the same.
"""

import time
import uuid
from collections.abc import Callable

import structlog
from kombu.exceptions import OperationalError as QueueGone

from game.broker import BROKER_GONE, LAB_FIRST_KEY, client
from game.celery import app
from game.lab import Experiment

logger = structlog.get_logger(__name__)
LANES = 4  # an experiment's share of a machine with many workers
PATIENCE_MS = 15_000  # a lane that has not been heard of for so long is lost
BEAT_S = 0.5  # how often a trial says that it is going on, and asks whether it should


def lane_key(experiment: int, lane: int) -> str:
    """Whose lane it is."""
    return f"ob:lab:{experiment}:lane:{lane}"


def trial_key(experiment: int, seed: int, side: str) -> str:
    """Who is at a trial."""
    return f"ob:lab:{experiment}:trial:{seed}:{side}"


def look_after() -> None:
    """Send for the lanes that are missing, of every experiment that runs."""
    running = [one.pk for one in Experiment.objects.filter(state="running").defer("log") if one.of_this_engine]
    if not running or client().exists(LAB_FIRST_KEY):
        return
    for lane in range(LANES):  # the first lane of each before the second of any
        for experiment in running:
            token = uuid.uuid4().hex
            if client().set(lane_key(experiment, lane), token, nx=True, px=PATIENCE_MS):
                send(experiment, lane, token)


def send(experiment: int, lane: int, token: str) -> None:
    """To the end of the queue."""
    app.send_task("game.tasks.try_seed", [experiment, lane, token])


class Lane:
    """A lane as its task holds it. Without a broker nobody else can be asked for, so it goes on."""

    def __init__(self, experiment: Experiment, lane: int, token: str) -> None:
        self.experiment, self.lane, self.token = experiment, lane, token
        self.trial: tuple[int, str] | None = None
        self._heard = time.monotonic()

    def is_ours(self) -> bool:
        """Whether nobody was sent for in our place."""
        return client().get(lane_key(self.experiment.pk, self.lane)) == self.token

    def take(self) -> "tuple[int, str] | None":
        """The first trial that nobody has run and nobody is at; None when there is none, or others go first."""
        if client().exists(LAB_FIRST_KEY):
            return None
        for seed, side in self.experiment.missing():
            if client().set(trial_key(self.experiment.pk, seed, side), self.token, nx=True, px=PATIENCE_MS):
                self.trial = (seed, side)
                self._stay()
                return self.trial
        return None

    def going(self) -> bool:
        """Whether the trial is still wanted. Asked at every look of the autopilots, it finds out twice a second."""
        if time.monotonic() - self._heard < BEAT_S:
            return True
        self._heard = time.monotonic()
        if not Experiment.objects.filter(pk=self.experiment.pk, state="running").exists():
            return False
        try:
            self._stay()
            return not client().exists(LAB_FIRST_KEY)
        except BROKER_GONE:
            return True

    def _stay(self) -> None:
        keys = [lane_key(self.experiment.pk, self.lane)]
        if self.trial:
            keys.append(trial_key(self.experiment.pk, *self.trial))
        for key in keys:
            client().pexpire(key, PATIENCE_MS)

    def leave(self, *, again: bool) -> None:
        """The trial is over or given up: on to the next, or make room for whoever is sent for next."""
        _quietly(lambda: self._leave(again))

    def _leave(self, again: bool) -> None:
        if self.trial:
            client().delete(trial_key(self.experiment.pk, *self.trial))
        if not self.is_ours():
            return
        if again:
            self._stay()
            send(self.experiment.pk, self.lane, self.token)
        else:
            client().delete(lane_key(self.experiment.pk, self.lane))


def _quietly(do: Callable[[], None]) -> None:
    try:
        do()
    except (*BROKER_GONE, QueueGone) as problem:
        logger.warning("a lane could not be handed on", problem=str(problem))
