"""The wall paints whole from the page itself, and then moves."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Opens
from tests.e2e.stack import Stack, wait_for

NO_SOCKETS = "window.WebSocket = class extends EventTarget { readyState = 0; send() {} close() {} }"
COLOURS = """() => { const c = document.querySelector('.tiles canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  const seen = new Set(); for (let i = 0; i < d.length; i += 4) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return seen.size }"""


def clock(page: Page) -> str:
    return page.locator("[data-text=clock]").inner_text()


def test_it_paints_whole_without_waiting_for_a_frame(opens: Opens, stack: Stack, browser: Browser) -> None:
    wait_for(lambda: "tiles" in first_cards(stack, browser), 20, "the run has begun")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(NO_SOCKETS)
    page = opens(stack.link("projector"), context=context)
    assert clock(page).startswith("09:")
    expect(page.locator(".wall-number")).to_contain_text("$")
    expect(page.locator(".race li").first).to_contain_text("Cobalt")
    expect(page.locator(".curve canvas")).to_be_visible()
    expect(page.locator(".qr svg")).to_be_visible()
    assert page.evaluate(COLOURS) > 3, "the map of stocks is empty"
    context.close()


def test_it_moves_and_says_what_its_pictures_show(opens: Opens, stack: Stack) -> None:
    page = opens(stack.link("projector"))
    page.wait_for_selector("[data-link=live]")
    before = clock(page)
    wait_for(lambda: clock(page) > before, 10, "the clock moves")
    said = page.locator(".tiles canvas").get_attribute("aria-label") or ""
    assert said.startswith("154 stocks since the open")
    page.locator(".tiles").get_by_role("button", name="Show as table").click()
    expect(page.locator("#table tbody tr")).to_have_count(154)
    page.keyboard.press("Escape")
    expect(page.locator("#table")).to_be_hidden()


def first_cards(stack: Stack, browser: Browser) -> dict[str, Any]:
    page = browser.new_page()
    page.goto(stack.link("projector"))
    found: dict[str, Any] = page.evaluate("JSON.parse(document.getElementById('first').textContent).cards")
    page.close()
    return found
