"""400 browsers over 40 runs on one web server: milliseconds from publish to receipt, drops, and memory with stalled browsers.

What is published are cards of the size of a desk's frame, four times a second a run, through the clock's own loudspeaker;
who receives are real sockets that acknowledge every frame. Publisher and receivers share this process's monotonic clock.
"""

import asyncio
import itertools
import threading
import time
from typing import Any

from tests.bench.stage import cpu_s, go_ahead, quantile, rss_mb, stage
from tests.builders import new_exercise, taken_seat
from tests.integration.world import World
from tests.socket_client import Closed, Socket

CLIENTS, RUNS, STALLED = 400, 40, 10
SECONDS = 20.0
BEAT_S = 0.25
CARD_BYTES = 2000
OPEN_AT_ONCE = 20


def run(args: Any = None) -> dict[str, Any]:
    """Latency, drops, CPU and memory. `args.clients` and `args.seconds` make it smaller."""
    clients = getattr(args, "clients", None) or CLIENTS
    seconds = getattr(args, "seconds", None) or SECONDS
    with stage() as world:
        runs, cookies = _rows()
        world.start_all("web")
        if getattr(args, "ahead", False):
            go_ahead(world)
        return asyncio.run(_play(world, runs, cookies, clients, seconds))


def _rows() -> tuple[list[int], list[str]]:
    """A run each with a seat that is taken."""
    from game.models import Run

    exercise = new_exercise(team="Team 1")
    for number in range(2, RUNS + 1):
        exercise.add_team(f"Team {number}")
    exercise.start()
    cookies = [taken_seat(exercise, team=team.name, name=f"Dana {team.place}")[1] for team in exercise.teams.all()]
    return list(Run.objects.order_by("team__place").values_list("pk", flat=True)), cookies


class _Receiver:
    """A browser that draws at once."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.counts: list[int] = []

    async def play(self, socket: Socket) -> None:
        try:
            while True:
                message = await socket.receive()
                if message["t"] != "frame":
                    continue
                if "beat" in message["cards"]:
                    beat = message["cards"]["beat"]["d"]
                    self.latencies.append((time.monotonic() - beat["at"]) * 1000)
                    self.counts.append(beat["count"])
                await socket.send({"t": "ack", "seq": message["seq"]})
        except Closed:
            pass

    def drops(self) -> int:
        """Beats between the first and the last that never came by themselves."""
        return sum(after - before - 1 for before, after in itertools.pairwise(self.counts))


class _Publisher(threading.Thread):
    """The clocks of all runs, beat by beat, spread over the quarter of a second as real ones are."""

    def __init__(self, runs: list[int]) -> None:
        super().__init__(daemon=True)
        from game.live.loudspeaker import Loudspeaker

        self.speakers = [Loudspeaker(run_id) for run_id in runs]
        self.done = threading.Event()
        self.published = 0

    def run(self) -> None:
        filler = "x" * CARD_BYTES
        due = time.monotonic()
        for count in itertools.count():
            for speaker in self.speakers:
                due += BEAT_S / len(self.speakers)
                if self.done.wait(max(0.0, due - time.monotonic())):
                    return
                card = {"count": count, "at": time.monotonic(), "filler": filler}
                speaker.tell(count, {"operator": {"beat": card}}, {})
                self.published += 1


async def _play(world: World, runs: list[int], cookies: list[str], clients: int, seconds: float) -> dict[str, Any]:
    web = world.processes["web"].pid
    gate = asyncio.Semaphore(OPEN_AT_ONCE)

    async def opened(number: int) -> Socket:
        async with gate:
            return await Socket.open("127.0.0.1", world.port, "/ws/seat/operator/", cookies[number % len(cookies)])

    sockets = await asyncio.gather(*(opened(number) for number in range(clients)))
    receivers = [_Receiver() for _ in sockets]
    tasks = [asyncio.create_task(one.play(socket)) for one, socket in zip(receivers, sockets, strict=True)]
    publisher = _Publisher(runs)
    publisher.start()
    while not all(receiver.counts for receiver in receivers):  # the window begins when everybody is served
        await asyncio.sleep(BEAT_S)
    found = {"clients": clients, "runs": len(runs), "seconds": seconds, "card_bytes": CARD_BYTES}
    found |= await _window(web, receivers, seconds)
    stalled = [await opened(number) for number in range(STALLED)]
    with_stalled = await _window(web, receivers, seconds)
    found |= {"stalled": len(stalled), "with_stalled": with_stalled}
    publisher.done.set()
    for task in tasks:
        task.cancel()
    for socket in [*sockets, *stalled]:
        socket.break_off()
    return found


async def _window(web: int, receivers: list[_Receiver], seconds: float) -> dict[str, Any]:
    for receiver in receivers:
        receiver.latencies.clear()
        receiver.counts.clear()
    before, cpu, started = rss_mb(web), cpu_s(web), time.monotonic()
    await asyncio.sleep(seconds)
    wall = time.monotonic() - started
    latencies = [value for receiver in receivers for value in receiver.latencies]
    return {
        "frames": len(latencies),
        "p50_ms": round(quantile(latencies, 0.5), 1),
        "p99_ms": round(quantile(latencies, 0.99), 1),
        "drops": sum(receiver.drops() for receiver in receivers),
        "cpu_cores": round((cpu_s(web) - cpu) / wall, 2),
        "rss_mb_before": before,
        "rss_mb_after": rss_mb(web),
    }
