"""Rooms whose network lets no WebSocket through, and pages that are not live: what a person sees, and that a desk can be played."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Control, Opens, axe, press_link, sideways
from tests.e2e.stack import Stack, wait_for
from tests.e2e.walled import Walled

Walls = Callable[..., Walled]


@pytest.fixture
def walls(stack: Stack) -> Iterator[Walls]:
    made: list[Walled] = []

    def make(**values: bool) -> Walled:
        made.append(Walled(int(stack.address.rsplit(":", 1)[1]), **values))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def page_of(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page whose console may tell of refused connections."""
    contexts = []

    def make(address: str, width: int = 1440, height: int = 900, theme: str = "dark", **values: bool) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **values)  # type: ignore[arg-type]
        context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(address)
        return page

    yield make
    for context in contexts:
        context.close()


def clock(page: Page) -> str:
    return page.locator("[data-text=clock]").first.inner_text()


def test_a_desk_is_played_where_no_socket_gets_through(stack: Stack, facilitator: Control, walls: Walls, page_of: Callable[..., Page]):
    wall, code = walls(), facilitator.exercise("No sockets", "09:28", "5")
    page = page_of(facilitator.seat_link(code).replace(stack.address, wall.address))
    press_link(page)
    expect(page.locator("[data-link-word]")).to_contain_text("Live, slow connection", timeout=20_000)  # a socket is tried for four seconds
    assert wall.refused, "a socket was tried first"
    before = clock(page)
    wait_for(lambda: clock(page) > before, 20, "frames come")
    page.locator("#server-3 [data-act=stop]").click()
    page.locator("#server-3 [data-sure=certain]").click()
    expect(page.locator("#server-3")).to_have_attribute("data-state", "stopped", timeout=30_000)
    page.locator("#say-text").fill("three is down")
    page.locator("#say-text").press("Enter")
    expect(page.locator("[data-card=bridge]")).to_contain_text("three is down")
    page.reload()
    expect(page.locator("[data-link-word]")).to_contain_text("slow connection", timeout=20_000)
    expect(page.locator("[data-card=bridge]")).to_contain_text("three is down")


def test_walls_and_control_rooms_live_on_the_slower_line(facilitator: Control, walls: Walls, page_of: Callable[..., Page]):
    code = facilitator.exercise("A wall without sockets", "09:28", "5")  # the demo may have come to its end by then
    page = page_of(f"{walls().address}/projector/{code}/")
    expect(page.locator(".if-slow")).to_be_visible()
    before = clock(page)
    wait_for(lambda: clock(page) > before, 20, "frames come")
    expect(page.locator(".not-live")).to_be_hidden()


def test_a_page_that_no_line_reaches_says_so_and_what_to_try(stack: Stack, walls: Walls, page_of: Callable[..., Page]):
    page = page_of(f"{walls(lines=False).address}/projector/{stack.demo}/")
    expect(page.locator("html")).to_have_attribute("data-picture", "")
    band = page.locator(".band-link").filter(has_text="The server could not be reached")
    expect(band).to_be_visible(timeout=20_000)  # both ways are tried first
    expect(band).to_contain_text("/check/")
    assert axe(page) == []


def test_a_page_without_scripts_says_so(stack: Stack, page_of: Callable[..., Page]):
    page = page_of(f"{stack.address}/projector/{stack.demo}/", java_script_enabled=False)
    expect(page.locator(".if-picture")).to_be_visible()
    expect(page.locator(".not-live")).to_be_visible(timeout=15_000)
    # The driver switches scripts off after the parser has decided, so that it shows no noscript: what a browser would show is in there.
    assert "JavaScript is off in this browser" in (page.locator(".not-live noscript").text_content() or "")


def test_a_page_whose_scripts_do_not_arrive_says_so_after_five_seconds(stack: Stack, browser: Browser):
    context = browser.new_context()
    context.route("**/*projector*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{stack.address}/projector/{stack.demo}/")
    expect(page.get_by_text("scripts have not started")).to_be_visible(timeout=15_000)
    context.close()


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light")])
def test_the_check_page_finds_everything_well(stack: Stack, opens: Opens, width: int, theme: str):
    page = opens(f"{stack.address}/check/", width=width, theme=theme)
    expect(page.locator("#verdict")).to_contain_text("Ready", timeout=30_000)
    for name in ("scripts", "cookies", "socket", "slow", "clock"):
        expect(page.locator(f"[data-check={name}]")).to_have_attribute("data-state", re.compile("ok|warn"))
    assert sideways(page) == 0 and axe(page) == []


def test_the_check_page_names_what_a_network_stops(walls: Walls, page_of: Callable[..., Page]):
    page = page_of(f"{walls().address}/check/")
    expect(page.locator("#verdict")).to_contain_text("over the slow connection", timeout=30_000)
    expect(page.locator("[data-check=socket]")).to_contain_text("blocks WebSockets")
    page = page_of(f"{walls(lines=False).address}/check/")
    expect(page.locator("#verdict")).to_contain_text("cannot play", timeout=30_000)
    expect(page.locator("[data-check=slow]")).to_have_attribute("data-state", "bad")
