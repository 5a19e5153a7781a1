"""What people are asked on their phones: before in the lobby, as observers while it runs, and thirty days later, of what they took on."""

import re
import sqlite3
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Control, Opens, axe, sideways
from tests.e2e.stack import Stack
from tests.e2e.test_join import PHONE, come_in


def chosen(page: Page, group: int, value: int) -> None:
    """One of a scale's five, by its place on the page."""
    page.locator(".scale").nth(group).locator("label").nth(value - 1).click()


def on_a_phone(page: Page) -> None:
    assert (sideways(page), axe(page)) == (0, []), page.url


def a_month_passes(stack: Stack, code: str) -> None:
    """The exercise ended 31 days earlier than it did."""
    with closing(sqlite3.connect(stack.state / "opening-bell.sqlite3", timeout=30)) as database, database:
        database.execute("UPDATE game_exercise SET ended_at = datetime(ended_at, '-31 days') WHERE code = ?", (code,))


def test_a_room_is_asked_before_while_it_plays_and_thirty_days_later(opens: Opens, facilitator: Control) -> None:
    address, code = facilitator.stack.address, facilitator.create("Asked three times")
    dana = come_in(opens, address, code, "Dana")
    dana.get_by_role("link", name="Answer").click()
    expect(dana.get_by_role("heading", name="Before it starts")).to_be_visible()
    on_a_phone(dana)
    chosen(dana, 0, 2)
    dana.get_by_role("button", name="Send").click()
    dana.wait_for_url("**/lobby/")
    expect(dana.get_by_text("Thank you. Your answers are saved.")).to_be_visible()

    facilitator.do(code, "Start")
    page = facilitator.page
    page.goto(f"{address}/facilitator/{code}/questions/")
    observers = page.get_by_label("A line for each team").first.input_value()
    sheet = opens(re.findall(r"http\S+", observers)[0], **PHONE)
    on_a_phone(sheet)
    sheet.get_by_role("textbox").first.fill("Observer Ö")
    chosen(sheet, 0, 1)
    sheet.get_by_label("What you saw or heard").first.fill("They asked before they stopped anything.")
    sheet.get_by_role("button", name="Save").click()
    expect(sheet.get_by_role("status")).to_be_visible()

    facilitator.end(code)
    dana.goto(f"{address}/result/{code}/#actions")
    while not dana.get_by_role("tab", name="Actions").count():
        dana.reload()
    dana.get_by_role("tab", name="Actions").click()
    dana.locator("[name=change]").fill("Two people at every deployment")
    dana.locator("[name=owner]").fill("Dana")
    dana.locator("[name=due]").fill("2027-01-15")
    dana.get_by_role("button", name="Add", exact=True).click()
    expect(dana.get_by_text("Two people at every deployment").first).to_be_visible()

    page.goto(f"{address}/facilitator/{code}/questions/")
    later = re.search(r"http\S+/later/\S+", page.content().replace("&#x27;", "'"))
    assert later, "a link for everybody who had a desk"
    early = opens(f"{address}/", **PHONE)
    answer = early.request.get(later[0].split("<")[0])
    assert answer.status == 409 and "the link opens on" in answer.text()
    a_month_passes(facilitator.stack, code)
    early.goto(later[0].split("<")[0])
    expect(early.get_by_role("heading", name="30 days later")).to_be_visible()
    on_a_phone(early)
    action = early.get_by_role("group", name=re.compile("^Two people at every deployment"))
    action.locator("label", has_text="Done").click()
    action.get_by_label("What became of it, in a sentence").fill("Since Monday.")
    chosen(early, 1, 4)
    early.get_by_role("button", name="Send").click()
    expect(early.get_by_text("Thank you. Your answers are saved.")).to_be_visible()

    page.reload()
    told = page.locator(".asked-table tbody tr").first
    expect(told).to_contain_text("2")
    expect(told).to_contain_text("4")
    page.goto(f"{address}/result/{code}/")
    page.get_by_role("tab", name="Actions").click()
    expect(page.locator(".action-list li[data-asked]")).to_contain_text("Since Monday.")
    page.get_by_role("tab", name="Objectives").click()
    expect(page.locator(".observed").first).to_contain_text("They asked before they stopped anything.")
