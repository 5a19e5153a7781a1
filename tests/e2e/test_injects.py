"""The deck in real browsers: a facilitator plays, schedules and takes back; a desk sees it, answers a message, and the answer comes back."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Control, Opens, axe, reaches, sideways
from tests.e2e.test_pages import check

LONG = 30_000


def view(page: Page, name: str) -> None:
    page.locator("#injects").get_by_role("group", name="Injects").get_by_role("button", name=re.compile(f"^{name}")).click()


def hold(page: Page, title: str) -> None:
    """Choose a card of the deck, by the keyboard, and wait for who will see what."""
    view(page, "Ready")
    page.locator("#injects").get_by_role("button", name=title).press("Enter")
    expect(page.locator("#injects h3")).to_be_focused()
    expect(page.locator("#injects").get_by_role("region", name="Who will see what")).to_be_visible()


def row(page: Page, title: str):
    return page.locator("#injects .line-row").filter(has_text=title)


def test_a_facilitator_plays_the_deck_and_speaks_as_somebody(opens: Opens, facilitator: Control) -> None:
    page = facilitator.page
    code = facilitator.create("The deck", start="09:29", teams=2, premarket="5", bell="5")
    facilitator.section(code)

    hold(page, "A server crashes")
    page.get_by_role("combobox", name="Server").select_option("3")
    page.get_by_text("At a time", exact=True).click()
    page.get_by_label("Market time").fill("09:31")
    expect(page.locator("#injects .seen")).to_contain_text("The process on server 3 ends")
    expect(page.locator("#injects .seen")).to_contain_text("Nobody is told")
    page.get_by_role("button", name="Schedule for all teams").click()
    expect(row(page, "A server crashes")).to_contain_text("09:31:00")

    hold(page, "Position figures come late")
    page.get_by_text("At a time", exact=True).click()
    page.get_by_role("textbox", name="Market time").fill("09:20")
    page.get_by_role("button", name="Schedule for").click()
    expect(page.locator("#injects").get_by_role("alert")).to_contain_text("This exercise starts at 09:29: expected a later time.")
    page.get_by_text("When", exact=True).last.click()
    page.get_by_role("button", name="Set for all teams").click()
    expect(row(page, "Position figures come late")).to_contain_text("gross exposure above $500,000,000")
    row(page, "Position figures come late").get_by_role("button", name="Withdraw").click()
    expect(row(page, "Position figures come late")).to_have_count(0)
    page.locator("#injects").get_by_role("button", name="Show all").click()
    expect(row(page, "Position figures come late")).to_contain_text("Withdrawn")

    link = facilitator.seat_link(code)
    facilitator.do(code, "Start")
    desk = opens(link, width=390, height=844)
    reaches(desk, "09:29:05")
    hold(page, "Where do we stand?")
    for name in ("Deployer", "Risk"):
        page.locator("#injects").get_by_role("checkbox", name=name).uncheck()
    page.get_by_label("Your own text").fill("Two lines, please.")
    expect(page.locator("#injects .seen")).to_contain_text("Two lines, please.")
    page.get_by_role("button", name="Play now to all teams").click()
    expect(row(page, "Where do we stand?").filter(has_text="the operator, by")).to_contain_text("Delivered", timeout=LONG)

    view(page, "Messages")
    page.get_by_label("From", exact=True).fill("The regulator")
    page.get_by_label("Message", exact=True).fill("Who can stop this?")
    page.get_by_role("button", name="Send as The regulator").click()
    expect(desk.locator("#messages")).to_contain_text("Who can stop this?", timeout=LONG)
    check(page)
    check(desk)
    desk.get_by_label("Answer to The regulator").fill("The risk manager can.")
    desk.locator("#messages").get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator("#injects .said-answers")).to_contain_text("The risk manager can.", timeout=LONG)
    expect(desk.locator("#messages")).to_contain_text("answered", timeout=LONG)

    view(page, "Scheduled")
    reaches(desk, "09:31:00")
    expect(row(page, "A server crashes")).to_contain_text("Delivered 09:31:00", timeout=LONG)
    desk.set_viewport_size({"width": 1440, "height": 900})
    expect(desk.locator("#server-3")).to_have_attribute("data-state", "stopped", timeout=LONG)
    page.set_viewport_size({"width": 320, "height": 640})
    for name in ("Ready", "Scheduled"):
        view(page, name)
        assert sideways(page) == 0
        assert axe(page) == []
    facilitator.end(code)
