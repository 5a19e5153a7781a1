"""The sockets: a desk's and the projector's.

Thin: who it is comes from the cookie, what it hears from the hub, what it says goes to the inbox.
"""

import asyncio
import time
from typing import Any

import structlog
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.utils import timezone

from game import inbox, planning, presence, protocol
from game.access import Place, is_still, place_of, player_of
from game.broker import BROKER_GONE
from game.control import exercise_group, run_group, team_group, tell_state, tell_team_from_socket
from game.drive import drive
from game.feed import feed
from game.hub import Slot, hub
from game.lobby import lobby
from game.loudspeaker import to_json
from game.models import Exercise, Player, RuleBroken, Run, Seat
from game.offload import in_rows
from game.pages import join_card
from game.rules import DESKS
from game.screens import screens

log = structlog.get_logger(__name__)

WINDOW = 4  # frames a client may leave unacknowledged: Daphne's send() does not wait for the socket
PATIENCE_S = 30.0
TICK_S = 5.0
SILENT_S = 10.0  # frames unanswered for so long: no sign of life
BAD_MESSAGES = 20  # then the line is cut: whatever sends them is not our page
GONE, MOVED = 4404, 4409  # close codes
TOO_MANY = f"Too many commands at once: at most {inbox.RATE:g} a second."


class FrameConsumer(AsyncWebsocketConsumer):
    """A client that is sent frames, as many as it acknowledges."""

    exercise_id: int
    groups_joined: tuple[str, ...] = ()

    async def connect(self) -> None:
        self.wake = asyncio.Event()
        self.slot = Slot(self.wake, self.refill)
        self.seq = self.acked = self.bad = 0
        self.heard_at = time.monotonic()
        self.pump: asyncio.Task[None] | None = None
        await self.accept()
        hello = await self.enter()
        if hello is None:
            return
        for group in self.groups_joined:
            await self._group("group_add", group)
        await self.send(to_json(hello))
        await self.listen()
        self.pump = asyncio.create_task(self._pump())
        self.pump.add_done_callback(self._pump_ended)

    def _pump_ended(self, pump: "asyncio.Task[None]") -> None:
        if not pump.cancelled() and pump.exception():
            log.error("a screen could not be sent to; it is let go and will come back", exc_info=pump.exception())
            self._closing = asyncio.ensure_future(self.close(1011))

    async def disconnect(self, code: int) -> None:
        if self.pump:
            self.pump.cancel()
        for group in self.groups_joined:
            await self._group("group_discard", group)
        await self.leave()

    async def _group(self, verb: str, group: str) -> None:
        try:
            await getattr(self.channel_layer, verb)(group, self.channel_name)
        except BROKER_GONE as problem:
            log.warning("a screen may miss control messages", group=group, problem=str(problem))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            message = protocol.read(text_data, bytes_data)
            if isinstance(message, protocol.Ack):
                self._acknowledge(message.seq)
            elif isinstance(message, protocol.Resync):
                await self.refill()
            else:
                await self.hear(message)
        except protocol.BadMessage as problem:
            await self._complain(str(problem))

    def _acknowledge(self, seq: int) -> None:
        if seq > self.seq:
            raise protocol.BadMessage(f"seq: {seq} was not sent yet; at most {self.seq} was expected.")
        self.acked = max(self.acked, seq)
        self.heard_at = time.monotonic()
        self.wake.set()

    async def _complain(self, reason: str) -> None:
        self.bad += 1
        await self.send(protocol.error(reason))
        if self.bad >= BAD_MESSAGES:
            await self.part("Too many messages that could not be read.", retry=False)

    async def part(self, reason: str, *, retry: bool, code: int = 1000) -> None:
        """Say goodbye and close."""
        await self.send(protocol.bye(reason, retry=retry))
        await self.close(code)

    async def _pump(self) -> None:
        """Send what there is, within the window; let a client go that has not acknowledged for too long."""
        tick_at = time.monotonic()
        while True:
            if time.monotonic() >= tick_at:
                tick_at = time.monotonic() + TICK_S
                await self.tick()
            try:
                await asyncio.wait_for(self.wake.wait(), TICK_S)
            except TimeoutError:
                if self._silent_s() > PATIENCE_S:
                    await self.part("This screen stopped answering.", retry=True)
                    return
                continue
            self.wake.clear()
            while self.slot.notes:
                await self.note(self.slot.notes.popleft())
            if self.slot.cards and self.seq - self.acked < WINDOW:
                if self.seq == self.acked:
                    self.heard_at = time.monotonic()
                self.seq += 1
                await self.send(protocol.frame(self.seq, self.slot.step, self.slot.take()))

    def _silent_s(self) -> float:
        """For how long frames have gone unanswered."""
        return time.monotonic() - self.heard_at if self.seq > self.acked else 0.0

    async def note(self, text: str) -> None:
        """Pass a note of the run on."""
        await self.send(text)

    async def control_state(self, event: dict[str, Any]) -> None:
        """The exercise changed its state or speed."""
        await self.send(to_json(event["message"]))
        await self.state_changed()

    # What a kind of client adds.

    async def enter(self) -> dict[str, Any] | None:
        """Find out who it is; the hello, or None after a goodbye."""
        raise NotImplementedError

    async def listen(self) -> None:
        """Begin to hear."""

    async def leave(self) -> None:
        """Stop hearing."""

    async def refill(self) -> None:
        """Offer everything again."""

    async def state_changed(self) -> None:
        """What follows from a change of state."""

    async def tick(self) -> None:
        """Every few seconds."""

    async def hear(self, message: protocol.Incoming) -> None:
        """Something from somebody who has no desk."""
        raise protocol.BadMessage(f"A {message.t} came from a screen that only watches; ack or resync was expected.")


class SeatConsumer(FrameConsumer):
    """A desk."""

    place: Place | None = None
    run_id: int | None = None
    _budgets: dict[int, inbox.Budget] = {}

    async def enter(self) -> dict[str, Any] | None:
        self.unanswered: set[str] = set()
        desk = self.scope["url_route"]["kwargs"].get("desk", "")
        if desk in (*DESKS, ""):
            self.place = await in_rows(place_of)(self.scope["cookies"], desk)
        if self.place is None:
            reason = "This browser does not hold this seat. Join with the code, or ask the facilitator for a link."
            await self.part(reason, retry=False, code=GONE)
            return None
        team = self.place.seat.team
        self.groups_joined = (exercise_group(team.exercise_id), team_group(team.pk))
        self.run_id = await self._find_run()
        if self.run_id:
            self.groups_joined += (run_group(self.run_id),)
        if await screens.seen(self.place.player.pk, self):
            await tell_team_from_socket(team.pk)
        return await in_rows(protocol.seat_hello)(self.place)

    async def _find_run(self) -> int | None:
        runs = Run.objects.filter(team_id=self.place.seat.team_id if self.place else None)
        return await in_rows(runs.values_list("pk", flat=True).first)()

    async def tick(self) -> None:
        if self.place and self._silent_s() < SILENT_S and await screens.seen(self.place.player.pk, self):
            await self._tell_team()

    async def _tell_team(self) -> None:
        if self.place:
            await tell_team_from_socket(self.place.seat.team_id)

    async def control_team(self, event: dict[str, Any]) -> None:
        """The people of the team changed; this screen may have lost its seat."""
        if self.place is None:
            return
        if not await in_rows(is_still)(self.place):
            await self.part("This seat was opened in another browser, or given to somebody else.", retry=False, code=MOVED)
            return
        await self.send(to_json(await in_rows(protocol.team_note)(self.place)))

    async def listen(self) -> None:
        if self.run_id and self.place:
            await hub().join(self.run_id, self.place.seat.desk, self.slot)

    async def leave(self) -> None:
        if self.run_id and self.place:
            await hub().leave(self.run_id, self.place.seat.desk, self.slot)
        if self.place and await screens.closed(self.place.player.pk, self):
            await self._tell_team()

    async def refill(self) -> None:
        if not (self.run_id and self.place):
            return
        await hub().refill(self.run_id, self.place.seat.desk, self.slot)
        if self.unanswered:
            for answer in await in_rows(inbox.outcomes)(self.place.seat, list(self.unanswered)):
                await self._answer(answer)

    async def state_changed(self) -> None:
        if self.run_id is None and self.place:
            self.run_id = await self._find_run()
            if self.run_id:
                self.groups_joined += (run_group(self.run_id),)
                await self._group("group_add", run_group(self.run_id))
                await self.listen()

    async def hear(self, message: protocol.Incoming) -> None:
        if self.place is None:
            return
        if isinstance(message, protocol.Order):
            await self._order(self.place, message)
        elif isinstance(message, protocol.Why):
            await self._why(self.place, message)
        elif isinstance(message, protocol.Drive):
            await self._drive(self.place, message)
        elif isinstance(message, protocol.Ready):
            await self._ready(self.place, message)
        elif isinstance(message, protocol.Back):
            await self._back(self.place)

    async def _drive(self, place: Place, message: protocol.Drive) -> None:
        def do() -> str:
            exercise = Exercise.objects.get(pk=place.seat.team.exercise_id)
            if exercise.owner_id != place.player.pk or not is_still(place):
                return "The facilitator has the clock of this exercise."
            try:
                drive(exercise, message.do, message.value)
            except RuleBroken as problem:
                return str(problem)
            return ""

        if reason := await in_rows(do)():
            await self.send(protocol.error(reason))

    async def _ready(self, place: Place, message: protocol.Ready) -> None:
        def do() -> str:
            if not is_still(place):
                return inbox.MOVED
            try:
                planning.say_ready(Player.objects.select_related("exercise").get(pk=place.player.pk), ready=message.on)
            except RuleBroken as problem:
                return str(problem)
            tell_state(Exercise.objects.get(pk=place.seat.team.exercise_id))
            return ""

        if reason := await in_rows(do)():
            await self.send(protocol.error(reason))
        else:
            await self._tell_team()

    async def _back(self, place: Place) -> None:
        def do() -> None:
            if is_still(place):
                presence.seen(place.player.pk, timezone.now())
                for seat in Seat.objects.filter(holdings__player=place.player, covered=True):  # who plays alone comes back to every desk
                    seat.uncover()

        await in_rows(do)()
        await self._tell_team()

    async def _order(self, place: Place, message: protocol.Order) -> None:
        client_id = str(message.id)
        if not self._spend(place):
            await self.send(to_json({"t": "refused", "id": client_id, "reason": TOO_MANY}))
            return
        try:
            answers = await in_rows(inbox.put)(place.holding, place.token_hash, message)
        except DatabaseError:
            log.exception("a command could not be written")
            await self.send(protocol.error("The command could not be kept. Try again in a moment."))
            return
        self.unanswered.add(client_id)
        for answer in answers:
            await self._answer(answer)

    async def _why(self, place: Place, message: protocol.Why) -> None:
        if not self._spend(place):
            await self.send(protocol.error(TOO_MANY))
            return
        await self.send(to_json(await in_rows(inbox.explain)(place.holding, place.token_hash, message)))

    def _spend(self, place: Place) -> bool:
        return self._budgets.setdefault(place.seat.pk, inbox.Budget()).spend()

    async def _answer(self, answer: dict[str, Any]) -> None:
        if answer["t"] != "received":
            self.unanswered.discard(answer["id"])
        await self.send(to_json(answer))

    async def note(self, text: str) -> None:
        self.unanswered = {client_id for client_id in self.unanswered if client_id not in text}
        await self.send(text)


class LobbyConsumer(FrameConsumer):
    """A player who waits for the start."""

    player: Player | None = None

    async def enter(self) -> dict[str, Any] | None:
        self.player = await in_rows(player_of)(self.scope["cookies"])
        if self.player is None:
            await self.part("This browser has not joined. Join with the code.", retry=False, code=GONE)
            return None
        self.exercise_id = self.player.exercise_id
        self.groups_joined = (exercise_group(self.exercise_id),)
        await self.tick()
        return await in_rows(protocol.lobby_hello)(self.player)

    async def tick(self) -> None:
        if self.player and await screens.seen(self.player.pk, self):
            lobby(self.exercise_id).poke()

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

    async def enter(self) -> dict[str, Any] | None:
        code = self.scope["url_route"]["kwargs"]["code"]
        exercise = await Exercise.objects.filter(code=code.upper()).afirst()
        if exercise is None:
            await self.part(f"There is no exercise {code}.", retry=False, code=GONE)
            return None
        self.exercise_id = exercise.pk
        self.groups_joined = (exercise_group(exercise.pk),)
        self.join = to_json(join_card(self._host(), exercise.code))
        return await in_rows(protocol.projector_hello)(exercise)

    def _host(self) -> str:
        headers = dict(self.scope["headers"])
        return headers.get(b"host", b"").decode("latin-1")

    async def listen(self) -> None:
        await feed(self.exercise_id).add(self.slot)
        self._offer_join()

    async def refill(self) -> None:
        feed(self.exercise_id).fill(self.slot)
        self._offer_join()

    def _offer_join(self) -> None:
        self.slot.cards["join"] = (0, self.join)
        self.wake.set()

    async def leave(self) -> None:
        if hasattr(self, "exercise_id"):
            await feed(self.exercise_id).remove(self.slot)

    async def state_changed(self) -> None:
        feed(self.exercise_id).poke()
