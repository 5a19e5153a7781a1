"""Half of a room: Firefox, and WebKit for iPhones; and anybody who came by an address without https."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import MET, Control, Opens, reaches
from tests.e2e.remote import Firefox, Remote, WebKit
from tests.e2e.stack import ROOM, Stack, wait_for
from tests.e2e.test_join import come_in
from tests.e2e.test_replay import ENDED


@pytest.fixture(params=[Firefox, WebKit], ids=["firefox", "webkit"])
def remote(request: pytest.FixtureRequest) -> Iterator[Remote]:
    browser: Remote = request.param()
    yield browser
    browser.close()


def test_another_browser_joins_plays_two_minutes_and_sees_the_wall_and_its_result(remote: Remote, facilitator: Control) -> None:
    address, code = facilitator.stack.address, facilitator.create("From elsewhere", start="09:33")
    facilitator.do(code, "10x")
    remote.go(f"{address}/join/{code}/")
    remote.run(MET)
    remote.type("#name", "Dana")
    remote.press(".door form > .btn-prime")
    remote.find("[data-link=live] .lobby-you")
    facilitator.do(code, "Start")
    remote.find("[data-link=live] .desk #server-8 [data-act=stop]")
    facilitator.rests()

    remote.when(lambda: remote.says("[data-text=clock]") >= "09:33", "the market has caught up")
    remote.press("#server-3 [data-act=stop][aria-disabled=false]")
    remote.press("#server-3 [data-sure]")
    remote.when(lambda: "Stopped" in remote.says("#server-3"), "server 3 has stopped")
    remote.press("#panel-inbox .mail")
    remote.when(lambda: remote.says("#panel-inbox [data-pane]"), "the mail is open")
    remote.when(lambda: remote.says("[data-text=clock]") >= "09:35", "two minutes were played")
    assert remote.run("return [...document.querySelectorAll('canvas')].some((one) => one.width > 200)"), "the chart is drawn"

    remote.go(f"{address}/projector/{code}/")
    remote.find("[data-link=live] .wall-number")
    remote.when(lambda: remote.says("[data-text=clock]") > "09:35", "the wall's clock goes")
    facilitator.end(code)

    def result() -> str:
        remote.go(f"{address}/result/{code}/")
        return remote.says("main")

    remote.when(lambda: "The runs are finishing" not in result(), "the run is scored")
    assert "$" in remote.says(".team-result"), remote.says("main")
    assert remote.troubles() == []


def test_on_a_rooms_network_what_needs_https_has_another_way_or_says_so(opens: Opens, facilitator: Control) -> None:
    stack, code = facilitator.stack, facilitator.create("By plain http", start="09:33")
    address = stack.address.replace("127.0.0.1", ROOM)
    page = come_in(opens, address, code, "Dana")
    assert page.evaluate("[isSecureContext, navigator.wakeLock, navigator.clipboard]") == [False, None, None]
    stays_on = "The browser can't keep this screen on here."
    expect(page.get_by_text(stays_on)).to_be_visible()
    wall = opens(f"{address}/projector/{code}/", context=page.context)
    expect(wall.get_by_text(stays_on)).to_be_visible()
    wall.close()
    facilitator.do(code, "Start")
    page.wait_for_url("**/desk/operator/", timeout=60_000)
    page.wait_for_selector("[data-link=live]")
    reaches(page, "09:33:10")
    page.get_by_role("button", name="Help").click()
    expect(page.get_by_text(stays_on)).to_be_visible()

    facilitator.end(code)
    wait_for(lambda: stack.rows(ENDED, code), 30, "the run is scored")
    (team,) = stack.rows("SELECT t.id FROM game_team t JOIN game_exercise e ON e.id = t.exercise_id WHERE e.code = ?", code)[0]
    page.set_viewport_size({"width": 1280, "height": 800})  # a phone's replay has no room for the button
    page.goto(f"{address}/replay/{code}/{team}/")
    copy = page.get_by_role("button", name="Copy link to this moment")
    copy.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(copy).to_be_visible()  # the button says what it does again
    page.goto(f"{address}/join/")
    page.get_by_label("Your name").evaluate("(field) => field.removeAttribute('maxlength')")
    page.get_by_label("Your name").press("Control+V")
    expect(page.get_by_label("Your name")).to_have_value(re.compile(f"^{address}/replay/{code}/{team}/"))


def test_pages_are_as_light_as_the_system_until_somebody_chooses(browser: Browser, stack: Stack) -> None:
    page = browser.new_page(color_scheme="light")
    root, switch = page.locator("html"), page.get_by_role("switch", name="Light")
    bars = page.locator("meta[name=theme-color]")
    page.goto(stack.address)
    expect(root).to_have_attribute("data-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(switch).to_have_attribute("aria-checked", "false")
    page.emulate_media(color_scheme="light")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(bars).to_have_attribute("content", "#ffffff")
    switch.click()
    expect(bars).to_have_attribute("content", "#0a0f18")
    page.reload()
    expect(root).to_have_attribute("data-theme", "dark")
    expect(bars).to_have_attribute("content", "#0a0f18")  # and not the system's
    page.goto(f"{stack.address}/join/")
    expect(bars).to_have_attribute("content", "#0a0f18")
    page.context.close()
