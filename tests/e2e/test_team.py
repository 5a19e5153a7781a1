"""What three desks share: pins and talk, the risk manager's word, the telephone, assistants, and reasons given afterwards."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Control, Opens, reaches
from tests.e2e.test_operator import open_reject_mail

LONG = 60_000


def desks(opens: Opens, facilitator: Control, code: str, start: str, *names: str) -> list[Page]:
    """A browser at each of these desks, live, in an exercise that has come to its start."""
    pages = [opens(facilitator.seat_link(code, name)) for name in names]
    facilitator.rests()
    for page in pages:
        page.wait_for_selector("[data-link=live] .lines-talk")
        reaches(page, start)
    return pages


def shared_mail(opens: Opens, facilitator: Control, code: str) -> tuple[Page, Page, Locator]:
    """The operator has shared a reject mail: both browsers, and the pin as the deployer sees it."""
    operator, deployer = desks(opens, facilitator, code, "09:20", "operator", "deployer")
    open_reject_mail(operator)
    operator.locator(".reading").get_by_role("button", name="Share").click()
    pin = deployer.locator(".said[data-kind=pin]", has_text="Power Peg disabled")
    expect(pin).to_be_visible(timeout=LONG)
    return operator, deployer, pin


def test_a_shared_mail_is_on_every_bridge_and_who_read_it_is_known(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Bridge", start="09:20", speed="10")
    operator, deployer, pin = shared_mail(opens, facilitator, code)
    expect(deployer.locator("[data-news=long]")).to_contain_text("not read")
    pin.locator(".pin").click()
    expect(pin.locator(".pin-lines")).to_contain_text("Power Peg disabled")
    mine = operator.locator(".said[data-kind=pin]", has_text="Power Peg disabled")
    mine.locator(".pin").click()
    expect(mine).to_contain_text(re.compile(r"Read by .*the deployer"), timeout=LONG)  # an assistant at the third desk may have read it too
    deployer.keyboard.press("b")
    expect(deployer.locator("#say-text")).to_be_focused()
    deployer.keyboard.type("Which host wrote it?")
    deployer.keyboard.press("Enter")
    expect(operator.locator(".lines-talk")).to_contain_text("Which host wrote it?", timeout=LONG)


def test_what_was_opened_while_nothing_could_be_told_is_told_when_it_can(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Bridge, paused", start="09:20", speed="10")
    _, deployer, pin = shared_mail(opens, facilitator, code)
    facilitator.do(code, "Pause")
    expect(deployer.locator(".bands")).to_contain_text("PAUSED", timeout=LONG)
    pin.locator(".pin").click()
    expect(pin.locator(".pin-lines")).to_contain_text("Power Peg disabled")
    expect(pin).to_contain_text("Not read")
    facilitator.do(code, "Resume")
    expect(pin).to_contain_text("Close", timeout=LONG)
    expect(pin).to_contain_text(re.compile("Read by .*you"))


def test_stopping_all_needs_the_word_is_asked_for_given_sent_and_explained(opens: Opens, facilitator: Control) -> None:
    stack, code = facilitator.stack, facilitator.exercise("The word", start="09:31", speed="30")
    operator, risk = desks(opens, facilitator, code, "09:31", "operator", "risk")
    stop = operator.locator(".guard", has_text="Stop all servers")
    stop.get_by_role("button", name="Ask the risk manager").click()
    expect(stop).to_contain_text("waiting for the risk manager", timeout=LONG)
    asked = risk.locator(".word-asked")
    expect(asked).to_contain_text("asks for your approval", timeout=LONG)
    asked.get_by_role("button", name="Approve").click()
    guard = operator.get_by_role("switch", name="Arm: Stop all servers", exact=True)
    expect(guard).to_be_visible(timeout=LONG)
    guard.click()
    operator.get_by_role("button", name="Almost certain").click()
    operator.get_by_label("Why?").fill("eight sends a thousand orders a second")
    operator.get_by_role("button", name="Save", exact=True).click()
    expect(operator.locator(".footbar")).to_contain_text("It will appear in the debrief", timeout=LONG)
    expect(operator.locator("#server-1")).to_have_attribute("data-state", "stopped", timeout=2 * LONG)
    of_it = "run_id in (select r.id from game_run r join game_team t on t.id = r.team_id join game_exercise e on e.id = t.exercise_id where e.code = ?)"
    ((why, state),) = stack.rows(f"select why, state from game_command where kind = 'servers.stop_all' and {of_it}", code)
    assert (why, state) == ("eight sends a thousand orders a second", "applied")


def test_the_exchange_rings_first_on_the_screen_and_is_answered_once(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("A call", start="09:33", speed="10")
    (risk,) = desks(opens, facilitator, code, "09:33", "risk")
    call = risk.locator(".call", has_text="NYSE Market Operations")
    expect(call).to_be_visible(timeout=LONG)
    expect(call.locator("[data-reply]")).to_have_count(4)
    call.locator("[data-reply='exchange.accept']").click()  # it can hurt: armed, not sent
    expect(call.get_by_role("button", name="Almost certain")).to_be_visible()
    risk.keyboard.press("Escape")
    call.locator("[data-reply='exchange.callback']").click()
    expect(call).not_to_be_visible(timeout=LONG)
    risk.get_by_role("tab", name="Calls").click()
    past = risk.locator(".call-past", has_text="NYSE Market Operations")
    past.locator("summary").click()
    expect(past).to_contain_text("I'll find out and call you back.")


def test_an_assistant_does_what_it_is_asked_and_shows_the_result(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Assistants", start="09:31", speed="30")
    (operator,) = desks(opens, facilitator, code, "09:31", "operator")
    operator.get_by_role("button", name="Ask the assistant of the deployer").click()
    dialog = operator.get_by_role("dialog")
    dialog.locator("input[name=ask-server]").nth(7).check(force=True)
    dialog.get_by_role("button", name="Checksum SMARS-8").click()
    expect(operator.locator(".lines-talk")).to_contain_text("checksum", timeout=LONG, ignore_case=True)
    pin = operator.locator(".said[data-kind=pin]", has_text="Checksum of SMARS-8")
    expect(pin).to_be_visible(timeout=2 * LONG)
