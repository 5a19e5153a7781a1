"""Browsers' side of the crash and of the rules, against a real Daphne."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from game.models import Command, Exercise, Run
from tests import days
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.world import World
from tests.socket_client import Closed, Socket

TEAM = {"bridge", "calls", "words", "diagnosis", "done", "asks", "hints"}
OPERATOR = {
    "clock",
    "servers",
    "rates",
    "chart",
    "inbox",
    "log",
    "look",
    "alerts",
    "work",
    "levers",
    "rules",
    "week",
    "controls",
    "dashboard",
    "bell",
    "messages",
    "duties",
} | TEAM


class Room:
    """A running exercise with a web server and one seat taken."""

    def __init__(self, world: World, **values: Any) -> None:
        self.world = world
        start = days.step_at("09:29")
        speeds = {"premarket": 10, "bell": 10}
        self.exercise: Exercise = new_exercise(start_step=start, speeds=speeds, **values)
        self.seat, self.cookie = taken_seat(self.exercise)
        self.exercise.start()
        self.run = Run.objects.get(team__exercise=self.exercise)
        eventually(lambda: Run.objects.get(pk=self.run.pk).step > start, 20, "the market moves")

    async def desk(self, cookie: str | None = None) -> Socket:
        """A socket at the operator's desk."""
        return await Socket.open("127.0.0.1", self.world.port, "/ws/seat/operator/", self.cookie if cookie is None else cookie)

    async def wall(self) -> Socket:
        """A socket of the projector."""
        return await Socket.open("127.0.0.1", self.world.port, f"/ws/projector/{self.exercise.code}/")

    async def again(self, open_it: Callable[[], Awaitable[Socket]], within: float = 20.0) -> Socket:
        """Open a socket as a browser does: again and again until the server is back."""
        async with asyncio.timeout(within):
            while True:
                try:
                    return await open_it()
                except (OSError, Closed):
                    await asyncio.sleep(0.1)


@pytest.fixture
def room(lasting_world) -> Iterator[Room]:
    """An exercise of the test's own, in the world of this file."""
    room = Room(lasting_world, loss_counter="delayed")
    yield room
    room.exercise.end()


@pytest.fixture
def fragile(world) -> Room:
    """A world of the test's own, in which it may kill."""
    world.start_all("games-1", "control", "web")
    return Room(world)


def order(kind: str = "server.stop", client_id: str = "", **args: Any) -> dict[str, Any]:
    return {"t": "command", "id": client_id or str(uuid.uuid4()), "kind": kind, "args": args, "confidence": "likely", "why": ""}


def test_a_desk_sees_its_cards_move_and_stops_a_server(room):
    async def play() -> None:
        desk = await room.desk()
        hello = await desk.until("hello")
        assert (hello["desk"], hello["team"], hello["name"]) == ("operator", "Cobalt", "Dana")
        assert hello["exercise"]["code"] == room.exercise.code and hello["exercise"]["state"] == "running"
        first = await desk.until("frame")
        assert first["seq"] == 1 and set(first["cards"]) == OPERATOR, "all that an operator may know, and nothing else"
        later = await desk.until("frame")
        assert later["step"] > first["step"] and later["cards"]["clock"]["v"] > first["cards"]["clock"]["v"]
        click = order(server=3)
        await desk.send(click)
        assert (await desk.until("received"))["id"] == click["id"]
        assert (await desk.until("applied"))["id"] == click["id"]
        wrong = order(server=99)
        await desk.send(wrong)
        refused = await desk.until("refused", id=wrong["id"])
        assert "expected a number from 1 to 8" in refused["reason"]

    asyncio.run(play())
    row = Command.objects.get(run=room.run, kind="server.stop", state="applied")
    assert (row.desk, row.by, row.confidence) == ("operator", "Dana", "likely")


def test_the_same_click_sent_twice_is_one_command_and_answered_both_times(room):
    async def play() -> None:
        desk, other = await room.desk(), await room.desk()
        click = order(server=2)
        await asyncio.gather(desk.send(click), other.send(click), desk.send(click))
        await desk.until("applied", id=click["id"])
        await other.until("applied", id=click["id"])
        await desk.send(click)
        await desk.until("received", id=click["id"])
        await desk.until("applied", id=click["id"])

    asyncio.run(play())
    assert Command.objects.filter(run=room.run).exclude(by__in=("autopilot", "facilitator")).count() == 1


def test_what_a_browser_may_send_wrong_is_answered_with_what_was_expected(room):
    click = order(server=1)
    bad: dict[str, str] = {
        "no JSON": "not JSON",
        "[1,2]": "",
        '{"t":"fly"}': "'ack'",
        '{"t":"ack"}': "seq",
        '{"t":"ack","seq":"1"}': "seq",
        '{"t":"ack","seq":99999}': "was not sent yet",
        json.dumps({**click, "id": "7"}): "id",
        json.dumps({**click, "kind": "market.buy"}): "is no command",
        json.dumps({**click, "desk": "risk"}): "desk",
        json.dumps({**click, "confidence": "sure"}): "confidence",
        json.dumps({**click, "args": {"server": 10**30}}): "too large",
        json.dumps({**click, "args": [1]}): "args",
        '{"t":"command","args":NaN}': "not JSON",
        "[" * 15000: "not JSON",
        json.dumps({**click, "args": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}}): "nested too deep",
        json.dumps({**click, "why": "x\0y"}): "no text",
        '{"t":"resync","x":"\\ud800"}': "no text",
        json.dumps({**click, "why": "x" * 17000}): "too long",
    }

    async def play() -> None:
        desk = await room.desk()
        for text, expected in list(bad.items())[:12]:
            await desk.send_text(text)
            assert expected in (await desk.until("error"))["reason"], text[:60]
        other = await room.desk()
        for text, expected in list(bad.items())[12:]:
            await other.send_text(text)
            assert expected in (await other.until("error"))["reason"], text[:60]
        await other.send_raw(2, b"\0\1")
        assert "binary" in (await other.until("error"))["reason"]
        await other.send(click)
        await other.until("applied", id=click["id"])
        for _ in range(20):
            await desk.send_text("{")
        assert (await desk.until("bye"))["retry"] is False
        with pytest.raises(Closed):
            await desk.until("frame")

    asyncio.run(play())


def test_a_seat_gives_at_most_so_many_commands_a_second(room):
    async def play() -> None:
        desk = await room.desk()
        for number in range(60):
            await desk.send(order("log.tail", server=number % 8 + 1))
        await desk.until("refused", reason="Too many commands at once: at most 10 per second.")

    asyncio.run(play())
    assert Command.objects.filter(run=room.run).exclude(by__in=("autopilot", "facilitator")).count() < 60


def test_who_holds_no_seat_is_told_so_and_let_go(room):
    async def play() -> None:
        for cookie in ("", "forged:value", room.cookie[:-2] + "xx"):
            desk = await room.desk(cookie)
            bye = await desk.until("bye")
            assert bye["retry"] is False and "does not have this seat" in bye["reason"]
        with pytest.raises(Closed, match="403"):
            await Socket.open("127.0.0.1", room.world.port, "/ws/seat/operator/", room.cookie, origin="http://evil.example")
        port = room.world.port
        for strange in (f"http://127.0.0.1:{port + 1}", "http://127.0.0.1", "null", f"http://localhost:{port}"):
            with pytest.raises(Closed, match="403"):
                await Socket.open("127.0.0.1", port, "/ws/seat/operator/", room.cookie, origin=strange)
        with pytest.raises(Closed, match="403"):  # a name that an attacker's DNS leads here
            await Socket.open("127.0.0.1", port, "/ws/seat/operator/", room.cookie, named="evil.example", origin="http://evil.example")
        for path in ("/ws/", "/ws/nothing/", "/", "/ws/control/", "/ws/watch/x/operator/"):
            with pytest.raises(Closed, match="403"):
                await Socket.open("127.0.0.1", port, path, room.cookie)
        wall = await Socket.open("127.0.0.1", room.world.port, "/ws/projector/ZZ-ZZZ/")
        assert (await wall.until("bye"))["retry"] is False

    asyncio.run(play())
    assert "Traceback" not in room.world.log("web") and "a socket was refused" in room.world.log("web")


def test_the_wall_shows_the_market_but_no_loss_before_its_time_and_takes_no_commands(room):
    async def play() -> None:
        wall = await room.wall()
        hello = await wall.until("hello")
        assert hello["desk"] == "projector"
        first = await wall.until("frame")
        assert {"clock", "board", "curve", "tiles", "state", "join"} <= set(first["cards"])
        assert not {"loss", "minutes", "servers", "inbox"} & set(first["cards"])
        board = first["cards"]["board"]["d"]
        assert board["mode"] == "delayed" and [team["name"] for team in board["teams"]] == ["Cobalt"]
        assert board["teams"][0]["loss_usd"] < 10_000, "before the bell there are only the hands that read mail"
        assert len(first["cards"]["tiles"]["d"]["moves_bp"]) == 154
        await wall.send(order(server=1))
        assert "only watches" in (await wall.until("error"))["reason"]
        assert (await wall.until("frame"))["step"] > first["step"]

    asyncio.run(play())
    assert not Command.objects.filter(run=room.run, by="Dana").exists()


def test_a_stalled_browser_gets_four_frames_and_then_the_newest(room):
    async def play() -> None:
        desk = await room.desk()
        seqs = []
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2.5):
                while True:
                    message = await desk.receive()
                    if message["t"] == "frame":
                        seqs.append((message["seq"], message["step"]))
        assert [seq for seq, _ in seqs] == [1, 2, 3, 4]
        await desk.send({"t": "ack", "seq": 4})
        fresh = await desk.until("frame")
        assert fresh["seq"] == 5 and fresh["step"] > seqs[-1][1] + 10
        await desk.send({"t": "resync"})
        whole = await desk.until("frame")
        while "servers" not in whole["cards"]:
            whole = await desk.until("frame")
        assert {"clock", "servers", "rates"} <= set(whole["cards"])

    asyncio.run(play())


def test_when_the_web_server_is_killed_browsers_come_back_whole_and_nothing_is_done_twice(fragile):
    click = order(server=6)

    async def play() -> None:
        desk = await fragile.desk()
        before = await desk.until("frame")
        await desk.send(click)
        fragile.world.kill("web")
        with pytest.raises((Closed, ConnectionError)):
            while True:
                await desk.until("frame")
        await asyncio.to_thread(fragile.world.start_all, "web")
        desk = await fragile.again(fragile.desk)
        await desk.until("hello")
        after = await desk.until("frame")
        assert {"clock", "servers", "rates"} <= set(after["cards"])
        async with asyncio.timeout(10):  # a web server may be back sooner than a beat that is late
            while after["step"] <= before["step"]:
                after = await desk.until("frame")
        await desk.send(click)
        await desk.until("applied", id=click["id"])

    asyncio.run(play())
    assert Command.objects.filter(run=fragile.run).exclude(by__in=("autopilot", "facilitator")).count() == 1


def test_when_the_broker_is_killed_open_sockets_stay_and_go_on(fragile):
    click = order(server=4)

    async def play() -> None:
        desk, wall = await fragile.desk(), await fragile.wall()
        before = await desk.until("frame")
        await wall.until("frame")
        fragile.world.kill("broker")
        await desk.send(click)
        await desk.until("received", id=click["id"])
        await asyncio.to_thread(fragile.world.start_broker)
        await desk.until("applied", id=click["id"])
        assert (await desk.until("frame"))["step"] > before["step"]
        await wall.until("frame")
        await asyncio.to_thread(fragile.exercise.pause)
        await asyncio.to_thread(_tell, fragile)
        state = await desk.until("state", state="paused")
        assert state["speed"] == 10

    asyncio.run(play())


def _tell(room: Room) -> None:
    """As the facilitator's page does after a pause."""
    done = room.world.manage(
        "shell", "-v", "0", "-c",
        f"from game.live.control import tell_state; from game.models import Exercise; tell_state(Exercise.objects.get(pk={room.exercise.pk}))",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_when_somebody_else_opens_the_seat_the_first_screen_is_told(room):
    token = room.seat.issue_link()

    async def play() -> None:
        desk = await room.desk()
        await desk.until("frame")
        reader, writer = await asyncio.open_connection("127.0.0.1", room.world.port)
        form = f"csrfmiddlewaretoken={'c' * 32}"
        head = f"Host: 127.0.0.1\r\nCookie: csrftoken={'c' * 32}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}"
        writer.write(f"POST /seat/{token}/ HTTP/1.1\r\n{head}\r\nConnection: close\r\n\r\n{form}".encode())
        answer = (await reader.read()).decode()
        assert " 302 " in answer and "Set-Cookie: player=" in answer and "HttpOnly" in answer
        bye = await desk.until("bye")
        assert bye["reason"].startswith("This seat was opened in another browser") and bye["retry"] is False

    asyncio.run(play())


def test_desks_that_join_while_the_hub_connects_all_hear(fragile):
    """Three at once, as after a restart of the web server: none may be left without a subscription."""
    seats = {desk: taken_seat(fragile.exercise, desk=desk, name=desk)[1] for desk in ("deployer", "risk")}

    async def hears(path: str, cookie: str) -> None:
        desk = await Socket.open("127.0.0.1", fragile.world.port, path, cookie)
        first = await desk.until("frame")
        assert (await desk.until("frame"))["step"] > first["step"], path

    async def play() -> None:
        places = {"/ws/seat/operator/": fragile.cookie, **{f"/ws/seat/{desk}/": cookie for desk, cookie in seats.items()}}
        await asyncio.gather(*(hears(path, cookie) for path, cookie in places.items()))

    asyncio.run(play())
