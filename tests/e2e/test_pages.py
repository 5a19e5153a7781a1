"""Every page, in both themes and at four sizes: nothing for axe to complain about, nothing that scrolls sideways."""

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Control, Opens, axe, looks, reaches, sideways
from tests.e2e.stack import Stack

SIZES = ((1440, 900), (1024, 768), (390, 844), (320, 640))


def check(page: Page) -> None:
    for where, rules in looks(page, SIZES):
        assert sideways(page) == 0, where
        assert axe(page, rules) == [], where


def test_the_start_page(opens: Opens, stack: Stack, facilitator: Control) -> None:
    code = facilitator.exercise("Seen from the street", speed="1")
    page = opens(stack.address, theme="light")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert code not in page.content(), "strangers are told no code"
    for width, height in ((1440, 900), (1366, 768), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_in_viewport(ratio=1)
    check(page)


def test_a_wrong_code_is_answered_beside_the_field(browser: Browser, stack: Stack) -> None:
    page = browser.new_page()  # the answer is a 404, which every browser writes to its console
    page.goto(stack.address)
    page.get_by_label("Code").fill("ZZ-ZZZ")
    page.get_by_label("Your name").fill("Dana")
    with page.expect_response("**/join/"):
        page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("alert")).to_contain_text("ZZ-ZZZ")
    expect(page.get_by_label("Code")).to_have_value("ZZ-ZZZ")
    page.context.close()


def test_the_projector(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Pages of a wall", start="09:31", speed="1")
    page = opens(f"{facilitator.stack.address}/projector/{code}/")
    facilitator.rests()
    page.wait_for_selector("[data-link=live] .wall-number")
    reaches(page, "09:31:00")
    for width, height in ((1440, 900), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollHeight") <= height, "the wall may not scroll"
        small = page.evaluate(SMALL_TEXT, 0.0215 * min(width, height * 16 / 9))
        assert small == [], "text that cannot be read at 8 m"
    check(page)


# Visible text of the wall under a size, buttons (nobody presses them from 8 m away) and hidden words left out.
SMALL_TEXT = """(least) => [...document.querySelectorAll('body *')].filter((el) => !el.closest('button, .sr, .skip, dialog, [hidden], .notice')
  && [...el.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && el.checkVisibility()
  && parseFloat(getComputedStyle(el).fontSize) < least).map((el) => el.outerHTML.slice(0, 120))"""


def test_the_operators_desk(opens: Opens, facilitator: Control) -> None:
    link = facilitator.seat_link(facilitator.exercise("Pages of a desk", start="09:31", speed="1"))
    page = opens(link)
    facilitator.rests()
    page.wait_for_selector("[data-link=live] #server-8 [data-act=stop]")
    reaches(page, "09:31:00")
    check(page)


def test_a_desk_that_the_facilitator_watches(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Pages of an observer", start="09:31", speed="1")
    facilitator.section(code)
    page = opens(facilitator.page.get_by_role("link", name="Watch Operator").evaluate("(a) => a.href"), context=facilitator.page.context)
    page.wait_for_selector("[data-link=live] #server-8 [data-act=stop]")
    expect(page.locator(".bands")).to_contain_text("Watching the operator of team Cobalt. You can only watch here.")
    reaches(page, "09:31:00")
    page.locator("#server-8 [data-act=stop]").click(force=True)
    expect(page.locator("#say")).to_have_text("You are watching this desk.")
    expect(page.locator(".sure")).to_have_count(0)
    check(page)


def tabs(result: Page) -> None:
    """Its parts by keys alone, one at a time; on paper all of them, and by an address the one that it names."""
    names = result.get_by_role("tab").all_inner_texts()
    assert names == ["Decisions", "Who knew what, when", "Objectives", "Barriers", "Replay", "What really happened", "Actions", "Numbers"]
    result.get_by_role("tab", name="Decisions").focus()
    for name in [*names[1:], names[0]]:
        result.keyboard.press("ArrowRight")
        expect(result.get_by_role("tab", name=name)).to_be_focused()
        expect(result.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
        expect(result.get_by_role("tabpanel")).to_have_count(1)
        assert (axe(result), sideways(result)) == ([], 0), name
    result.emulate_media(media="print")
    expect(result.locator("[data-panel]:visible")).to_have_count(len(names))
    result.emulate_media(media="screen")
    result.goto(f"{result.url.split('#')[0]}#happened")
    result.reload()
    expect(result.get_by_role("heading", name="What really happened")).to_be_visible()


def test_the_result_and_the_facilitators_page(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Pages of a result", speed="120")
    facilitator.end(code)
    result = opens(f"{facilitator.stack.address}/result/{code}/")
    while result.get_by_text("Reload").is_visible():
        result.get_by_text("Reload").click()
    expect(result.get_by_role("heading", name="What happened, and why")).to_be_visible()
    check(result)
    tabs(result)
    check(facilitator.page)
    facilitator.page.goto(f"{facilitator.stack.address}/facilitator/{code}/slides/")
    place = facilitator.page.get_by_role("status")
    expect(place).to_contain_text("1 / ")
    facilitator.page.keyboard.press("ArrowRight")
    expect(place).to_contain_text("2 / ")
    check(facilitator.page)
    facilitator.page.keyboard.press("End")
    expect(facilitator.page.get_by_role("heading", name="One change, one owner, one date")).to_be_visible()


def test_an_unknown_address_says_so_and_shows_a_way_out(browser: Browser, stack: Stack) -> None:
    page = browser.new_page()
    answer = page.goto(f"{stack.address}/nothing/")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("link", name="Home")).to_be_visible()
    assert axe(page) == []
    page.context.close()
