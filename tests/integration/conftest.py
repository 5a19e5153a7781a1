"""Worlds for tests, with this process's Django looking into the same database and broker."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
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
from tests.integration.nursery import Nursery
from tests.integration.world import World

FILE = "opening-bell.sqlite3"


@cache
def _migrated() -> bytes:
    """A database file with every table in it. The migrations run once; a file a test is a copy."""
    world = World()
    try:
        done = world.manage("migrate", "--verbosity", "0")
        assert done.returncode == 0, done.stderr
        with closing(sqlite3.connect(world.state / FILE)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return (world.state / FILE).read_bytes()
    finally:
        world.close()


@cache
def _cluster() -> Path:
    """A PostgreSQL cluster at rest with every table in it; one a test is a copy. It does not lie on a disk that a test has brought."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", None)
        world = World("postgresql")
    assert world.postgres
    done = world.manage("migrate", "--verbosity", "0")
    world.postgres.stop("fast")
    assert done.returncode == 0, done.stderr
    return world.postgres.data


@cache
def _nursery() -> Nursery:
    """One for all tests of this process; it ends with it."""
    return Nursery()


@contextmanager
def live(database: str, blocker: Any, *, forked: bool = True) -> Iterator[World]:
    """Broker and migrated database; the rest is started by the test, each process forked from one that has read the libraries, or anew."""
    world = World(database, _nursery() if forked else None, _cluster() if database == "postgresql" else None)
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
                (world.state / FILE).write_bytes(_migrated())
            world.start_broker()
            yield world
        finally:
            connections["default"].close()
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
