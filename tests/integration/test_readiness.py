"""What an administrator and a load balancer are told: a process proves that it could work, and a house that a game could be played."""

import asyncio
import http.client
import json
import os
import re
import time
from pathlib import Path

import pytest

from game.ops.health import HEALTH, READY
from game.people import joining
from game.people.access import cookie_value
from tests.builders import eventually, missing, new_exercise
from tests.integration.world import World
from tests.socket_client import Socket

STRANGER = {"Host": "10.244.1.7:8000"}  # as a probe comes, by the address of a container


def asked(world: World, path: str) -> tuple[int, dict[str, str]]:
    line = http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)
    line.request("GET", path, headers=STRANGER)
    answer = line.getresponse()
    assert answer.getheader("Cache-Control") == "no-store"
    return answer.status, json.loads(answer.read())


def ready(world: World, **parts: str) -> bool:
    status, told = asked(world, READY)
    whole = {"database": "ok", "broker": "ok", "workers": "ok"} | parts
    return told == whole and status == (503 if parts else 200)


def test_a_house_is_ready_as_long_as_all_of_its_parts_are(world):
    world.start_all("games-1", "control", "web")
    eventually(lambda: ready(world), 10, "everything is there")
    world.kill("games-1")
    eventually(lambda: ready(world, workers="missing"), 15, "a worker that is killed is missed")
    world.start_all("games-1")
    eventually(lambda: ready(world), 10, "another takes its place")
    world.kill("broker")
    eventually(lambda: ready(world, broker="missing", workers="missing"), 10, "nobody can be told anything")
    assert asked(world, HEALTH) == (200, {"process": "ok"}), "who only asks whether this process runs starts it again for nothing"
    world.start_broker()
    eventually(lambda: ready(world), 20, "it has come back")


def test_a_lobby_says_that_the_market_is_still_starting_until_it_has(world):
    player, token, _ = joining.join(new_exercise(), "Ana")
    world.start_all("web")

    async def look() -> None:
        lobby = await Socket.open("127.0.0.1", world.port, "/ws/lobby/", cookie_value(player, token))
        assert (await lobby.until("frame"))["cards"]["lobby"]["d"]["starting"] is True
        await asyncio.to_thread(world.start_all, "games-1")
        assert (await lobby.until("frame"))["cards"]["lobby"]["d"]["starting"] is False

    asyncio.run(look())


@pytest.mark.parametrize("database", ["postgresql"])
def test_a_database_that_is_gone_is_missed(world):
    world.start_all("games-1", "control", "web")
    eventually(lambda: ready(world), 10, "everything is there")
    world.postgres.stop()
    eventually(lambda: ready(world, database="missing"), 10, "it is missed")


def test_a_process_that_lacks_something_says_all_of_it_and_how_to_mend_it():
    world = World()
    try:
        done = world.manage("web", "--check")
        assert done.returncode == 2
        for said in ("The database lacks migrations (", "does not answer", "run `manage.py collectstatic --noinput`"):
            assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert "collectstatic" not in world.manage("control", "--check").stderr, "it sends no files"
    finally:
        world.close()


def test_a_process_that_lacks_nothing_is_ready_until_a_file_changes(world):
    assert world.manage("worker", "games", "--check").stdout == "Ready.\n"
    assert world.manage("collectstatic", "--noinput").returncode == 0
    assert world.manage("web", "--check").stdout == "Ready.\n"
    manifest = Path(world.state, "static", "staticfiles.json")
    os.utime(manifest, (time.time() - 10**8,) * 2)
    assert "of another version" in world.manage("web", "--check").stderr


@pytest.mark.parametrize("database", ["postgresql"])
def test_a_clock_that_is_not_the_others_is_told(world):
    library = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not library:
        missing("faketime", "apt-get install -y faketime")
    line = world.manage("control", "--check", LD_PRELOAD=str(library[0]), FAKETIME="+90s").stderr
    for whose in ("database", "broker"):
        assert re.search(rf"is \+(89|90|91)\.\d s from the {whose}'s: expected 2 s at most", line), line


def test_a_house_on_several_hosts_has_no_key_of_its_own_making():
    world = World()
    try:
        for name, url in (("DATABASE_URL", "postgres://bell:secret@db.example/bell"), ("REDIS_URL", "redis://:secret@broker.example:6379/0")):
            done = world.manage("control", "--check", SECRET_KEY="", **{name: url})
            assert done.returncode == 2 and f"SECRET_KEY is not set, and {name} is on another host" in done.stderr
            assert "secret@" not in done.stderr
        assert not Path(world.state, "secret-key").exists()
        for address in ("127.0.0.1:1/0", "127.0.0.1:x/0"):  # one where nobody is, and one that is none
            line = world.manage("control", "--check", REDIS_URL=f"redis://bell:top-secret@{address}").stderr
            assert f"redis://bell:***@{address}" in line and "top-secret" not in line
    finally:
        world.close()
