"""One subscriber per web process, and one latest-wins slot per client.

A client that is slow gets fewer frames, not older ones: what it was not sent yet is overwritten by what is newer.
The subscriber comes back by itself when the broker does, and then every slot is filled anew.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from weakref import WeakKeyDictionary

import redis.asyncio
import structlog

import engine
from game.live.broker import BROKER_GONE, cards_key, channel, listener
from game.live.loudspeaker import Cards, Unpacked, read_hash, unpack

log = structlog.get_logger(__name__)
RETRY_S = 0.2
CONFIRM_S = 2.0
NOTES_KEPT = 200
_SELF = "ob:hub"  # keeps the subscription alive while nobody listens to anything


class Slot:
    """What one listener has not taken yet: the newest of every card, and the notes in order."""

    def __init__(self, wake: asyncio.Event, refill: Callable[[], Awaitable[None]]) -> None:
        self.wake = wake
        self.refill = refill  # called when messages may have been missed
        self.step = engine.EARLIEST
        self.at = 0.0  # when the newest of the cards was published; 0: that is not known
        self.cards: Cards = {}
        self.notes: deque[str] = deque(maxlen=NOTES_KEPT)
        self._seen: dict[str, int] = {}

    def offer(self, told: Unpacked, *, whole: bool = False) -> None:
        """Take in what is newer. With `whole`, what was sent already is sent again."""
        if whole:
            self._seen.clear()
        for name, (version, text) in told.cards.items():
            if version > self._seen.get(name, -1):
                self._seen[name] = version
                self.cards[name] = (version, text)
        self.step = max(self.step, told.step)
        if told.cards:
            self.at = told.at
        self.notes.extend(told.notes)
        self.wake.set()

    def take(self) -> Cards:
        """The cards to send now."""
        cards, self.cards = self.cards, {}
        return cards


class Hub:
    """Receives for everybody in this process."""

    def __init__(self) -> None:
        self._slots: dict[str, set[Slot]] = {}
        self._confirmed: dict[str, asyncio.Event] = {}
        self._pubsub: redis.asyncio.client.PubSub | None = None
        self._reader: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._store = listener()

    async def join(self, run_id: int, desk: str, slot: Slot) -> None:
        """Hear a desk of a run from now on; what is known already goes into the slot."""
        name = channel(run_id, desk)
        self._slots.setdefault(name, set()).add(slot)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read(), name="hub")
        confirmed = self._confirmed.setdefault(name, asyncio.Event())
        if not confirmed.is_set():
            with suppress(*BROKER_GONE, TimeoutError):
                async with self._lock:
                    if self._pubsub is not None:
                        await self._pubsub.subscribe(name)
                # Only what is read after the subscription stands cannot miss a change in between.
                await asyncio.wait_for(confirmed.wait(), CONFIRM_S)
        await self.refill(run_id, desk, slot)

    async def leave(self, run_id: int, desk: str, slot: Slot) -> None:
        """Hear it no longer."""
        name = channel(run_id, desk)
        slots = self._slots.get(name, set())
        slots.discard(slot)
        if not slots:
            self._slots.pop(name, None)
            self._confirmed.pop(name, None)
            with suppress(*BROKER_GONE):
                async with self._lock:
                    if self._pubsub is not None:
                        await self._pubsub.unsubscribe(name)

    async def refill(self, run_id: int, desk: str, slot: Slot) -> None:
        """Offer the whole present picture. Silent when the broker is away: it will be offered when it is back."""
        with suppress(*BROKER_GONE):
            slot.offer(read_hash(await self._store.hgetall(cards_key(run_id, desk))), whole=True)

    async def _read(self) -> None:
        """Subscribe, pass on, and start again whenever the broker goes away. Ends with the event loop."""
        first = True
        while True:
            link = listener()
            try:
                async with link.pubsub() as pubsub:
                    asked = list(self._slots)
                    await pubsub.subscribe(_SELF, *asked)
                    self._pubsub = pubsub
                    if late := [name for name in self._slots if name not in asked]:  # joined while the line was being made
                        await pubsub.subscribe(*late)
                    if not first:
                        log.info("the broker is back", channels=len(self._slots))
                        self._refill_all()
                    first = False
                    async for message in pubsub.listen():
                        self._pass_on(message)
            except BROKER_GONE as problem:
                log.warning("the hub waits for the broker", problem=str(problem))
            finally:
                self._pubsub = None
                for confirmed in self._confirmed.values():
                    confirmed.clear()
                with suppress(*BROKER_GONE):
                    await link.aclose()
            await asyncio.sleep(RETRY_S)

    def _refill_all(self) -> None:
        for slot in {slot for slots in self._slots.values() for slot in slots}:
            task = asyncio.ensure_future(slot.refill())
            _tasks.add(task)
            task.add_done_callback(_tasks.discard)

    def _pass_on(self, message: dict[str, str]) -> None:
        name = message["channel"]
        if message["type"] == "subscribe" and name in self._confirmed:
            self._confirmed[name].set()
        if message["type"] != "message":
            return
        try:
            told = unpack(message["data"])
        except (ValueError, TypeError):
            log.error("a message that is none was left out", channel=name)
            return
        for slot in self._slots.get(name, ()):
            slot.offer(told)


_tasks: set[asyncio.Future[None]] = set()
_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of this process (of this event loop, which in a web process is the same)."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
