"""A desk that cannot be played just now says so: on every size nothing for axe, nothing sideways, and no lever that pretends."""

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Control, Opens, axe, looks, reaches, sideways

LONG = 60_000
# Neither a socket nor the slower line ever opens.
NO_LINE = """window.WebSocket = class extends EventTarget { readyState = 0; send() {} close() {} };
const asked = window.fetch;
window.fetch = (address, ...more) => (String(address).includes("/line/") ? new Promise(() => {}) : asked(address, ...more));"""
LIVE_LEVERS = """() => [...document.querySelectorAll('[data-act], .guard > .switch, [data-set-limit], share-button .btn')]
  .filter((b) => b.checkVisibility() && b.getAttribute('aria-disabled') !== 'true' && !b.disabled).map((b) => b.outerHTML.slice(0, 120))"""


def look(page: Page, band: str) -> None:
    """The state's band stands there, and every lever is off."""
    expect(page.locator(".bands")).to_contain_text(band, timeout=LONG)
    for where, rules in looks(page, ((1440, 900), (320, 640))):
        assert (sideways(page), axe(page, rules), page.evaluate(LIVE_LEVERS)) == (0, [], []), f"{band} {where}"
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_desk_that_connects_shows_the_last_picture_and_no_lever(opens: Opens, facilitator: Control, browser: Browser) -> None:
    page = opens(facilitator.seat_link(facilitator.exercise("Connecting", start="09:31", speed="1")))
    page.wait_for_selector("[data-link=live] #server-8 [data-act=stop]")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=page.context.storage_state())
    context.add_init_script(NO_LINE)
    waiting = opens(page.url, context=context)
    expect(waiting.locator(".link")).to_contain_text("Connecting")
    expect(waiting.locator("#server-8 [data-act=stop]")).to_have_attribute("title", "Connecting.")
    look(waiting, "The server could not be reached")
    context.close()


def test_a_desk_that_lost_its_line_dims_its_numbers_and_counts_the_seconds(opens: Opens, facilitator: Control) -> None:
    page = opens(facilitator.seat_link(facilitator.exercise("Reconnecting", start="09:31", speed="1")))
    page.wait_for_selector("[data-link=live] #server-8 [data-act=stop]")
    bright = page.locator(".clock").evaluate(
        "(e) => getComputedStyle(e).opacity + getComputedStyle(e).color + getComputedStyle(e.parentElement).opacity"
    )
    page.context.set_offline(True)
    look(page, "s ago. You can give commands again once connected.")
    dim = page.locator(".clock").evaluate(
        "(e) => getComputedStyle(e).opacity + getComputedStyle(e).color + getComputedStyle(e.parentElement).opacity"
    )
    assert dim != bright
    page.context.set_offline(False)
    expect(page.locator("html")).to_have_attribute("data-link", "live", timeout=LONG)
    expect(page.locator(".bands")).not_to_contain_text("s ago")


def test_a_paused_and_an_ended_desk(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Standing still", start="09:31", speed="1")
    page = opens(facilitator.seat_link(code, "deployer"))
    page.wait_for_selector("[data-link=live] #fleet-8")
    reaches(page, "09:31:00")
    facilitator.do(code, "Pause")
    look(page, "PAUSED. Market time is stopped: the facilitator has paused the exercise.")
    expect(page.locator("#alarm")).to_have_text("The exercise is paused.")
    facilitator.end(code)
    look(page, "The exercise has ended.")
    page.get_by_role("link", name="See the result").click()
    page.wait_for_url(f"**/result/{code}/")


def test_a_seat_that_another_browser_took_says_so_and_shows_the_way_back(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Taken", start="09:31", speed="1")
    page = opens(facilitator.seat_link(code, "risk"))
    page.wait_for_selector("[data-link=live] #limit-set")
    second = opens(page.url, context=page.context)
    second.wait_for_selector("[data-link=live] #limit-set")
    expect(page.locator("html")).to_have_attribute("data-link", "live")
    opens(facilitator.seat_link(code, "risk")).wait_for_selector("[data-link=live]")
    look(page, "This seat was opened in another browser, or given to someone else.")
    expect(second.locator(".bands")).to_contain_text("This seat was opened in another browser", timeout=LONG)
    page.get_by_role("link", name="Join again").click()
    page.wait_for_url(f"**/join/{code}/")
    expect(page.get_by_label("Code")).to_have_value(code)


def tab_to(page: Page, selector: str, most: int = 30) -> None:
    """Press Tab until this has the focus: counted in keys, however slow the machine is."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches('{selector}')"):
            return
    raise AssertionError(f"{most} times Tab do not reach {selector}")


def test_the_risk_manager_plays_by_keyboard_alone(opens: Opens, facilitator: Control) -> None:
    page = opens(facilitator.seat_link(facilitator.exercise("Risk by keys", start="09:31", speed="30"), "risk"))
    page.wait_for_selector("[data-link=live] #limit-set")
    reaches(page, "09:31:00")
    keys = page.keyboard
    keys.press("l")
    expect(page.locator("#part-limits")).to_be_focused()
    tab_to(page, "#limit-set")
    keys.type("25 M")
    keys.press("Enter")
    expect(page.locator(".limit-sure .sure")).to_be_focused()
    for _ in range(2):
        keys.press("Tab")
    expect(page.get_by_role("button", name="Likely")).to_be_focused()
    keys.press("Enter")
    expect(page.locator(".limit-now").first).to_contain_text("$25.0 M", timeout=2 * LONG)
    keys.press("Escape")
    page.evaluate("document.activeElement.blur()")
    keys.press("p")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator(".price-now")).to_contain_text(page.evaluate("document.activeElement.dataset.symbol"), timeout=LONG)
    keys.press("b")
    expect(page.locator("#say-text")).to_be_focused()
    keys.type("The cap is on.")
    keys.press("Enter")
    expect(page.locator(".lines-talk")).to_contain_text("The cap is on.", timeout=LONG)
