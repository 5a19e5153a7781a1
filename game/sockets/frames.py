"""A socket that is sent frames: hello first, then as many as its client acknowledges.

What every window's consumer shares; `desk_consumers.py` and `room_consumers.py` have the windows themselves.
"""

import asyncio
import time
from contextlib import suppress
from typing import Any

import structlog
from autobahn.exception import Disconnected
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils.translation import get_language, gettext
from prometheus_client import Gauge

from game import metrics
from game.live.broker import BROKER_GONE
from game.live.control import in_words
from game.live.db_threads import in_rows
from game.live.hub import Slot
from game.live.loudspeaker import Cards, to_json
from game.sockets import protocol
from game.sockets.inbox import Budget

log = structlog.get_logger(__name__)

GONE, MOVED = 4404, 4409  # close codes
WINDOW = 4  # frames a client may leave unacknowledged: Daphne's send() does not wait for the socket
PATIENCE_S = 30.0
TICK_S = 5.0
MESSAGES, AT_ONCE = 30.0, 300.0  # of a line, a second and in one go; a page sends some five a second. Each is answered, read or not
BAD_MESSAGES = 20  # then the line is cut: whatever sends them is not our page


class FrameConsumer(AsyncWebsocketConsumer):
    """A client that is sent frames, as many as it acknowledges."""

    exercise_id: int
    language: str
    groups_joined: tuple[str, ...] = ()
    pump: asyncio.Task[None] | None = None
    _left = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """As Channels does; also who is let go before its turn to say goodbye (Daphne waits ten seconds for that) leaves nothing behind."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._leave_once()

    async def connect(self) -> None:
        self.language = get_language() or settings.LANGUAGE_CODE
        self.wake = asyncio.Event()
        self.slot = Slot(self.wake, self.refill)
        self.seq = self.acked = self.bad = 0
        self.heard_at = time.monotonic()
        self.budget = Budget(MESSAGES, AT_ONCE)
        self.parted = False
        self.open_sockets.inc()
        await self.accept()
        if not await self.enter():
            return
        for group in self.groups_joined:
            await self.group("group_add", group)
        # Read after that: what changed in between was told to a group that this screen was not in yet, and nobody would tell it again.
        await self.send(to_json(await in_rows(self.hello)()))
        await self.listen()
        self.pump = asyncio.create_task(self._pump())
        self.pump.add_done_callback(self._pump_ended)

    @property
    def open_sockets(self) -> Gauge:
        """How many there are of its kind."""
        return metrics.SOCKETS.labels(type(self).__name__.removesuffix("Consumer").lower())

    def _pump_ended(self, pump: "asyncio.Task[None]") -> None:
        if not pump.cancelled() and pump.exception():
            log.error("a screen could not be sent to; it is let go and will come back", exc_info=pump.exception())
            self._closing = asyncio.ensure_future(self.close(1011))

    async def disconnect(self, code: int) -> None:
        await self._leave_once()

    async def _leave_once(self) -> None:
        if self._left or not hasattr(self, "slot"):
            return
        self._left = self.parted = True
        self.open_sockets.dec()
        if self.pump:
            self.pump.cancel()
        for group in self.groups_joined:
            await self.group("group_discard", group)
        await self.leave()

    async def group(self, verb: str, group: str) -> None:
        """Enter or leave a group of the channel layer (`verb`: group_add, group_discard)."""
        try:
            await getattr(self.channel_layer, verb)(group, self.channel_name)
        except BROKER_GONE as problem:
            log.warning("a screen may miss control messages", group=group, problem=str(problem))

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As Channels does, without a turn in the thread of old connections for every message: see game/live/db_threads.py."""
        handler = getattr(self, get_handler_name(message), None)
        if handler is None:
            raise ValueError(f"There is no handler for messages of type {message['type']}.")
        try:
            await handler(message)
        except DatabaseError as problem:
            if not message["type"].startswith("control."):
                raise
            # The database went while it was asked. News are heard by reading, and read again they wait for it.
            log.warning("a screen waits for the database", problem=str(problem))
            await handler(message)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.parted:
            return  # what was under way when the line was ended
        if not self.budget.spend():
            await self.part(gettext("Too many messages at once."), retry=True)
            return
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
        except (DatabaseError, InterfaceError) as problem:
            log.warning("a message was not heard: the database is away", problem=str(problem))
            await self.send(protocol.error(gettext("The server cannot reach its database. Try again in a moment.")))

    def _acknowledge(self, seq: int) -> None:
        if seq > self.seq:
            raise protocol.BadMessage(gettext("seq: %(seq)s was not sent yet; at most %(most)s was expected.") % {"seq": seq, "most": self.seq})
        was_full = self.seq - self.acked >= WINDOW
        self.acked = max(self.acked, seq)
        self.heard_at = time.monotonic()
        if was_full:  # else nothing was held back
            self.wake.set()

    async def send(self, text_data: str | None = None, bytes_data: bytes | None = None, close: bool = False) -> None:
        """As Channels does; who has gone meanwhile hears nothing, and Daphne says so with a message of its own."""
        with suppress(Disconnected):
            await super().send(text_data, bytes_data, close)

    async def _complain(self, reason: str) -> None:
        self.bad += 1
        await self.send(protocol.error(reason))
        if self.bad >= BAD_MESSAGES:
            await self.part(gettext("Too many messages that could not be read."), retry=False)

    async def part(self, reason: str, *, retry: bool, code: int = 1000, go: str = "") -> None:
        """Say goodbye and close; `go`: where this screen belongs now."""
        self.parted = True
        await self.send(protocol.bye(reason, retry=retry, go=go))
        await self.close(code)

    async def _pump(self) -> None:
        """Send what there is, within the window; let a client go that has not acknowledged for too long."""
        tick_at = time.monotonic()
        while True:
            if time.monotonic() >= tick_at:
                tick_at = time.monotonic() + TICK_S
                with suppress(DatabaseError):  # the next one asks again
                    await self.tick()
            try:
                async with asyncio.timeout(TICK_S):  # `wait_for` would make a task of it, some hundred a second
                    await self.wake.wait()
            except TimeoutError:
                if self.silent_s() > PATIENCE_S:
                    await self.part(gettext("This screen stopped answering."), retry=True)
                    return
                continue
            self.wake.clear()
            while self.slot.notes:
                await self.note(self.slot.notes.popleft())
            await self.aside()
            await self.show()

    async def show(self) -> None:
        """Send a frame of what has changed, where one may be sent."""
        if not self.slot.cards or self.seq - self.acked >= WINDOW:
            return
        if self.seq == self.acked:
            self.heard_at = time.monotonic()
        self.seq += 1
        published = self.slot.at
        await self.send(protocol.frame(self.seq, self.slot.step, self.read(self.slot.take())))
        if published:
            metrics.FRAME_AGE.observe(max(0.0, time.time() - published))

    def silent_s(self) -> float:
        """For how long frames have gone unanswered."""
        return time.monotonic() - self.heard_at if self.seq > self.acked else 0.0

    def read(self, cards: Cards) -> Cards:
        """Cards as they are sent, in words."""
        return cards

    async def note(self, text: str) -> None:
        """Pass a note of the run on."""
        await self.send(text)

    async def control_state(self, event: dict[str, Any]) -> None:
        """The exercise changed its state or speed."""
        await self.send(to_json(in_words(event["message"])))
        await self.state_changed()

    # What a kind of client adds.

    async def enter(self) -> bool:
        """Find out who it is; False after a goodbye."""
        raise NotImplementedError

    def hello(self) -> dict[str, Any]:
        """The first message: everything as it stands in the rows now."""
        raise NotImplementedError

    async def listen(self) -> None:
        """Begin to hear."""

    async def leave(self) -> None:
        """Stop hearing."""

    async def refill(self) -> None:
        """Offer everything again."""

    async def state_changed(self) -> None:
        """What follows from a change of state."""

    async def aside(self) -> None:
        """What there is to say besides frames, whenever something may be new."""

    async def tick(self) -> None:
        """Every few seconds."""

    async def hear(self, message: protocol.Incoming) -> None:
        """Something from somebody who has no desk."""
        raise protocol.BadMessage(gettext("A %(kind)s came from a screen that only watches; ack or resync was expected.") % {"kind": message.t})
