"""A finished run looked at again in a browser: scrubbed, played, shown to the room, and played on from in another exercise."""

import re

from playwright.sync_api import Page, expect

import engine
from tests import days
from tests.e2e.conftest import Control, Opens, axe, sideways
from tests.e2e.stack import wait_for

STEP = "select r.step from game_run r join game_team t on t.id = r.team_id join game_exercise e on e.id = t.exercise_id where e.code = ?"
DIGEST = STEP.replace("r.step", "r.digest")
STOPPED = STEP.replace("r.step", "v.step").replace("game_run r", "game_event v join game_run r on r.id = v.run_id") + " and v.kind = 'server.stopped'"
ENDED = STEP + " and r.state = 'ended'"


def clock(page: Page) -> str:
    return page.locator("[data-text=clock]").first.inner_text()


def played(facilitator: Control) -> str:
    """History's morning from 09:36 to 09:44, ended; its code."""
    code = facilitator.exercise("Again", start="09:36", speed="120")
    until = days.step_at("09:44")
    wait_for(lambda: facilitator.stack.rows(STEP, code)[0][0] >= until, 120, "eight minutes were played")
    facilitator.end(code)
    wait_for(lambda: facilitator.stack.rows(ENDED, code), 30, "the run is scored")
    return code


def look(page: Page) -> None:
    """The risk manager's desk at 09:40, other moments of it, and the pins."""
    expect(page.locator("[data-text=clock]").first).to_have_text("09:40:00", timeout=20_000)
    expect(page.locator("h1")).to_have_text("Risk manager")
    expect(page.locator(".bands")).to_contain_text("What the risk manager of team Cobalt saw then. You can only watch here.")
    expect(page.get_by_text(re.compile(r"As of 09:3\d:\d\d, .* late"))).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-text=clock]").first).to_have_text("09:40:10", timeout=20_000)
    assert "at=09:40:10" in page.url, "the address is the moment"
    page.get_by_role("button", name="All pins").click()
    first = page.locator("[data-pins] button").first
    at = first.locator(".num").inner_text()
    first.click()
    expect(page.locator("[data-text=clock]").first).to_have_text(at, timeout=20_000)
    expect(page.locator("[data-pin]")).to_contain_text(at)


def play(page: Page) -> None:
    page.goto(f"{page.url.split('?')[0]}?desk=risk&at=09:37:00")
    expect(page.locator("[data-text=clock]").first).to_have_text("09:37:00", timeout=20_000)
    page.get_by_label("Speed").select_option("60")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    began = clock(page)
    wait_for(lambda: days.step_at(clock(page)) > days.step_at(began) + engine.STEPS_PER_MINUTE, 30, "a minute was played")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_a_facilitator_scrubs_plays_shows_the_room_and_plays_on_from_there(opens: Opens, facilitator: Control) -> None:
    stack, code = facilitator.stack, played(facilitator)
    page = facilitator.page
    page.goto(f"{stack.address}/result/{code}/")
    page.get_by_role("tab", name="Replay").click()
    page.get_by_role("link", name="Replay it, desk by desk").click()
    page.goto(f"{page.url}?desk=risk&at=09:40:00")
    look(page)
    play(page)

    page.get_by_role("button", name="Show the room").click()
    mate = opens(f"{stack.address}/replay/{code}/follow/", 390, 844)
    expect(mate.locator("[data-text=clock]").first).to_have_text(clock(page), timeout=20_000)
    page.get_by_role("link", name="Operator").click()
    expect(mate.locator("h1")).to_have_text("Operator", timeout=20_000)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-text=clock]").first).not_to_have_text(clock(mate))
    expect(mate.locator("[data-text=clock]").first).to_have_text(clock(page), timeout=20_000)
    mate.get_by_role("button", name="+10 s").click()
    expect(mate.get_by_role("button", name="Follow the facilitator")).to_have_attribute("aria-pressed", "false")

    page.goto(f"{page.url.split('?')[0]}?desk=operator&at=09:38:00")
    expect(page.locator("[data-text=clock]").first).to_have_text("09:38:00", timeout=20_000)
    page.get_by_role("button", name="Continue from here").click()
    page.wait_for_url(re.compile(r"/facilitator/\w\w-\w\w\w/$"))
    fork = page.url.rstrip("/").rsplit("/", 1)[1]
    expect(page.locator("main")).to_contain_text(f"continues from Cobalt of {code} at 09:38:00")
    operator = opens(facilitator.seat_link(fork))
    facilitator.do(fork, "Start")
    facilitator.do(fork, "10x")
    operator.wait_for_selector("[data-link=live] #server-8 [data-act=stop]")
    wait_for(lambda: clock(operator) >= "09:38:01", 60, "the market continues from there")
    operator.locator("#server-8 [data-act=stop]").click()
    operator.locator("#server-8 [data-sure=certain]").click()
    expect(operator.locator("#server-8")).to_have_attribute("data-state", "stopped", timeout=40_000)
    facilitator.end(fork)
    wait_for(lambda: stack.rows(ENDED, fork), 30, "the fork is scored")
    assert all(step > days.step_at("09:38") for (step,) in stack.rows(STOPPED, fork)) and stack.rows(STOPPED, fork)
    assert stack.rows(DIGEST, fork) != stack.rows(DIGEST, code)
    page.goto(f"{stack.address}/result/{fork}/")
    expect(page.locator("main")).to_contain_text(f"Continues from Cobalt of {code} at 09:38:00")


def test_a_replay_is_legible_in_every_size_and_theme(opens: Opens, facilitator: Control) -> None:
    code = played(facilitator)
    for desk, width, height, theme in (
        ("risk", 1440, 900, "light"),
        ("operator", 1024, 768, "dark"),
        ("deployer", 390, 844, "light"),
        ("risk", 320, 640, "dark"),
    ):
        page = opens(f"{facilitator.stack.address}/replay/{code}/follow/", width, height, theme)
        page.goto(page.url.replace("desk=risk", f"desk={desk}").replace("&follow=1", ""))
        expect(page.locator("[data-text=clock]").first).to_have_text("09:36:00", timeout=20_000)
        expect(page.locator("html")).to_have_attribute("data-link", "live")
        assert axe(page) == [], (desk, width)
        assert sideways(page) == 0, (desk, width)
