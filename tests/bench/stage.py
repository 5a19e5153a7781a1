"""What the benches of the platform share: a world of real processes in a folder of its own, and what the kernel counts of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import engine
from tests.integration.world import World

AHEAD = "-10"  # as with nice, for a whole session
TICKS_S = os.sysconf("SC_CLK_TCK")


@contextmanager
def stage(database: str = "sqlite", *broker_options: str) -> Iterator[World]:
    """Broker and migrated database, with this process's Django on them."""
    world = World(database)
    world.broker_options.extend(broker_options)
    world.environment["LOG_LEVEL"] = "DEBUG"
    os.environ.update(world.environment, DJANGO_SETTINGS_MODULE="game.settings")
    os.environ["LOG_LEVEL"] = "WARNING"
    import django

    django.setup()
    try:
        engine.warm()  # compiled once here, and not by every worker at the same time
        done = world.manage("migrate", "--verbosity", "0")
        if done.returncode:
            raise RuntimeError(done.stderr)
        world.start_broker()
        yield world
    finally:
        world.close()


def go_ahead(world: World) -> None:
    """Let this process and the world's run before all others of a busy machine: what is measured then is nearly a machine of one's own.
    Linux with scheduling by session; OSError for who is not root.
    """
    for pid in (os.getpid(), *(process.pid for process in world.processes.values())):
        Path(f"/proc/{pid}/autogroup").write_text(AHEAD)


def cpu_s(pid: int) -> float:
    """CPU seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_S


def rss_mb(pid: int) -> float:
    """Resident memory of a process in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def quantile(values: list[float], share: float) -> float:
    """The value below which this share lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
