"""How workers share experiments: every experiment that runs has a few lanes, and a lane is one task that runs one trial and sends itself
to the end of the queue. So experiments take turns whatever their sizes, and whatever else the lab is asked for comes between.

A lane is a claim (game/live/claims.py) that its worker renews; the reaper sends for those that are missing or have not been heard of. A trial
is claimed in the same way. Nothing here is the truth: a trial that two workers run comes out twice the same.
"""

import time
import uuid
from collections.abc import Callable

import structlog

from game.live import claims, senders
from game.live.broker import BROKER_GONE, others_go_first
from game.live.senders import QueueGone
from game.models.experiments import Experiment

logger = structlog.get_logger(__name__)
LANES = 4  # an experiment's share of a machine with many workers
PATIENCE_S = 15.0  # a lane that has not been heard of for so long is lost
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
    if not running or others_go_first():
        return
    for lane in range(LANES):  # the first lane of each before the second of any
        for experiment in running:
            token = uuid.uuid4().hex
            if claims.claim(lane_key(experiment, lane), PATIENCE_S, token):
                senders.try_seed(experiment, lane, token)


class Lane:
    """A lane as its task holds it. Without a broker nobody else can be asked for, so it goes on."""

    def __init__(self, experiment: Experiment, lane: int, token: str) -> None:
        self.experiment, self.lane, self.token = experiment, lane, token
        self.trial: tuple[int, str] | None = None
        self._heard = time.monotonic()

    def is_ours(self) -> bool:
        """Whether nobody was sent for in our place."""
        return claims.holder(lane_key(self.experiment.pk, self.lane)) == self.token

    def take(self) -> "tuple[int, str] | None":
        """The first trial that nobody has run and nobody is at; None when there is none, or others go first."""
        if others_go_first():
            return None
        for seed, side in self.experiment.missing():
            if claims.claim(trial_key(self.experiment.pk, seed, side), PATIENCE_S, self.token):
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
            return not others_go_first()
        except BROKER_GONE:
            return True

    def _stay(self) -> None:
        keys = [lane_key(self.experiment.pk, self.lane)]
        if self.trial:
            keys.append(trial_key(self.experiment.pk, *self.trial))
        for key in keys:
            claims.renew(key, self.token)

    def leave(self, *, again: bool) -> None:
        """The trial is over or given up: on to the next, or make room for whoever is sent for next."""
        _quietly(lambda: self._leave(again))

    def _leave(self, again: bool) -> None:
        if self.trial:
            claims.drop(trial_key(self.experiment.pk, *self.trial))
            self.trial = None  # or it would be claimed again with the lane, for nobody
        if not self.is_ours():
            return
        if again:
            self._stay()
            senders.try_seed(self.experiment.pk, self.lane, self.token)
        else:
            claims.drop(lane_key(self.experiment.pk, self.lane))


def _quietly(do: Callable[[], None]) -> None:
    try:
        do()
    except (*BROKER_GONE, QueueGone) as problem:
        logger.warning("a lane could not be handed on", problem=str(problem))
