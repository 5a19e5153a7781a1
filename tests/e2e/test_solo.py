"""Somebody who plays alone holds three desks and looks at one: the others call."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opens, axe, reaches, sideways
from tests.e2e.stack import Stack

LONG = 60_000


def alone(opens: Opens, stack: Stack, start: str) -> Page:
    page = opens(stack.address)
    page.get_by_label(start).check()
    page.get_by_label("All three").check()
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/desk/**")
    page.goto(f"{stack.address}/desk/operator/")
    page.wait_for_selector("[data-link=live] .desk-tabs")
    page.get_by_role("button", name="Begin").click(timeout=LONG)
    return page


def test_another_desks_phone_and_a_word_asked_for_there_stand_on_its_tab_and_are_spoken(opens: Opens, stack: Stack) -> None:
    page = alone(opens, stack, "The bell (09:28)")
    reaches(page, "09:28:00")
    page.get_by_role("button", name="To the bell").click()
    expect(page.locator(".drive-sure")).to_contain_text("nobody acts at your desk")
    page.get_by_role("button", name="Keep playing").click()
    tab = page.locator(".desk-tabs [data-desk=risk]")
    page.locator("[data-ask-word='servers.stop_all']").click()
    expect(tab).to_contain_text("your approval is requested", timeout=LONG)
    expect(page.locator("#say")).to_have_text("At the risk manager's desk your approval is requested: Stop all servers by hand.", timeout=LONG)
    page.get_by_label("Speed").select_option("30")
    expect(page.locator(".takeover")).to_contain_text("The opening bell rings", timeout=LONG)
    expect(page.locator("#say")).to_have_text("09:30. The market is open.")
    expect(tab).to_contain_text("the phone rings", timeout=2 * LONG)
    expect(page.locator("#alarm")).to_contain_text("At the risk manager's desk the phone rings: NYSE")
    page.get_by_label("Speed").select_option("0.5")
    for width, height in ((1440, 900), (390, 844), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        assert (sideways(page), axe(page)) == (0, []), width
    tab.click()
    page.wait_for_selector("[data-link=live] .word-asked")
    page.get_by_role("button", name="Approve").first.click()
    expect(page.locator(".word-asked")).to_have_count(0, timeout=LONG)
    page.goto(f"{stack.address}/desk/operator/")
    expect(page.locator(".desk-tabs [data-desk=risk]")).to_contain_text("the phone rings", timeout=LONG)
    expect(page.locator(".desk-tabs [data-desk=risk]")).not_to_contain_text("your word")
    page.get_by_role("button", name="Time controls").click()
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End here").click()
    expect(page.locator(".bands")).to_contain_text("has ended", timeout=LONG)
    expect(page.locator(".desk-tabs .badge")).to_have_count(0)
