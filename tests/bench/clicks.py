"""From a click to its answers with 40 runs on the machine: milliseconds to "received", to "applied", and to a team-mate's screen.

Every run has two people: the operator says something on the bridge about once a second, at no beat's time in particular, and
the risk manager's screen waits for the words. They sit at their desks before the start, as people do: an empty seat would be
the assistant's by the time all runs move. Everything on the way is real: sockets, rows, the clock's beats, the broker.
"""

import asyncio
import json
import random
import re
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from tests import days
from tests.bench.stage import cpu_s, go_ahead, quantile, stage
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.world import World
from tests.socket_client import Closed, Socket

RUNS = 40
SECONDS = 30.0
LIMITS_MS = {"received": 150, "applied": 450}  # at p95: what a person takes for "at once"
BEAT_MS = 250
SETTLE_S = 2.0  # for the last answers
_FRAME = re.compile(rb'\{"t":"frame","seq":(\d+),')


def run(args: Any = None) -> dict[str, Any]:
    """Quantiles in ms of one window. `args.runs` and `args.seconds` make it smaller."""
    runs = getattr(args, "runs", None) or RUNS
    seconds = getattr(args, "seconds", None) or SECONDS
    with stage() as world:
        world.environment["LOG_LEVEL"] = "INFO"
        exercise, cookies = _rows(runs)
        world.start_all("games-1", "games-2", "control", "web", threads=runs // 2 + 4)
        if getattr(args, "ahead", False):
            go_ahead(world)
        return {"runs": runs, "seconds": seconds, **asyncio.run(_play(world, exercise, cookies, seconds))}


def _rows(runs: int) -> tuple[Any, list[tuple[str, str]]]:
    """An exercise of many teams that will begin with the opening bell; the cookies of two desks of each."""
    exercise = new_exercise(team="Team 1", start_step=days.step_at("09:30"), speeds={"bell": 5.0})
    for number in range(2, runs + 1):
        exercise.add_team(f"Team {number}")
    names = [team.name for team in exercise.teams.all()]
    cookies = [tuple(taken_seat(exercise, team=team, desk=desk, name=f"{team} {desk}")[1] for desk in ("operator", "risk")) for team in names]
    return exercise, cookies


def _start(exercise: Any) -> None:
    """Start, and wait until every run moves."""
    from game.live.control import tell_state
    from game.models import Run

    exercise.start()
    tell_state(exercise)
    eventually(lambda: not Run.objects.filter(step__lte=exercise.start_step).exists(), 300, "all runs move")


class _Pair:
    """Two people of one team, and when what one of them said was heard of."""

    def __init__(self) -> None:
        self.sent: dict[str, float] = {}
        self.waits: dict[str, list[float]] = {"received": [], "applied": [], "seen": []}
        self.refused: Counter[str] = Counter()
        self.closed: Counter[str] = Counter()

    def _note(self, kind: str, key: str) -> None:
        if key in self.sent:
            self.waits[kind].append((time.monotonic() - self.sent[key]) * 1000)

    async def speak(self, desk: Socket, until: float) -> None:
        """Say something about once a second."""
        while time.monotonic() < until:
            await asyncio.sleep(random.uniform(0.6, 1.4))
            words = uuid.uuid4()
            self.sent[str(words)] = time.monotonic()
            await desk.send({"t": "command", "id": str(words), "kind": "bridge.say", "args": {"text": str(words)}, "confidence": None, "why": ""})

    async def hear(self, desk: Socket) -> None:
        """Take down the answers to what was said."""
        async for text in self._messages(desk):
            if not _FRAME.match(text):
                message = json.loads(text)
                if message["t"] in ("received", "applied"):
                    self._note(message["t"], message["id"])
                elif message["t"] in ("refused", "error", "bye"):
                    self.refused[message["reason"]] += 1

    async def watch(self, desk: Socket) -> None:
        """Take down when it stands on the other screen."""
        known: set[str] = set()
        async for text in self._messages(desk):
            if _FRAME.match(text) and b'"bridge":{' in text:
                items = json.loads(text)["cards"]["bridge"]["d"]["items"]
                for title in {item["title"] for item in items} - known:
                    known.add(title)
                    self._note("seen", title)

    async def _messages(self, desk: Socket) -> AsyncIterator[bytes]:
        """Every message; frames are acknowledged and not read further: a browser of its own would do that."""
        try:
            while True:
                text = await desk.receive_text()
                if frame := _FRAME.match(text):
                    await desk.send({"t": "ack", "seq": int(frame[1])})
                yield text
        except Closed as end:
            self.closed[str(end)] += 1


async def _play(world: World, exercise: Any, cookies: list[tuple[str, str]], seconds: float) -> dict[str, Any]:
    pairs = [_Pair() for _ in cookies]
    listening, sockets = [], []
    for pair, (operator, risk) in zip(pairs, cookies, strict=True):
        first = await Socket.open("127.0.0.1", world.port, "/ws/seat/operator/", operator)
        second = await Socket.open("127.0.0.1", world.port, "/ws/seat/risk/", risk)
        sockets += [first, second]
        listening += [asyncio.create_task(pair.hear(first)), asyncio.create_task(pair.watch(second))]
    await asyncio.to_thread(_start, exercise)
    workers = {name: world.processes[name].pid for name in ("games-1", "games-2", "web", "control")}
    before, started = {name: cpu_s(pid) for name, pid in workers.items()}, time.monotonic()
    until = started + seconds
    await asyncio.gather(*(pair.speak(socket, until) for pair, socket in zip(pairs, sockets[::2], strict=True)))
    await asyncio.sleep(SETTLE_S)
    wall = time.monotonic() - started
    found = _told(pairs)
    found["cpu_cores"] = {name: round((cpu_s(pid) - before[name]) / wall, 2) for name, pid in workers.items()}
    for task in listening:
        task.cancel()
    for socket in sockets:
        socket.break_off()
    return found


def _told(pairs: list[_Pair]) -> dict[str, Any]:
    """What all pairs took down."""
    found: dict[str, Any] = {"clicks": sum(len(pair.sent) for pair in pairs)}
    limits = {**LIMITS_MS, "seen": LIMITS_MS["applied"] + BEAT_MS}
    for kind, limit in limits.items():
        waits = [wait for pair in pairs for wait in pair.waits[kind]]
        found[kind] = {"count": len(waits), "p50_ms": round(quantile(waits, 0.5), 1), "p95_ms": round(quantile(waits, 0.95), 1), "limit_ms": limit}
    found["refused"] = dict(sum((pair.refused for pair in pairs), Counter()))
    found["closed"] = dict(sum((pair.closed for pair in pairs), Counter()))
    return found
