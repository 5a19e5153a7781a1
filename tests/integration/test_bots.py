"""Two programs and two people in one team, over real sockets: rights, limits and words as for people, and everybody sees who is a bot."""

import asyncio
import uuid
from functools import cache
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from game.models import Command, Player, Run
from game.people import seating
from game.sockets.public import asyncapi
from static.examples.operator_bot import Operator, play
from tests import days
from tests.builders import eventually, new_exercise, new_facilitator, taken_seat
from tests.integration.world import World
from tests.socket_client import Closed, Socket

DOCUMENT = asyncapi()


@cache
def validator(name: str) -> Draft202012Validator:
    """Of a message, or of the cards of a desk (`cards.operator`), as the document has them."""
    return Draft202012Validator({**DOCUMENT["components"]["schemas"][name], "components": DOCUMENT["components"]})


def validate(message: dict[str, Any], desk: str) -> None:
    """A message to this desk is as the document says."""
    assert [problem.message for problem in validator(message["t"]).iter_errors(message)] == [], message["t"]
    cards = {name: card["d"] for name, card in message["cards"].items()} if message["t"] == "frame" else message.get("sight", {})
    assert [problem.message for problem in validator(f"cards.{desk}").iter_errors(cards)] == []


class Mixed:
    """A running exercise: Robo at the operator's desk, Rollo at the deployer's, Dana and Erin share the risk manager's."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.erin = new_facilitator("erin")
        start = days.step_at("09:29")
        self.exercise = new_exercise(title="Mixed", facilitator=self.erin, start_step=start, speeds={"premarket": 10, "bell": 10}, places=2)
        self.team = self.exercise.teams.get()
        self.people = {name: taken_seat(self.exercise, "risk", name=name)[1] for name in ("Dana", "Erin")}
        self.tokens = {name: seating.give_to_bot(self.seat(desk), name, by="erin") for name, desk in {"Robo": "operator", "Rollo": "deployer"}.items()}
        self.exercise.start()
        self.run = Run.objects.get(team=self.team)
        eventually(lambda: Run.objects.get(pk=self.run.pk).step > start, 60, "the market moves")

    def seat(self, desk: str) -> Any:
        return self.team.seats.get(desk=desk)

    async def bot(self, name: str, speaks: str = "opening-bell.v1") -> Socket:
        return await Socket.open("127.0.0.1", self.world.port, "/ws/bot/", bearer=self.tokens.get(name, name), speaks=speaks)

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.world.port}/ws/bot/"


@pytest.fixture(scope="module")
def mixed(lasting_world):
    mixed = Mixed(lasting_world)
    yield mixed
    mixed.exercise.end()


async def heard(socket: Socket, kind: str, desk: str = "deployer", **values: Any) -> Any:
    """The next message of a kind; all on the way are as the document says."""
    async with asyncio.timeout(20):
        while True:
            message = await socket.receive()
            validate(message, desk)
            if message["t"] == "frame":
                await socket.send({"t": "ack", "seq": message["seq"]})
            if message["t"] == kind and all(message.get(key) == value for key, value in values.items()):
                return message


def test_two_bots_and_two_people_play_together_and_see_who_is_who(mixed):
    async def together() -> None:
        rollo = await mixed.bot("Rollo")
        hello = await heard(rollo, "hello")
        assert (hello["name"], hello["desk"], hello["protocol"], hello["resume_word"]) == ("Rollo (bot)", "deployer", 1, "")
        dana = await Socket.open("127.0.0.1", mixed.world.port, "/ws/seat/risk/", mixed.people["Dana"])
        seats = {seat["desk"]: seat["holders"] for seat in (await dana.until("hello"))["seats"]}
        assert seats == {"operator": ["Robo (bot)"], "deployer": ["Rollo (bot)"], "risk": ["Dana", "Erin"]}
        robo = asyncio.create_task(asyncio.to_thread(play, mixed.address, mixed.tokens["Robo"], moves=3))
        number, other = str(uuid.uuid4()), str(uuid.uuid4())
        await rollo.send({"t": "command", "id": number, "kind": "bridge.say", "args": {"text": "I compare the releases."}})
        await heard(rollo, "received", id=number)
        await heard(rollo, "applied", id=number)
        await rollo.send({"t": "why", "id": number, "text": "they should know"})
        await heard(rollo, "noted", id=number)
        await rollo.send({"t": "command", "id": other, "kind": "server.stop", "args": {"server": 1}})
        assert "operator" in (await heard(rollo, "refused", id=other))["reason"], "its rights are its desk's"
        await rollo.send({"t": "drive", "do": "pause"})
        assert "facilitator" in (await heard(rollo, "error"))["reason"]
        async with asyncio.timeout(20):
            while True:
                frame = await dana.until("frame")
                said = frame["cards"].get("bridge", {"d": {"items": []}})["d"]["items"]
                if [item for item in said if item["title"] == "I compare the releases." and item["desk"] == "deployer"]:
                    break
        desk = await robo
        assert isinstance(desk, Operator) and desk.cards["servers"]["servers"]
        rollo.break_off()
        dana.break_off()

    asyncio.run(together())
    by = set(Command.objects.filter(run=mixed.run, state="applied").values_list("desk", "by"))
    assert {("deployer", "Rollo (bot)"), ("operator", "Robo (bot)")} <= by


def test_a_token_opens_one_desk_and_no_page_and_another_version_is_told_so(mixed):
    async def knock() -> None:
        stranger = await mixed.bot("x" * 22)
        assert (await heard(stranger, "bye"))["retry"] is False
        newer = await mixed.bot("Robo", speaks="opening-bell.v9")
        assert "opening-bell.v1" in (await heard(newer, "bye"))["reason"]
        with pytest.raises(Closed) as closed:
            await newer.receive()
        assert closed.value.args[1] == 4406
        as_cookie = await Socket.open("127.0.0.1", mixed.world.port, "/ws/seat/operator/", mixed.tokens["Robo"])
        assert (await as_cookie.receive())["t"] == "bye"

    asyncio.run(knock())
    assert Player.of_word(mixed.exercise, Player.objects.get(name="Robo (bot)").word) is None


def test_the_control_room_gives_a_seat_to_a_bot_and_takes_it_back(mixed):
    room = Client()
    room.force_login(mixed.erin)
    seat = mixed.seat("operator")
    answer = room.post(f"/facilitator/seat/{seat.pk}/link/", {"do": "bot", "name": "Rita"}, headers={"accept": "application/json"}).json()
    assert answer["reason"] == ""
    shown = next(row for team in answer["state"]["teams"] for row in team["seats"] if row["desk"] == "operator")
    assert shown["holders"] == ["Rita (bot)"] and len(shown["link"]) >= 22
    assert play(mixed.address, mixed.tokens["Robo"]).cards == {}, "who held it before holds it no longer"

    async def taken_back() -> None:
        rita = await Socket.open("127.0.0.1", mixed.world.port, "/ws/bot/", bearer=shown["link"], speaks="opening-bell.v1")
        await heard(rita, "hello", "operator")
        await asyncio.to_thread(room.post, f"/facilitator/seat/{seat.pk}/link/", {"do": "vacate"})
        await heard(rita, "bye", "operator")
        again = await Socket.open("127.0.0.1", mixed.world.port, "/ws/bot/", bearer=shown["link"])
        await heard(again, "bye")

    asyncio.run(taken_back())
    assert mixed.seat("operator").holders == []
    taken = room.post(f"/facilitator/seat/{seat.pk}/link/", {"do": "bot", "name": "Rollo"}, headers={"accept": "application/json"}).json()
    assert "taken" in taken["reason"]
