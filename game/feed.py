"""One composed picture an exercise in this web process, however many projectors look at it."""

import asyncio
import time
from contextlib import suppress

import structlog

import engine
from game.board import Board, Curve, Side, compose
from game.hub import Slot, hub
from game.loudspeaker import Told
from game.models import Exercise
from game.offload import in_rows

log = structlog.get_logger(__name__)
COMPOSE_S = 0.5  # a wall is read, not played from
ROWS_S = 3.0  # how often the rows are looked at: state, loss counter's mode, the ghost, new runs


class Feed:
    """Listens to the runs of an exercise and offers the composed cards to its clients' slots."""

    def __init__(self, exercise_id: int) -> None:
        self.exercise_id = exercise_id
        self.board = Board()
        self._clients: set[Slot] = set()
        self._runs: dict[int, tuple[Side, Slot]] = {}
        self._wake = asyncio.Event()
        self._ready = asyncio.Event()
        self._rows_due = 0.0
        self._task: asyncio.Task[None] | None = None
        self._exercise: Exercise | None = None
        self._ghost: Curve | None = None

    async def add(self, slot: Slot) -> None:
        """Offer to this client from now on, beginning with everything (waits for the first picture)."""
        if self._task is None or self._task.done():
            self._ready.clear()
            self._task = asyncio.create_task(self._keep(), name=f"feed-{self.exercise_id}")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ready.wait(), ROWS_S)
        self._clients.add(slot)
        self.fill(slot)

    def fill(self, slot: Slot) -> None:
        """The whole picture for one client."""
        step = max((side.step for side, _ in self._runs.values()), default=engine.WEEK)
        slot.offer(Told(step, dict(self.board.cards), []), whole=True)

    async def remove(self, slot: Slot) -> None:
        """Offer to it no longer; the last one out stops the feed."""
        self._clients.discard(slot)
        if self._clients or self._task is None:
            return
        self._task.cancel()
        self._task = None
        runs, self._runs = self._runs, {}
        for run_id, (_, run_slot) in runs.items():
            await hub().leave(run_id, "projector", run_slot)

    def poke(self) -> None:
        """Look at the rows now: the exercise has changed."""
        self._rows_due = 0.0
        self._wake.set()

    async def _keep(self) -> None:
        while True:
            try:
                if time.monotonic() >= self._rows_due:
                    await self._look_at_rows()
                self._compose()
            except Exception:  # the wall goes on; whatever it is (the database away, say) may pass
                log.exception("a projector's feed stumbled", exercise=self.exercise_id)
            await asyncio.sleep(COMPOSE_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), max(0.05, self._rows_due - time.monotonic()))
            self._wake.clear()

    async def _look_at_rows(self) -> None:
        self._exercise, sides, self._ghost = await in_rows(_rows)(self.exercise_id)
        self._rows_due = time.monotonic() + ROWS_S
        for side in sides:
            if side.run_id not in self._runs:
                slot = self._run_slot(side.run_id)
                self._runs[side.run_id] = (side, slot)
                await hub().join(side.run_id, "projector", slot)

    def _run_slot(self, run_id: int) -> Slot:
        slot = Slot(self._wake, lambda: hub().refill(run_id, "projector", slot))
        return slot

    def _compose(self) -> None:
        if self._exercise is None:
            return
        for side, slot in self._runs.values():
            side.hear(slot.step, slot.take())
        sides = [side for side, _ in self._runs.values()]
        step = max((side.step for side in sides), default=engine.WEEK)
        changed = self.board.update(step, compose(self._exercise, sides, self._ghost))
        if changed:
            for client in self._clients:
                client.offer(Told(step, changed, []))
        self._ready.set()


def _rows(exercise_id: int) -> tuple[Exercise, list[Side], Curve | None]:
    exercise = Exercise.objects.get(pk=exercise_id)
    ghost = exercise.ghost
    return exercise, [Side.of(run) for run in exercise.runs()], ghost.curve if ghost else None


_feeds: dict[int, Feed] = {}


def feed(exercise_id: int) -> Feed:
    """This process's feed of an exercise."""
    return _feeds.setdefault(exercise_id, Feed(exercise_id))
