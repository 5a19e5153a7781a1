"""Thirteen thousand random and malformed messages and forms: no 500, no crash, nothing refused leaves a trace in the market."""

import asyncio
import json
import random
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

import engine
from game.debrief.bundles import bundle_of
from game.models import Command, Exercise, Run
from game.models.run_log import log_of
from game.people.accounts import local_facilitator
from tests.builders import eventually
from tests.integration import hostile
from tests.integration.test_sockets import Room, order
from tests.socket_client import Closed, Socket

SEED = 20120801
MESSAGES, FORMS = 12_000, 1_000
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


def test_twelve_thousand_hostile_messages_crash_nothing_and_leave_no_trace_in_the_market(room):
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
    log, bundle = log_of(run), bundle_of(run)
    assert engine.verify(bundle) == []
    without = engine.played_again(replace(log, commands=tuple(one for one in log.commands if one.seq not in log.refused)))
    events = tuple(row for row in bundle.events if row["kind"] != "command.refused")
    alike = (without.score, without.curve, without.events) == (bundle.score, bundle.curve, events)
    assert alike, f"what was refused changed the market (seed {SEED})"


FLOOD = 40_000  # messages of 1.5 kB over ten lines at a time
MOST_MB = 40.0


async def _flood(room: Room, messages: int) -> None:
    """As fast as they can be written, and nothing that is answered is read."""

    async def one(lines: int) -> None:
        text = json.dumps(order("bridge.say", text="x" * 1_500))
        for _ in range(lines):
            line = await room.again(room.desk)
            with suppress(Closed, ConnectionError):
                for _ in range(400):
                    await line.send_text(text)
            line.break_off()

    await asyncio.gather(*(one(messages // 4_000) for _ in range(10)))


def _pss_mb(pid: int) -> float:
    found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_a_flood_took_is_given_back(room):
    web = room.world.processes["web"].pid
    asyncio.run(_flood(room, 4_000))  # what a process takes once
    eventually(lambda: "a line that flooded was ended" in room.world.log("web"), 30, "such lines are cut off")
    before = _pss_mb(web)
    asyncio.run(_flood(room, FLOOD))
    eventually(lambda: _pss_mb(web) - before < MOST_MB, 90, f"the web process is back near {before:.0f} MB")


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
