"""Slow connection, for networks that let no WebSocket through: the same screens under the same rules, against a real Daphne."""

import asyncio
import json
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from game.models import Command
from game.sockets.frames import BAD_MESSAGES, WINDOW
from game.sockets.protocol import MESSAGE_BYTES
from game.sockets.slow_line import POST_BYTES, WAITING
from tests.builders import eventually, signed_in_session
from tests.integration.test_sockets import OPERATOR, Room, order
from tests.integration.world import free_port
from tests.slow_client import Slow
from tests.socket_client import Closed, Socket


@pytest.fixture
def room(lasting_world) -> Iterator[Room]:
    room = Room(lasting_world, loss_counter="delayed")
    yield room
    room.exercise.end()


async def line(room: Room, path: str = "/ws/seat/operator/", **values: str) -> Slow:
    return await Slow.open("127.0.0.1", room.world.port, path, **values)


def test_a_desk_is_played_over_the_slower_line(room):
    async def play() -> None:
        desk = await line(room, cookie=room.cookie)
        hello = await desk.until("hello")
        assert (hello["desk"], hello["team"], hello["name"]) == ("operator", "Cobalt", "Dana")
        first = await desk.until("frame")
        assert first["seq"] == 1 and set(first["cards"]) == OPERATOR
        click = order(server=3)
        await desk.send_text(json.dumps(click) + "\n" + json.dumps(order("bridge.say", text="three is down")))
        await desk.until("applied", id=click["id"])
        said = await desk.until("frame")
        while not any("three is down" in json.dumps(card) for card in said["cards"].values()):
            said = await desk.until("frame")
        later = await desk.until("frame")
        assert later["step"] > first["step"]

    asyncio.run(play())
    assert Command.objects.get(run=room.run, kind="server.stop", state="applied").by == "Dana"


def test_walls_lobbies_and_control_rooms_have_it_too_each_under_its_own_rule(room):
    async def look() -> None:
        wall = await line(room, f"/ws/projector/{room.exercise.code}/")
        assert (await wall.until("hello"))["desk"] == "projector" and (await wall.until("frame"))["cards"]["clock"]
        lobby = await line(room, "/ws/lobby/", cookie=room.cookie)
        assert (await lobby.until("hello"))["desk"] == "lobby"
        for path in (f"/ws/control/{room.exercise.code}/", f"/ws/watch/{room.seat.team_id}/risk/", "/ws/seat/risk/", "/ws/lobby/"):
            stranger = await line(room, path)
            assert (await stranger.until("bye"))["retry"] is False, path
            with pytest.raises(Closed) as closed:
                await stranger.receive()
            assert closed.value.args[1] == 4404, path

    asyncio.run(look())
    session = signed_in_session()

    async def facilitate() -> None:
        control = await line(room, f"/ws/control/{room.exercise.code}/", session=session)
        assert (await control.until("hello"))["desk"] == "facilitator" and (await control.until("happened"))["whole"]

    asyncio.run(facilitate())


def test_another_sites_page_opens_none_and_sends_nothing_on_one_that_is_open(room):
    async def attack() -> None:
        with pytest.raises(Closed, match="403"):
            await line(room, cookie=room.cookie, origin="https://evil.example")
        with pytest.raises(Closed, match="403"):
            await line(room, "/ws/nothing/", cookie=room.cookie)
        desk = await line(room, cookie=room.cookie)
        text = json.dumps(order(server=5))
        assert await desk.post(text, origin="https://evil.example") == 403
        assert await desk.post(text, origin="") == 403
        assert await desk.post(text, line="guessed") == 404
        assert await desk.post(text, line=desk.id[:-1] + ("A" if desk.id[-1] != "A" else "B")) == 404
        assert await desk.post("x" * (POST_BYTES + 1)) == 413
        await desk.until("frame")

    asyncio.run(attack())
    assert not Command.objects.filter(run=room.run, by="Dana").exists()


def test_its_window_and_its_limits_are_the_sockets(room):
    async def stall() -> None:
        desk = await line(room, cookie=room.cookie)
        seen = 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                while True:
                    seen += (await desk.receive())["t"] == "frame"
        assert seen == WINDOW, "no more than that unanswered, as on a socket"

    async def babble() -> None:
        desk = await line(room, cookie=room.cookie)
        await desk.post("x" * (MESSAGE_BYTES + 1))
        assert "too long" in (await desk.until("error"))["reason"]
        for _ in range(BAD_MESSAGES - 1):
            await desk.post("{")
        assert "could not be read" in (await desk.until("bye"))["reason"]

    async def flood() -> None:
        desk = await line(room, cookie=room.cookie)
        assert await desk.post("\n".join(["{}"] * (WAITING + 1))) == 429

    asyncio.run(stall())
    asyncio.run(babble())
    asyncio.run(flood())


def test_a_post_that_reaches_another_web_process_finds_its_line(room):
    web = ["daphne", "--port", str(port := free_port()), "-v", "0", "game.asgi:application"]
    room.world.start("web-2", [sys.executable, "-m", *web])
    eventually(lambda: _answers(port), 40, "the second web process answers")

    async def play() -> None:
        desk = await line(room, cookie=room.cookie)
        await desk.until("frame")
        click, desk.port = order(server=6), port
        await desk.send(click)
        desk.port = room.world.port
        await desk.until("applied", id=click["id"])

    try:
        asyncio.run(play())
    finally:
        room.world.kill("web-2")


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
        return True
    return False


def test_the_checks_line_answers_and_ends_by_itself(room):
    async def check(kind: type[Socket]) -> None:
        asked = await kind.open("127.0.0.1", room.world.port, "/ws/check/")
        await asked.send_text("7")
        assert (await asked.receive())["n"] == 7
        await asked.send_text('{"t":"command"}')
        with pytest.raises(Closed):
            await asked.receive()

    asyncio.run(check(Socket))
    asyncio.run(check(Slow))
