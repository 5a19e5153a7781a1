"""What calls for a player at the other desks the same player holds: a ringing phone, a word that is asked for, the newest message
while nobody has answered it, the newest alert.

Somebody who plays alone looks at one desk at a time. Each of the others is heard here as its own page would hear it, and of what it
is told only these things are passed on, when they change.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from game.live.hub import Slot, hub

CARDS = ("calls", "words", "messages", "alerts")


class Elsewhere:
    """The other desks of one player in one run, for one screen."""

    def __init__(self, wake: asyncio.Event, read: Callable[[str], str]) -> None:
        self._wake, self._read = wake, read  # `read`: the text of a card, in words
        self._run_id = 0
        self._slots: dict[str, Slot] = {}
        self._known: dict[str, dict[str, Any]] = {}
        self._told: dict[str, Any] = {}

    async def hold(self, run_id: int, desks: Iterable[str]) -> None:
        """Hear exactly these desks from now on."""
        wanted = set(desks)
        for desk in sorted(set(self._slots) - wanted):
            await hub().leave(self._run_id, desk, self._slots.pop(desk))
            self._known.pop(desk, None)
        self._run_id = run_id
        for desk in sorted(wanted - set(self._slots)):
            self._slots[desk] = self._slot(desk)
            await hub().join(run_id, desk, self._slots[desk])
        self._wake.set()

    def _slot(self, desk: str) -> Slot:
        slot = Slot(self._wake, lambda: hub().refill(self._run_id, desk, slot))
        return slot

    async def leave(self) -> None:
        """Hear nothing any more."""
        await self.hold(self._run_id, ())

    def again(self) -> None:
        """Say it once more: the page has lost what it was told."""
        self._told = {}
        self._wake.set()

    def news(self) -> dict[str, Any] | None:
        """desk -> {ringing, asked, said, alert} where it differs from what was told last, else None."""
        for desk, slot in self._slots.items():
            slot.notes.clear()
            cards = {name: orjson.loads(self._read(text)) for name, (_, text) in slot.take().items() if name in CARDS}
            self._known.setdefault(desk, {}).update(cards)
        found = {desk: calling(desk, self._known.get(desk, {})) for desk in self._slots}
        if found == self._told:
            return None
        self._told = found
        return found


def calling(desk: str, cards: dict[str, Any]) -> dict[str, Any]:
    """What of a desk's cards calls for its player. A word calls at the risk manager's desk only: there it is given."""
    calls = cards.get("calls", {}).get("calls", [])
    words = cards.get("words", {}).get("words", []) if desk == "risk" else []
    messages = cards.get("messages", {}).get("messages", [])[:1]
    alerts = cards.get("alerts", {}).get("alerts", [])
    return {
        "ringing": [
            {"id": call["id"], "caller": call["caller"]} for call in calls if call["state"] == "ringing"
        ],
        "asked": [
            {"what": word["what"], "label": word["label"], "at": word["at"]}
            for word in words
            if word["state"] == "asked"
        ],
        "said": [
            {"id": message["id"], "from": message["from"]} for message in messages if not message["replies"]
        ],
        "alert": f"{alerts[0]['at']} {alerts[0]['text']}" if alerts else "",
    }
