"""A real browser before the real stack. Any console error fails a test: violations of the content policy arrive there."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import axe_playwright_python  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.builders import missing
from tests.children import end_with_us
from tests.e2e.stack import ROOM, Stack

# The headless shell draws the same pages and takes a sixth less of the processor: there is no window that it composes them for.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), f"/usr/bin/{BROWSERS[0]}")
INSTALL = f"apt-get install -y {BROWSERS[0]}"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # all that another theme of the same page can break
NO_FAULT = ("ERR_INTERNET_DISCONNECTED", "Cross-Origin-Opener-Policy header has been ignored")
THEMES = ("dark", "light")
RUN = """
axe.run(document, {preload: false, resultTypes: ["violations"], runOnly: %s}).then((found) => JSON.stringify(found.violations.map(
  (v) => v.id + ": " + v.nodes.map((n) => n.html.slice(0, 160) + " (" + (n.any[0] || n.all[0] || n.none[0] || {}).message + ")").join("; "))))
"""

# What a browser remembers that has met every desk: no first screen, no marks.
MET = "for (const desk of ['operator', 'risk', 'deployer']) for (const what of ['met', 'shown']) localStorage.setItem(`${what} ${desk}`, 'yes')"

# The risk manager's word, over a socket of its own.
GIVE = """(what) => new Promise((answered) => {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/seat/risk/`);
  const mine = crypto.randomUUID();
  socket.onopen = () => socket.send(JSON.stringify({t: "command", id: mine, kind: "authorise.give", args: {what}}));
  socket.onmessage = (message) => {
    const {t, id, reason} = JSON.parse(message.data);
    if (id === mine && (t === "applied" || t === "refused")) { socket.close(); answered(reason ?? t); }
  };
})"""


expect.set_options(timeout=15_000)  # 5 s of the library's are not enough beside two other suites on two cores


@pytest.fixture(scope="session", autouse=True)
def chromium() -> None:
    if not Path(CHROMIUM).exists():
        missing("Chromium", f"{INSTALL} (or set CHROMIUM to its path)")
    end_with_us()  # before Playwright's driver is started


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--host-resolver-rules=MAP {ROOM} 127.0.0.1",
        ],
    }


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A facilitator's link, and history's morning, which stands still as soon as somebody has the link: under every test a market that
    nobody looks at would go on.
    """
    stack = Stack("--demo", "--at", "09:33", "--speed", "10")
    yield stack
    stack.stop()


Opens = Callable[..., Page]


@pytest.fixture
def opens(browser: Browser) -> Iterator[Opens]:
    """opens(address, width=, height=, theme=, new=) -> a page in a browser of its own; console errors fail the test at its end. `new`: of
    somebody who has seen no desk.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def hear(message: Any) -> None:
        # A browser writes a line for every connection that fails while it is offline, and for a header that does nothing without https;
        # nothing of ours is wrong then.
        if message.type == "error" and not any(one in message.text for one in NO_FAULT):
            troubles.append(message.text)

    def open_page(address: str, width: int = 1440, height: int = 900, theme: str = "dark", context: BrowserContext | None = None, new: bool = False) -> Page:
        if context is None:
            context = browser.new_context(viewport={"width": width, "height": height}, has_touch=width < 720)
            context.add_init_script(f"localStorage.getItem('theme') || localStorage.setItem('theme', '{theme}')")
            if not new:
                context.add_init_script(MET)
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", hear)
        page.on("pageerror", lambda problem: troubles.append(str(problem)))
        page.goto(address)
        press_link(page, new=new)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def press_link(page: Page, new: bool = False) -> None:
    """The button on the page of a one-time link, where this is one: nothing is spent before."""
    if re.search(r"/(seat|facilitator)/[\w-]{20,}/$", page.url):
        if not new:
            page.evaluate(MET)
        page.locator("form[method=post] .btn-prime").click()
        page.wait_for_url(re.compile(r"/(desk|facilitator)/(\w+/)?$"))


def axe(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe finds wrong. Sent by the debugging protocol, which the content policy does not stop."""
    page.emulate_media(reduced_motion="reduce")  # a colour half way between two states is nobody's contrast
    page.evaluate("document.getAnimations().forEach((one) => one instanceof CSSTransition && one.finish())")
    wire = page.context.new_cdp_session(page)
    if not wire.send("Runtime.evaluate", {"expression": "'axe' in window"})["result"]["value"]:
        wire.send("Runtime.evaluate", {"expression": AXE})

    def found() -> list[str]:
        answer = wire.send("Runtime.evaluate", {"expression": RUN % json.dumps(rules), "awaitPromise": True})
        return list(json.loads(answer["result"]["value"]))

    first = found()
    if any("partially obscured" in one for one in first):  # by a bar that stays where it is: what is at fault is so wherever the page stands
        page.evaluate("scrollBy(0, 200)")
        again = found()
        first = [one for one in first if one in again]
        page.evaluate("scrollBy(0, -200)")
    wire.detach()
    return first


def looks(page: Page, sizes: Sequence[tuple[int, int]]) -> Iterator[tuple[str, list[str]]]:
    """Give the page each of these sizes in one theme, and its widest and narrowest in the other: which one, and the rules that axe has to look
    at there. Sizes differ in what is laid out, and all of the rules are for each; themes differ in colours, and in nothing else.
    """
    for theme in THEMES:
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        for width, height in sizes if theme == THEMES[0] else (sizes[0], sizes[-1]):
            page.set_viewport_size({"width": width, "height": height})
            yield f"{page.url} {theme} {width} x {height}", RULES if theme == THEMES[0] else COLOURS


def reaches(page: Page, clock: str) -> None:
    """Wait until the desk's clock shows this time: an exercise that starts later first runs there at full speed."""
    shows = "(clock) => (document.querySelector('[data-text=clock]')?.innerText ?? '') >= clock"
    page.wait_for_function(shows, arg=clock, timeout=90_000, polling=100)  # in the page: to be asked from here costs three processes their time


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


TITLES = {"risk": "risk manager"}  # of a desk that is not called by its title


class Control:
    """A facilitator's page, and exercises made on it."""

    def __init__(self, stack: Stack, page: Page) -> None:
        self.stack, self.page = stack, page
        self._shown: dict[tuple[str, str], str] = {}

    def exercise(self, title: str, start: str = "09:28", speed: str = "10") -> str:
        """Make and start one; its code."""
        code = self.create(title, start)
        self.do(code, "Start")
        self.do(code, f"{speed}x")
        expect(self.section(code).get_by_role("button", name=f"{speed}x", exact=True)).to_have_attribute("aria-pressed", "true")
        return code

    def create(self, title: str, start: str = "09:28", teams: int = 1, **speeds: str) -> str:
        """Make one on history's market; its code. `speeds`: of a phase (premarket, bell, ...), where it is not the default."""
        page = self.page
        page.goto(f"{self.stack.address}/facilitator/")
        page.get_by_label("Title").fill(title)
        page.get_by_label("Starts at").fill(start)
        page.get_by_label("Teams").fill(str(teams))
        page.locator("[name=seed_from][value=history]").check()
        for phase, speed in speeds.items():
            page.locator(f"[name=speed_{phase}]").fill(speed)
        page.get_by_role("button", name="Create").click()
        page.wait_for_url(re.compile(r"/facilitator/\w\w-\w\w\w/$"))
        return page.url.rstrip("/").rsplit("/", 1)[1]

    def section(self, code: str) -> Locator:
        """An exercise's page."""
        address = f"{self.stack.address}/facilitator/{code}/"
        if self.page.url != address:
            self.page.goto(address)
        return self.page.locator("main")

    def do(self, code: str, button: str) -> None:
        """Press a button of an exercise."""
        self.section(code).get_by_role("button", name=button, exact=True).click()

    def advance(self, code: str, to: str) -> None:
        """Let everybody go on at full speed to this time: it asks first."""
        self.section(code).get_by_label("Advance to, as HH:MM").fill(to)
        self.do(code, "Advance")
        self.section(code).locator("[data-go-jump]").click()

    def rests(self) -> None:
        """Look away: a control room that nobody reads is drawn all the same. Whatever is pressed next brings it back."""
        self.page.goto("about:blank")

    def row(self, code: str, team: str) -> Locator:
        """A team's row."""
        return self.section(code).locator(".team-row").filter(has_text=team)

    def open(self, code: str, nth: int = 0) -> Locator:
        """Open the row of the nth team; what it opens to."""
        opener = self.section(code).locator("[data-open-team]").nth(nth)
        if opener.get_attribute("aria-expanded") != "true":
            opener.click()
        return self.section(code).locator("tbody", has=self.page.locator("[data-open-team]")).nth(nth).locator(".team-detail")

    def seat_link(self, code: str, desk: str = "operator") -> str:
        """A one-time link to a seat of its first team."""
        self.open(code)
        self.section(code).get_by_role("button", name=f"New link for the {TITLES.get(desk, desk)}", exact=True).first.click()
        shown = self.section(code).get_by_label(f"One-time link of the {TITLES.get(desk, desk)}").first
        before, seat = self._shown.get((code, desk)), re.compile("/seat/.+")
        if before:
            expect(shown).not_to_have_value(before)
        expect(shown).to_have_value(seat)
        self._shown[code, desk] = shown.input_value()
        return self._shown[code, desk]

    def end(self, code: str) -> None:
        """End it."""
        self.do(code, "End")
        self.do(code, f"End {code}")
        expect(self.section(code)).to_contain_text("Ended")


@pytest.fixture(scope="session")
def facilitator_state(stack: Stack, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The facilitator's link opens once: its cookie, for every test that needs it."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(stack.link("facilitator"))
    press_link(page)
    page.goto(f"{stack.address}/facilitator/{stack.demo}/")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible()
    kept = tmp_path_factory.mktemp("facilitator") / "state.json"
    context.storage_state(path=kept)
    context.close()
    return kept


@pytest.fixture(autouse=True)
def tidied(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test started goes on no longer than the test: thirty markets left running beside one make every page late."""
    if "stack" not in request.fixturenames:
        yield
        return
    stack, kept = request.getfixturevalue("stack"), request.getfixturevalue("facilitator_state")
    api = request.getfixturevalue("playwright").request.new_context(base_url=stack.address, storage_state=kept)
    yield
    token = next(one["value"] for one in api.storage_state()["cookies"] if one["name"] == "csrftoken")
    for (code,) in stack.rows("SELECT code FROM game_exercise WHERE state IN ('running', 'paused') AND code != ?", stack.demo):
        api.post(f"/facilitator/exercise/{code}/", form={"do": "end"}, headers={"X-CSRFToken": token, "Referer": stack.address})
    api.dispose()


@pytest.fixture
def facilitator(stack: Stack, browser: Browser, facilitator_state: Path) -> Iterator[Control]:
    context = browser.new_context(storage_state=facilitator_state, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{stack.address}/facilitator/")
    yield Control(stack, page)
    context.close()
