"""The wall paints whole from the page itself, and then moves."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Control, Opens, sideways
from tests.e2e.stack import wait_for

LONG = 240_000  # the lab's worker lets everything else on the machine go first
NO_SOCKETS = "window.WebSocket = class extends EventTarget { readyState = 0; send() {} close() {} }"
COLOURS = """() => { const c = document.querySelector('.tiles canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  const seen = new Set(); for (let i = 0; i < d.length; i += 4) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return seen.size }"""


def clock(page: Page) -> str:
    return page.locator("[data-text=clock]").inner_text()


def wall(facilitator: Control, start: str = "09:26", speed: str = "10") -> str:
    """The projector's address of an exercise of this test's own, by itself a few minutes before the bell."""
    return f"{facilitator.stack.address}/projector/{facilitator.exercise('Wall', start=start, speed=speed)}/"


def test_it_paints_whole_without_waiting_for_a_frame(opens: Opens, facilitator: Control, browser: Browser) -> None:
    address = wall(facilitator, "09:31")
    wait_for(lambda: first_clock(address, browser) >= "09:31", 60, "the run has begun")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(NO_SOCKETS)
    page = opens(address, context=context)
    assert clock(page) >= "09:31"
    expect(page.locator(".wall-number").first).to_contain_text("$")
    expect(page.locator(".race li").first).to_contain_text("$")
    expect(page.locator(".curve canvas")).to_be_visible()
    expect(page.locator(".wall-head .qr svg")).to_be_visible()
    assert page.evaluate(COLOURS) > 3, "the map of stocks is empty"
    context.close()


def test_before_the_bell_it_counts_the_time_to_it_and_after_it_the_loss(opens: Opens, facilitator: Control) -> None:
    page = opens(wall(facilitator, "09:27", "10"))
    expect(page.locator(".wall-label").first).to_have_text("The market opens in")
    expect(page.locator(".wall-number")).to_have_text(re.compile(r"^[0-3]:\d\d$"), timeout=60_000)  # until 09:27 at full speed
    expect(page.locator(".curve-wait")).to_be_visible()
    expect(page.locator(".board .wall-label")).to_contain_text("Loss so far", timeout=60_000)
    expect(page.locator(".curve canvas")).to_be_visible()


def test_it_moves_and_says_what_its_pictures_show(opens: Opens, facilitator: Control) -> None:
    page = opens(wall(facilitator))
    page.wait_for_selector("[data-link=live]")
    before = clock(page)
    wait_for(lambda: clock(page) > before, 10, "the clock moves")
    said = page.locator(".tiles canvas").get_attribute("aria-label") or ""
    assert said.startswith("154 stocks since the open")


def first_clock(address: str, browser: Browser) -> str:
    """The clock in the page as it is served; empty before the run has begun."""
    page = browser.new_page()
    page.goto(address)
    found: str = page.evaluate("JSON.parse(document.getElementById('first').textContent).cards?.clock?.d?.clock ?? ''")
    page.close()
    return found


def join(opens: Opens, address: str, code: str, name: str) -> Page:
    """A phone that comes in by the code."""
    page = opens(f"{address}/join/{code}/", width=390, height=844)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/lobby/")
    return page


def shown(wall: Page) -> str:
    return wall.locator(".reveal").inner_text()


def test_a_room_comes_in_plays_and_sees_the_end_by_steps(opens: Opens, facilitator: Control) -> None:
    code, address = facilitator.create("Frozen", start="09:31", teams=3, bell="30"), facilitator.stack.address
    facilitator.section(code).get_by_role("button", name="Live", exact=True).click()
    wall = opens(f"{address}/projector/{code}/")
    box = wall.locator(".door .qr").bounding_box()
    assert box and box["height"] >= 0.4 * 900
    expect(wall.locator(".door-shut")).to_contain_text("--host 0.0.0.0")
    player = join(opens, address, code, "Ana")
    expect(wall.locator(".guests")).to_contain_text("Ana")
    expect(wall.locator(".guest-count")).to_have_text(re.compile("^1 person"))

    facilitator.do(code, "Start")
    board = wall.locator(".board")
    expect(board.locator(".race li")).to_have_count(4, timeout=60_000)
    expect(board).to_contain_text("$")
    player.goto(f"{address}/desk/operator/")
    wait_for(lambda: clock(wall) >= "09:31", 20, "the runaway is there")
    player.locator("#server-8 [data-act=stop]").click()
    player.locator("#server-8 [data-sure=certain]").click()
    expect(player.locator("#server-8")).to_have_attribute("data-state", "stopped", timeout=20_000)
    tiles = wall.locator(".tiles canvas").bounding_box()
    facilitator.do(code, "Freeze the leaderboard")
    expect(board).to_contain_text("Frozen at 09:")
    kept, later = board.inner_text(), clock(wall)
    wait_for(lambda: clock(wall)[:5] > later[:5], 20, "the market goes on for a minute and more")
    assert board.inner_text() == kept
    facilitator.do(code, "Pause")
    expect(wall.locator(".bands")).to_contain_text("PAUSED")
    assert wall.locator(".tiles canvas").bounding_box() == tiles, "a notice moves nothing"
    assert not [one for one in wall.locator("a, button").all() if one.is_visible() and "skip" not in (one.get_attribute("class") or "")], "nothing to press"
    facilitator.end(code)
    player.goto(f"{address}/result/{code}/")
    wait_for(lambda: player.reload() and "has not revealed" in player.locator("main").inner_text(), 30, "the result is held back")
    assert board.inner_text() == kept and "$" not in player.locator("main").inner_text()

    drive = facilitator.section(code).locator(".reveal-drive")
    onward = drive.locator(".btn-prime")
    expect(onward).to_be_enabled(timeout=30_000)
    names = drive.locator("li").all_inner_texts()
    expect(onward).to_have_text(f"Show {names[0]}")
    before = ""
    for number in range(len(names)):
        onward.click()
        expect(drive.locator("[aria-current]")).to_have_text(names[number])
        wait_for(lambda: shown(wall) != before, 10, "the wall goes on")  # noqa: B023
        before = shown(wall)
    expect(onward).to_be_disabled()
    expect(wall.locator(".podium li").first).to_be_visible()
    expect(wall.locator(".photo-curve canvas")).to_be_visible()
    late = opens(f"{address}/projector/{code}/")
    wall.reload()
    for one in (wall, late):
        expect(one.locator(".podium li").first).to_be_visible()
    drive.get_by_role("button", name="Back").click()
    for one in (wall, late):
        expect(one.locator(".worths li")).to_have_count(3)
        expect(one.locator(".worths li", has_text="Stop a server (SMARS-8)").locator(".worth-usd")).to_contain_text("$", timeout=LONG)
        expect(one.locator(".worths li", has_text="nothing that was done changed a trade")).to_have_count(2)
    wait_for(lambda: player.reload() and "$" in player.locator("main").inner_text(), 30, "the result is there")


def test_twelve_teams_stand_on_the_wall_in_letters_that_are_read_from_eight_metres(opens: Opens, facilitator: Control) -> None:
    code = facilitator.create("Twelve", start="09:33", teams=12)
    facilitator.section(code).get_by_role("button", name="Live", exact=True).click()
    facilitator.do(code, "Start")
    page = opens(f"{facilitator.stack.address}/projector/{code}/", width=1920, height=1080)
    rows = page.locator(".race li")
    expect(rows).to_have_count(13, timeout=60_000)
    expect(rows.last).to_contain_text("2012")
    smallest, bottom = page.evaluate("""() => { const cells = [...document.querySelectorAll('.race li > span, .race-grid text')];
      return [Math.min(...cells.map((c) => parseFloat(getComputedStyle(c).fontSize))), Math.max(...cells.map((c) => c.getBoundingClientRect().bottom))] }""")
    assert smallest >= 0.022 * 1920 and bottom <= 1080, "every team is on the screen, no letter below 2.2 % of its width"
    assert sideways(page) == 0
