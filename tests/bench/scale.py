"""What more processes hold, and what a game costs those that all share: rooms on PostgreSQL and Valkey, with 1, 2 and 4 workers of games
and 1 and 2 web processes.

For each, eight teams more play until beats begin later than 50 ms at p99, or the machine is nearly full; five browsers sit in each team.
Where it can, every process has a network namespace as its host, and broker and database are reached by TCP. Broker, database and browsers run
on the same machine, and say what they took of it: where all of it together is nearly all there is, the processes are not what is measured.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import psycopg
import redis

from tests.bench import room
from tests.bench.hosts import Hosts, possible
from tests.bench.stage import cpu_s, go_ahead, stage
from tests.builders import eventually
from tests.children import end_with_us
from tests.integration.world import World, free_port

HOSTS = ((1, 1), (2, 1), (2, 2), (4, 2))  # workers of games, web processes
LATE_MS = 50.0
BUSY = 0.85  # of the machine: beyond, whoever makes the load is in the way
SECONDS = 30.0
FIRST, STEP = 8, 8  # teams


def run(args: Any = None) -> dict[str, Any]:
    """Teams held, by processes; of the last room that was held, what it took. `args.runs`: so many teams, and no search."""
    seconds = getattr(args, "seconds", None) or SECONDS
    fixed = getattr(args, "runs", None)
    found: dict[str, Any] = {"seconds": seconds, "limit_ms": LATE_MS}
    for games, webs in HOSTS:
        held: dict[str, Any] = {"teams": 0}
        teams = fixed or FIRST
        while True:
            told = _apart(teams, games, webs, seconds, getattr(args, "ahead", False))
            if told["late_p99_ms"] > LATE_MS and not fixed:
                held["beyond"] = {key: told[key] for key in ("teams", "late_p99_ms", "age_p99_ms", "busy")}
                break
            held = told
            if fixed or told["busy"] > BUSY:
                break
            teams += STEP
        found[f"games_{games}_web_{webs}"] = held
    return found


def _apart(*how: float) -> dict[str, Any]:
    """A room in a process of its own, whose database is its alone."""
    command = [sys.executable, "-m", "tests.bench.scale", *map(str, map(float, how))]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
    return told


def _room(teams: int, games: int, webs: int, seconds: float, *, ahead: bool) -> dict[str, Any]:
    with Hosts() if possible() else nullcontext() as hosts, _stage(hosts) as world:
        exercise, cookies = room.rows(teams)
        names = [f"games-{number}" for number in range(1, games + 1)]
        world.start_all(*names, "control", threads=max(40, teams))
        listening = [_web(world, hosts, f"web-{number}") for number in range(1, webs + 1)]
        if ahead:
            go_ahead(world)
        shared = _Shared(world)
        told = asyncio.run(room.play(world, exercise, cookies, seconds, listening))
        cores = told["cpu_cores"]
        return {
            "teams": teams,
            "hosts": len(hosts.numbers) if hosts else 0,
            **{key: told[key] for key in ("late_p50_ms", "late_p99_ms", "age_p50_ms", "age_p99_ms", "frames")},
            "cores": {kind: round(sum(used for name, used in cores.items() if name.startswith(kind)), 2) for kind in ("games", "web", "control")},
            **shared.since(teams),
        }


@contextmanager
def _stage(hosts: Hosts | None) -> Iterator[World]:
    """Broker and database; where there are hosts, both are reached by them, and processes start on a host each."""
    port = free_port()
    with stage("postgresql", *(("--port", str(port), "--bind", hosts.address, "--protected-mode", "no") if hosts else ())) as world:
        assert world.postgres
        if hosts:
            where = {
                "DATABASE_URL": world.postgres.listen_on(hosts.address, f"{hosts.address}/24"),
                "REDIS_URL": f"redis://{hosts.address}:{port}/0",
                "ALLOWED_HOSTS": "*",
            }
            here = world.start
            world.start = lambda name, command, **environment: here(name, hosts.on(name, command), **where, **environment)  # type: ignore[method-assign]
        yield world


def _web(world: World, hosts: Hosts | None, name: str) -> tuple[str, int]:
    """Start a web process; where it listens."""
    where = hosts.of(name) if hosts else "127.0.0.1", free_port()
    world.start(name, [sys.executable, "manage.py", "web", "--host", where[0], "--port", str(where[1])])

    def up() -> bool:
        with suppress(OSError), socket.create_connection(where, 0.5):
            return True
        return False

    eventually(up, 40, f"{name} answers")
    return where


class _Shared:
    """What all processes share, and this one, from here on."""

    def __init__(self, world: World) -> None:
        from django.conf import settings

        assert world.postgres
        self.broker = redis.Redis.from_url(settings.REDIS_URL)
        self.database = psycopg.connect(f"host={world.postgres.data} port={world.postgres.port} user=postgres dbname=bell", autocommit=True)
        self.broker_pid = world.processes["broker"].pid
        self.began, self.before = time.monotonic(), self._counted()

    def _counted(self) -> dict[str, float]:
        row = self.database.execute(
            "select xact_commit, tup_inserted + tup_updated, pg_database_size(datname) from pg_stat_database where datname = 'bell'"
        ).fetchone()
        assert row
        info: Any = self.broker.info()
        machine = os.times()
        with open("/proc/stat") as file:
            ticks = [int(one) for one in file.readline().split()[1:]]
        return {
            "commits": float(row[0]),
            "rows": float(row[1]),
            "bytes": float(row[2]),
            "commands": float(info["total_commands_processed"]),
            "sent": float(info["total_net_output_bytes"]),
            "memory": float(info["used_memory"]),
            "broker_s": cpu_s(self.broker_pid),
            "own_s": machine.user + machine.system,
            "idle": float(ticks[3] + ticks[4]),
            "ticks": float(sum(ticks)),
        }

    def since(self, teams: int) -> dict[str, Any]:
        """A game's share of it a second; cores of the broker and of the browsers; how busy the machine was."""
        seconds, now = time.monotonic() - self.began, self._counted()
        grown = {key: now[key] - self.before[key] for key in now}
        self.database.close()
        return {
            "busy": round(1 - grown["idle"] / max(grown["ticks"], 1), 2),
            "broker_cores": round(grown["broker_s"] / seconds, 2),
            "browsers_cores": round(grown["own_s"] / seconds, 2),
            "a_game": {
                "commits_a_s": round(grown["commits"] / seconds / teams, 2),
                "rows_a_s": round(grown["rows"] / seconds / teams, 2),
                "postgresql_kb": round(grown["bytes"] / 1024 / teams, 1),
                "valkey_commands_a_s": round(grown["commands"] / seconds / teams, 1),
                "valkey_sent_kb_a_s": round(grown["sent"] / 1024 / seconds / teams, 1),
                "valkey_kb": round(grown["memory"] / 1024 / teams, 1),
            },
        }


if __name__ == "__main__":
    end_with_us()
    teams, games, webs, seconds, ahead = map(float, sys.argv[1:])
    print(json.dumps(_room(int(teams), int(games), int(webs), seconds, ahead=bool(ahead))))
