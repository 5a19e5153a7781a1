"""Which screens of which players are open in this process, and their signs of life."""

import time

from django.utils import timezone

from game import presence
from game.offload import in_rows


class Screens:
    """The screens of this process, by player: a sign of life is written once for all of them."""

    def __init__(self) -> None:
        self._open: dict[int, set[object]] = {}
        self._written: dict[int, float] = {}

    async def seen(self, player_id: int, screen: object) -> bool:
        """A screen lives. True when its player had been away."""
        self._open.setdefault(player_id, set()).add(screen)
        now = time.monotonic()
        if now - self._written.get(player_id, -presence.WRITE_S) < presence.WRITE_S:
            return False
        self._written[player_id] = now
        return await in_rows(presence.seen)(player_id, timezone.now())

    async def closed(self, player_id: int, screen: object) -> bool:
        """A screen is gone. True when it was the player's last one here."""
        here = self._open.get(player_id, set())
        here.discard(screen)
        if here:
            return False
        self._open.pop(player_id, None)
        self._written.pop(player_id, None)
        return await in_rows(presence.left)(player_id, timezone.now())


screens = Screens()
