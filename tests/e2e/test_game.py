"""A whole game in five browsers: three people who join from the code on the wall, a facilitator, a projector, from the lobby to the result.

The stale server is found by what the pages say and by nothing else: a mail, a log that has its order, a checksum.
"""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Control, Opens
from tests.e2e.test_deployer import press, row, select
from tests.e2e.test_operator import ORDER, open_reject_mail, read_log

LONG = 60_000
DESKS = {"operator": "Dana", "risk": "Ben", "deployer": "Ana"}  # in the order in which seats are given away


def join(opens: Opens, address: str, code: str, name: str, width: int = 1440, height: int = 900) -> Page:
    """As a person does: the address of the QR code, a name, one button."""
    page = opens(f"{address}/join/{code}/", width=width, height=height)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join", exact=True).click()
    page.wait_for_url("**/lobby/")
    return page


def say(page: Page, text: str) -> None:
    page.get_by_label("Say to the team").fill(text)
    page.get_by_label("Say to the team").press("Enter")


def test_a_team_joins_finds_the_stale_server_stops_it_and_sees_what_it_avoided(opens: Opens, facilitator: Control) -> None:
    address = facilitator.stack.address
    code = facilitator.create("A whole game", start="09:05")
    wall = opens(f"{address}/projector/{code}/")
    pages = {desk: join(opens, address, code, name) for desk, name in DESKS.items()}
    for desk, page in pages.items():
        expect(page.get_by_role("button", name="Start", exact=True)).to_have_attribute("aria-disabled", "true")
        expect(page.locator("main")).to_contain_text(DESKS[desk])
    facilitator.do(code, "Start")
    for desk, page in pages.items():
        page.wait_for_url("**/desk/**", timeout=LONG)
        expect(page.locator("h1")).to_contain_text("Risk manager" if desk == "risk" else desk.capitalize())
        page.wait_for_selector("[data-link=live]")
    operator, risk, deployer = pages["operator"], pages["risk"], pages["deployer"]

    mail = open_reject_mail(operator)
    orders = set(ORDER.findall(mail))
    operator.locator(".reading").get_by_role("button", name="Share").click()
    for page in (deployer, risk):
        expect(page.locator(".lines-talk")).to_contain_text("Power Peg disabled", timeout=LONG)
    assert orders
    # Minutes pass while logs are read: the mail's own order may have left the tail, but later ones like it stand there.
    guilty = next((n for n in range(8, 0, -1) if any("Power Peg disabled" in line for line in read_log(operator, n))), 0)
    assert guilty, "no log shows a refused order"
    say(operator, f"SMARS-{guilty} has the refused order in its log")

    expect(deployer.locator(".lines-talk")).to_contain_text("refused order", timeout=LONG)
    told = re.findall(r"SMARS-(\d) has the refused", deployer.locator(".lines-talk").inner_text())
    select(deployer, int(told[0]))
    press(deployer, "checksum.run")
    operator.locator(f"#server-{guilty} [data-act=stop]").click()
    operator.locator(f"#server-{guilty} [data-sure=certain]").click()
    expect(operator.locator(f"#server-{guilty}")).to_have_attribute("data-state", "stopped", timeout=LONG)
    expect(deployer.locator(row(deployer, guilty))).to_have_attribute("data-reads", re.compile("differs|down"), timeout=LONG)

    operator.keyboard.press("d")
    expect(operator.locator("#cause")).to_be_focused()
    cause = operator.locator("#part-cause")
    cause.get_by_label("What").select_option(label="Wrong release on a server's disk")
    cause.get_by_label("Where").select_option(label=f"SMARS-{guilty}")
    cause.get_by_role("checkbox", name=f"Log of SMARS-{guilty}").check()
    cause.get_by_role("checkbox", name="Mail from").first.check()
    cause.get_by_role("button", name="Almost certain").click()
    expect(risk.locator("#part-cause .declared")).to_contain_text(f"SMARS-{guilty}", timeout=LONG)
    expect(risk.locator("#part-cause .declared")).to_contain_text(f"Log of SMARS-{guilty}")

    facilitator.advance(code, "19:00")
    for page in pages.values():
        expect(page.locator(".bands")).to_contain_text("has ended", timeout=2 * LONG)
    expect(wall.locator(".curtain")).to_contain_text("The market is closed", timeout=LONG)
    result = opens(f"{address}/result/{code}/")
    while result.get_by_text("Reload").is_visible():
        result.get_by_text("Reload").click()
    figures = result.locator(".team-result", has_text="Losses avoided").first
    expect(figures).to_contain_text("Losses avoided")
    share = float(figures.locator("[data-share]").first.get_attribute("data-share") or 0)
    assert share > 0.9
    for label in ("Noticed", "Diagnosed"):
        expect(figures.locator("div", has=result.locator("dt", has_text=label)).last).to_contain_text("the bell")
    story = result.locator(".story").first
    expect(story).to_contain_text(f"Stopped SMARS-{guilty}")
    expect(result.locator(".story-then")).to_contain_text("Rolled back 7 servers")
