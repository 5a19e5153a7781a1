"""Which screens of which players are open in this process, and their signs of life."""

import asyncio
from itertools import count
from typing import Protocol

import structlog
from django.db import DatabaseError, InterfaceError

from game.live.broker import BROKER_GONE
from game.live.control import tell_team_from_socket
from game.live.db_threads import at_once, in_rows
from game.models import Player
from game.people import presence

log = structlog.get_logger(__name__)
RECORDED_EVERY = 15  # signs of life: their time is for the attendance list only


class Screen(Protocol):
    """What is asked of one."""

    def silent_s(self) -> float:
        """For how long frames have gone unanswered."""


class Screens:
    """The screens of this process, by player: signs of life are given for all of them together."""

    def __init__(self) -> None:
        self._open: dict[int, set[Screen]] = {}
        self._exercises: dict[int, int] = {}  # player -> exercise
        self._keeper: asyncio.Task[None] | None = None

    async def opened(self, player: Player, screen: Screen) -> bool:
        """A screen is there. True when its player had been away."""
        self._open.setdefault(player.pk, set()).add(screen)
        self._exercises[player.pk] = player.exercise_id
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._keep(), name="signs-of-life")
        return await in_rows(presence.seen)(player.pk)

    async def closed(self, player_id: int, screen: Screen) -> bool:
        """A screen is gone. True when it was the player's last one here."""
        here = self._open.get(player_id, set())
        here.discard(screen)
        if here:
            return False
        self._open.pop(player_id, None)
        self._exercises.pop(player_id, None)
        return await in_rows(presence.left)(player_id)

    async def _keep(self) -> None:
        for turn in count():
            if not self._open:
                return
            answering = [pk for pk, here in self._open.items() if any(one.silent_s() < presence.ANSWER_S for one in here)]
            try:
                alive = {pk: self._exercises[pk] for pk in answering}
                for team_id in await at_once(presence.signs)(alive, recorded=turn % RECORDED_EVERY == 0):
                    await tell_team_from_socket(team_id)
            except BROKER_GONE as problem:
                log.warning("signs of life wait for the broker", players=len(answering), problem=str(problem))
            except (DatabaseError, InterfaceError) as problem:  # they are given all the same: the broker has them
                log.warning("signs of life are not recorded: the database is away", players=len(answering), problem=str(problem))
            except Exception:  # it may pass
                log.exception("signs of life stumbled")
            await asyncio.sleep(presence.SIGN_S)


screens = Screens()
