"""Who is where before the start: one picture an exercise in this web process, however many screens look at it."""

import asyncio
from contextlib import suppress
from typing import Any

import structlog

from game.live.broker import BROKER_GONE, alive_key, client
from game.live.db_threads import in_rows
from game.live.hub import Slot
from game.live.loudspeaker import Unpacked, to_json
from game.models import Aide, Exercise, Seat, aides
from game.rules import DESKS

log = structlog.get_logger(__name__)
LOOK_S = 1.0


def lobby_card(exercise: Exercise) -> dict[str, Any]:
    """Teams, seats and people of an exercise. `starting`: no market can be played yet."""
    seats = Seat.objects.filter(team__exercise=exercise).select_related("team").prefetch_related("holdings__player")
    teams: dict[int, dict[str, Any]] = {}
    taken = free = 0
    for seat in sorted(seats, key=lambda seat: (seat.team.place, DESKS.index(seat.desk))):
        team = teams.setdefault(seat.team_id, {"id": seat.team_id, "name": seat.team.name, "seats": [], "aides": []})
        holders = seat.holders
        taken, free = taken + bool(holders), free + (not holders and not seat.locked)
        team["seats"].append(
            {
                "id": seat.pk,
                "desk": seat.desk,
                "holders": [{"name": player.name, "online": player.gone_at is None} for player in holders],
                "autopilot": seat.pilot or None,
                "room": len(holders) < exercise.places and not seat.locked,
                "locked": seat.lock_told,
            }
        )
    for aide in Aide.objects.filter(team__exercise=exercise).select_related("player"):
        teams[aide.team_id]["aides"].append(aides.told(aide))
    return {"state": exercise.state, "teams": list(teams.values()), "taken": taken, "free": free, "starting": not _market_is_there()}


def _market_is_there() -> bool:
    """Whether a worker of games is alive: the first start of a version compiles the market while its pages are read."""
    try:
        return bool(client().exists(alive_key("games")))
    except BROKER_GONE:
        return True  # the page tells of that by itself


class Lobby:
    """Looks at the rows about once a second while somebody looks at it, and offers the card when it changed."""

    def __init__(self, exercise_id: int) -> None:
        self.exercise_id = exercise_id
        self._slots: set[Slot] = set()
        self._new: set[Slot] = set()  # have had nothing yet
        self._version = 0
        self._text = ""
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, slot: Slot) -> None:
        """Offer to this screen from now on, beginning with a fresh look: it may come from having changed its seat."""
        self._slots.add(slot)
        self._new.add(slot)
        self._wake.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep(), name=f"lobby-{self.exercise_id}")

    def fill(self, slot: Slot) -> None:
        """The whole picture for one screen."""
        if self._text:
            slot.offer(Unpacked(0, {"lobby": (self._version, self._text)}, []), whole=True)

    def remove(self, slot: Slot) -> None:
        """Offer to it no longer; the last one out stops the looking."""
        self._slots.discard(slot)
        self._new.discard(slot)
        if not self._slots and self._task is not None:
            self._task.cancel()
            self._task = None
            lobbies.pop(self.exercise_id, None)

    def poke(self) -> None:
        """Look now."""
        self._wake.set()

    async def _keep(self) -> None:
        while True:
            self._wake.clear()
            waiting = set(self._new)
            try:
                text = to_json(await in_rows(self._look)())
                if text != self._text:
                    self._version, self._text = self._version + 1, text
                    for slot in self._slots - self._new:
                        slot.offer(Unpacked(0, {"lobby": (self._version, self._text)}, []))
                for slot in self._new & waiting:
                    self.fill(slot)
                self._new -= waiting
            except Exception:  # the database away, say: it may pass
                log.exception("a lobby stumbled", exercise=self.exercise_id)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_S)

    def _look(self) -> dict[str, Any]:
        return lobby_card(Exercise.objects.get(pk=self.exercise_id))


lobbies: dict[int, Lobby] = {}


def lobby(exercise_id: int) -> Lobby:
    """This process's picture of an exercise's lobby."""
    return lobbies.setdefault(exercise_id, Lobby(exercise_id))
