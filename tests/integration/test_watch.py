"""The facilitator watches a desk: the same cards as its player, and no way to do anything there or to be taken for somebody."""

import asyncio
import json
import re
import uuid

import engine
from game.models import Command, FacilitatorLink, Player
from tests import days
from tests.builders import eventually, new_exercise, taken_seat
from tests.socket_client import Socket

PRESENT = ("seen_at", "gone_at", "token_hash")


def running():
    exercise = new_exercise(start_step=days.step_at("09:31"), speeds={"bell": 10})
    seat, cookie = taken_seat(exercise, desk="operator", name="Dana")
    exercise.start()
    eventually(lambda: exercise.runs().get().step > exercise.start_step, 60, "the market moves")
    return exercise, seat, cookie


def session(client) -> str:
    client.post(f"/facilitator/{FacilitatorLink.issue()}/")
    return str(client.cookies["sessionid"].value)


def order(kind: str):
    return {"t": "command", "id": str(uuid.uuid4()), "kind": kind, "args": {}, "confidence": None, "why": ""}


async def gathered(socket, least: int):
    """The first cards of each name, until there are `least`."""
    cards = {}
    async with asyncio.timeout(20):
        while len(cards) < least:
            frame = await socket.until("frame")
            await socket.send({"t": "ack", "seq": frame["seq"]})
            cards = {**frame["cards"], **cards}
    return cards


def test_every_desk_is_shown_as_its_player_sees_it_and_every_command_is_refused(lasting_world, client):
    exercise, seat, cookie = running()
    key = session(client)
    before = list(Player.objects.values_list(*PRESENT[1:]))
    commands = Command.objects.exclude(by="autopilot").count()

    async def watch(desk: str) -> None:
        socket = await Socket.open("127.0.0.1", lasting_world.port, f"/ws/watch/{seat.team_id}/{desk}/", session=key)
        hello = await socket.until("hello")
        assert (hello["watching"], hello["desk"], hello["owner"], hello["player"]) == (True, desk, False, "")
        assert "resume_word" not in hello and {one["mine"] for one in hello["seats"]} == {False}
        played = await Socket.open("127.0.0.1", lasting_world.port, "/ws/seat/operator/", cookie) if desk == "operator" else None
        names = set(await gathered(socket, 8))
        if played is not None:
            await played.until("hello")
            assert set(await gathered(played, len(names))) == names
        for kind in sorted(engine.KINDS):
            click = order(kind)
            await socket.send(click)
            refused = await socket.until("refused")
            assert refused["id"] == click["id"] and "watching" in refused["reason"]
        for message in ({"t": "back"}, {"t": "drive", "do": "pause"}, {"t": "why", "id": str(uuid.uuid4()), "text": "x"}):
            await socket.send(message)
            assert "watching" in (await socket.until("error"))["reason"]

    async def play() -> None:
        for desk in engine.DESKS:
            await watch(desk)

    asyncio.run(play())
    exercise.refresh_from_db()
    assert exercise.state == "running"
    assert Command.objects.exclude(by="autopilot").count() == commands
    assert Player.objects.count() == len(before) == 1
    exercise.end()


def test_whoever_only_watches_is_not_taken_for_the_player(lasting_world, client):
    exercise, seat, _ = running()
    eventually(lambda: Player.objects.get(exercise=exercise).gone_at is not None, 60, "Dana, who opened no screen, is away")
    before = Player.objects.filter(exercise=exercise).values_list(*PRESENT).get()
    key = session(client)

    async def play() -> None:
        socket = await Socket.open("127.0.0.1", lasting_world.port, f"/ws/watch/{seat.team_id}/operator/", session=key)
        hello = await socket.until("hello")
        assert [one["online"] for one in hello["seats"] if one["desk"] == "operator"] == [False]
        await gathered(socket, 8)

    asyncio.run(play())
    assert Player.objects.filter(exercise=exercise).values_list(*PRESENT).get() == before
    exercise.end()


def test_nobody_else_watches(lasting_world, client):
    exercise, seat, cookie = running()
    key = session(client)
    alone = new_exercise()
    their_seat, _ = taken_seat(alone, name="Solo")
    alone.owner = Player.objects.get(exercise=alone)
    alone.save()

    async def refused(team: int, desk: str, **who: str) -> None:
        socket = await Socket.open("127.0.0.1", lasting_world.port, f"/ws/watch/{team}/{desk}/", **who)
        assert (await socket.until("bye"))["retry"] is False

    async def play() -> None:
        await refused(seat.team_id, "operator")
        await refused(seat.team_id, "operator", cookie=cookie)
        await refused(seat.team_id, "operator", session="0" * 32)
        await refused(seat.team_id, "projector", session=key)
        await refused(10**9, "operator", session=key)
        await refused(their_seat.team_id, "operator", session=key)

    asyncio.run(play())
    page = f"/facilitator/{exercise.code}/watch/{seat.team_id}/operator/"
    shown = client.get(page)
    first = json.loads(re.search(r'<script id="first" type="application/json">(.*?)</script>', shown.content.decode(), re.S)[1])
    assert shown.status_code == 200 and first["hello"]["watching"] is True
    assert client.get(page.replace("operator", "wall")).status_code == 404
    assert client.get(f"/facilitator/{alone.code}/watch/{seat.team_id}/operator/").status_code == 404, "its team, another exercise"
    assert client.get(f"/facilitator/{alone.code}/watch/{their_seat.team_id}/operator/").status_code == 404
    client.cookies.clear()
    client.cookies["player"] = cookie
    assert client.get(page).status_code == 403
    exercise.end()
