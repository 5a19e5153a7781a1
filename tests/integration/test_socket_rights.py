"""Every socket of routes.py at the real web server: what is the facilitator's answers them and staff, and nobody else."""

import asyncio
import re

import pytest
from django.db import connection
from django.test import Client

from game.people import seating
from game.people.accounts import may_run_exercises
from game.sockets.routes import sockets
from tests import days
from tests.addresses import SOCKETS, Who, who
from tests.builders import eventually, new_exercise, new_facilitator, taken_seat
from tests.integration.world import World
from tests.socket_client import Closed, Socket

ROUTES = [str(route.pattern) for route in sockets]


def session(user) -> str:
    client = Client()
    client.force_login(user)
    return str(client.cookies["sessionid"].value)


class Hall:
    """Erin's exercise, running, with Dana at the operator's desk, and who knocks at its sockets."""

    def __init__(self, world: World) -> None:
        self.world = world
        erin, finn = new_facilitator("erin"), new_facilitator("finn")
        self.exercise = new_exercise(title="Erin's", facilitator=erin, start_step=days.step_at("09:31"), speeds={"bell": 10})
        self.seat, cookie = taken_seat(self.exercise, desk="operator", name="Dana")
        self.erin, self.key = erin, session(erin)
        self.inside = {"owner": {"session": self.key}, "staff": {"session": session(new_facilitator("stella", staff=True))}}
        self.outside = {
            "nobody": {}, "a player": {"cookie": cookie}, "another facilitator": {"session": session(finn)}, "a made-up session": {"session": "0" * 32},
            "a player who is another facilitator": {"cookie": cookie, "session": session(finn)},
        }  # fmt: skip
        self.player = {"cookie": cookie}
        self.bot = {"bearer": seating.give_to_bot(self.exercise.teams.get().seats.get(desk="risk"), "Robo")}
        self.exercise.start()
        self.known = {"code": self.exercise.code, "team": self.seat.team_id, "desk": "operator", "run": self.exercise.runs().get().pk}
        eventually(lambda: self.exercise.runs().get().step > self.exercise.start_step, 60, "the market moves")

    def path(self, route: str) -> str:
        def fill(found: re.Match[str]) -> str:
            name = found[1].rsplit(":", 1)[-1]
            assert name in self.known, f"/{route} has a part {name}: say in this test what stands there"
            return str(self.known[name])

        return "/" + re.sub(r"<([^>]+)>", fill, route)

    async def first(self, route: str, **visitor: str) -> str:
        """What a visitor hears first: "hello", or "bye" (and then nothing more)."""
        try:
            socket = await Socket.open("127.0.0.1", self.world.port, self.path(route), **visitor)
        except Closed:
            return "bye"
        async with asyncio.timeout(10):
            message = await socket.receive()
            if message["t"] == "bye":
                assert message["retry"] is False and "Erin" not in str(message)
                with pytest.raises(Closed):
                    await socket.receive()
        socket.break_off()
        return str(message["t"])


@pytest.fixture(scope="module")
def hall(lasting_world):
    hall = Hall(lasting_world)
    yield hall
    hall.exercise.end()


def test_every_socket_has_its_say_and_none_is_listed_that_is_not_there():
    assert {route: who(route, SOCKETS) for route in ROUTES} == SOCKETS


@pytest.mark.parametrize("route", ROUTES)
def test_a_socket_answers_whom_it_belongs_to_and_says_goodbye_to_everybody_else(hall, route):
    async def play() -> None:
        whose = who(route, SOCKETS)
        if whose is Who.OWN:
            assert {name: await hall.first(route, **visitor) for name, visitor in hall.outside.items()} == dict.fromkeys(hall.outside, "bye")
            assert {name: await hall.first(route, **visitor) for name, visitor in hall.inside.items()} == dict.fromkeys(hall.inside, "hello")
        if whose is Who.PLAYER:
            strangers = {"nobody": {}, **hall.inside}
            assert {name: await hall.first(route, **visitor) for name, visitor in strangers.items()} == dict.fromkeys(strangers, "bye")
            assert await hall.first(route, **hall.player) == "hello"
        if whose is Who.BOT:
            strangers = {**hall.outside, **hall.inside, "a player": hall.player, "a made-up token": {"bearer": "x" * 22}}
            assert {name: await hall.first(route, **visitor) for name, visitor in strangers.items()} == dict.fromkeys(strangers, "bye")
            assert await hall.first(route, **hall.bot) == "hello"
        if whose is Who.ANYBODY and route == "ws/check/":  # it carries nothing, and only answers
            line = await Socket.open("127.0.0.1", hall.world.port, f"/{route}")
            await line.send_text("7")
            assert (await line.receive())["n"] == 7
        elif whose is Who.ANYBODY:
            assert await hall.first(route) == "hello"

    asyncio.run(play())


@pytest.mark.parametrize("route", [route for route in ROUTES if SOCKETS.get(route) is Who.OWN])
def test_who_is_a_facilitator_no_longer_is_let_go_within_seconds(hall, route):
    async def play() -> None:
        socket = await Socket.open("127.0.0.1", hall.world.port, hall.path(route), session=hall.key)
        await socket.until("hello")
        await asyncio.to_thread(leave_the_group)
        assert (await socket.until("bye", within=15))["retry"] is False

    def leave_the_group() -> None:
        hall.erin.groups.clear()
        connection.close()

    asyncio.run(play())
    may_run_exercises(hall.erin)
