"""Who may sit where and do what, on real sockets. Presence is swept with the time as an argument: no test waits for a grace period."""

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from game.models import Command, Player, Run, Seat
from game.people import joining, presence
from game.people.access import cookie_value
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.test_sockets import Room, order
from tests.socket_client import Closed, Socket


@pytest.fixture
def room(lasting_world) -> Iterator[Room]:
    room = Room(lasting_world, autopilot="assistant")
    yield room
    type(room.exercise).objects.filter(pk=room.exercise.pk, state__in=("running", "paused")).update(state="ended")


async def sit(room: Room, cookie: str, desk: str) -> Socket:
    """A socket at a desk."""
    return await Socket.open("127.0.0.1", room.world.port, f"/ws/seat/{desk}/", cookie)


def at(message: dict[str, Any], desk: str) -> dict[str, Any]:
    """One seat of a hello or a team message."""
    (row,) = [row for row in message["seats"] if row["desk"] == desk]
    return row


def leave_for_good(room: Room) -> None:
    """As if Dana had been away for the grace period: the running sweeper does the rest."""
    Player.objects.filter(name="Dana", exercise=room.exercise).update(gone_at=timezone.now(), silent_s=presence.GRACE_S)


def hurt(room: Room) -> None:
    """The assistant has stopped a server at Dana's desk."""
    row = {"desk": "operator", "kind": "server.stop", "args": {"server": 2}, "by": "autopilot"}
    Command.objects.create(run=room.run, client_id=uuid.uuid4(), **row)


def tell(room: Room) -> None:
    """As the pages do after a change: this process has no line to the world's sockets."""
    done = room.world.manage("shell", "-v", "0", "-c", f"from game.live.control import tell_team; tell_team({room.seat.team_id})")
    assert done.returncode == 0, done.stderr


async def team_where(socket: Socket, desk: str, **values: Any) -> dict[str, Any]:
    """The seat of the first `team` message in which it is so."""
    async with asyncio.timeout(10):
        while True:
            row = at(await socket.until("team"), desk)
            if all(row[key] == value for key, value in values.items()):
                return row


def test_the_hello_names_player_team_help_and_every_seat(room):
    _, eli = taken_seat(room.exercise, "risk", name="Eli")

    async def play() -> None:
        desk = await sit(room, eli, "risk")
        hello = await desk.until("hello")
        player = await asyncio.to_thread(Player.objects.get, name="Eli", exercise=room.exercise)
        assert (hello["player"], hello["team"], hello["help"], hello["owner"]) == ("Eli", "Cobalt", "2012", False)
        assert hello["resume_word"] == player.word
        assert at(hello, "risk") | {"away_s": None} == {
            "desk": "risk", "holders": ["Eli"], "online": True, "autopilot": None, "covered": False, "mine": True, "ready": None, "away_s": None,
        }  # fmt: skip
        assert at(hello, "operator")["holders"] == ["Dana"] and not at(hello, "operator")["mine"]
        assert at(hello, "deployer")["autopilot"] == "assistant"

    asyncio.run(play())


def test_a_reason_is_kept_after_the_command_was_applied_and_for_ones_own_desk_only(room):
    _, eli = taken_seat(room.exercise, "risk", name="Eli")
    click = order(server=5)

    async def play() -> None:
        desk, risk = await sit(room, room.cookie, "operator"), await sit(room, eli, "risk")
        await desk.send(click)
        await desk.until("applied", id=click["id"])
        await desk.send({"t": "why", "id": click["id"], "text": "its log has the order"})
        assert await desk.until("noted") == {"t": "noted", "id": click["id"]}
        await risk.send({"t": "why", "id": click["id"], "text": "not mine to explain"})
        assert "gave no such command" in (await risk.until("error"))["reason"]
        await desk.send({"t": "why", "id": order()["id"], "text": "no such command"})
        assert "gave no such command" in (await desk.until("error"))["reason"]

    asyncio.run(play())
    assert Command.objects.get(run=room.run, client_id=click["id"]).why == "its log has the order"


def test_a_socket_opens_the_desks_its_player_holds_and_no_other(room):
    room.exercise.add_team("Amber", "")
    _, fay = taken_seat(room.exercise, "risk", team="Amber", name="Fay")
    nobody, token = Player.enter(room.exercise, "Gus")

    async def refused(cookie: str, desk: str) -> None:
        socket = await sit(room, cookie, desk)
        bye = await socket.until("bye")
        assert bye["retry"] is False and "does not have this seat" in bye["reason"]
        with pytest.raises(Closed):
            await socket.until("frame", 2)

    async def play() -> None:
        await refused(room.cookie, "risk")
        await refused(fay, "operator")
        await refused(cookie_value(nobody, token), "operator")
        await refused(room.cookie, "facilitator")
        await refused(room.cookie, "projector")
        amber = await sit(room, fay, "risk")
        hello = await amber.until("hello")
        assert hello["team"] == "Amber" and at(hello, "operator")["holders"] == []

    asyncio.run(play())


def test_one_person_at_two_desks_gives_each_its_own_commands(room):
    _, cookie = taken_seat(room.exercise, "deployer", name="Dana")

    async def play() -> None:
        operator, deployer = await sit(room, cookie, "operator"), await sit(room, cookie, "deployer")
        assert at(await deployer.until("hello"), "operator")["mine"]
        assert "servers" in (await operator.until("frame"))["cards"]
        first = await deployer.until("frame")
        assert "servers" not in first["cards"] and "rates" not in first["cards"]
        stop = order(server=4)
        await deployer.send(stop)
        assert "deployer" in (await deployer.until("refused", id=stop["id"]))["reason"].lower()
        again = order(server=4)
        await operator.send(again)
        await operator.until("applied", id=again["id"])

    asyncio.run(play())
    assert set(Command.objects.filter(run=room.run, kind="server.stop", by="Dana").values_list("desk", "state")) == {
        ("deployer", "refused"), ("operator", "applied"),
    }  # fmt: skip


def test_team_mates_see_somebody_come_go_and_come_back(room):
    _, eli = taken_seat(room.exercise, "risk", name="Eli")

    async def play() -> None:
        dana = await sit(room, room.cookie, "operator")
        await dana.until("hello")
        mate = await sit(room, eli, "risk")
        await mate.until("hello")
        mate.break_off()
        row = await team_where(dana, "risk", online=False)
        assert 25 <= row["away_s"] <= 30 and not row["covered"]
        second = await sit(room, eli, "risk")
        await team_where(dana, "risk", online=True)
        third = await sit(room, eli, "risk")
        await third.until("hello")
        second.break_off()
        with pytest.raises(TimeoutError):
            await dana.until("team", 1.5)
        third.break_off()
        await team_where(dana, "risk", online=False)

    asyncio.run(play())


def test_the_assistant_takes_an_absent_seat_and_it_comes_back_with_its_player(room):
    _, eli = taken_seat(room.exercise, "risk", name="Eli")

    async def play() -> None:
        mate = await sit(room, eli, "risk")
        await mate.until("hello")
        await asyncio.to_thread(leave_for_good, room)
        await team_where(mate, "operator", covered=True, autopilot="assistant")
        dana = await sit(room, room.cookie, "operator")
        assert not at(await dana.until("hello"), "operator")["covered"]
        await team_where(mate, "operator", covered=False, autopilot=None, online=True)

    asyncio.run(play())


def test_after_the_assistant_did_something_that_hurts_the_player_takes_the_seat_back_with_one_message(room):
    _, eli = taken_seat(room.exercise, "risk", name="Eli")

    async def play() -> None:
        mate = await sit(room, eli, "risk")
        await mate.until("hello")
        await asyncio.to_thread(leave_for_good, room)
        await team_where(mate, "operator", covered=True, autopilot="assistant")
        await asyncio.to_thread(hurt, room)
        dana = await sit(room, room.cookie, "operator")
        assert at(await dana.until("hello"), "operator")["covered"], "it is not taken back by coming in"
        early = order("log.tail", server=1)
        await dana.send(early)
        assert (await dana.until("refused", id=early["id"]))["reason"] == "The assistant is playing your seat. Take it back first."
        await dana.send({"t": "back"})
        await team_where(dana, "operator", covered=False, autopilot=None, online=True)
        await team_where(mate, "operator", covered=False)
        click = order("log.tail", server=1)
        await dana.send(click)
        await dana.until("applied", id=click["id"])

    asyncio.run(play())


def test_who_sits_in_another_browser_by_the_word_ends_the_first_ones_line_and_its_commands(room):
    def elsewhere() -> str:
        player = Player.objects.get(name="Dana", exercise=room.exercise)
        moved = Player.resume(room.exercise, player.word)
        assert moved
        tell(room)
        return cookie_value(*moved)

    async def play() -> None:
        first = await sit(room, room.cookie, "operator")
        await first.until("hello")
        # It reads while the other one comes in, as a browser does: who does not answer a close within a second is cut off.
        cookie, bye = await asyncio.gather(asyncio.to_thread(elsewhere), first.until("bye", 30))
        assert bye["retry"] is False and bye["reason"].startswith("This seat was opened in another browser")
        stale = await sit(room, room.cookie, "operator")
        assert (await stale.until("bye"))["retry"] is False
        second = await sit(room, cookie, "operator")
        assert (await second.until("hello"))["player"] == "Dana"

    asyncio.run(play())


def test_after_the_end_a_desk_still_opens_and_says_so(room):
    async def play() -> None:
        desk = await sit(room, room.cookie, "operator")
        await desk.until("frame")
        await asyncio.to_thread(room.exercise.end)
        await asyncio.to_thread(eventually, lambda: Run.objects.get(pk=room.run.pk).state == "ended", 20)
        late = order(server=1)
        await desk.send(late)
        assert (await desk.until("refused", id=late["id"]))["reason"] == "The exercise has ended."
        again = await sit(room, room.cookie, "operator")
        assert (await again.until("hello"))["exercise"]["state"] == "ended"

    asyncio.run(play())


def test_only_the_owner_drives_and_by_the_facilitators_rules(room):
    async def play() -> None:
        desk = await sit(room, room.cookie, "operator")
        assert (await desk.until("hello"))["owner"] is False
        await desk.send({"t": "drive", "do": "pause"})
        assert "facilitator controls this exercise's clock" in (await desk.until("error"))["reason"]
        await asyncio.to_thread(_own, room)
        await desk.send({"t": "drive", "do": "pause"})
        await desk.until("state", state="paused")
        await desk.send({"t": "drive", "do": "pause"})
        assert "paused" in (await desk.until("error"))["reason"]
        await desk.send({"t": "drive", "do": "speed", "value": 1000})
        assert "from 0.5 to 120" in (await desk.until("error"))["reason"]
        await desk.send({"t": "drive", "do": "speed", "value": 2})
        await desk.until("state", speed=2)
        await desk.send({"t": "drive", "do": "resume"})
        await desk.until("state", state="running")
        await desk.send({"t": "drive", "do": "advance", "value": "25 o'clock"})
        assert "not a market time" in (await desk.until("error"))["reason"]
        await desk.send({"t": "drive", "do": "advance"})
        while (await desk.until("frame", 30))["step"] < 21600:
            pass
        await desk.send({"t": "drive", "do": "end"})
        await desk.until("state", state="ended")
        await desk.send({"t": "drive", "do": "fly"})
        assert "do:" in (await desk.until("error"))["reason"]

    asyncio.run(play())


def _own(room: Room) -> None:
    room.exercise.owner = Player.objects.get(name="Dana", exercise=room.exercise)
    room.exercise.save(update_fields=["owner"])


def test_the_lobby_follows_who_comes_moves_and_leaves(lasting_world):
    exercise = new_exercise(autopilot="assistant")
    ana, token, _ = joining.join(exercise, "Ana")

    async def holders(socket: Socket) -> dict[str, list[str]]:
        card = (await socket.until("frame"))["cards"]["lobby"]["d"]
        return {seat["desk"]: [holder["name"] for holder in seat["holders"]] for seat in card["teams"][0]["seats"]}

    async def play() -> None:
        lobby = await Socket.open("127.0.0.1", lasting_world.port, "/ws/lobby/", cookie_value(ana, token))
        hello = await lobby.until("hello")
        assert (hello["desk"], hello["name"], hello["exercise"]["state"]) == ("lobby", "Ana", "lobby")
        assert await holders(lobby) == {"deployer": [], "operator": ["Ana"], "risk": []}
        ben, _, seat = await asyncio.to_thread(joining.join, exercise, "Ben")
        assert await holders(lobby) == {"deployer": [], "operator": ["Ana"], "risk": ["Ben"]}
        free = await asyncio.to_thread(lambda: Seat.objects.get(team=seat.team_id, desk="deployer").pk)
        await asyncio.to_thread(joining.move, ben, free)
        assert await holders(lobby) == {"deployer": ["Ben"], "operator": ["Ana"], "risk": []}
        await lobby.send(order(server=1))
        assert "only watches" in (await lobby.until("error"))["reason"]
        stranger = await Socket.open("127.0.0.1", lasting_world.port, "/ws/lobby/", "forged")
        assert (await stranger.until("bye"))["retry"] is False

    asyncio.run(play())
