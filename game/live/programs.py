"""A clock that waits for programs: where the facilitator chose so, a run stands at every look until the programs at its desks have moved.

Looks are those at which autopilots take theirs. A program owes a move once its line is open and it plays by looks (game.sockets.bots). One that
is too slow is waited for no longer until it answers again: a dead program holds nobody up twice. All of it stands in the seats' rows, so a
worker that takes over goes on waiting where the last one stopped.
"""

from typing import NamedTuple

import structlog
from django.db.models import F, Min

from game.live import run_store
from game.models import Run, Seat

log = structlog.get_logger(__name__)
COUNT_S = 1.0  # the rows are counted up so often
TOLD_S = 2.0  # people are told whom the clock waits for where it has waited so long: most programs are quicker


class Owing(NamedTuple):
    """A seat whose program owes a move, and for how long it has been waited for."""

    seat: int
    name: str
    waited_s: float


class Patience:
    """One run's wait for its programs, as one worker keeps it."""

    def __init__(self) -> None:
        self.step: int | None = None  # where it stood last
        self._counted: float | None = None

    def holds(self, run: Run, step: int, now: float, *, due: bool = True) -> tuple[bool, bool]:
        """Whether the clock waits at this step, and whether for whom, as people are told, changed with this look. `now` is monotonic;
        `due`: this is a look, and the clock is not being advanced."""
        owing = self._count(run, step, now) if due else []
        if owing:
            self.step = step
        else:
            self._counted = None
        names = [one.name for one in owing if one.waited_s >= TOLD_S]
        if names == run.waits_for_programs:
            return bool(owing), False
        run_store.pin_programs(run, names)
        return bool(owing), True

    def _count(self, run: Run, step: int, now: float) -> list[Owing]:
        """Who owes a move at this step and is waited for still; counts on for them once a second."""
        owing = owing_at(run, step)
        stood = 0.0 if self._counted is None else now - self._counted
        if self._counted is None:
            self._counted = now
        if stood < COUNT_S:
            return owing
        self._counted = now
        counted = [one._replace(waited_s=one.waited_s + stood) for one in owing]
        most = run.team.exercise.move_s
        late = [one for one in counted if one.waited_s >= most]
        seats = Seat.objects.filter(moved__lt=step)  # not one that has just moved
        seats.filter(pk__in=[one.seat for one in counted]).update(waited_s=F("waited_s") + stood)
        seats.filter(pk__in=[one.seat for one in late]).update(moved=None)
        for one in late:
            log.info("a program was too slow, and the run goes on without it", run=run.pk, step=step, name=one.name, waited_s=round(one.waited_s, 1))
        return [one for one in counted if one not in late]


def owing_at(run: Run, step: int) -> list[Owing]:
    """The programs that owe a move at this look: their line is open, they play by looks, and they have not answered this one."""
    here = Seat.objects.filter(team=run.team_id, covered=False, moved__lt=step, holdings__player__bot=True, holdings__player__gone_at=None)
    return [Owing(*row) for row in here.order_by("desk").values_list("pk", "holdings__player__name", "waited_s")]


def left_s(run: Run) -> int:
    """Seconds until the clock goes on at the latest."""
    waited = Seat.objects.filter(team=run.team_id, moved__isnull=False, waited_s__gt=0).aggregate(least=Min("waited_s"))["least"]
    return max(0, round(run.team.exercise.move_s - (waited or 0.0)))
