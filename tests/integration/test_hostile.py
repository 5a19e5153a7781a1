"""Ten thousand random and malformed messages and forms: no 500, no crash, nothing refused leaves a trace in the market."""

import asyncio
import random
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

import engine
from game.accounts import local_facilitator
from game.models import Command, Exercise, Run
from tests.builders import eventually
from tests.integration import hostile
from tests.integration.test_sockets import Room
from tests.socket_client import Closed, Socket

SEED = 20120801
MESSAGES, FORMS = 9_000, 1_000
A_LINE = 60  # messages before the line is looked at: the server cuts it after twenty that cannot be read
FIELDS = ["code", "name", "word", "title", "team", "teams", "seed", "start", "speed", "to", "do", "desk", "seat", "help", "loss_counter", "scenario", "at", "step", "rate", "playing"]


@pytest.fixture
def room(lasting_world) -> Iterator[Room]:
    room = Room(lasting_world)
    yield room
    Exercise.objects.filter(pk=room.exercise.pk, state__in=("running", "paused")).update(state="ended")


async def _pour(room: Room, rng: random.Random, messages: int) -> None:
    """Send them over as many lines as it takes."""
    sent = 0
    while sent < messages:
        line: Socket = await room.again(room.desk)
        with suppress(Closed, ConnectionError):
            for _ in range(A_LINE):
                await line.send_text(hostile.message(rng))
                sent += 1
            await line.send({"t": "resync"})
            await line.until("frame", 10.0)
        line.break_off()


def test_nine_thousand_hostile_messages_crash_nothing_and_leave_no_trace_in_the_market(room):
    rng = random.Random(SEED)
    asyncio.run(_pour(room, rng, MESSAGES))

    async def is_well() -> None:
        desk = await room.desk()
        first = await desk.until("frame")
        assert (await desk.until("frame"))["step"] > first["step"]

    asyncio.run(is_well())
    for name in ("web", "games-1", "control"):
        assert room.world.processes[name].poll() is None, f"{name} died (seed {SEED})"
        assert "Traceback" not in room.world.log(name), f"{name} stumbled (seed {SEED})"
    refused = Command.objects.filter(run=room.run, state="refused").count()
    assert refused > 20, "enough of them got as far as the engine"
    room.exercise.refresh_from_db()
    room.exercise.end()
    eventually(lambda: Run.objects.get(pk=room.run.pk).state == "ended", 60, "the run is finished")
    run = Run.objects.get(pk=room.run.pk)
    rows = Command.objects.filter(run=run, state="applied", step__isnull=False).order_by("seq")
    log = [engine.Command(row.seq, row.step, row.desk, row.kind, row.args, row.confidence or None, row.why) for row in rows]
    again = engine.replay(engine.load_scenario("knight-2012"), 79, log, run.step)
    assert again.digest() == run.digest, f"what was refused changed the market (seed {SEED})"


def _addresses() -> list[tuple[str, list[str]]]:
    """Every address of the game with the names of its variable parts."""
    routes = [pattern for pattern in get_resolver().url_patterns if isinstance(pattern, URLPattern)]
    return [(str(pattern.pattern), list(pattern.pattern.converters)) for pattern in routes]


def _fill(route: str, parts: list[str], rng: random.Random, code: str) -> str:
    for part in parts:
        word = rng.choice([code, "9" * rng.choice([1, 9, 25]), "operator", "%00", "x", "..", "ZZ-ZZZ", "é"])
        route = re.sub(rf"<[^>]*{part}>", word.replace("/", "%2F"), route, count=1)
    return f"/{route}"


def _browsers(room: Room) -> list[Client]:
    """A stranger, a player, and a facilitator: each has forms of his own."""
    stranger, player, facilitator = Client(), Client(), Client()
    player.cookies["player"] = room.cookie
    facilitator.force_login(local_facilitator())
    return [stranger, player, facilitator]


def test_a_thousand_hostile_forms_are_each_answered_without_a_fault(room):
    rng = random.Random(SEED)
    addresses, browsers = _addresses(), _browsers(room)
    answers: dict[int, int] = {}
    for _ in range(FORMS):
        route, parts = rng.choice(addresses)
        path = _fill(route, parts, rng, room.exercise.code)
        browser = rng.choice(browsers)
        data: dict[str, Any] = hostile.form(rng, FIELDS)
        if rng.random() < 0.75:
            answer = browser.post(path, data)
        else:
            answer = browser.get(path, data)
        if route == "account/sign-out/" and browser is browsers[2]:
            browser.force_login(local_facilitator())
        assert answer.status_code < 500, f"{path} {data} (seed {SEED})"
        answers[answer.status_code] = answers.get(answer.status_code, 0) + 1
    assert {200, 302, 400, 404, 405} & set(answers) >= {200, 302, 404}, answers
