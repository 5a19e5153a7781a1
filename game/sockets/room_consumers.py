"""The sockets that are no desk's: the control room's, the lobby's, the projector's, and the check of the network before anybody sits."""

import asyncio
import time
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils.translation import gettext

from game.control.projector_feed import feed
from game.control.room import room
from game.live.control import exercise_group, team_group
from game.live.db_threads import in_rows
from game.live.loudspeaker import to_json
from game.models import Exercise, Player, Team
from game.people.access import exercise_called, facilitates, player_of
from game.people.limiter import TooOften, address_of
from game.people.lobby import lobby
from game.sockets import protocol
from game.sockets.frames import GONE, MOVED, WINDOW, FrameConsumer
from game.sockets.pages import join_card
from game.sockets.screens import screens

CHECK_S, CHECKS = 60.0, 100  # of a line that checks the network: so long, and so many answers


class ControlConsumer(FrameConsumer):
    """A control room: every run of the exercise, its people and what happened in it. What a facilitator does comes as a form."""

    heard = -1  # the last line of the event feed that this screen was sent

    async def enter(self) -> bool:
        exercise = await in_rows(self._allowed)()
        if exercise is None:
            await self.part(gettext("Only this exercise's facilitator can see its control room."), retry=False, code=GONE)
            return False
        self.exercise_id = exercise.pk
        self.groups_joined = (exercise_group(exercise.pk), *await in_rows(self._teams)())
        return True

    def hello(self) -> dict[str, Any]:
        return protocol.control_hello(Exercise.objects.get(pk=self.exercise_id))

    def _allowed(self) -> Exercise | None:
        exercise = Exercise.objects.filter(code=self.scope["url_route"]["kwargs"]["code"].upper()).first()
        return exercise if exercise and facilitates(self.scope["cookies"], exercise) else None

    def _teams(self) -> list[str]:
        return [team_group(pk) for pk in Team.objects.filter(exercise=self.exercise_id).values_list("pk", flat=True)]

    async def tick(self) -> None:
        if await in_rows(self._allowed)() is None:
            await self.part(gettext("This browser is no longer signed in as the facilitator."), retry=False, code=MOVED)

    async def listen(self) -> None:
        await room(self.exercise_id, self.language).add(self.slot)

    async def refill(self) -> None:
        self.heard = -1
        room(self.exercise_id, self.language).fill(self.slot)

    async def aside(self) -> None:
        """Lines of the event feed, by cursor: a screen that was slow gets them later, and all."""
        happenings = room(self.exercise_id, self.language).happenings
        if happenings.newest > self.heard and self.seq - self.acked < WINDOW:
            lines = happenings.after(self.heard)
            newest = happenings.newest
            await self.send(protocol.happened(lines, whole=self.heard < 0))
            self.heard = newest

    async def control_team(self, event: dict[str, Any]) -> None:
        """The people of a team changed."""
        room(self.exercise_id, self.language).poke()

    async def state_changed(self) -> None:
        for group in await in_rows(self._teams)():
            if group not in self.groups_joined:
                self.groups_joined += (group,)
                await self.group("group_add", group)
        room(self.exercise_id, self.language).poke()

    async def leave(self) -> None:
        if hasattr(self, "exercise_id"):
            await room(self.exercise_id, self.language).remove(self.slot)


class LobbyConsumer(FrameConsumer):
    """A player who waits for the start."""

    player: Player | None = None

    async def enter(self) -> bool:
        self.player = await in_rows(player_of)(self.scope["cookies"])
        if self.player is None:
            await self.part(gettext("This browser has not joined. Join with the code."), retry=False, code=GONE)
            return False
        self.exercise_id = self.player.exercise_id
        self.groups_joined = (exercise_group(self.exercise_id),)
        if await screens.opened(self.player, self):
            lobby(self.exercise_id).poke()
        return True

    def hello(self) -> dict[str, Any]:
        assert self.player
        return protocol.lobby_hello(Player.objects.select_related("exercise").get(pk=self.player.pk))

    async def listen(self) -> None:
        lobby(self.exercise_id).add(self.slot)

    async def refill(self) -> None:
        lobby(self.exercise_id).fill(self.slot)

    async def leave(self) -> None:
        if self.player:
            lobby(self.exercise_id).remove(self.slot)
            await screens.closed(self.player.pk, self)


class ProjectorConsumer(FrameConsumer):
    """The wall: no login, nothing to say."""

    async def enter(self) -> bool:
        code = self.scope["url_route"]["kwargs"]["code"]
        try:
            exercise = await in_rows(exercise_called)(code, self.scope["cookies"], address_of(self.scope["client"][0]))
        except TooOften as problem:
            await self.part(str(problem), retry=False, code=GONE)
            return False
        if exercise is None:
            await self.part(gettext("There is no exercise %(code)s.") % {"code": code}, retry=False, code=GONE)
            return False
        self.exercise_id = exercise.pk
        self.groups_joined = (exercise_group(exercise.pk),)
        self.join = to_json(join_card(self._host(), exercise.code, secure=self.scope["scheme"] == "wss"))
        return True

    def hello(self) -> dict[str, Any]:
        return protocol.projector_hello(Exercise.objects.get(pk=self.exercise_id))

    def _host(self) -> str:
        headers = dict(self.scope["headers"])
        return str(headers.get(b"host", b""), "latin-1")

    async def listen(self) -> None:
        await feed(self.exercise_id, self.language).add(self.slot)
        self._offer_join()

    async def refill(self) -> None:
        feed(self.exercise_id, self.language).fill(self.slot)
        self._offer_join()

    def _offer_join(self) -> None:
        self.slot.cards["join"] = (0, self.join)
        self.wake.set()

    async def leave(self) -> None:
        if hasattr(self, "exercise_id"):
            await feed(self.exercise_id, self.language).remove(self.slot)

    async def state_changed(self) -> None:
        feed(self.exercise_id, self.language).poke()


class CheckConsumer(AsyncWebsocketConsumer):
    """A line that carries nothing: the check page, and a screen on the slower line, learn by it whether sockets get through and how fast.

    Anybody may open it, so it ends by itself.
    """

    async def connect(self) -> None:
        self.answered = 0
        await self.accept()
        self._end = asyncio.get_running_loop().call_later(CHECK_S, lambda: asyncio.ensure_future(self.close()))

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "_end"):
            self._end.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self.answered += 1
        if self.answered > CHECKS or not (text_data or "").isdecimal() or len(text_data or "") > 4:
            await self.close()
        else:
            await self.send(to_json({"n": int(text_data or 0), "now": round(time.time() * 1000)}))
