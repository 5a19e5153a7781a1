"""In a language that nobody speaks, all words a good part longer and all letters accented, read from left to right and from right to left:
nothing runs out of its place, on any page and at any desk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.addresses import PAGES, Who
from tests.catalogue import catalogue, stretched, texts
from tests.e2e.conftest import MET, Control, Opens, press_link, sideways
from tests.e2e.laid_out import BANDS, DESKS, PAIRS, PHONES, SCREENS, Held, alone
from tests.e2e.stack import Stack

LANGUAGES = ("eo", "ar")  # the second is one that Django knows to be read from right to left
SIZES = ((1440, 900), (390, 844))
FILES = re.compile(r"\.(json|csv|js|svg|pdf|md|xlsx|zip|ics)$|sign-out/$")
# What is wider than what it stands in, or leaves the window without anything to scroll it by.
SPILLS = """() => {
  const found = [], width = document.documentElement.clientWidth;
  const scrolls = (e) => { for (let a = e.parentElement; a && a !== document.body; a = a.parentElement) if (["auto", "scroll"].includes(getComputedStyle(a).overflowX)) return true; return false; };
  for (const e of document.querySelectorAll("main :is(button, a, label, legend, th, td, dt, dd, h1, h2, h3, h4, p, li, summary, .pill, .badge), .topbar *, .foot *")) {
    if (!e.checkVisibility({ visibilityProperty: true }) || !e.getClientRects().length || getComputedStyle(e).clipPath !== "none" || e.closest(".sr, .skip, svg, dialog")) continue;
    const { left, right } = e.getBoundingClientRect();
    const says = `${e.tagName.toLowerCase()}.${e.className} "${(e.innerText ?? "").trim().slice(0, 60)}"`;
    if (!scrolls(e) && (left < -1 || right > width + 1)) found.push(`${says} is at ${Math.round(left)} to ${Math.round(right)} of ${width} px`);
    const cut = getComputedStyle(e).textOverflow === "ellipsis"; // and whoever wants to reads it whole elsewhere
    if (!cut && getComputedStyle(e).display !== "inline" && e.clientWidth && e.scrollWidth > e.clientWidth + 1 && !["auto", "scroll"].includes(getComputedStyle(e).overflowX)) found.push(`${says} needs ${e.scrollWidth} and has ${e.clientWidth} px`);
  }
  return [...new Set(found)];
}"""


def says(text: str) -> str:
    """As the pages say it, with no spaces around."""
    return stretched(text)


@pytest.fixture(scope="module")
def foreign() -> Iterator[Stack]:
    """The game with both languages in its state folder."""

    def prepare(state: Path) -> None:
        known = {one: stretched(one) for one in texts()}
        for language in LANGUAGES:
            catalogue(state / "locale", known, language)

    stack = Stack("--demo", "--at", "09:33", "--speed", "10", prepare=prepare)
    yield stack
    stack.stop()


@pytest.fixture(scope="module")
def trainer(foreign: Stack, browser: Browser) -> Iterator[BrowserContext]:
    """Whoever has the facilitator's link, in English."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(foreign.link("facilitator"))
    press_link(page)
    page.goto(f"{foreign.address}/facilitator/{foreign.demo}/")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible()
    yield context
    context.close()


def in_language(browser: Browser, language: str, trainer: BrowserContext) -> Page:
    """A page of the trainer's in this language."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=language, storage_state=trainer.storage_state())
    context.add_init_script(MET)
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def wrong(page: Page, where: str) -> dict[str, list[str]]:
    """What runs out of its place on a page, under its name and size."""
    found = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        spilt = page.evaluate(SPILLS)
        if wide := sideways(page):
            spilt.append(f"{wide} px wider than the window")
        if spilt:
            found[f"{where} {width} x {height}"] = spilt
    return found


def listed(found: dict[str, list[str]]) -> str:
    return "\n".join(f"{where}:\n    " + "\n    ".join(faults) for where, faults in found.items())


def test_words_are_two_fifths_longer_and_what_fills_them_stays() -> None:
    for english in ("Stop all servers", "%(n)s of <b>%(of)s</b>\0%(n)s servers", "Ask {desk} &amp; wait", "100 %%"):
        told = stretched(english)
        assert re.findall(r"%\(\w+\)s|%%|{\w+}|<[^>]+>|&\w+;|\0", told) == re.findall(r"%\(\w+\)s|%%|{\w+}|<[^>]+>|&\w+;|\0", english)
    assert len(says("Stop all servers")) >= 1.4 * len("Stopallservers") and says("Stop all servers").isascii() is False


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_lets_a_longer_word_run_out_of_its_place(browser: Browser, foreign: Stack, trainer: BrowserContext, language: str) -> None:
    control = Control(foreign, trainer.new_page())
    code = control.create(f"Stretched {language}", "09:31")
    page = in_language(browser, language, trainer)
    found: dict[str, list[str]] = {}
    looked = 0
    for path, who in PAGES.items():
        here = path.replace("<str:code>", code).replace("<code:code>", code).replace("<str:desk>", "operator").replace("<number:team>", "1")
        if who in (Who.PROGRAM, Who.BOT) or FILES.search(path) or "<" in here:
            continue
        answer = page.goto(f"{foreign.address}/{here}")
        if answer is None or answer.status != 200 or "html" not in answer.headers["content-type"]:
            continue
        looked += 1
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert page.evaluate("getComputedStyle(document.body).direction") == ("rtl" if language == "ar" else "ltr")
        found |= wrong(page, here)
    control.do(code, "Start")
    control.end(code)
    page.goto(f"{foreign.address}/result/{code}/")
    while not page.locator("[role=tab]").count():
        page.reload()
    for tab in page.locator("[role=tab]").all():
        page.set_viewport_size({"width": 1440, "height": 900})
        tab.click()
        found |= wrong(page, f"result, {tab.get_attribute('id')}")
    for path in ("facilitator/{}/", "facilitator/{}/slides/", "replay/{}/1/"):
        page.goto(f"{foreign.address}/{path.format(code)}")
        found |= wrong(page, f"ended, {path}")
    page.context.close()
    assert looked > 20
    assert not found, listed(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_band_at_a_desk_covers_what_stops_when_words_are_longer(opens: Opens, browser: Browser, foreign: Stack, language: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=language, has_touch=True)
    context.add_init_script(MET)
    page = opens(foreign.address, context=context)
    alone(page, says)
    found: dict[str, list[str]] = {}
    for desk in DESKS:
        held = Held(page, desk, says)
        for size in (*((*one, 1) for one in SCREENS[:3]), *PHONES):
            held.size(*size)
            # All six at once of such words leave a mail too little of 720 px.
            for bands in (PAIRS[0], PAIRS[2] if size[1] == 720 else PAIRS[1]):
                found |= held.faults(bands)
            for tab in held.tabs if held.phone else ():
                found |= held.faults(BANDS, tab)
        held.let_go()
    context.close()
    assert not found, listed(found)
