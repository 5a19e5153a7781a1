"""A person at the risk manager's desk: sets a cap, gives the word, flattens, and sells what is left in the evening."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Control, Opens, axe, sideways
from tests.e2e.test_pages import check

LONG = 60_000  # market minutes at thirty times their speed, on a busy machine

ASK = """(what) => new Promise((answered) => {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/seat/operator/`);
  const mine = crypto.randomUUID();
  socket.onopen = () => socket.send(JSON.stringify({t: "command", id: mine, kind: "authorise.ask", args: {what}}));
  socket.onmessage = (message) => {
    const {t, id, reason} = JSON.parse(message.data);
    if (id === mine && (t === "applied" || t === "refused")) { socket.close(); answered(reason ?? t); }
  };
})"""


def desk(opens: Opens, facilitator: Control, title: str, start: str, speed: str = "30") -> tuple[str, Page]:
    """The code of an exercise that runs, and its risk manager's desk with a table of stocks."""
    code = facilitator.exercise(title, start=start, speed=speed)
    page = opens(facilitator.seat_link(code, "risk"))
    page.wait_for_selector("[data-link=live] .pos [data-symbol]", timeout=LONG)
    return code, page


def free_hand(page: Page) -> None:
    expect(page.locator(".hands")).to_contain_text("1 of 1 hands free", timeout=LONG)


def test_the_risk_manager_caps_gives_the_word_and_flattens(opens: Opens, facilitator: Control) -> None:
    code, page = desk(opens, facilitator, "Money", "09:31")
    operator = opens(facilitator.seat_link(code, "operator"))
    operator.wait_for_selector("[data-link=live]")

    page.keyboard.press("l")
    expect(page.locator("#part-limits")).to_be_focused()
    cap = page.locator("#limit-set")
    expect(page.get_by_label("Gross cap, account 33")).to_have_id("limit-set")
    cap.fill("much")
    page.locator("[data-set-limit='limit.set']").click()
    expect(page.locator("#limit-set-says")).to_contain_text("such as 25 M")
    cap.fill("25 M")
    expect(page.locator("#limit-set-says")).to_contain_text("Sets $25,000,000.")
    cap.press("Enter")
    armed = page.locator(".limit-sure")
    expect(armed).to_contain_text("Gross cap, account 33: $25,000,000.")
    expect(armed.locator(".sure")).to_be_focused()
    armed.get_by_role("button", name="Disarm").click()
    expect(cap).to_be_focused()
    expect(cap).to_have_value("25 M")
    cap.press("Enter")
    armed.locator("[data-sure=likely]").click()
    expect(page.locator("#limit-set")).to_have_value("")
    expect(page.locator("form.limit").first.locator(".limit-now")).to_contain_text("$25.0 M", timeout=2 * LONG)

    assert operator.evaluate(ASK, "servers.stop_all") == "applied"
    asked = page.locator(".word-asked")
    expect(asked).to_contain_text("Stop all servers", timeout=LONG)
    asked.get_by_role("button", name="Approve").click()
    expect(asked).to_have_count(0, timeout=LONG)
    expect(operator.locator(".guard", has_text="Stop all").first).to_have_attribute("data-word", "given", timeout=LONG)

    expect(page.locator("form.limit").first.locator(".limit-now")).to_contain_text("$25.0 M", timeout=LONG)
    expect(page.locator(".money-tile", has_text="Gross")).to_contain_text("M", timeout=LONG)
    free_hand(page)
    page.keyboard.press("p")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    watched = page.locator(".pos tr[data-on] [data-symbol]")
    expect(watched).to_be_visible(timeout=LONG)
    expect(page.locator(".price-now")).to_contain_text(watched.inner_text())
    page.locator(".price-part [data-share=position]").click()
    expect(page.locator(".lines-talk")).to_contain_text(watched.inner_text(), timeout=LONG)

    page.keyboard.press("u")
    free_hand(page)
    page.get_by_role("button", name="Aggressive", exact=True).click()
    flatten = page.locator("#flatten")
    expect(flatten).to_have_attribute("aria-disabled", "false", timeout=LONG)
    flatten.click()
    question = page.locator(".unwind-sure")
    expect(question).to_contain_text("Flatten all positions, aggressive.")
    expect(question.locator(".sure")).to_be_focused()
    question.locator("[data-sure=likely]").click()
    page.get_by_role("tab", name="Done").click()
    expect(page.locator("#part-done")).to_contain_text("Flatten positions", timeout=LONG)


def test_the_table_sorts_filters_and_keeps_still_under_the_focus(opens: Opens, facilitator: Control) -> None:
    _, page = desk(opens, facilitator, "The table", "09:33", "10")
    stocks = page.locator(".pos tbody tr")
    expect(stocks).to_have_count(154)
    page.get_by_role("button", name="Stock", exact=True).click()
    expect(page.locator(".pos thead th").first).to_have_attribute("aria-sort", "ascending")
    names = page.locator(".pos [data-symbol]").all_inner_texts()
    assert names == sorted(names)
    page.get_by_role("button", name="Worst 10").click()
    page.get_by_role("button", name="P&L", exact=True).last.click()
    expect(stocks).to_have_count(10)
    page.locator(".pos [data-symbol]").first.focus()
    before = page.locator(".pos [data-symbol]").all_inner_texts()
    clock = page.locator(".clock").inner_text()
    expect(page.locator(".clock")).not_to_have_text(clock, timeout=LONG)
    page.wait_for_function("(old) => document.querySelector('.clock').textContent.slice(0, 5) !== old.slice(0, 5)", arg=clock, timeout=LONG)
    assert page.locator(".pos [data-symbol]").all_inner_texts() == before
    page.get_by_role("button", name="All", exact=True).first.click()
    page.get_by_label("Search by symbol").fill(before[0].lower())
    expect(stocks).to_have_count(1)
    expect(stocks.first).to_contain_text(before[0])


@pytest.mark.alone
def test_the_block_is_sold_and_its_bank_is_asked_for_better(opens: Opens, facilitator: Control) -> None:
    code, page = desk(opens, facilitator, "Evening", "09:31", "5")
    expect(page.locator("#panel-evening")).to_be_hidden()
    facilitator.advance(code, "18:41")
    evening = page.locator("#panel-evening")
    expect(evening.locator("[data-take]").first).to_be_visible(timeout=2 * LONG)
    check(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    take = evening.locator(".offer[data-state=open] [data-take]").first
    expect(take).to_have_attribute("aria-disabled", "false", timeout=LONG)
    take.click()
    evening.locator("[data-sure=certain]").click()
    expect(evening).to_contain_text("the block is sold", timeout=LONG)


def test_the_risk_managers_desk_in_every_size(opens: Opens, facilitator: Control) -> None:
    code, page = desk(opens, facilitator, "Pages of the risk manager", "09:33")
    expect(page.locator(".pos .heat-n1, .pos .heat-n2, .pos .heat-p2").first).to_be_attached(timeout=LONG)
    page.locator(".pos [data-symbol]").first.click()
    expect(page.locator(".price-now")).to_be_visible(timeout=LONG)
    facilitator.do(code, "Pause")
    expect(page.locator(".bands")).to_contain_text("PAUSED", timeout=LONG)
    assert page.evaluate("document.documentElement.scrollHeight") <= 900, "the desk may not scroll"
    check(page)
    page.locator("[data-part-for=unwind]").click()
    for width, height in ((1440, 900), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        assert (sideways(page), axe(page)) == (0, []), width
    for tab in ("Positions", "Inbox", "Team"):
        page.get_by_role("tab", name=re.compile(f"^{tab}")).click()
        assert (sideways(page), axe(page)) == (0, []), tab
