"""Joining from a phone, the lobby, another seat, the start, the way back by a word, and a game for one."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Control, Opens, axe, sideways
from tests.e2e.stack import Stack
from tests.e2e.test_pages import check

PHONE = {"width": 390, "height": 844}


def come_in(opens: Opens, address: str, code: str, name: str, **size: int) -> Page:
    """As the QR code leads: the code is filled in, a name and one button are left."""
    page = opens(f"{address}/join/{code}/", **(size or PHONE))
    expect(page.get_by_label("Code")).to_have_value(code)
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/lobby/")
    page.wait_for_selector("[data-link=live]")
    return page


def test_a_phone_joins_changes_its_seat_and_is_led_to_its_desk_by_the_start(opens: Opens, facilitator: Control) -> None:
    address, code = facilitator.stack.address, facilitator.create("From a phone", start="08:00", teams=2)
    dana = come_in(opens, address, code, "Dana")
    eli = come_in(opens, address, code, "Eli")
    expect(dana.get_by_role("region", name="Team Amber")).to_contain_text("Eli")
    expect(dana.get_by_role("button", name="Start", exact=True)).to_be_disabled()
    expect(dana.get_by_text("The facilitator starts the exercise.")).to_be_visible()
    assert sideways(dana) == 0 and axe(dana) == []

    eli.get_by_role("button", name="Move here Risk manager, Cobalt").click()
    expect(eli.locator("#brief-risk")).to_be_visible()
    expect(dana.get_by_role("region", name="Team Cobalt").locator("li", has_text="Risk manager")).to_contain_text("Eli")
    expect(facilitator.section(code)).to_contain_text("2 people, 2 of 6 seats taken")
    expect(facilitator.row(code, "Cobalt")).to_contain_text("Eli")

    facilitator.do(code, "Start")
    for page, desk in ((dana, "operator"), (eli, "risk")):
        page.wait_for_url(f"**/desk/{desk}/", timeout=60_000)
        page.wait_for_selector("[data-link=live]")
    late = opens(f"{address}/join/{code}/", **PHONE)
    expect(late.get_by_text("It has started; you can still join")).to_be_visible()
    late.get_by_label("Your name").fill("Gus")
    late.get_by_role("button", name="Join", exact=True).click()
    late.wait_for_url("**/desk/**")
    late.wait_for_selector("[data-link=live]")

    eli.context.close()
    expect(facilitator.row(code, "Cobalt")).to_contain_text("away")


def test_the_word_brings_a_seat_to_another_device_and_the_first_one_says_where_it_went(opens: Opens, facilitator: Control) -> None:
    address, code = facilitator.stack.address, facilitator.create("By the word", start="08:00")
    first = come_in(opens, address, code, "Dana")
    word = first.locator("[data-word]").inner_text().lower()
    facilitator.do(code, "Start")
    first.wait_for_url("**/desk/operator/")
    first.wait_for_selector("[data-link=live]")
    second = opens(f"{address}/join/{code}/", width=1440, height=900)
    second.get_by_text("Lost your seat?").click()
    second.get_by_label("Your resume words").fill(f" {word.upper()} ")
    second.get_by_role("button", name="Return to my seat").click()
    second.wait_for_url("**/desk/operator/")
    second.wait_for_selector("[data-link=live]")
    expect(first.locator(".bands")).to_contain_text("This seat was opened in another browser")
    expect(first.locator(".bands").get_by_role("link", name="Reopen")).to_be_visible()


def test_two_tabs_of_one_browser_are_one_player_at_one_desk(opens: Opens, facilitator: Control) -> None:
    address, code = facilitator.stack.address, facilitator.create("Two tabs", start="08:00")
    first = come_in(opens, address, code, "Dana")
    second = opens(f"{address}/join/{code}/", context=first.context)
    expect(second.get_by_text("You are Dana here already.")).to_be_visible()
    second.get_by_role("link", name="Continue").click()
    second.wait_for_url("**/lobby/")
    second.get_by_role("button", name="Move here Deployer, Cobalt").click()
    expect(first.locator("#brief-deployer")).to_be_visible()  # the other tab learns of it
    facilitator.do(code, "Start")
    for page in (first, second):
        page.wait_for_url("**/desk/deployer/")
        page.wait_for_selector("[data-link=live]")
    first.close()
    expect(facilitator.row(code, "Cobalt")).not_to_contain_text("away")


def test_every_wrong_turn_has_its_sentence_and_its_way_out(browser: Browser, facilitator: Control) -> None:
    address, code = facilitator.stack.address, facilitator.create("Wrong turns", start="08:00")

    def tries(name: str) -> Page:
        page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()  # answers of 4xx go to the console
        page.goto(f"{address}/join/{code}/")
        page.get_by_label("Your name").fill(name)
        page.get_by_role("button", name="Join", exact=True).click()
        return page

    pages = [tries("Ana"), tries("ana")]
    expect(pages[1].get_by_role("alert")).to_contain_text("The name ana is taken")
    expect(pages[1].get_by_label("Your resume words")).to_be_visible()
    assert axe(pages[1]) == [] and sideways(pages[1]) == 0
    pages[1].get_by_label("Your name").fill("Ben")
    pages[1].get_by_role("button", name="Join", exact=True).click()
    pages[1].wait_for_url("**/lobby/")
    pages += [tries("Eli"), tries("Fay")]
    expect(pages[3].get_by_role("alert")).to_contain_text("Every seat is taken.")
    assert axe(pages[3]) == [] and sideways(pages[3]) == 0
    pages[3].get_by_role("button", name="Share this seat").click()
    pages[3].wait_for_url("**/lobby/")

    stale = browser.new_page()
    stale.goto(f"{address}/join/{code}/")
    stale.context.clear_cookies()
    stale.get_by_label("Your name").fill("Gus")
    stale.get_by_role("button", name="Join", exact=True).click()
    expect(stale.locator("main")).to_contain_text("sent no cookie")
    stale.get_by_role("link", name="Reload").click()
    expect(stale.get_by_label("Code")).to_have_value(code)

    facilitator.do(code, "Start")
    facilitator.end(code)
    ended = browser.new_page()
    ended.goto(f"{address}/join/{code}/")
    expect(ended.get_by_role("alert")).to_contain_text("This exercise has ended.")
    ended.get_by_role("link", name="See the result").click()
    ended.wait_for_url(f"**/result/{code}/")
    for page in (*pages, stale, ended):
        page.context.close()


def test_one_person_practises_starts_drives_and_switches_desks_by_tabs(opens: Opens, stack: Stack) -> None:
    page = opens(stack.address)
    page.get_by_label("All three").check()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_url("**/lobby/")
    page.wait_for_selector("[data-link=live]")
    expect(page.get_by_text("Press Start when you are ready.")).to_be_visible()
    practise(page)
    page.evaluate("scrollTo(0, 1e6)")
    bar, last = page.locator(".startbar").bounding_box(), page.locator("main > *").last.bounding_box()
    assert bar and last and last["y"] + last["height"] <= bar["y"], "the bar covers nothing"
    check(page)

    page.set_viewport_size({"width": 1440, "height": 900})  # on a phone its time is folded away
    page.goto(f"{stack.address}/desk/operator/")
    expect(page.locator(".bands")).to_contain_text("Press Start when you are ready.")
    page.locator(".bands").get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(".bands")).not_to_contain_text("Press Start")
    for name, desk in (("Deployer", "deployer"), ("Risk", "risk"), ("Operator", "operator")):
        page.get_by_role("navigation", name="Your desks").get_by_role("link", name=name).click()
        page.wait_for_url(f"**/desk/{desk}/")
        page.wait_for_selector("[data-link=live]")
        expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
    page.get_by_role("button", name="Begin").click()
    time = page.get_by_role("group", name="Time")
    time.get_by_role("button", name="Pause").click()
    expect(page.locator(".bands")).to_contain_text("PAUSED")
    time.get_by_label("Speed").select_option("2")
    time.get_by_role("button", name="Resume").click()
    expect(page.locator(".bands")).not_to_contain_text("PAUSED")
    time.get_by_role("button", name="End", exact=True).click()
    time.get_by_role("button", name="End here").click()
    expect(page.locator(".bands").get_by_role("link", name="See the result")).to_be_visible()


def practise(page: Page) -> None:
    """The first lever of every desk, on the desk's own card."""
    box = {desk: page.locator(f"[data-practice={desk}]") for desk in ("operator", "deployer", "risk")}
    box["operator"].locator("summary").click()
    box["operator"].locator("#server-3 [data-act=stop]").click()
    box["operator"].get_by_role("button", name=re.compile("Likely")).click()
    box["deployer"].locator("summary").click()
    box["deployer"].get_by_label("Select Practice 2").check()
    box["deployer"].locator("[data-act='checksum.run']").click()
    box["risk"].locator("summary").click()
    expect(box["risk"]).to_contain_text("The operator asks for your approval")
    box["risk"].get_by_role("button", name="Approve").first.click()
    for one, learnt in (
        ("operator", "keeps trading until it has stopped"),
        ("deployer", "still the old process"),
        ("risk", "may stop all servers"),
    ):
        expect(box[one].locator("[data-learnt]")).to_contain_text(learnt, timeout=15_000)
        expect(box[one].locator("[data-done]")).to_be_visible()
