"""A room of sixty: 12 teams of five browsers and one control room, from the pre-market to 10:15 at default speed, on one machine.

What a trainer needs of it: beats that begin in time, frames that are young when they come, a control room that misses nothing,
and memory that does not grow. Everything on the way is real: workers, broker, web server, sockets that acknowledge every frame,
and people who give commands. When a picture was told is heard from a subscription of the bench's own.
"""

import asyncio
import json
import random
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

import redis

from game.live.loudspeaker import unpack
from tests import days
from tests.bench.games import lateness
from tests.bench.stage import cpu_s, go_ahead, quantile, rss_mb, stage
from tests.builders import eventually, new_exercise, signed_in_session, taken_seat
from tests.integration.world import World
from tests.socket_client import Closed, Socket

TEAMS = 12
PEOPLE = ("deployer", "deployer", "operator", "operator", "risk")
MORNING = ("08:00", "10:15")
COMMAND_EVERY_S = 8.0
SETTLED_S = 60.0  # caches are full and every desk has been told everything once: memory is measured from here
PROCESSES = ("games-1", "games-2", "control", "web")
LIMITS_MS = {"late": 100, "age": 300}  # at p99
COMMANDS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "deployer": [("checksum.run", {"servers": [1]}), ("bridge.say", {"text": "Looking at the fleet."})],
    "operator": [("log.tail", {"server": 8}), ("server.look", {"server": 8}), ("bridge.say", {"text": "The rates are high."})],
    "risk": [("stock.watch", {"symbol": "HKV"}), ("bridge.say", {"text": "I call the exchange."})],
}
_FRAME = re.compile(rb'\{"t":"frame","seq":(\d+),"step":(-?\d+),')


def run(args: Any = None) -> dict[str, Any]:
    """Quantiles in ms, megabytes, cores. `args.runs` makes it fewer teams, `args.seconds` a shorter window."""
    teams = getattr(args, "runs", None) or TEAMS
    seconds = getattr(args, "seconds", None)
    with stage() as world:
        exercise, cookies = rows(teams)
        world.start_all(*PROCESSES, threads=max(40, teams))
        if getattr(args, "ahead", False):
            go_ahead(world)
        return {"teams": teams, "people": len(cookies), **asyncio.run(play(world, exercise, cookies, seconds))}


def rows(teams: int) -> tuple[Any, list[tuple[str, str, str]]]:
    """An exercise, and team, desk and cookie of everybody in it."""
    exercise = new_exercise(team="Team 1", start_step=days.step_at(MORNING[0]), help="2012", autopilot="assistant")
    for number in range(2, teams + 1):
        exercise.add_team(f"Team {number}", "assistant")
    seats = [(team.name, desk, place) for team in exercise.teams.all() for place, desk in enumerate(PEOPLE)]
    return exercise, [(team, desk, taken_seat(exercise, team=team, desk=desk, name=f"{team} {place}")[1]) for team, desk, place in seats]


class _Told(threading.Thread):
    """When which picture was told, by run and desk."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.at: dict[tuple[str, int], float] = {}
        self.done = threading.Event()

    def run(self) -> None:
        from django.conf import settings

        pubsub = redis.Redis.from_url(settings.REDIS_URL, decode_responses=True).pubsub(ignore_subscribe_messages=True)
        pubsub.psubscribe("ob:run:*")
        while not self.done.is_set():
            try:
                message = pubsub.get_message(timeout=0.2)
            except redis.RedisError:  # the world has ended
                return
            if message:
                self.at.setdefault((message["channel"], unpack(message["data"]).step), time.monotonic())


class _Browser:
    """One person at a desk: draws at once, and does something now and then."""

    def __init__(self, told: _Told, channel: str, desk: str) -> None:
        self.told, self.channel, self.desk = told, channel, desk
        self.ages_ms: list[float] = []
        self.frames = 0
        self.last = -(10**9)
        self.refused: Counter[str] = Counter()
        self.closed = ""

    async def hear(self, socket: Socket) -> None:
        try:
            while True:
                text = await socket.receive_text()
                if frame := _FRAME.match(text):
                    self._frame(int(frame[2]))
                    await socket.send({"t": "ack", "seq": int(frame[1])})
                elif b'"t":"error"' in text[:40] or b'"t":"bye"' in text[:40]:
                    self.refused[json.loads(text)["reason"]] += 1
        except Closed as end:
            self.closed = str(end)

    def _frame(self, step: int) -> None:
        self.frames += 1
        told = self.told.at.get((self.channel, step))
        if step > self.last and told is not None:
            self.ages_ms.append((time.monotonic() - told) * 1000)
        self.last = max(step, self.last)

    async def act(self, socket: Socket) -> None:
        while True:
            await asyncio.sleep(random.uniform(0.5, 1.5) * COMMAND_EVERY_S)
            kind, args = random.choice(COMMANDS[self.desk])
            await socket.send({"t": "command", "id": str(uuid.uuid4()), "kind": kind, "args": args, "confidence": None, "why": ""})


class _ControlRoom:
    """The facilitator's page: how long a team's row stood still while its market moved, and whether the line ever broke."""

    def __init__(self, teams: int) -> None:
        self.teams = teams
        self.frames = 0
        self.bytes = 0
        self.numbers: list[int] = []
        self.closed = ""

    async def hear(self, socket: Socket) -> None:
        try:
            while True:
                text = await socket.receive_text()
                if frame := _FRAME.match(text):
                    self.frames += 1
                    self.bytes += len(text)
                    self.numbers.append(int(frame[1]))
                    await socket.send({"t": "ack", "seq": int(frame[1])})
        except Closed as end:
            self.closed = str(end)

    def told(self) -> dict[str, Any]:
        """Frames are numbered: a number that is missing is a drop."""
        missing = sum(after - before - 1 for before, after in zip(self.numbers, self.numbers[1:], strict=False))
        return {"frames": self.frames, "drops": missing, "mean_bytes": round(self.bytes / max(self.frames, 1)), "closed": self.closed}


async def play(
    world: World, exercise: Any, cookies: list[tuple[str, str, str]], seconds: float | None, webs: Sequence[tuple[str, int]] = ()
) -> dict[str, Any]:
    """A morning, or so many seconds of it. `webs`: address and port of the web processes, if there are several."""
    webs = webs or (("127.0.0.1", world.port),)
    told = _Told()
    told.start()
    runs = await asyncio.to_thread(_begin, exercise)
    browsers, tasks = [], []
    for number, (team, desk, cookie) in enumerate(cookies):
        socket = await Socket.open(*webs[number % len(webs)], f"/ws/seat/{desk}/", cookie)
        browser = _Browser(told, f"ob:run:{runs[team]}:{desk}", desk)
        browsers.append(browser)
        tasks += [asyncio.create_task(browser.hear(socket)), asyncio.create_task(browser.act(socket))]
    control = _ControlRoom(len(runs))
    session = await asyncio.to_thread(signed_in_session)
    line = await Socket.open(*webs[0], f"/ws/control/{exercise.code}/", session=session)
    tasks.append(asyncio.create_task(control.hear(line)))
    found = await _window(world, exercise, browsers, seconds)
    for task in tasks:
        task.cancel()
    told.done.set()
    ages = [age for browser in browsers for age in browser.ages_ms]
    return {
        **found,
        "frames": sum(browser.frames for browser in browsers),
        "age_p50_ms": round(quantile(ages, 0.5), 1),
        "age_p99_ms": round(quantile(ages, 0.99), 1),
        "age_limit_ms": LIMITS_MS["age"],
        "closed": dict(Counter(browser.closed for browser in browsers if browser.closed)),
        "errors": dict(sum((browser.refused for browser in browsers), Counter())),
        "control_room": control.told(),
    }


def _begin(exercise: Any) -> dict[str, int]:
    """Start; the run of every team."""
    from game.control.exercise_controls import drive
    from game.models import Run

    drive(exercise, "start")
    eventually(lambda: not Run.objects.filter(step__lte=exercise.start_step).exists(), 300, "all runs move")
    return dict(Run.objects.values_list("team__name", "pk"))


async def _window(world: World, exercise: Any, browsers: list[_Browser], seconds: float | None) -> dict[str, Any]:
    """The morning, or so many seconds of it after everything has settled."""
    pids = {name: process.pid for name, process in world.processes.items() if name != "broker"}
    settled = SETTLED_S if seconds is None else min(SETTLED_S, seconds)
    await asyncio.sleep(settled)  # windows of wall time are what is measured
    for browser in browsers:
        browser.ages_ms.clear()
    marks = {name: len(world.log(name)) for name in pids}
    before, started = {name: (rss_mb(pid), cpu_s(pid)) for name, pid in pids.items()}, time.monotonic()
    end = days.step_at(MORNING[1])
    while (time.monotonic() - started < seconds) if seconds else (await asyncio.to_thread(_furthest, exercise) < end):
        await asyncio.sleep(1.0)
    wall = time.monotonic() - started
    late = [value for name in pids if name.startswith("games") for value in lateness(world.log(name)[marks[name] :])]
    return {
        "seconds": round(wall),
        "reached": days.clock(await asyncio.to_thread(_furthest, exercise)),
        "beats": len(late),
        "late_p50_ms": quantile(late, 0.5),
        "late_p99_ms": quantile(late, 0.99),
        "late_limit_ms": LIMITS_MS["late"],
        "memory_mb": {name: f"{before[name][0]} -> {rss_mb(pid)}" for name, pid in pids.items()},
        "cpu_cores": {name: round((cpu_s(pid) - before[name][1]) / wall, 2) for name, pid in pids.items()},
    }


def _furthest(exercise: Any) -> int:
    return int(exercise.step)
