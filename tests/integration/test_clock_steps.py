"""The wall clock of the whole machine is moved while it plays, as NTP, a waking laptop and a restored machine move it: nothing changes.

Debian's libfaketime stands between every process (Valkey too) and the wall clock; the monotonic clock stays as it is.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from game.models import Deed, Exercise, Planning, Player, Run, Seat
from game.people import presence
from tests.builders import eventually, missing, new_exercise, taken_seat
from tests.children import own_folder
from tests.integration.nursery import Nursery
from tests.integration.test_crash import owner, running, shown_step
from tests.integration.test_planning import begun, in_the_week
from tests.integration.world import Watch, World
from tests.socket_client import Closed, Socket

STEPS = (600, -3600, 86_400, -86_400)  # seconds, from the true time
GAP_S = 1.5  # a beat that is late on a busy machine
# Under faketime, with nothing beside it, five to nine seconds were measured; what is looked for here is ten minutes, or an hour. So it may run
# in company.
KILLED_S = 30.0


def told(library: str, file: Path) -> dict[str, str]:
    """The environment of processes that take their time from a file."""
    return {
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


@cache
def shown(library: str) -> tuple[Path, Nursery]:
    """One clock for all tests, and where processes that look at it are forked."""
    file = own_folder() / "wall-clock"
    file.write_text("+0\n")
    return file, Nursery(environment=told(library, file))


class WallClock:
    """What time the processes of a world take it to be."""

    def __init__(self, world: World) -> None:
        library = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not library:
            missing("faketime", "apt-get install -y faketime")
        self._file, world.nursery = shown(str(library[0]))
        self.set(0)
        world.environment |= told(str(library[0]), self._file)

    def set(self, seconds: int) -> None:
        """So far from the true time, for processes that run as well within a second."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._file)


class Screens:
    """Sockets of players that are read and answered, as browsers do; `cut` counts those that the server ended."""

    def __init__(self, world: World, cookies: dict[str, str]) -> None:
        self.world, self.cookies, self.cut = world, cookies, 0
        self._done, self._left = threading.Event(), set[str]()

    def __enter__(self) -> "Screens":
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(10)

    def leave(self, desk: str) -> None:
        """The screen of a desk goes away."""
        self._left.add(desk)

    async def _all(self) -> None:
        await asyncio.gather(*(self._one(desk, cookie) for desk, cookie in self.cookies.items()))

    async def _one(self, desk: str, cookie: str) -> None:
        socket = await Socket.open("127.0.0.1", self.world.port, f"/ws/seat/{desk}/", cookie)
        try:
            while not self._done.is_set() and desk not in self._left:
                with suppress(TimeoutError):
                    await socket.until("frame", 1.0)
            socket.break_off()
        except (Closed, OSError):
            self.cut += 1


@pytest.fixture
def wall_clock(world) -> WallClock:
    """Of a world whose broker is started again under it."""
    clock = WallClock(world)
    world.kill("broker")
    world.start_broker()
    return clock


@pytest.fixture
def seated(world, wall_clock) -> Iterator[tuple[Run, Screens]]:
    """A market that moves, with three people at its desks."""
    world.start_all("games-1", "games-2", "control", "web")
    run = running(speed=2.0)
    cookies = {desk: taken_seat(run.team.exercise, desk, name=f"P {desk}")[1] for desk in ("deployer", "operator", "risk")}
    eventually(lambda: shown_step(run) > run.team.exercise.start_step, 30, "the market moves")
    with Screens(world, cookies) as screens:
        eventually(lambda: Player.objects.filter(exercise=run.team.exercise, seen_at__isnull=False).count() == 3, 20, "they sit")
        yield run, screens


@pytest.mark.alone
def test_no_step_of_the_wall_clock_stops_a_beat_takes_a_seat_or_cuts_a_line(world, wall_clock, seated):
    run, screens = seated
    began = Run.objects.get(pk=run.pk).epoch
    for seconds in STEPS:
        with Watch(world.broker_url, run.pk) as watch:
            wall_clock.set(seconds)
            watch.more(32, 30)  # eight seconds: longer than a lease, a ping of the sweeper's and a dispatch last
        assert watch.gap() <= GAP_S, f"{seconds} s: a beat failed"
    exercise = Exercise.objects.get(pk=run.team.exercise_id)
    assert not Seat.objects.filter(team__exercise=exercise, covered=True).exists()
    assert not Player.objects.filter(exercise=exercise).exclude(gone_at=None).exists()
    assert (exercise.state, exercise.halt, screens.cut) == ("running", "", 0)
    assert not Deed.objects.filter(exercise=exercise).exists()
    assert Run.objects.get(pk=run.pk).epoch <= began + 3, "only segments that ended went on elsewhere"


@pytest.mark.parametrize("seconds", [600, -3600])
def test_after_a_step_a_killed_worker_is_replaced_as_fast_as_before_and_who_leaves_is_stood_in_for(world, wall_clock, seated, seconds):
    run, screens = seated
    wall_clock.set(seconds)
    with Watch(world.broker_url, run.pk) as watch:
        world.kill(owner(world, run))
        watch.more(10, 60)
    assert watch.gap() <= KILLED_S
    risk = Player.objects.filter(holdings__seat__team=run.team_id, holdings__seat__desk="risk")
    screens.leave("risk")
    eventually(risk.exclude(gone_at=None).exists, 20, "it is noticed")
    risk.update(gone_at="2012-08-01T00:00Z", silent_s=presence.GRACE_S)
    eventually(lambda: Deed.objects.filter(text__contains="the assistant plays").exists(), 20, "the seat is covered")


def test_the_seconds_of_a_planning_pause_go_on(world, wall_clock):
    world.start_all("games-1", "control")
    run = in_the_week(planning_s=12)
    pause = eventually(lambda: Planning.objects.filter(exercise=run.team.exercise).first(), 30, "the first evening is planned")
    wall_clock.set(-3600)
    eventually(lambda: Planning.objects.get(pk=pause.pk).left_s <= 9, 20, "they are counted")
    wall_clock.set(600)
    assert not Planning.objects.get(pk=pause.pk).over
    eventually(lambda: begun(run), 25, "the evening begins by itself")


def test_an_exercise_that_is_started_after_a_step_back_finds_a_worker(world, wall_clock):
    world.start_all("games-1", "control")
    wall_clock.set(-86_400)
    exercise = new_exercise(start_step=0)
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    eventually(lambda: shown_step(run) > 0, 20, "the market moves")
