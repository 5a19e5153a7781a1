"""PostgreSQL ends at once in the middle of an exercise and comes back: that costs a pause, and nothing that was acknowledged."""

import asyncio
import http.client
import threading
import uuid
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from django.db import connection

import engine
from game.debrief.bundles import bundle_of
from game.models import Run
from tests.builders import eventually, taken_seat
from tests.integration.test_crash import assert_told_once, end, running, shown_step
from tests.integration.world import World
from tests.socket_client import Socket


@pytest.fixture
def database() -> str:
    return "postgresql"


class Desk:
    """A browser at a desk, in a thread of its own: it acknowledges frames and says something after each."""

    def __init__(self, world: World, desk: str, cookie: str) -> None:
        self.given, self.received = set[str](), set[str]()
        self.troubles: list[str] = []
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.socket = self.wait(Socket.open("127.0.0.1", world.port, f"/ws/seat/{desk}/", cookie))
        self.life = self.soon(self._live())

    def soon(self, act: Coroutine[Any, Any, Any]) -> "Future[Any]":
        return asyncio.run_coroutine_threadsafe(act, self.loop)

    def wait(self, act: Coroutine[Any, Any, Any]) -> Any:
        return self.soon(act).result(20)

    def say(self, text: str) -> str:
        """Something said on the bridge; its id. Whether it was heard is known once it is in `received`."""
        command = {"t": "command", "id": str(uuid.uuid4()), "kind": "bridge.say", "args": {"text": text}}
        self.given.add(command["id"])
        self.soon(self.socket.send(command))
        return str(command["id"])

    async def _live(self) -> None:
        while True:
            message = await self.socket.receive()
            if message["t"] == "frame":
                await self.socket.send({"t": "ack", "seq": message["seq"]})
                self.say("On we go")
            elif message["t"] == "received":
                self.received.add(message["id"])
            elif message["t"] in ("error", "bye", "refused"):
                self.troubles.append(str(message))

    def close(self) -> None:
        if self.loop.is_running() and self.life.cancel():
            self.wait(asyncio.sleep(0))  # its task takes notice
            self.loop.call_soon_threadsafe(self.socket.break_off)
        self.loop.call_soon_threadsafe(self.loop.stop)


@pytest.fixture
def desks(world: World) -> Iterator[tuple[Run, list[Desk]]]:
    assert world.manage("collectstatic", "--noinput", "-v", "0").returncode == 0
    world.start_all("games-1", "control", "web")
    run = running(speed=5)
    cookies = {desk: taken_seat(run.team.exercise, desk, name=desk.title())[1] for desk in ("operator", "risk", "deployer")}
    eventually(lambda: shown_step(run) > run.team.exercise.start_step, 20, "the market moves")
    people = [Desk(world, desk, cookie) for desk, cookie in cookies.items()]
    yield run, people
    for one in people:
        one.close()


def page(world: World, code: str) -> tuple[int, str, str]:
    line = http.client.HTTPConnection("127.0.0.1", world.port, timeout=30)
    line.request("GET", f"/projector/{code}/")
    answer = line.getresponse()
    return answer.status, answer.getheader("Retry-After", ""), answer.read().decode()


def test_a_restart_costs_a_pause_and_neither_a_socket_nor_an_acknowledged_command(world, desks):
    run, people = desks
    code = run.team.exercise.code
    assert page(world, code)[0] == 200
    eventually(lambda: all(len(one.received) > 3 for one in people), 20, "all three are heard")
    acknowledged = {one: set(one.received) for one in people}
    world.postgres.stop()
    status, after, text = eventually(lambda: (found := page(world, code))[0] != 200 and found, 20, "a page has waited in vain")
    assert (status, after) == (503, "5") and "cannot reach its database" in text and "stylesheet" not in text
    meanwhile = [one.say("Can anybody hear me?") for one in people]
    assert not any(said in one.received for said, one in zip(meanwhile, people, strict=True)), "nothing is acknowledged that is not written"
    stood = shown_step(run)
    asked: list[Any] = []
    patient = threading.Thread(target=lambda: asked.append(page(world, code)))
    patient.start()  # comes while it is down
    world.postgres.start()
    patient.join()
    connection.close()  # this test's own
    eventually(lambda: page(world, code)[0] == 200, 10, "pages are there again")
    eventually(lambda: all(said in one.received for said, one in zip(meanwhile, people, strict=True)), 15, "what was said meanwhile is heard")
    eventually(lambda: shown_step(run) > stood + 40, 20, "the market goes on")
    assert asked[0][0] in (200, 503)
    assert not any(one.life.done() for one in people), [one.life for one in people if one.life.done()]
    for one in people:
        one.close()
        assert acknowledged[one] < one.received
        assert all("database" in said or "saved" in said for said in one.troubles), one.troubles
    ended = end(run)
    assert set.union(*(one.received for one in people)) <= {str(pk) for pk in ended.commands.values_list("client_id", flat=True)}
    heard = [str(pk) for pk in ended.commands.exclude(by__in=("autopilot", "facilitator")).values_list("client_id", flat=True)]
    assert_told_once(ended, heard)
    assert engine.verify(engine.unpack(engine.pack(bundle_of(Run.objects.select_related("team__exercise").get(pk=run.pk))))) == []
    for name in ("games-1", "control"):
        assert "a run failed" not in world.log(name)
