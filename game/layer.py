"""The channel layer for rare control messages, patient when the broker restarts."""

import asyncio
from typing import Any

import structlog
from channels_redis.core import RedisChannelLayer
from redis.exceptions import ConnectionError as BrokerGone
from redis.exceptions import TimeoutError as BrokerSlow

log = structlog.get_logger(__name__)
PAUSE_S = 0.3


class PatientLayer(RedisChannelLayer):
    """channels_redis lets a lost broker end every consumer, and with it every browser's socket; this one waits for its return."""

    async def receive(self, channel: str) -> Any:
        """The next message for `channel`, however long the broker is away."""
        while True:
            try:
                return await super().receive(channel)
            except (BrokerGone, BrokerSlow, OSError) as problem:
                log.warning("control messages wait for the broker", problem=str(problem))
                await asyncio.sleep(PAUSE_S)
