"""Teams beside each other in the unwind: at ninety times real time one that was held up for seconds is an hour behind, and a room talks
about the same minute. Who is too far ahead waits for the others, for so many seconds of the whole unwind at most.

What a run waits for and how long it has waited stands in its row: a worker that takes over goes on counting where the last one stopped.
"""

from django.db.models import Exists, OuterRef

import engine
from game.live import run_store
from game.models import Holding, Run

LEAD = 5 * engine.STEPS_PER_MINUTE  # so far ahead of the slowest
NEAR = engine.STEPS_PER_MINUTE  # who waits goes on when the slowest is that close
PATIENCE_S = 60.0
COUNT_S = 1.0  # the row is counted up so often


class Pace:
    """One run's pace beside the others, as one worker keeps it."""

    def __init__(self) -> None:
        self.limit: int | None = None  # it may go so far before it looks at the others again
        self._counted: float | None = None

    def holds(self, run: Run, step: int, now: float, *, apart: bool = True) -> tuple[bool, bool]:
        """Whether the clock waits at this step, and whether for whom changed with this look. `now` is monotonic; `apart`: clocks come apart
        here, in the unwind, and this one is not being advanced."""
        if not apart or run.waited_s >= PATIENCE_S:
            return False, self._goes_on(run, None)
        if not run.waits_for and self.limit is not None and step < self.limit:
            return False, False
        others = waited_for(run)
        slowest = min(others.values(), default=step)
        if step - slowest < (NEAR + 1 if run.waits_for else LEAD):
            return False, self._goes_on(run, slowest + LEAD)
        behind = sorted(name for name, at in others.items() if step - at > NEAR)
        return True, self._counts(run, behind, now)

    def _goes_on(self, run: Run, limit: int | None) -> bool:
        self.limit, self._counted = limit, None
        if not run.waits_for:
            return False
        run_store.pin_waiting(run, [], run.waited_s)
        return True

    def _counts(self, run: Run, behind: list[str], now: float) -> bool:
        stood = 0.0 if self._counted is None else now - self._counted
        changed = bool(behind != run.waits_for)
        if self._counted is None or stood >= COUNT_S:
            self._counted = now
            run_store.pin_waiting(run, behind, run.waited_s + stood)
        return changed


def waited_for(run: Run) -> dict[str, int]:
    """The other teams of its exercise that move and have somebody there: name -> step."""
    there = Holding.objects.filter(seat__team=OuterRef("team"), player__gone_at=None)
    others = Run.objects.filter(team__exercise=run.team.exercise_id, state="running", paused=False, stopped=False).exclude(pk=run.pk)
    return dict(others.filter(Exists(there)).values_list("team__name", "step"))
