"""The wall paints whole from the page itself, and then moves."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Control, Opens, sideways
from tests.e2e.stack import wait_for

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
    expect(page.locator(".wall-number")).to_contain_text("$")
    expect(page.locator(".race li").first).to_contain_text("$")
    expect(page.locator(".curve canvas")).to_be_visible()
    expect(page.locator(".qr svg")).to_be_visible()
    assert page.evaluate(COLOURS) > 3, "the map of stocks is empty"
    context.close()


def test_before_the_bell_it_counts_the_time_to_it_and_after_it_the_loss(opens: Opens, facilitator: Control) -> None:
    page = opens(wall(facilitator, "09:27", "10"))
    expect(page.locator(".wall-label").first).to_have_text("The market opens in")
    expect(page.locator(".wall-number")).to_have_text(re.compile(r"^[0-3]:\d\d$"), timeout=60_000)  # until 09:27 at full speed
    expect(page.locator(".curve-wait")).to_be_visible()
    expect(page.locator(".wall-label").first).to_contain_text("Loss so far", timeout=60_000)
    expect(page.locator(".curve canvas")).to_be_visible()


def test_it_moves_and_says_what_its_pictures_show(opens: Opens, facilitator: Control) -> None:
    page = opens(wall(facilitator))
    page.wait_for_selector("[data-link=live]")
    before = clock(page)
    wait_for(lambda: clock(page) > before, 10, "the clock moves")
    said = page.locator(".tiles canvas").get_attribute("aria-label") or ""
    assert said.startswith("154 stocks since the open")
    page.locator(".tiles").get_by_role("button", name="Show as table").click()
    expect(page.locator("#table tbody tr")).to_have_count(154)
    page.keyboard.press("Escape")
    expect(page.locator("#table")).to_be_hidden()


def first_clock(address: str, browser: Browser) -> str:
    """The clock in the page as it is served; empty before the run has begun."""
    page = browser.new_page()
    page.goto(address)
    found: str = page.evaluate("JSON.parse(document.getElementById('first').textContent).cards?.clock?.d?.clock ?? ''")
    page.close()
    return found


def test_a_frozen_leaderboard_stands_still_on_the_wall_and_in_the_result_until_it_is_revealed(opens: Opens, facilitator: Control) -> None:
    code = facilitator.create("Frozen", start="09:31", bell="30")
    facilitator.section(code).get_by_role("button", name="Live", exact=True).click()
    facilitator.do(code, "Start")
    page = opens(f"{facilitator.stack.address}/projector/{code}/")
    board = page.locator(".board")
    expect(board).to_contain_text("grade", timeout=60_000)
    facilitator.do(code, "Freeze the leaderboard")
    for shown in (board, facilitator.section(code)):
        expect(shown).to_contain_text("Frozen at 09:")
    kept = board.inner_text()
    later = clock(page)
    wait_for(lambda: clock(page)[:5] > later[:5], 20, "the market goes on for a minute and more")
    assert board.inner_text() == kept
    facilitator.end(code)
    player = opens(f"{facilitator.stack.address}/result/{code}/")
    wait_for(lambda: player.reload() and "to reveal" in player.locator("main").inner_text(), 30, "the result is held back")
    assert board.inner_text() == kept and "$" not in player.locator("main").inner_text()
    facilitator.do(code, "Reveal the result")
    expect(board).not_to_contain_text("Frozen")
    wait_for(lambda: player.reload() and "$" in player.locator("main").inner_text(), 30, "the result is there")


def test_twelve_teams_stand_on_the_wall_in_letters_that_are_read_from_eight_metres(opens: Opens, facilitator: Control) -> None:
    code = facilitator.create("Twelve", start="09:33", teams=12)
    facilitator.section(code).get_by_role("button", name="Live", exact=True).click()
    facilitator.do(code, "Start")
    page = opens(f"{facilitator.stack.address}/projector/{code}/", width=1920, height=1080)
    rows = page.locator(".league tbody tr")
    expect(rows).to_have_count(13, timeout=60_000)
    expect(rows.last).to_contain_text("2012")
    facilitator.do(code, "Pause")
    expect(page.locator(".bands")).to_contain_text("PAUSED")
    smallest, bottom = page.evaluate("""() => { const cells = [...document.querySelectorAll('.league :is(th, td)')];
      return [Math.min(...cells.map((c) => parseFloat(getComputedStyle(c).fontSize))), Math.max(...cells.map((c) => c.getBoundingClientRect().bottom))] }""")
    assert smallest >= 0.022 * 1920 and bottom <= 1080, "every team is on the screen, no letter below 2.2 % of its width"
    assert sideways(page) == 0
