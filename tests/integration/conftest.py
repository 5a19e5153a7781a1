"""A world for each test, with this process's Django looking into the same database and broker."""

from collections.abc import Iterator

import pytest
from django.db import connections

from game import broker, environment, lease
from tests.integration.world import World


@pytest.fixture
def database() -> str:
    """Which database the world runs on; parametrised by the tests that try both."""
    return "sqlite"


@pytest.fixture
def world(database: str, settings, monkeypatch, django_db_blocker) -> Iterator[World]:
    """Broker and migrated database; the rest is started by the test."""
    world = World(database)
    for name in ("STATE_DIR", "DATABASE_URL", "SECRET_KEY"):
        if name in world.environment:
            monkeypatch.setenv(name, world.environment[name])
    settings.STATE_DIR = world.state
    settings.SECRET_KEY = world.environment["SECRET_KEY"]
    settings.REDIS_URL = world.broker_url
    before = connections.settings["default"]
    broker.client.cache_clear()
    try:
        with django_db_blocker.unblock():
            connections.settings["default"] = connections.configure_settings(
                {"default": environment.database(world.state)}
            )["default"]
            connections["default"] = connections.create_connection("default")
            done = world.manage("migrate", "--verbosity", "0")
            assert done.returncode == 0, done.stderr
            world.start_broker()
            yield world
            connections["default"].close()
    finally:
        lease._keeper._leases.clear()
        world.close()
        connections.settings["default"] = before
        connections["default"] = connections.create_connection("default")
        broker.client.cache_clear()
