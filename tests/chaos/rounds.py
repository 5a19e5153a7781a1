"""A round: an exercise that people play while its processes are killed, frozen and started again, and then ended."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tests import days
from tests.builders import new_exercise, taken_seat
from tests.chaos.people import Person
from tests.chaos.plan import FREEZE, FROZEN_S, Plan
from tests.chaos.verdict import too_late, troubles
from tests.integration.world import World

PROCESSES = ("games-1", "games-2", "control", "web")
STARTS = {"advance": "08:00", "planning": "27 Jul 18:00", "bell": "09:28", "unwind": "10:14"}
ADVANCE_TO = "11:00"
DESKS = ("deployer", "operator", "risk")
THREADS = 8
STARTS_S, MOVES_S, ENDS_S = 180.0, 90.0, 90.0
LOOK_S = 0.1


@dataclass
class Found:
    """What came of a round."""

    plan: Plan
    kills: Counter[str] = field(default_factory=Counter)
    died: Counter[str] = field(default_factory=Counter)  # processes that ended by themselves
    acknowledged: int = 0
    too_late: int = 0
    verified: int = 0
    frames: int = 0
    back: int = 0  # how often a browser came back
    seconds: float = 0.0
    troubles: list[str] = field(default_factory=list)


class Keeper:
    """Starts again what has died, as the supervisor does."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.killed: set[int] = set()
        self.died: Counter[str] = Counter()

    async def keep(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.to_thread(self._look)
            await asyncio.sleep(LOOK_S)

    def _look(self) -> None:
        for name, process in list(self.world.processes.items()):
            if process.poll() is not None:
                if process.pid not in self.killed:
                    self.died[f"{name} ({process.returncode})"] += 1
                self.world.spawn(name, threads=THREADS)

    def kill(self, names: Iterable[str]) -> None:
        """kill -9, all at the same moment."""
        for name in names:
            process = self.world.processes[name]
            self.killed.add(process.pid)
            process.send_signal(signal.SIGKILL)

    async def freeze(self, name: str) -> None:
        """Stop a process, and let it go on after ten seconds."""
        process = self.world.processes[name]
        process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(FROZEN_S)
        finally:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)


def begin(world: World) -> None:
    """Start what a round needs; debriefs and ghosts are nobody's here, and would take the machine."""
    world.start_all(*PROCESSES, threads=THREADS, queues="control", within=STARTS_S)


def play(world: World, plan: Plan) -> Found:
    """Play the round of a plan to its verdict."""
    found = Found(plan)
    started = time.monotonic()
    exercise, people = _rows(plan)
    asyncio.run(_play(world, plan, exercise, people, found))
    _judge(exercise, people, found)
    found.seconds = round(time.monotonic() - started, 1)
    return found


def _rows(plan: Plan) -> tuple[Any, list[Person]]:
    speeds = dict.fromkeys(("deployment", "premarket", "bell"), plan.speed) | {"unwind": 90.0}
    start = days.step_at(STARTS[plan.phase])
    exercise = new_exercise(title=f"Seed {plan.seed}", team="Team 1", start_step=start, speeds=speeds, autopilot="assistant", planning_s=600)
    for number in range(2, plan.teams + 1):
        exercise.add_team(f"Team {number}", "assistant")
    people = []
    for team in exercise.teams.all():
        for desk in DESKS:
            cookie = taken_seat(exercise, team=team.name, desk=desk, name=f"{team.name} {desk}")[1]
            people.append(Person(team.name, desk, cookie, random.Random(f"{exercise.code} {team.name} {desk}")))
    return exercise, people


async def _play(world: World, plan: Plan, exercise: Any, people: list[Person], found: Found) -> None:
    keeper = Keeper(world)
    keeping = asyncio.create_task(keeper.keep())
    living = [asyncio.create_task(person.live(world.port)) for person in people]
    try:
        await _rows_do(lambda: _drive(exercise, "start"))
        if plan.phase == "advance":
            await _rows_do(lambda: _drive(exercise, "advance", ADVANCE_TO))
        if not await _until(lambda: all(person.frames for person in people), MOVES_S):
            found.troubles.append(f"nobody was shown anything within {MOVES_S:g} s")
        await asyncio.gather(*(_do(keeper, plan, exercise, act, found) for act in _moments(plan)))
        for person in people:
            person.quiet = True
        await _rows_do(lambda: _drive(exercise, "end"))
        await _until(lambda: _rows_do(lambda: not _runs(exercise).exclude(state__in=("ended", "failed")).exists()), ENDS_S)
    finally:
        for task in (keeping, *living):
            task.cancel()
        await asyncio.gather(keeping, *living, return_exceptions=True)
        found.died = keeper.died


def _moments(plan: Plan) -> list[tuple[float, str, tuple[str, ...]]]:
    moments = [(act.at_s, act.kind, act.names) for act in plan.acts]
    if plan.phase == "planning" and plan.begins_s is not None and plan.begins_s < plan.ends_s:
        moments.append((plan.begins_s, "begin", ()))
    return [*moments, (plan.ends_s, "", ())]


async def _do(keeper: Keeper, plan: Plan, exercise: Any, moment: tuple[float, str, tuple[str, ...]], found: Found) -> None:
    """Wait for its time: windows of wall time are what a round is made of."""
    at, kind, names = moment
    await asyncio.sleep(at)
    if kind == "begin":
        await _rows_do(lambda: _drive(exercise, "begin"))
    elif kind:
        found.kills[kind] += 1
        if kind == FREEZE:
            await keeper.freeze(names[0])
        else:
            keeper.kill(names)


def _drive(exercise: Any, verb: str, value: Any = None) -> None:
    """As the facilitator does. That the room has paused itself, or an evening has begun, is no fault."""
    from game.control.exercise_controls import drive
    from game.models import RuleBroken

    with suppress(RuleBroken):
        drive(exercise, verb, value)


def _runs(exercise: Any) -> Any:
    from game.models import Run

    return Run.objects.filter(team__exercise=exercise).select_related("team__exercise").order_by("pk")


async def _rows_do(act: Callable[[], Any]) -> Any:
    def do() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return await asyncio.to_thread(do)


async def _until(look: Callable[[], Any], within: float) -> bool:
    """Whether it came true in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        found = look()
        if await found if asyncio.iscoroutine(found) else found:
            return True
        await asyncio.sleep(LOOK_S)
    return False


def _judge(exercise: Any, people: list[Person], found: Found) -> None:
    for run in _runs(exercise):
        theirs = [person for person in people if person.team == run.team.name]
        wrong = troubles(run, theirs)
        found.troubles += wrong
        found.verified += not wrong
        found.too_late += too_late(run)
    found.acknowledged = sum(len(person.acknowledged) for person in people)
    found.frames = sum(person.frames for person in people)
    found.back = sum(max(0, person.lines - 1) for person in people)
