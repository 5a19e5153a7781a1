"""The matrix of rights over real sockets: every command from every desk, another team, the wall, nobody, and after the end."""

import asyncio
import uuid
from typing import Any

import pytest

import engine
from game.models import Command, Exercise, Run
from tests import days
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.world import World
from tests.socket_client import Socket

DESKS = ("deployer", "operator", "risk")
TEAMS = ("Cobalt", "Amber")


class Hall:
    """Two teams whose six seats are taken, in the opening bell."""

    def __init__(self, world: World) -> None:
        self.world = world
        start = days.step_at("09:31")
        self.exercise: Exercise = new_exercise(start_step=start, speeds={"bell": 10})
        self.exercise.add_team("Amber", "history")
        seats = {(team, desk): taken_seat(self.exercise, desk=desk, team=team, name=f"{team} {desk}") for team in TEAMS for desk in DESKS}
        self.cookies = {place: cookie for place, (_, cookie) in seats.items()}
        self.exercise.start()
        self.runs = {run.team.name: run for run in self.exercise.runs()}
        eventually(lambda: not Run.objects.filter(team__exercise=self.exercise, step__lt=start).exists(), 60, "both markets move")

    async def desk(self, team: str, desk: str, cookie_of: tuple[str, str] | None = None) -> Socket:
        """A socket at a desk's address with the cookie of a place (its own unless another is given)."""
        return await Socket.open("127.0.0.1", self.world.port, f"/ws/seat/{desk}/", self.cookies[cookie_of or (team, desk)])


@pytest.fixture
def hall(lasting_world) -> Any:
    hall = Hall(lasting_world)
    yield hall
    Exercise.objects.filter(pk=hall.exercise.pk, state__in=("running", "paused")).update(state="ended")


def order(kind: str) -> dict[str, Any]:
    return {"t": "command", "id": str(uuid.uuid4()), "kind": kind, "args": {}, "confidence": None, "why": ""}


async def answer(socket: Socket, click: dict[str, Any]) -> str:
    """Give a command; "" when it was applied, else why not."""
    await socket.send(click)
    async with asyncio.timeout(20):
        while True:
            message = await socket.receive()
            if message["t"] == "frame":
                await socket.send({"t": "ack", "seq": message["seq"]})
            elif message.get("id") == click["id"] and message["t"] in ("applied", "refused"):
                return str(message.get("reason", ""))


def test_every_command_from_every_desk_is_accepted_or_refused_as_declared(hall):
    async def at(desk: str) -> None:
        socket = await hall.desk("Cobalt", desk)
        for kind, lever in sorted(engine.KINDS.items()):
            reason = await answer(socket, order(kind))
            assert (f"not the {desk}" in reason) is (desk not in lever.desks), f"{kind} from {desk}: {reason!r}"

    async def play() -> None:
        await asyncio.gather(*(at(desk) for desk in DESKS))

    asyncio.run(play())
    rows = Command.objects.filter(run=hall.runs["Cobalt"], state="applied").exclude(by="autopilot")
    assert all(row.desk in engine.KINDS[row.kind].desks for row in rows)


def test_a_cookie_opens_its_own_teams_desk_and_no_other(hall):
    async def play() -> None:
        wrong = await hall.desk("Cobalt", "risk", cookie_of=("Cobalt", "operator"))
        bye = await wrong.until("bye")
        assert bye["retry"] is False and "does not have this seat" in bye["reason"]
        amber = await hall.desk("Cobalt", "operator", cookie_of=("Amber", "operator"))
        assert (await amber.until("hello"))["team"] == "Amber"
        click = {**order("server.stop"), "args": {"server": 3}}
        assert await answer(amber, click) == ""
        same = await hall.desk("Cobalt", "operator")
        stolen = {**click, "args": {"server": 4}}
        assert await answer(same, stolen) == "", "an id counts within a run only"

    asyncio.run(play())
    stopped = {run.team.name: [row.args["server"] for row in Command.objects.filter(run=run, kind="server.stop")] for run in hall.runs.values()}
    assert stopped == {"Amber": [3], "Cobalt": [4]}


def test_the_wall_and_strangers_give_no_commands(hall):
    async def play() -> None:
        wall = await Socket.open("127.0.0.1", hall.world.port, f"/ws/projector/{hall.exercise.code}/")
        await wall.until("frame")
        for kind in sorted(engine.KINDS):
            await wall.send(order(kind))
            assert "only watches" in (await wall.until("error"))["reason"]
            if kind > "c":  # a dozen is enough before the line is cut
                break
        for desk in DESKS:
            nobody = await Socket.open("127.0.0.1", hall.world.port, f"/ws/seat/{desk}/")
            assert (await nobody.until("bye"))["retry"] is False

    before = Command.objects.exclude(by="autopilot").count()
    asyncio.run(play())
    assert Command.objects.exclude(by="autopilot").count() == before


def test_after_the_end_every_command_is_refused_and_written_nowhere(hall):
    hall.exercise.end()
    eventually(lambda: Run.objects.get(pk=hall.runs["Cobalt"].pk).state == "ended", 60, "the run is finished")
    before = Command.objects.filter(run=hall.runs["Cobalt"]).count()

    async def at(desk: str) -> None:
        socket = await hall.desk("Cobalt", desk)
        for kind, lever in sorted(engine.KINDS.items()):
            if desk in lever.desks:
                assert "has ended" in await answer(socket, order(kind)), kind
                await asyncio.sleep(0.1)  # under the limit of commands a second

    async def play() -> None:
        await asyncio.gather(*(at(desk) for desk in DESKS))

    asyncio.run(play())
    assert Command.objects.filter(run=hall.runs["Cobalt"]).count() == before
