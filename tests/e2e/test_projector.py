"""The wall paints whole from the page itself, and then moves."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Control, Opens
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
    page = opens(wall(facilitator, "09:27", "60"))
    expect(page.locator(".wall-label").first).to_have_text("The market opens in")
    expect(page.locator(".wall-number")).to_have_text(re.compile(r"^[0-3]:\d\d$"))
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
