"""A person at the operator's desk, with what 2012 gave him: mail, logs, and a hand on the processes."""

import re

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.conftest import GIVE, Control, Opens, reaches
from tests.e2e.stack import wait_for

LOOKED = """select count(*) from game_command c join game_run r on r.id = c.run_id join game_team t on t.id = r.team_id
  join game_exercise e on e.id = t.exercise_id where e.code = ? and c.kind = 'server.look'"""
STOPPED = """select c.confidence, c.state from game_command c join game_run r on r.id = c.run_id join game_team t on t.id = r.team_id
  join game_exercise e on e.id = t.exercise_id where e.code = ? and c.kind = 'server.stop'"""
ORDER = re.compile(r"\b\d{4,}\b")


def rate(page: Page, name: str) -> float:
    return float(page.locator(f"[data-text={name}]").inner_text().replace(",", "").replace("\u2013", "0"))


def open_reject_mail(page: Page) -> str:
    """Open the newest reject mail; its text."""
    for _ in range(8):  # mail comes by the second: the list may move under the pointer
        page.locator(".mail", has_text="Power Peg disabled").first.click()
        page.mouse.move(5, 5)
        if "Power Peg disabled" in page.locator(".reading h3").inner_text():
            break
    expect(page.locator(".reading .text").first).to_be_visible(timeout=20_000)
    page.mouse.move(5, 5)
    return page.locator(".reading").inner_text()


def read_log(page: Page, server: int) -> list[str]:
    """Ask for one server's log and wait until it has been read."""
    page.keyboard.press(str(server))
    ask = page.get_by_role("button", name=f"Read log of SMARS-{server}", exact=True)
    expect(ask).to_have_attribute("aria-disabled", "false", timeout=30_000)
    head = page.locator("[data-head]")
    before = head.inner_text()
    ask.click()
    expect(head).to_contain_text(f"Log of SMARS-{server}, read", timeout=30_000)
    assert head.inner_text() != before
    return page.locator(".lines li").all_inner_texts()


def test_the_stale_server_is_found_by_reading_and_stopping_it_ends_the_runaway(opens: Opens, facilitator: Control) -> None:
    stack, code = facilitator.stack, facilitator.exercise("Reading", start="09:28", speed="10")
    page = opens(facilitator.seat_link(code))
    facilitator.rests()
    page.wait_for_selector("[data-link=live] #server-8 [data-act=stop]")
    reaches(page, "09:28:00")
    orders = set(ORDER.findall(open_reject_mail(page)))
    assert orders
    # The mail's own order may have left the tail meanwhile; later ones like it stand there.
    guilty = next((n for n in range(8, 0, -1) if any("Power Peg disabled" in line for line in read_log(page, n))), None)
    assert guilty == 8, "no log shows a refused order"

    wait_for(lambda: rate(page, "children_out") > 800, 60, "the runaway shows in the totals")
    page.locator(f"#server-{guilty} [data-act=stop]").click()
    page.locator(f"#server-{guilty} [data-sure=certain]").click()
    expect(page.locator(f"#server-{guilty}")).to_have_attribute("data-state", "stopped", timeout=20_000)
    expect(page.locator(".alerts-slot")).to_contain_text("SMARS-8")
    wait_for(lambda: rate(page, "children_out") < 400, 60, "the runaway has ended")
    ((confidence, state),) = stack.rows(STOPPED, code)
    assert (confidence, state) == ("certain", "applied")


def test_smars_is_disconnected_by_keyboard_alone(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Keys", start="09:31", speed="30")
    page, risk = opens(facilitator.seat_link(code)), opens(facilitator.seat_link(code, "risk"))
    facilitator.rests()
    page.wait_for_selector("[data-link=live] .guard")
    expect(page.get_by_role("switch", name="Arm: Disconnect SMARS. Not now: Disconnect SMARS at the exchanges needs the risk")).to_be_visible()
    assert risk.evaluate(GIVE, "smars.disconnect") == "applied"
    expect(page.get_by_role("switch", name="Arm: Disconnect SMARS", exact=True)).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("switch", name="Arm: Stop all servers")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[data-ask-word='servers.stop_all']")).to_be_focused()
    page.keyboard.press("Tab")
    guard = page.get_by_role("switch", name="Arm: Disconnect SMARS", exact=True)
    expect(guard).to_be_focused()
    page.keyboard.press("Space")
    expect(guard).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Escape")
    expect(guard).to_have_attribute("aria-checked", "false")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Likely")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Likely")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#server-1")).to_have_attribute("data-state", "disconnected", timeout=30_000)


def test_a_drop_of_the_network_is_shown_and_loses_and_doubles_nothing(opens: Opens, facilitator: Control) -> None:
    stack, code = facilitator.stack, facilitator.exercise("Network")
    page = opens(facilitator.seat_link(code))
    facilitator.rests()
    cut: list[str] = []

    def line(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            server.send(message)
            if '"command"' in str(message) and not cut:
                cut.append(str(message))
                route.close()  # the command arrives, its answer does not

        route.on_message(pass_on)

    page.route_web_socket("**/ws/seat/operator/", line)
    page.reload()
    page.wait_for_selector("[data-link=live] #server-8 [data-act=stop]")
    reaches(page, "09:28:00")
    page.get_by_role("button", name="Look at rates of SMARS-1").click()
    wait_for(lambda: cut, 5, "the command was sent")
    expect(page.locator(".tasks")).to_contain_text("SMARS-1", timeout=10_000)
    looked = (LOOKED, code)
    assert stack.rows(*looked) == [(1,)]

    page.context.set_offline(True)
    expect(page.locator(".bands")).to_contain_text("Last update", timeout=8_000)
    expect(page.locator("#server-2 [data-act=stop]")).to_have_attribute("aria-disabled", "true")
    before = page.locator("[data-text=clock]").inner_text()
    wait_for(lambda: "5 s ago" in page.locator(".bands").inner_text(), 12, "five seconds pass")
    page.context.set_offline(False)
    expect(page.locator("html")).to_have_attribute("data-link", "live", timeout=10_000)
    wait_for(lambda: page.locator("[data-text=clock]").inner_text() > before, 5, "time goes on")
    assert stack.rows(*looked) == [(1,)]
