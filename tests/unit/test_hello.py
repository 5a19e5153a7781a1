"""When a screen reads what it tells first."""

import asyncio
import json
from typing import Any

import pytest

from game.sockets import frames


class Told(frames.FrameConsumer):
    """A screen that notes what it was sent, and whose room is paused in the moment in which it joins the room's group."""

    groups_joined = ("room",)
    channel_name = "screen"

    def __init__(self) -> None:
        super().__init__()
        self.state = "running"
        self.sent: list[dict[str, Any]] = []

    async def accept(self, *given: Any, **named: Any) -> None:
        """There is no line."""

    async def enter(self) -> bool:
        return True

    def hello(self) -> dict[str, Any]:
        return {"t": "hello", "state": self.state}

    async def group(self, verb: str, group: str) -> None:
        self.state = "paused"

    async def send(self, text_data: str | None = None, bytes_data: bytes | None = None, close: bool = False) -> None:
        self.sent.append(json.loads(text_data or "{}"))


@pytest.mark.django_db
def test_what_changes_while_a_screen_joins_its_groups_is_in_its_hello():
    async def join() -> list[dict[str, Any]]:
        screen = Told()
        await screen.connect()
        assert screen.pump is not None
        screen.pump.cancel()
        return screen.sent

    assert asyncio.run(join()) == [{"t": "hello", "state": "paused"}]
