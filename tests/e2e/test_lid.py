"""A laptop's lid is closed and opened: every browser is right again within three seconds, whosever laptop it was."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e.conftest import Control, Opens, press_link, reaches
from tests.e2e.stack import Stack, wait_for

RIGHT_S = 3.0
AWAY_S = 60.0


def family(pid: int) -> list[int]:
    """A process and everything that it has started, whoever started it first."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def signalled(pids: list[int], sign: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, sign)


class Line:
    """A network between browser and server whose connections can go dead without a word, as those of a sleeping laptop do."""

    def __init__(self, port: int) -> None:
        self.server = port
        self.ear = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.ear.getsockname()[1]}"
        self.dead: set[int] = set()
        self.count = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.ear.accept()
                far = socket.create_connection(("127.0.0.1", self.server))
                self.count += 1
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(self.count, *ends), daemon=True).start()

    def _pass_on(self, number: int, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while data := here.recv(65536):
                if number in self.dead:
                    threading.Event().wait()  # neither an end nor a byte any more
                there.sendall(data)
            there.shutdown(socket.SHUT_WR)

    def die(self) -> None:
        """Every connection there is goes dead; new ones live."""
        self.dead = set(range(1, self.count + 1))


def moves(page: Page) -> None:
    """Its clock goes on within the time in which it must be right, on a line that is up."""
    shown = page.locator("[data-text=clock]").first
    before = shown.inner_text()
    wait_for(lambda: shown.inner_text() > before, RIGHT_S, "the clock goes on")
    expect(page.locator("[data-link=live]").first).to_be_attached(timeout=RIGHT_S * 1000)


@pytest.fixture
def wakes(stack: Stack) -> Iterator[None]:
    """Whatever a test put to sleep is awake after it."""
    yield
    signalled(family(stack.process.pid), signal.SIGCONT)


@pytest.mark.usefixtures("wakes")
def test_the_servers_laptop_sleeps_and_every_browser_is_right_within_three_seconds(stack: Stack, opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Asleep", start="09:24")
    pages = [opens(facilitator.seat_link(code)), opens(f"{stack.address}/projector/{code}/")]
    for page in pages:
        reaches(page, "09:24:00")
        moves(page)
    servers = family(stack.process.pid)
    assert len(servers) > 5, "broker, workers and web server are all put to sleep"
    signalled(servers, signal.SIGSTOP)
    for page in pages:  # longer than a lease and than a page waits for news
        page.wait_for_selector(".band-link", timeout=20_000)
    signalled(servers, signal.SIGCONT)
    for page in pages:
        page.wait_for_selector("[data-link=live]", timeout=RIGHT_S * 1000)
        moves(page)


def test_a_players_laptop_sleeps_its_line_dies_unheard_and_the_desk_is_right_within_three_seconds(
    stack: Stack, facilitator: Control, playwright: Playwright, browser_type_launch_args: dict
) -> None:
    link = facilitator.seat_link(code := facilitator.exercise("Lid", start="09:31", speed="1"))
    line = Line(int(stack.address.rsplit(":", 1)[1]))
    laptop = playwright.chromium.launch(**{**browser_type_launch_args, "args": [*browser_type_launch_args["args"], f"--lid={os.getpid()}"]})
    mine = next(int(f.name) for f in Path("/proc").iterdir() if f.name.isdigit() and f"--lid={os.getpid()}" in _command(f))
    processes = family(mine)
    try:
        page = laptop.new_page()
        page.goto(link.replace(stack.address, line.address))
        press_link(page)
        page.wait_for_selector("[data-link=live]")
        moves(page)
        signalled(processes, signal.SIGSTOP)
        line.die()
        here = "SELECT count(*) FROM game_player p JOIN game_exercise e ON e.id = p.exercise_id WHERE e.code = ? AND p.gone_at IS NULL"
        wait_for(lambda: stack.rows(here, code) == [(0,)], AWAY_S, "the server takes the player for gone")
        signalled(processes, signal.SIGCONT)
        moves(page)
    finally:
        signalled(processes, signal.SIGCONT)
        laptop.close()


def _command(folder: Path) -> str:
    with suppress(OSError):
        return (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
