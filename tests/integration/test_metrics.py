"""What operators are told: each process counts its own work at a port of its own, for who may ask, and the dashboard knows nothing else."""

import asyncio
import json
import re
import socket
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests import days
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.world import World, free_port
from tests.socket_client import Socket

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-of-the-house"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class House:
    """Processes as an administrator starts them, each with a port for its metrics."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ports = {name: free_port() for name in ("web", "control", "games")}
        self._start("web", "web", "--port", str(world.port))
        self._start("control", "control")
        self._start("games", "worker", "games", "--threads", "4")
        for name in ("control", "games"):
            eventually(lambda name=name: "ready." in world.log(name), 40, f"{name} is ready")
        eventually(world._web_answers, 40, "web is ready")

    def _start(self, name: str, *arguments: str) -> None:
        self.world.start(name, [sys.executable, "manage.py", *arguments, "--metrics-port", str(self.ports[name])], METRICS_TOKEN=TOKEN)

    def asked(self, name: str, path: str = "/metrics", **headers: str) -> tuple[int, str]:
        """Status and text of an answer."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports[name]}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read().decode()

    def scraped(self, name: str) -> str:
        """What a Prometheus that has the token reads."""
        status, text = self.asked(name, Authorization=f"Bearer {TOKEN}")
        assert status == 200
        return text

    def value(self, process: str, name: str, **labels: str) -> float:
        """One figure; 0 where there is none yet."""
        return samples(self.scraped(process)).get((name, frozenset(labels.items())), 0.0)


def samples(text: str) -> Samples:
    return {(one.name, frozenset(one.labels.items())): one.value for family in text_string_to_metric_families(text) for one in family.samples}


def named(text: str) -> set[str]:
    """Every name that may stand in a query: of what was counted, and of what was not yet."""
    families = list(text_string_to_metric_families(text))
    return {one.name for family in families for one in family.samples} | {f"{one.name}_total" for one in families if one.type == "counter"}


@pytest.fixture
def house(world) -> House:
    return House(world)


def test_a_game_is_counted_by_those_who_do_the_work_and_the_dashboard_asks_for_nothing_else(house):
    exercise = new_exercise(start_step=days.step_at("09:29"), speeds={"premarket": 10, "bell": 10})
    _, cookie = taken_seat(exercise)
    exercise.start()

    async def play() -> None:
        desk = await Socket.open("127.0.0.1", house.world.port, "/ws/seat/operator/", cookie)
        await desk.until("frame")
        for server in (3, 99):
            await desk.send({"t": "command", "id": str(uuid.uuid4()), "kind": "server.stop", "args": {"server": server}, "confidence": "likely", "why": ""})
        await desk.until("refused")
        assert await asyncio.to_thread(house.value, "web", "opening_bell_sockets", window="seat") == 1
        await desk.send_raw(8, b"")

    asyncio.run(play())
    eventually(lambda: house.value("web", "opening_bell_sockets", window="seat") == 0, what="who has left is not counted")
    assert house.value("web", "opening_bell_frame_age_seconds_count") > 0
    assert 0 < house.value("web", "opening_bell_frame_age_seconds_sum") < 60
    assert house.value("web", "opening_bell_commands_received_total") == 2
    eventually(lambda: house.value("games", "opening_bell_runs_turned") == 1, what="a worker has the run")
    eventually(lambda: house.value("games", "opening_bell_beat_late_seconds_count") > 4, what="it beats, no longer at full speed")
    assert all(house.value("games", "opening_bell_commands_total", result=result) >= 1 for result in ("applied", "refused"))
    assert house.value("control", "opening_bell_runs", state="running") == 1
    exercise.end()
    eventually(lambda: house.value("control", "opening_bell_runs", state="ended") == 1, 20, "its run is scored")
    eventually(lambda: house.value("games", "opening_bell_tasks_total", task="game.tasks.run_segment", state="success") >= 1, what="the segment is over")

    scraped = {name: house.scraped(name) for name in house.ports}
    assert "opening_bell_queue_length" not in scraped["games"] + scraped["web"], "what every process could see one tells"
    dashboard = json.loads((ROOT / "game/deploy/grafana.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked = {name for query in queries for name in re.findall(r"\b(?:opening_bell|process)_\w+", query)}
    assert asked <= set().union(*(named(text) for text in scraped.values()))
    ours = {name for text in scraped.values() for name in named(text) if name.startswith("opening_bell_") and not name.endswith("_sum")}
    assert {re.sub("_(bucket|count)$", "", name) for name in ours} == {re.sub("_(bucket|count)$", "", name) for name in asked if "process_" not in name}


def test_metrics_are_told_to_who_has_the_token_and_outlive_what_they_ask(house):
    for header in ({}, {"Authorization": "Bearer another"}, {"Authorization": f"Basic {TOKEN}"}):
        status, text = house.asked("control", **header)
        assert status == 401 and TOKEN not in text and "opening_bell" not in text
    assert house.asked("control", "/", Authorization=f"Bearer {TOKEN}")[0] == 404
    house.world.kill("broker")
    assert house.value("control", "opening_bell_runs", state="running") == 0
    assert "opening_bell_queue_length{" not in house.scraped("control"), "what cannot be asked is left out, and not zero"
    eventually(lambda: house.value("control", "opening_bell_log_lines_total", level="warning", event="the broker is away") > 0, what="warnings are counted")


def test_a_port_that_cannot_be_had_is_refused_in_one_line(world):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for environment, expected in (
            ({"METRICS_PORT": "many"}, "METRICS_PORT is 'many': expected a port from 1 to 65535"),
            ({"METRICS_PORT": port}, f"Port {port} of 127.0.0.1 cannot be used for metrics: Address already in use. Choose another with --metrics-port."),
            ({"METRICS_HOST": "0.0.0.0"}, "METRICS_HOST is '0.0.0.0': expected METRICS_TOKEN beside it, or the address of a private network"),
            ({"METRICS_HOST": "my-host"}, "METRICS_HOST is 'my-host': expected an address of this machine"),
            ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN has 5 characters: expected 16 at least"),
        ):
            done = world.manage("control", **environment)
            assert (done.returncode, done.stderr.count("\n")) == (2, 1) and expected in done.stderr
    assert "--metrics-port is 70000: expected a number from 1 to 65535" in world.manage("control", "--metrics-port", "70000").stderr
