"""Worlds for tests, with this process's Django looking into the same database and broker."""

import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from channels.layers import channel_layers
from django.conf import settings
from django.db import connections

import engine
from game import environment
from game.live import broker, lease
from game.models import Ghost
from tests.integration.nursery import Nursery
from tests.integration.world import Postgres, World
from tests.kept import made_from, tables

FILE, CLUSTER = "opening-bell.sqlite3", "postgres"


HISTORY = "from game.debrief.tasks import make_ghost; make_ghost.run('knight-2012', 79, None)"


def fill(world: World) -> None:
    """Make every table, and play history on the usual market: else whoever starts an exercise has a worker do that, for as long as most of
    the tests take. A test of that begins with `forget_history`.
    """
    for arguments in (("migrate", "--verbosity", "0"), ("shell", "-c", HISTORY)):
        done = world.manage(*arguments)
        assert done.returncode == 0, done.stderr


def forget_history() -> None:
    """Nobody has played history on any market."""
    Ghost.objects.all().delete()


@cache
def migrated() -> bytes:
    """A database file as `fill` leaves it, made once; a file a test is a copy."""

    def make(folder: Path) -> None:
        world = World(nursery=nursery())
        try:
            fill(world)
            with closing(sqlite3.connect(world.state / FILE)) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (folder / FILE).write_bytes((world.state / FILE).read_bytes())
        finally:
            world.close()

    with tables("sqlite", make, more=made_from("engine")) as folder:
        return (folder / FILE).read_bytes()


@contextmanager
def _cluster() -> Iterator[Path]:
    """A PostgreSQL cluster at rest, as `fill` leaves it; one a test is a copy. It does not lie on a disk that a test has brought."""

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", None)
            world = World("postgresql", nursery())
        try:
            fill(world)
            assert world.postgres
            world.postgres.stop("fast")
            subprocess.run(["cp", "-a", str(world.postgres.data), str(folder / CLUSTER)], check=True)
        finally:
            world.close()

    with tables("postgresql", make, more=f"{Postgres.programs()} {made_from('engine')}") as folder:
        yield folder / CLUSTER


@cache
def nursery() -> Nursery:
    """One for all tests of this process; it ends with it."""
    return Nursery()


@cache
def bare_nursery(*before: str) -> Nursery:
    """One whose processes look for a place for kernels themselves."""
    return Nursery(bare=True, before=before)


@contextmanager
def live(database: str, blocker: Any, *, forked: bool = True) -> Iterator[World]:
    """Broker and migrated database; the rest is started by the test, each process forked from one that has read the libraries, or anew."""
    with _cluster() if database == "postgresql" else nullcontext() as cluster:
        world = World(database, nursery() if forked else None, cluster)
    before = connections.settings["default"]
    kept = {name: getattr(settings, name) for name in ("STATE_DIR", "SECRET_KEY", "REDIS_URL", "CHANNEL_LAYERS")}
    with pytest.MonkeyPatch.context() as patch, blocker.unblock():
        for name in ("STATE_DIR", "DATABASE_URL", "SECRET_KEY"):
            if name in world.environment:
                patch.setenv(name, world.environment[name])
        settings.STATE_DIR, settings.SECRET_KEY, settings.REDIS_URL = world.state, world.environment["SECRET_KEY"], world.broker_url
        broker.client.cache_clear()
        layer = settings.CHANNEL_LAYERS["default"]
        host = {"address": world.broker_url, "socket_timeout": None}
        settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": {**layer["CONFIG"], "hosts": [host]}}}
        channel_layers.backends.clear()
        try:
            entry = connections.configure_settings({"default": environment.database(world.state)})["default"]
            connections.settings["default"] = entry
            connections["default"] = connections.create_connection("default")
            if world.postgres is None:
                (world.state / FILE).write_bytes(migrated())
            world.start_broker()
            yield world
        finally:
            connections["default"].close()
            if getattr(connections["default"], "pool", None):
                connections["default"].close_pool()  # it goes by the alias: the next world's would be this one's
            lease._keeper._leases.clear()
            world.close()
            connections.settings["default"] = before
            connections["default"] = connections.create_connection("default")
            for name, value in kept.items():
                setattr(settings, name, value)
            broker.client.cache_clear()
            channel_layers.backends.clear()


@pytest.fixture
def database() -> str:
    """Which database the world runs on; parametrised by the tests that try both."""
    return "sqlite"


@pytest.fixture
def world(database: str, django_db_blocker: Any) -> Iterator[World]:
    """A world for one test."""
    with live(database, django_db_blocker) as world:
        yield world


@pytest.fixture(scope="module")
def lasting_world(django_db_blocker: Any) -> Iterator[World]:
    """A world with everything running, for the tests of a file that kill nothing."""
    with live("sqlite", django_db_blocker) as world:
        world.start_all("games-1", "control", "web")
        yield world


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """Compile the engine's kernels before any worker waits for them."""
    engine.warm()
