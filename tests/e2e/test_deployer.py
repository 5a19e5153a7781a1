"""A person at the deployer's desk: the record says that all is well, a checksum says what is."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import GIVE, Control, Opens, reaches
from tests.e2e.test_pages import check

LONG = 60_000  # market minutes at sixty times their speed, on a busy machine


def desk(opens: Opens, facilitator: Control, title: str, speed: str) -> Page:
    """The deployer's desk of an exercise that has come to 09:31."""
    page = opens(facilitator.seat_link(facilitator.exercise(title, start="09:31", speed=speed), "deployer"))
    facilitator.rests()
    page.wait_for_selector("[data-link=live] #fleet-8")
    reaches(page, "09:31:00")
    return page


def row(page: Page, server: int) -> str:
    return f"#fleet-{server}"


def press(page: Page, act: str) -> None:
    """Press what is done to the selected servers, once it may be."""
    button = page.locator(f"[data-act='{act}']")
    expect(button).to_have_attribute("aria-disabled", "false", timeout=LONG)
    button.click()


def select(page: Page, *servers: int) -> None:
    """Select these servers and no others, by their keys."""
    for box in page.locator(".fleet input").all():
        wanted = int((box.locator("xpath=ancestor::tr").get_attribute("id") or "").removeprefix("fleet-")) in servers
        if box.is_checked() is not wanted:
            page.keyboard.press(str(box.locator("xpath=ancestor::tr").get_attribute("id"))[-1])
    for server in servers:
        expect(page.locator(f"{row(page, server)} input")).to_be_checked()


def test_the_stale_server_is_found_by_checksum_and_mended_by_copy_and_restart(opens: Opens, facilitator: Control) -> None:
    page = desk(opens, facilitator, "Checksums", "60")
    expect(page.locator("#fleet-8 .f-recorded")).to_have_text("smars-rlp")
    select(page, 7, 8)
    press(page, "checksum.run")
    expect(page.locator(row(page, 8))).to_have_attribute("data-reads", "differs", timeout=LONG)
    expect(page.locator(row(page, 7))).to_have_attribute("data-reads", "same")
    expect(page.locator("#fleet-8 .f-disk")).to_contain_text("smars-2003")
    expect(page.locator(".terminal-panel")).to_contain_text("smars-8")

    select(page, 8)
    page.locator("[data-act='release.copy']").click()
    press(page, "copy")
    expect(page.locator("#fleet-8 .f-state")).to_contain_text("Copy", timeout=LONG)
    expect(page.locator("#fleet-8 .f-state")).not_to_contain_text("Copy", timeout=LONG)
    press(page, "server.start")
    page.locator(".fleet-sure [data-sure=certain]").click()
    expect(page.locator(".tasks")).to_contain_text("SMARS-8", timeout=LONG)
    expect(page.locator(".tasks")).not_to_contain_text("SMARS-8", timeout=LONG)
    press(page, "checksum.run")
    expect(page.locator(row(page, 8))).to_have_attribute("data-reads", "same", timeout=LONG)


def test_the_flag_is_cleared_upstream_by_keyboard_alone(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Flag", start="09:31", speed="60")
    page, risk = opens(facilitator.seat_link(code, "deployer")), opens(facilitator.seat_link(code, "risk"))
    facilitator.rests()
    page.wait_for_selector("[data-link=live] #fleet-8")
    reaches(page, "09:31:00")
    expect(page.locator(".guard")).to_contain_text("Needs approval from the risk manager.")
    page.locator("[data-ask-word='flag.clear']").click()
    expect(page.locator(".guard")).to_contain_text("waiting for the risk manager", timeout=LONG)
    assert risk.evaluate(GIVE, "flag.clear") == "applied"
    expect(page.locator(".guard")).to_contain_text("Orders carry the flag.", timeout=LONG)
    page.keyboard.press("k")
    guard = page.get_by_role("switch", name="Arm: Clear the flag")
    expect(guard).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Guessing")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".guard")).to_contain_text("Orders come without the flag.", timeout=LONG)


def test_config_and_reference_data_are_compared_and_loaded_in_views_of_their_own(opens: Opens, facilitator: Control) -> None:
    page = desk(opens, facilitator, "Config", "60")
    views = page.get_by_role("group", name="Server view")
    for view, recorded, typed in (("Config", "r412", "$ compare config smars-2"), ("Data", "0801", "$ compare data smars-2")):
        views.get_by_role("button", name=view).click()
        expect(page.locator("#fleet-2 .f-recorded")).to_have_text(recorded)
        expect(page.locator("#fleet-2 .f-disk")).to_have_text("not compared")
        select(page, 2)
        press(page, f"{view.lower()}.compare")
        expect(page.locator(row(page, 2))).to_have_attribute("data-reads", "same", timeout=LONG)
        expect(page.locator("#fleet-2 .f-process")).to_contain_text("the same")
        expect(page.locator(".terminal-panel")).to_contain_text(typed)
        expect(page.locator(row(page, 3))).to_have_attribute("data-reads", "none")
    press(page, "data.load")
    expect(page.locator(".terminal-panel")).to_contain_text("smars-2: reference data 0801 written, loaded, done", timeout=LONG)
    page.locator("#fleet-2 share-button button").click()
    expect(page.locator(".lines-talk")).to_contain_text("Reference data of SMARS-2 at", timeout=LONG)
    views.get_by_role("button", name="Program").click()
    expect(page.locator("#fleet-2 .f-disk")).to_have_text("not checked")


def test_a_copy_before_the_open_waits_for_the_risk_managers_word(opens: Opens, facilitator: Control) -> None:
    code = facilitator.exercise("Word", start="08:20", speed="10")
    page, risk = opens(facilitator.seat_link(code, "deployer")), opens(facilitator.seat_link(code, "risk"))
    facilitator.rests()
    page.wait_for_selector("[data-link=live] #fleet-8")
    reaches(page, "08:20:00")
    select(page, 3)
    page.locator("[data-act='release.copy']").click()
    expect(page.locator("[data-act='copy']")).to_have_attribute("aria-disabled", "true")
    page.locator("[data-ask-word='release.copy']").click()
    expect(page.locator(".copying .word-line")).to_have_attribute("data-state", "asked", timeout=LONG)
    assert risk.evaluate(GIVE, "release.copy") == "applied"
    expect(page.locator(".copying .word-line")).to_have_attribute("data-state", "given", timeout=LONG)
    press(page, "copy")
    expect(page.locator("#fleet-3 .f-state")).to_contain_text("Copy", timeout=LONG)


def test_the_deployers_desk_in_every_size(opens: Opens, facilitator: Control) -> None:
    page = desk(opens, facilitator, "Pages of the deployer", "1")
    select(page, 8)
    page.get_by_role("group", name="Server view").get_by_role("button", name="Data").click()
    check(page)
    page.get_by_role("group", name="Server view").get_by_role("button", name="Program").click()
    page.locator("[data-act='release.copy']").click()
    for part in ("releases", "diff", "changes"):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.locator(f"[data-part-for={part}]").click()
        check(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("tab", name="Code").click()
    check(page)


def test_a_duty_is_done_before_the_bell_and_its_row_says_so(opens: Opens, facilitator: Control) -> None:
    code = facilitator.create("Duties", start="08:00", premarket="120", bell="60")
    facilitator.do(code, "Start")
    page = opens(facilitator.seat_link(code, "deployer"))
    facilitator.rests()
    duties = page.locator(".duties")
    expect(duties).to_contain_text("Before the bell", timeout=LONG)
    expect(duties).to_contain_text("by 09:30, 0 of 3 done")
    rows = duties.locator("li")
    expect(rows.nth(0)).to_contain_text("If not done: its flagged orders are refused")
    duties.get_by_role("button", name="Do it: Load the new symbols, 20 min").click()
    expect(rows.nth(2)).to_have_attribute("data-state", "under way", timeout=LONG)
    expect(rows.nth(2)).to_contain_text("left")
    expect(page.locator(".tasks")).to_contain_text("Load the new symbols")
    duties.get_by_role("button", name="Do it: Certify Birchmont for RLP").click()
    expect(duties.get_by_role("button", name="Do it: Certify Harbor Lane")).to_have_attribute("aria-disabled", "true", timeout=LONG)
    expect(duties).to_contain_text("2 of 3 done", timeout=LONG)
    expect(duties).to_contain_text("Done: Certify Birchmont for RLP, Load the new symbols")
    reaches(page, "09:31:00")
    expect(duties).to_contain_text("Missed before the bell")
    check(page)
    duties.get_by_role("button", name="Do it: Certify Harbor Lane").click()
    expect(duties).to_be_hidden(timeout=LONG)
