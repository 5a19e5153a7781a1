"""An upgrade under games that go on: who runs the exercise, or plays alone, sees what happened and decides."""

import os
import signal
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from playwright.sync_api import Page, expect

import engine
from tests.e2e.conftest import Control, Opens, axe, reaches, sideways
from tests.e2e.stack import Stack, wait_for
from tests.e2e.test_control_room import at_desk, clock, come_in
from tests.e2e.test_solo import alone

LONG = 60_000
SIZES = ((1440, 900), (390, 844))


def upgrade(stack: Stack, code: str) -> None:
    """Let the runs of an exercise have been begun by other rules than are here, and the workers that turn them hand over to new ones."""
    with closing(sqlite3.connect(stack.state / "opening-bell.sqlite3", timeout=20)) as database, database:
        of = "team_id IN (SELECT t.id FROM game_team t JOIN game_exercise e ON e.id = t.exercise_id WHERE e.code = ?)"
        database.execute(f"UPDATE game_run SET rules = rules + 1 WHERE {of}", [code])
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            ours = f"STATE_DIR={stack.state}".encode() in (folder / "environ").read_bytes()
            if ours and (folder / "comm").read_text().startswith("games-"):
                os.kill(int(folder.name), signal.SIGTERM)


def moves(page: Page) -> None:
    before = clock(page)
    wait_for(lambda: clock(page) > before, 60, "the clock goes on")


def fits(page: Page, name: str) -> None:
    """At both sizes nothing hangs over and nothing hinders; with SHOTS a picture of each is left there."""
    for theme in ("dark", "light"):
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=theme)
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            assert (sideways(page), axe(page)) == (0, []), (theme, width)
            if shots := os.environ.get("SHOTS"):
                page.screenshot(path=f"{shots}/{name}-{theme}-{width}.png")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_the_facilitator_lets_a_team_play_on_and_ends_it_the_next_time(opens: Opens, stack: Stack, facilitator: Control) -> None:
    control = facilitator
    code = control.create("After an upgrade")
    player = come_in(opens, stack.address, code, "Dana")
    control.do(code, "Start")
    at_desk(player)
    reaches(player, "09:28:00")
    upgrade(stack, code)
    row = control.row(code, "Cobalt")
    expect(row).to_contain_text("upgraded", timeout=2 * LONG)
    expect(player.locator(".bands")).to_contain_text("The game was upgraded, and this market has stopped")
    detail = control.open(code)
    expect(detail).to_contain_text(f"it was begun by rules {engine.RULES + 1}, and those here are {engine.RULES}")
    fits(control.page, "room")
    detail.get_by_role("button", name="Continue Cobalt").click()
    expect(row).not_to_contain_text("upgraded", timeout=LONG)
    moves(player)
    upgrade(stack, code)
    expect(row).to_contain_text("upgraded", timeout=2 * LONG)
    control.open(code).get_by_role("button", name="End here Cobalt").click()
    expect(player.locator(".bands")).to_contain_text("has ended", timeout=LONG)
    page = control.page
    wait_for(lambda: stack.rows("SELECT 1 FROM game_run WHERE state = 'ended' AND interrupted"), 60, "the run is scored")
    page.goto(f"{stack.address}/result/{code}/")
    expect(page.locator("main")).to_contain_text("interrupted by an upgrade", timeout=LONG)
    expect(page.locator("main")).to_contain_text(f"It was played by rules {engine.RULES + 1}: expected {engine.RULES}, those that are here.")
    fits(page, "result")


def test_who_plays_alone_is_asked_at_the_desk_and_plays_on(opens: Opens, stack: Stack) -> None:
    page = alone(opens, stack, "The bell (09:28)")
    reaches(page, "09:28:00")
    ((code, _),) = newest = stack.rows(alone_last := "SELECT code, state FROM game_exercise WHERE owner_id IS NOT NULL ORDER BY id DESC LIMIT 1")
    wait_for(lambda: stack.rows(alone_last) == [(code, "running")], 30, f"the game has begun, and is not {newest} any more")
    upgrade(stack, code)
    bands = page.locator(".bands")
    begun = f"it was begun by rules {engine.RULES + 1}, and those here are {engine.RULES}."
    expect(bands).to_contain_text(f"The game was upgraded, and this market has stopped: {begun}", timeout=2 * LONG)
    fits(page, "solo")
    bands.get_by_role("button", name="Continue").click()
    expect(bands).not_to_contain_text("upgraded", timeout=LONG)
    moves(page)
