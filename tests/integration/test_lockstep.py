"""A clock that waits for programs, over real sockets: who is waited for, for how long, and what a death, a pause and a slow mind do to it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import engine
from game.control.exercise_controls import drive
from game.live.loudspeaker import to_json
from game.models import Command, Exercise, Run, Seat
from game.people import seating
from static.examples.operator_bot import play
from tests import days
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.test_bots import heard, validate
from tests.integration.test_crash import owner, undisturbed
from tests.integration.test_secret_frames import wrong
from tests.integration.world import World
from tests.socket_client import Socket

KNIGHT = engine.load_scenario("knight-2012")
LOOKS, FRAMES = "opening-bell.looks.v1", "opening-bell.v1"
EVERY = 30 * engine.STEPS_PER_SECOND  # between two looks before the bell


class Room:
    """A running exercise whose clock waits: Robo at the operator's desk, Dana at the risk manager's."""

    def __init__(self, world: World, move_s: int) -> None:
        self.port = world.port
        self.exercise = new_exercise(title="Waits", start_step=days.step_at("08:20"), speeds={"premarket": 60.0}, move_s=move_s)
        self.dana = taken_seat(self.exercise, "risk", name="Dana")[1]
        self.token = seating.give_to_bot(self.exercise.teams.get().seats.get(desk="operator"), "Robo")
        self.exercise.start()

    @property
    def run(self) -> Run:
        """Its row as it is now."""
        return Run.objects.get(team__exercise=self.exercise)

    @property
    def seat(self) -> Seat:
        """Robo's."""
        return Seat.objects.get(team__exercise=self.exercise, desk="operator")

    async def robo(self, speaks: str = LOOKS) -> Socket:
        return await Socket.open("127.0.0.1", self.port, "/ws/bot/", bearer=self.token, speaks=speaks)

    async def person(self) -> Socket:
        return await Socket.open("127.0.0.1", self.port, "/ws/seat/risk/", self.dana)


@pytest.fixture(scope="module")
def world(lasting_world):
    lasting_world.start_all("games-2")
    return lasting_world


async def until(condition: Callable[[], Any], what: str) -> Any:
    """What the condition comes to, once it holds."""
    return await asyncio.to_thread(eventually, condition, 40, what)


async def waited_for(line: Socket) -> Any:
    """Whom the clock waits for, as soon as this screen is told."""
    async with asyncio.timeout(20):
        while True:
            if (waits := (await line.until("state")).get("waits")) is not None:
                return waits


async def look(line: Socket, within: float = 40.0) -> Any:
    """The next look; everything on the way is as the document says."""
    async with asyncio.timeout(within):
        while True:
            message = await line.receive()
            validate(message, "operator")
            if message["t"] == "look":
                assert wrong(KNIGHT, "operator", to_json(message), message) == []
                return message


async def move(line: Socket, shown: Any, action: Any) -> None:
    await line.send({"t": "move", "step": shown["step"], "action": action})


def number(shown: Any, kind: str) -> int:
    """The first number of a lever, as the text lists it."""
    row = next(line for line in shown["text"].splitlines() if f": {kind}" in line and line[0].isdigit())
    return int(row.split(".")[0])


def test_the_market_stands_at_each_look_until_the_program_has_moved_whatever_else_happens(world):
    room = Room(world, 120)

    async def played() -> None:
        robo, dana = await room.robo(), await room.person()
        first = await look(robo)
        await move(robo, first, None)
        at = await look(robo)
        assert at["step"] % EVERY == 0 and at["waits_s"] == 120 and at["moves"][0] == 0 and at["refused"] == ""
        assert at["sight"]["clock"]["clock"] in at["text"] and "== what you can do now" in at["text"]

        waits = await waited_for(dana)
        assert waits["for"] == ["Robo (bot)"] and 100 < waits["left_s"] < 120 and waits["moves"], "people are told whom they wait for"
        mine = "5c1a7c5e-5f0b-4d6f-9d53-3d4a3f0f8a01"
        await dana.send({"t": "command", "id": mine, "kind": "bridge.say", "args": {"text": "What is Robo thinking of?"}})
        assert (await dana.until("applied", id=mine))["step"] == at["step"], "it stands, and people can act meanwhile"

        await move(robo, at, 10**6)
        assert "expected a number from 0 to" in (await heard(robo, "error", "operator"))["reason"]
        await move(robo, first, 0)
        assert "the last look was expected" in (await heard(robo, "error", "operator"))["reason"]
        dead = next(one for one in range(1, 10**4) if one not in at["moves"])
        await move(robo, at, [number(at, "mail.open"), dead, {"kind": "bridge.say", "args": {"text": "Of the mails."}, "why": "They ask."}])
        after = await look(robo)
        assert after["step"] == at["step"] + EVERY and "no such move now" in after["refused"] and after["refused"] in after["text"]
        given = Command.objects.filter(run__team__exercise=room.exercise, by="Robo (bot)").order_by("seq")
        rows = await until(lambda: list(given.values_list("kind", "step", "state")), "what it gave is in the log")
        assert rows == [(kind, at["step"], "applied") for kind in ("mail.open", "bridge.say")]
        await dana.until("state", waits=None)  # and people hear that it goes on

        exercise = await asyncio.to_thread(Exercise.objects.get, pk=room.exercise.pk)
        await asyncio.to_thread(drive, exercise, "pause")
        await heard(robo, "state", "operator", state="paused")
        await move(robo, after, 0)
        assert "comes again" in (await heard(robo, "error", "operator"))["reason"]
        await asyncio.to_thread(drive, exercise, "resume")
        again = await look(robo)
        assert again["step"] == after["step"], "a move that came while it was paused is asked for again"

        epoch = await asyncio.to_thread(lambda: room.run.epoch)
        await asyncio.to_thread(lambda: world.kill(owner(world, room.run)))
        await until(lambda: room.run.epoch > epoch, "another worker takes the run")
        other = "5c1a7c5e-5f0b-4d6f-9d53-3d4a3f0f8a02"
        await dana.send({"t": "command", "id": other, "kind": "bridge.say", "args": {"text": "Still there?"}})
        assert (await dana.until("applied", within=20, id=other))["step"] == again["step"], "who takes over waits on"
        await move(robo, again, 0)
        assert (await look(robo))["step"] == again["step"] + EVERY
        robo.break_off()
        dana.break_off()

    asyncio.run(played())
    Exercise.objects.get(pk=room.exercise.pk).end()
    run = eventually(lambda: Run.objects.filter(pk=room.run.pk, state="ended").first(), 20, "the run has ended")
    assert run.digest == undisturbed(run), "its log makes the same run without anybody who waits"


def test_a_program_that_is_silent_hangs_up_or_plays_by_frames_holds_nobody_up(world):
    room = Room(world, 3)

    async def played() -> None:
        robo = await room.robo()
        await move(robo, await look(robo), 0)
        slow = await look(robo)
        await until(lambda: room.run.step > slow["step"] + 2 * EVERY, "the market goes on without it")
        await until(lambda: room.seat.moved is None, "it owes nothing any more")
        await move(robo, slow, 0)
        await move(robo, await look(robo), 0)
        stands = await look(robo)
        assert stands["step"] % EVERY == 0
        await until(lambda: room.seat.moved is not None, "it has answered, and is waited for again")
        robo.break_off()
        await until(lambda: room.run.step > stands["step"] + EVERY, "nobody waits for who has hung up")

        frames = await room.robo(f"opening-bell.looks.v9, {FRAMES}")
        hello = await heard(frames, "hello", "operator")
        step = (await heard(frames, "frame", "operator"))["step"]
        assert hello["protocol"] == 1
        await until(lambda: room.run.step > step + 2 * EVERY and room.seat.moved is None, "an older program is not waited for")
        await frames.send({"t": "move", "step": step, "action": 0})
        assert "no look was sent" in (await heard(frames, "error", "operator"))["reason"]
        frames.break_off()

    asyncio.run(played())
    desk = play(f"ws://127.0.0.1:{room.port}/ws/bot/", room.token, moves=3)
    assert desk.cards["servers"]["servers"] and room.seat.moved is not None, "the example plays by looks"
    Exercise.objects.get(pk=room.exercise.pk).end()
