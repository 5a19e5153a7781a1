"""What a test or a bench has started ends with it, also when it is killed by force."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.builders import eventually, missing
from tests.children import processes_of
from tests.e2e.conftest import CHROMIUM, INSTALL
from tests.integration.world import ROOT

GONE_S = 20.0

# Each says its mark when everything stands, and then waits to be killed.
WORLD = """
import sys
from tests.integration.conftest import live
from tests.children import end_with_us
class Blocker:
    def unblock(self):
        import contextlib
        return contextlib.nullcontext()
with live(sys.argv[1], Blocker(), forked=False) as world:
    world.start_all("games-1", "control", "web")
    print(end_with_us(), world.folder, flush=True)
    sys.stdin.read()
"""
BROWSER = """
import sys
from playwright.sync_api import sync_playwright
from tests.children import end_with_us
mark = end_with_us()
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox", "--disable-gpu"])
    browser.new_page().goto("about:blank")
    print(mark, flush=True)
    sys.stdin.read()
"""
PROXY = """
import pathlib, subprocess, sys, time
from tests.children import end_with_us
from tests.integration.world import World, free_port
world = World()
file = world.folder / "nginx.conf"
port = free_port()
file.write_text(f"daemon off; pid {world.folder}/pid; error_log {world.folder}/log; events {{}} http {{ access_log off; server {{ listen {port}; }} }}")
world.start("proxy", [sys.argv[1], "-c", str(file), "-p", str(world.folder)])
while not (world.folder / "pid").exists():
    time.sleep(0.05)
print(end_with_us(), world.folder, flush=True)
sys.stdin.read()
"""
PLAY = """
import sys
from tests.children import end_with_us
from tests.e2e.stack import Stack
stack = Stack("--demo", "--at", "09:28")
print(end_with_us(), stack.state, flush=True)
sys.stdin.read()
"""


@contextmanager
def started(script: str, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    """A process that has started others, and what it said: their mark and their folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"import tests.conftest\n{script}", *arguments],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout
        yield process, process.stdout.readline().split()
    finally:
        process.kill()
        process.communicate()


def assert_ends_with_it(process: "subprocess.Popen[str]", said: list[str], kinds: tuple[str, ...]) -> None:
    """Kill it by force: of all that it has started nothing is left."""
    mark, *folders = said
    lines = processes_of(mark).values()
    for kind in kinds:
        assert any(kind in line for line in lines), (kind, list(lines))
    process.send_signal(signal.SIGKILL)
    process.wait()
    eventually(lambda: not processes_of(mark), GONE_S, "everything with its mark ends")
    for folder in folders:
        assert processes_of(folder) == {}
        eventually(lambda folder=folder: not Path(folder).exists(), GONE_S, "its folder is removed")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_broker_workers_the_web_and_the_database_end_with_whoever_started_them(database):
    with started(WORLD, database) as (process, said):
        postgres = ("postgres -D", "postgres: checkpointer") if database == "postgresql" else ()
        assert_ends_with_it(process, said, ("valkey-server", "-n games-1@", "-n control@", "manage.py web", *postgres))


def test_browsers_and_their_driver_end_with_whoever_started_them():
    if not Path(CHROMIUM).exists():
        missing("Chromium", INSTALL)
    with started(BROWSER, CHROMIUM) as (process, said):
        assert_ends_with_it(process, said, ("run-driver", "--type=renderer"))


def test_a_proxy_ends_with_whoever_started_it():
    if not (nginx := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")):
        missing("nginx", "apt-get install -y nginx-light")
    with started(PROXY, nginx) as (process, said):
        assert_ends_with_it(process, said, ("nginx: master", "nginx: worker"))


def test_the_whole_game_ends_with_whoever_started_it():
    with started(PLAY) as (process, said):
        assert_ends_with_it(process, said, ("manage.py play", "valkey-server", "manage.py web"))
