"""Two languages at once in the same processes: each socket speaks its page's, whoever sits beside it."""

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from game.control.exercise_controls import drive
from game.live.control import BY_HAND
from game.models import Exercise
from game.sockets.desk_consumers import WATCHING
from game.sockets.inbox import STANDING
from tests.builders import eventually, signed_in_session, taken_seat
from tests.catalogue import bracketed, brackets
from tests.integration.conftest import live
from tests.integration.test_sockets import Room, order
from tests.integration.world import World
from tests.slow_client import Slow
from tests.socket_client import Socket

LINES = {"websocket": Socket, "slow": Slow}


@pytest.fixture(scope="module")
def bilingual(django_db_blocker: Any) -> Iterator[World]:
    """A world whose state folder has a second language."""
    with live("sqlite", django_db_blocker) as world:
        bracketed(world.state / "locale")
        world.start_all("games-1", "control", "web")
        yield world


@pytest.fixture
def room(bilingual: World) -> Iterator[Room]:
    room = Room(bilingual)
    yield room
    room.exercise.end()


async def opened(room: Room, path: str, carrier: type[Socket] = Socket, **who: str) -> Socket:
    return await carrier.open("127.0.0.1", room.world.port, path, **who)


async def card(socket: Socket, name: str) -> Any:
    """The next card of a name."""
    while True:
        cards = (await socket.until("frame"))["cards"]
        if name in cards:
            return cards[name]["d"]


def pause(exercise: Exercise) -> None:
    """As the facilitator does."""
    drive(Exercise.objects.get(pk=exercise.pk), "pause")
    connection.close()


def labels(levers: Any) -> set[str]:
    return {one["label"] for one in levers["levers"] if one["label"]}


@pytest.mark.parametrize("carrier", LINES)
def test_two_people_of_a_team_are_each_answered_in_their_own_language(room, carrier):
    _, other_cookie = taken_seat(room.exercise, "risk", name="Robin")

    async def play() -> None:
        ours = await opened(room, "/ws/seat/operator/", LINES[carrier], cookie=room.cookie)
        theirs = await opened(room, "/ws/seat/risk/", LINES[carrier], cookie=other_cookie, language="eo")
        assert all("⟦" not in label for label in labels(await card(ours, "levers")))
        assert all(label.startswith("⟦") for label in labels(await card(theirs, "levers")))
        wrong = order(server=99)
        for socket in (ours, theirs):
            await socket.send(wrong | {"id": order()["id"]})
        english, other = [await socket.until("refused") for socket in (ours, theirs)]
        assert "expected a number from 1 to 8" in english["reason"] and "⟦" in other["reason"]
        await asyncio.to_thread(pause, room.exercise)
        assert (await ours.until("state", state="paused"))["reason"] == BY_HAND
        assert (await theirs.until("state", state="paused"))["reason"] == brackets(BY_HAND)
        for socket in (ours, theirs):
            await socket.send(order(server=3))
        assert (await ours.until("refused"))["reason"] == STANDING["paused"]
        assert (await theirs.until("refused"))["reason"] == brackets(STANDING["paused"])

    asyncio.run(play())


def test_one_desk_on_two_screens_is_told_in_both_and_a_language_is_chosen_without_a_restart(room):
    async def play() -> None:
        plain = await opened(room, "/ws/seat/operator/", cookie=room.cookie)
        asking = await opened(room, "/ws/seat/operator/", cookie=room.cookie, accepts="fi, eo;q=0.8")
        chosen = await opened(room, "/ws/seat/operator/", cookie=room.cookie, accepts="eo", language="en")
        levers = [await card(socket, "levers") for socket in (plain, asking, chosen)]
        assert levers[0] == levers[2] and {brackets(label) for label in labels(levers[0])} == labels(levers[1])
        again = await opened(room, "/ws/seat/operator/", cookie=room.cookie, language="eo")
        assert labels(await card(again, "levers")) == labels(levers[1])

    asyncio.run(play())


def test_walls_and_control_rooms_of_one_exercise_speak_two_languages_at_once(room):
    session = signed_in_session()

    async def look() -> None:
        path = f"/ws/control/{room.exercise.code}/"
        rooms = {code: await opened(room, path, session=session, language=code) for code in ("en", "eo")}
        walls = {code: await opened(room, f"/ws/projector/{room.exercise.code}/", accepts=code) for code in ("en", "eo")}
        desk = await opened(room, "/ws/seat/operator/", cookie=room.cookie)
        await desk.until("hello")
        await desk.send(order(server=5))
        told = {}
        for code, socket in rooms.items():
            lines: list[str] = []
            while not any("5" in line and "Stop" in line for line in lines):
                lines = [line["text"] for line in (await socket.until("happened", 20))["lines"]]
            told[code] = next(line for line in lines if "5" in line and "Stop" in line)
        assert "⟦" not in told["en"] and told["eo"].startswith("⟦")
        await asyncio.to_thread(pause, room.exercise)
        for code, reason in (("en", BY_HAND), ("eo", brackets(BY_HAND))):
            state: dict[str, Any] = {}
            while state.get("state") != "paused":
                state = await card(walls[code], "state")
            assert state["reason"] == reason
            assert (await rooms[code].until("state", state="paused"))["reason"] == reason

    asyncio.run(look())


def test_who_watches_and_who_may_not_come_in_are_told_so_in_their_language(room):
    session = signed_in_session()

    async def look() -> None:
        watch = await opened(room, f"/ws/watch/{room.seat.team_id}/operator/", session=session, language="eo")
        assert labels(await card(watch, "levers"))
        await watch.send(order(server=3))
        assert (await watch.until("refused"))["reason"] == brackets(WATCHING)
        for path in ("/ws/seat/operator/", "/ws/lobby/", f"/ws/control/{room.exercise.code}/"):
            english, other = [(await (await opened(room, path, language=code)).until("bye"))["reason"] for code in ("en", "eo")]
            assert other == brackets(english) and "⟦" not in english

    asyncio.run(look())


def fetched(room: Room, path: str, language: str) -> dict[str, Any]:
    """What a page is given of a finished run, in a browser that asks for a language; looked for again while a worker is at it."""
    headers = {"Accept-Language": language, "Cookie": f"sessionid={signed_in_session()}"}
    request = urllib.request.Request(f"http://127.0.0.1:{room.world.port}{path}", headers=headers)
    for _ in range(20):
        with urllib.request.urlopen(request, timeout=30) as answer:
            if answer.status == 200:
                return dict(json.load(answer))
    raise AssertionError("no worker made it")


def test_a_moment_of_a_replay_lies_in_the_broker_once_for_each_language(bilingual):
    room = Room(bilingual)
    room.exercise.end()
    run = eventually(lambda: room.exercise.runs().filter(state="ended").first(), 60, "the run has ended")
    path = f"/replay/{room.exercise.code}/{run.team_id}/operator/frames.json?from={run.step - 8}&rate=0"
    english, other = (labels(fetched(room, path, code)["frames"][0][1]["levers"]) for code in ("en", "eo"))
    assert {brackets(label) for label in english} == other and "⟦" not in "".join(english)
