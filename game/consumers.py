"""The sockets: a desk's and the projector's.

Thin: who it is comes from the cookie, what it hears from the hub, what it says goes to the inbox.
"""

import asyncio
import time
from typing import Any

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError

from game import inbox, protocol
from game.access import seat_of
from game.broker import BROKER_GONE
from game.control import exercise_group, run_group, seat_group
from game.feed import feed
from game.hub import Slot, hub
from game.loudspeaker import to_json
from game.models import Exercise, Run, Seat
from game.pages import join_card

log = structlog.get_logger(__name__)

WINDOW = 4  # frames a client may leave unacknowledged: Daphne's send() does not wait for the socket
PATIENCE_S = 30.0
TICK_S = 5.0
BAD_MESSAGES = 20  # then the line is cut: whatever sends them is not our page
GONE, MOVED = 4404, 4409  # close codes


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
                await self.order(message)
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
        while True:
            try:
                await asyncio.wait_for(self.wake.wait(), TICK_S)
            except TimeoutError:
                if self.seq > self.acked and time.monotonic() - self.heard_at > PATIENCE_S:
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

    async def note(self, text: str) -> None:
        """Pass a note of the run on."""
        await self.send(text)

    async def control_state(self, event: dict[str, Any]) -> None:
        """The exercise changed its state or speed."""
        await self.send(to_json(event["message"]))
        await self.state_changed()

    async def control_moved(self, event: dict[str, Any]) -> None:
        """Somebody else has this seat now."""
        await self.part("This seat was opened in another browser.", retry=False, code=MOVED)

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

    async def order(self, message: protocol.Order) -> None:
        """A command from somebody who has no desk."""
        raise protocol.BadMessage("A command came from a screen that only watches; ack or resync was expected.")


class SeatConsumer(FrameConsumer):
    """A desk."""

    seat: Seat | None = None
    run_id: int | None = None
    _budgets: dict[int, inbox.Budget] = {}

    async def enter(self) -> dict[str, Any] | None:
        self.unanswered: set[str] = set()
        self.seat = await database_sync_to_async(seat_of)(self.scope["cookies"])
        if self.seat is None:
            await self.part("This browser holds no seat. Ask the facilitator for a link.", retry=False, code=GONE)
            return None
        exercise = self.seat.team.exercise
        self.groups_joined = (exercise_group(exercise.pk), seat_group(self.seat.pk))
        self.run_id = await self._find_run()
        if self.run_id:
            self.groups_joined += (run_group(self.run_id),)
        return await database_sync_to_async(protocol.seat_hello)(self.seat)

    async def _find_run(self) -> int | None:
        runs = Run.objects.filter(team_id=self.seat.team_id if self.seat else None)
        return await database_sync_to_async(runs.values_list("pk", flat=True).first)()

    async def listen(self) -> None:
        if self.run_id and self.seat:
            await hub().join(self.run_id, self.seat.desk, self.slot)

    async def leave(self) -> None:
        if self.run_id and self.seat:
            await hub().leave(self.run_id, self.seat.desk, self.slot)

    async def refill(self) -> None:
        if not (self.run_id and self.seat):
            return
        await hub().refill(self.run_id, self.seat.desk, self.slot)
        if self.unanswered:
            for answer in await database_sync_to_async(inbox.outcomes)(self.seat, list(self.unanswered)):
                await self._answer(answer)

    async def state_changed(self) -> None:
        if self.run_id is None and self.seat:
            self.run_id = await self._find_run()
            if self.run_id:
                self.groups_joined += (run_group(self.run_id),)
                await self._group("group_add", run_group(self.run_id))
                await self.listen()

    async def order(self, message: protocol.Order) -> None:
        if self.seat is None:
            return
        client_id = str(message.id)
        if not self._budgets.setdefault(self.seat.pk, inbox.Budget()).spend():
            reason = f"Too many commands at once: at most {inbox.RATE:g} a second."
            await self.send(to_json({"t": "refused", "id": client_id, "reason": reason}))
            return
        try:
            put = database_sync_to_async(inbox.put)
            answers = await put(self.seat.pk, self.seat.cookie_hash, message)
        except DatabaseError:
            log.exception("a command could not be written")
            await self.send(protocol.error("The command could not be kept. Try again in a moment."))
            return
        self.unanswered.add(client_id)
        for answer in answers:
            await self._answer(answer)

    async def _answer(self, answer: dict[str, Any]) -> None:
        if answer["t"] != "received":
            self.unanswered.discard(answer["id"])
        await self.send(to_json(answer))

    async def note(self, text: str) -> None:
        self.unanswered = {client_id for client_id in self.unanswered if client_id not in text}
        await self.send(text)


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
        return await database_sync_to_async(protocol.projector_hello)(exercise)

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
