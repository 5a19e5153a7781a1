"""From a click to its answers with 40 runs on the machine: milliseconds to "received", to "applied", and to a team-mate's screen.

Every run has two people: the operator says something on the bridge about once a second, at no beat's time in particular, and
the risk manager's screen waits for the words. Everything on the way is real: sockets, rows, the clock's beats, the broker.
"""

import asyncio
import random
import time
import uuid
from typing import Any

import engine
from tests.bench.stage import cpu_s, quantile, stage
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.world import World
from tests.socket_client import Closed, Socket

RUNS = 40
SECONDS = 30.0
LIMITS_MS = {"received": 150, "applied": 450}  # at p95: what a person takes for "at once"
BEAT_MS = 250


def run(args: Any = None) -> dict[str, Any]:
    """Quantiles in ms of one window. `args.runs` and `args.seconds` make it smaller."""
    runs = getattr(args, "runs", None) or RUNS
    seconds = getattr(args, "seconds", None) or SECONDS
    with stage() as world:
        world.environment["LOG_LEVEL"] = "INFO"
        cookies = _rows(world, runs)
        return {"runs": runs, "seconds": seconds, **asyncio.run(_play(world, cookies, seconds))}


def _rows(world: World, runs: int) -> list[tuple[str, str]]:
    """An exercise of many teams in the opening bell; the cookies of two desks of each."""
    from game.models import Run

    start = engine.step_at("09:30")
    exercise = new_exercise(team="Team 1", start_step=start, speeds={"bell": 5.0})
    for number in range(2, runs + 1):
        exercise.add_team(f"Team {number}")
    names = [team.name for team in exercise.teams.all()]
    cookies = [tuple(taken_seat(exercise, team=team, desk=desk, name=f"{team} {desk}")[1] for desk in ("operator", "risk")) for team in names]
    world.start_all("games-1", "games-2", "control", "web", threads=runs // 2 + 4)
    exercise.start()
    eventually(lambda: not Run.objects.filter(step__lte=start).exists(), 300, "all runs move")
    return cookies


class _Pair:
    """Two people of one team, and when what one of them said was heard of."""

    def __init__(self) -> None:
        self.sent: dict[str, float] = {}
        self.waits: dict[str, list[float]] = {"received": [], "applied": [], "seen": []}

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
        async for message in _messages(desk):
            if message["t"] in ("received", "applied"):
                self._note(message["t"], message["id"])

    async def watch(self, desk: Socket) -> None:
        """Take down when it stands on the other screen."""
        known: set[str] = set()
        async for message in _messages(desk):
            bridge = message.get("cards", {}).get("bridge", {"d": {"items": []}})["d"]["items"]
            for title in {item["title"] for item in bridge} - known:
                known.add(title)
                self._note("seen", title)


async def _messages(desk: Socket) -> Any:
    try:
        while True:
            message = await desk.receive()
            if message["t"] == "frame":
                await desk.send({"t": "ack", "seq": message["seq"]})
            yield message
    except Closed:
        return


async def _play(world: World, cookies: list[tuple[str, str]], seconds: float) -> dict[str, Any]:
    pairs = [_Pair() for _ in cookies]
    listening, sockets = [], []
    for pair, (operator, risk) in zip(pairs, cookies, strict=True):
        first = await Socket.open("127.0.0.1", world.port, "/ws/seat/operator/", operator)
        second = await Socket.open("127.0.0.1", world.port, "/ws/seat/risk/", risk)
        sockets += [first, second]
        listening += [asyncio.create_task(pair.hear(first)), asyncio.create_task(pair.watch(second))]
    workers = [world.processes[name].pid for name in ("games-1", "games-2", "web")]
    before, started = sum(map(cpu_s, workers)), time.monotonic()
    until = started + seconds
    await asyncio.gather(*(pair.speak(socket, until) for pair, socket in zip(pairs, sockets[::2], strict=True)))
    await asyncio.sleep(2.0)
    found: dict[str, Any] = {"clicks": sum(len(pair.sent) for pair in pairs)}
    for kind in ("received", "applied", "seen"):
        waits = [wait for pair in pairs for wait in pair.waits[kind]]
        found[kind] = {"count": len(waits), "p50_ms": round(quantile(waits, 0.5), 1), "p95_ms": round(quantile(waits, 0.95), 1)}
    for kind, limit in LIMITS_MS.items():
        found[kind]["limit_ms"] = limit
    found["seen"]["limit_ms"] = LIMITS_MS["applied"] + BEAT_MS
    found["cpu_cores"] = round((sum(map(cpu_s, workers)) - before) / (time.monotonic() - started), 2)
    for task in listening:
        task.cancel()
    for socket in sockets:
        socket.break_off()
    return found
