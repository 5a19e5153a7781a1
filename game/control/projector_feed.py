"""One composed picture an exercise and language in this web process, however many screens look at it: the projectors'. The control rooms'
is built on it, see room.py.
"""

import asyncio
import time
from contextlib import suppress
from typing import Any

import structlog
from django.utils.translation import override

import engine
from game.control.board import Board, Side, compose
from game.control.wall import beside_the_market
from game.live.db_threads import in_rows
from game.live.hub import Slot, hub
from game.live.losses import Curve
from game.live.loudspeaker import Unpacked
from game.models import Exercise, Run

log = structlog.get_logger(__name__)
COMPOSE_S = 0.5  # a wall is read, not played from
LOBBY_S = 1.0  # the rows, while people come in
QUIET_S = 2.0  # a screen that hears nothing for longer begins to doubt its line


class Feed:
    """Listens to the runs of an exercise and offers the composed cards, in one language, to its clients' slots."""

    desk = "projector"
    rows_s = 3.0  # how often the rows are looked at: state, loss counter's mode, the ghost, new runs

    def __init__(self, exercise_id: int, language: str) -> None:
        self.exercise_id, self.language = exercise_id, language
        self.board = Board()
        self._clients: set[Slot] = set()
        self._runs: dict[int, tuple[Side, Slot]] = {}
        self._wake = asyncio.Event()
        self._ready = asyncio.Event()
        self._rows_due = self._quiet_until = 0.0
        self._task: asyncio.Task[None] | None = None
        self._exercise: Exercise | None = None
        self._ghost: Curve | None = None
        self._more: dict[str, Any] = {}  # cards that only the rows know

    async def add(self, slot: Slot) -> None:
        """Offer to this client from now on, beginning with everything (waits for the first picture)."""
        if self._task is None or self._task.done():
            self._ready.clear()
            self._task = asyncio.create_task(self._keep(), name=f"feed-{self.exercise_id}-{self.language}")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ready.wait(), self.rows_s)
        self._clients.add(slot)
        self.fill(slot)

    def fill(self, slot: Slot) -> None:
        """The whole picture for one client."""
        step = max((side.step for side, _ in self._runs.values()), default=engine.EARLIEST)
        slot.offer(Unpacked(step, dict(self.board.cards), []), whole=True)

    async def remove(self, slot: Slot) -> None:
        """Offer to it no longer; the last one out stops the feed."""
        self._clients.discard(slot)
        if self._clients or self._task is None:
            return
        self._task.cancel()
        self._task = None
        runs, self._runs = self._runs, {}
        for run_id, (_, run_slot) in runs.items():
            await hub().leave(run_id, self.desk, run_slot)

    def poke(self) -> None:
        """Look at the rows now: the exercise has changed."""
        self._rows_due = 0.0
        self._wake.set()

    async def _keep(self) -> None:
        with override(self.language):
            await self._keep_on()

    async def _keep_on(self) -> None:
        while True:
            try:
                if time.monotonic() >= self._rows_due:
                    await self._look_at_rows()
                self._compose()
            except Exception:  # the wall goes on; whatever it is (the database away, say) may pass
                log.exception("a projector's feed stumbled", exercise=self.exercise_id)
            await asyncio.sleep(COMPOSE_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), min(QUIET_S, max(0.05, self._rows_due - time.monotonic())))
            self._wake.clear()

    async def _look_at_rows(self) -> None:
        self._rows_due = time.monotonic() + self.rows_s
        runs = await in_rows(self.look)()
        if self._exercise is not None and self._exercise.state == Exercise.State.LOBBY:
            self._rows_due = min(self._rows_due, time.monotonic() + LOBBY_S)
        for run in runs:
            if run.pk in self._runs:
                self._runs[run.pk][0].rows(run)
                continue
            slot = self._run_slot(run.pk)
            self._runs[run.pk] = (Side.of(run), slot)
            await hub().join(run.pk, self.desk, slot)

    def _run_slot(self, run_id: int) -> Slot:
        slot = Slot(self._wake, lambda: hub().refill(run_id, self.desk, slot))
        return slot

    def look(self) -> list[Run]:
        """Read the rows (in a thread of rows); the runs."""
        self._exercise = Exercise.objects.get(pk=self.exercise_id)
        ghost = self._exercise.ghost
        self._ghost = ghost.curve if ghost else None
        self._more = self.look_beside(self._exercise)
        return list(self._exercise.runs())

    def look_beside(self, exercise: Exercise) -> dict[str, Any]:
        """The cards that only the rows know."""
        return beside_the_market(exercise)

    def _compose(self) -> None:
        for side, slot in self._runs.values():
            side.hear(slot.step, slot.take())
        sides = [side for side, _ in self._runs.values()]
        step = max((side.step for side in sides), default=engine.EARLIEST)
        changed = self.board.update(step, self.composed(sides))
        if not changed and time.monotonic() > self._quiet_until:
            changed = self.board.again("state")  # every team stands alone, say: the line is not dead
        if changed:
            self._quiet_until = time.monotonic() + QUIET_S
            for client in self._clients:
                client.offer(Unpacked(step, changed, []))
        self._ready.set()

    def composed(self, sides: list[Side]) -> dict[str, Any]:
        """The cards, of what the rows and the runs say."""
        return compose(self._exercise, sides, self._ghost, self._more) if self._exercise else {}


_feeds: dict[tuple[int, str], Feed] = {}


def feed(exercise_id: int, language: str) -> Feed:
    """This process's feed of an exercise in a language."""
    return _feeds.setdefault((exercise_id, language), Feed(exercise_id, language))
