"""The channel layer for rare control messages, patient when the broker restarts, and without a memory of sockets that have gone."""

import asyncio
from collections import defaultdict
from typing import Any

import structlog
from channels_redis.core import BoundedQueue, RedisChannelLayer
from redis.exceptions import ConnectionError as BrokerGone
from redis.exceptions import TimeoutError as BrokerSlow

log = structlog.get_logger(__name__)
PAUSE_S = 0.3


class Buffers(defaultdict[str, BoundedQueue]):
    """What came for each channel of this process. For one that nobody listens to any more nothing is kept."""

    def __init__(self, capacity: int) -> None:
        super().__init__()
        self.capacity = capacity
        self.listened: set[str] = set()

    def __missing__(self, channel: str) -> BoundedQueue:
        queue = BoundedQueue(self.capacity)
        if channel in self.listened:
            self[channel] = queue
        return queue

    def __delitem__(self, channel: str) -> None:
        self.pop(channel, None)


class PatientLayer(RedisChannelLayer):
    """channels_redis lets a lost broker end every consumer, and with it every browser's socket; this one waits for its return.

    It also keeps a queue for ever for each socket that closed while it read for all the others, and for each that a message came too late for.
    The broker keeps no file, so one that comes back knows of no group: they are entered again, or no open screen would hear of a pause.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receive_buffer = Buffers(self.capacity)
        self._entered: dict[str, set[str]] = {}  # channel -> groups
        self._forgotten = False

    async def receive(self, channel: str) -> Any:
        """The next message for `channel`, however long the broker is away."""
        self.receive_buffer.listened.add(channel)
        try:
            return await self._receive(channel)
        except asyncio.CancelledError:  # its socket has gone
            self.receive_buffer.listened.discard(channel)
            self.receive_buffer.pop(channel, None)
            self._entered.pop(channel, None)
            raise

    async def group_add(self, group: str, channel: str) -> None:
        """Enter a group, for as long as the channel is listened to."""
        self._entered.setdefault(channel, set()).add(group)
        await super().group_add(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        """Leave a group."""
        self._entered.get(channel, set()).discard(group)
        await super().group_discard(group, channel)

    async def _enter_again(self) -> None:
        self._forgotten = False
        try:
            for channel, groups in list(self._entered.items()):
                for group in list(groups):
                    await super().group_add(group, channel)
        except BaseException:
            self._forgotten = True
            raise

    async def _receive(self, channel: str) -> Any:
        while True:
            try:
                if self._forgotten:
                    await self._enter_again()
                return await super().receive(channel)
            except (BrokerGone, BrokerSlow, OSError) as problem:
                self._forgotten = True
                log.warning("control messages wait for the broker", problem=str(problem))
                await asyncio.sleep(PAUSE_S)
