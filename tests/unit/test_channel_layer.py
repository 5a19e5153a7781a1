"""The channel layer keeps nothing of sockets that have gone."""

import asyncio
from typing import Any

import pytest

from game.sockets.channel_layer import PatientLayer


class Waiting(PatientLayer):
    """A layer to which nothing comes from the broker."""

    async def receive_single(self, channel: str) -> Any:
        """Wait for ever."""
        await asyncio.Event().wait()


async def test_sockets_that_close_leave_no_queue_behind_whichever_of_them_read_for_all():
    layer = Waiting(hosts=["unix:///nowhere"])
    channels = [f"specific.{layer.client_prefix}!{n}" for n in range(50)]
    reading = [asyncio.create_task(layer.receive(channel)) for channel in channels]
    await asyncio.sleep(0)
    for task in reading:  # the first one reads for all others, then the second, and so on
        for _ in range(4):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(layer.receive_buffer) == 0 and not layer.receive_buffer.listened


async def test_what_comes_too_late_for_a_socket_is_not_kept():
    layer = Waiting(hosts=["unix:///nowhere"])
    there = f"specific.{layer.client_prefix}!there"
    layer.receive_buffer["specific.here!gone"].put_nowait({"type": "control.team"})
    assert len(layer.receive_buffer) == 0
    reading_for_all = asyncio.create_task(layer.receive(f"specific.{layer.client_prefix}!first"))
    for _ in range(4):
        await asyncio.sleep(0)
    reading = asyncio.create_task(layer.receive(there))
    for _ in range(4):
        await asyncio.sleep(0)
    layer.receive_buffer[there].put_nowait({"type": "control.team"})
    async with asyncio.timeout(10):
        assert (await reading)["type"] == "control.team"
    reading_for_all.cancel()
