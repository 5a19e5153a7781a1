"""Facilitators: an account made in the admin, a session from its preparation to its tables, and every page of theirs."""

import re
from base64 import b32decode
from collections.abc import Iterator

import pytest
from django_otp.oath import totp
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Control, Opens, axe, sideways
from tests.e2e.stack import Stack
from tests.e2e.test_pages import check

PASSWORD = "horse battery 9"
SIZES = ((1440, 900), (390, 844))


def make_account(facilitator: Control, name: str) -> None:
    """As the staff does it."""
    page = facilitator.page
    page.goto(f"{facilitator.stack.address}/admin/auth/user/add/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/admin/auth/user/*/change/")


def sign_in(opens: Opens, stack: Stack, name: str, then: str = "/facilitator/sessions/") -> Page:
    page = opens(f"{stack.address}/account/sign-in/?next={then}")
    page.get_by_label("Account name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{then}")
    return page


@pytest.fixture
def erin(opens: Opens, stack: Stack, facilitator: Control) -> Iterator[Control]:
    """A facilitator with an account of her own, new for each test."""
    name = f"erin{len(stack.rows('SELECT id FROM auth_user'))}"
    make_account(facilitator, name)
    yield Control(stack, sign_in(opens, stack, name))


def download(page: Page, link: str) -> str:
    with page.expect_download() as found:
        page.get_by_role("link", name=link).click()
    return found.value.path().read_text(encoding="utf-8")


def test_a_session_from_its_preparation_to_its_tables(opens: Opens, erin: Control, facilitator: Control) -> None:
    page, address = erin.page, erin.stack.address
    expect(page.get_by_text("No sessions yet.")).to_be_visible()
    code = erin.create("Autumn class", start="09:28", teams=2)
    page.goto(f"{address}/facilitator/sessions/")
    row = page.get_by_role("listitem").filter(has_text=code)
    row.get_by_role("link", name="Edit").click()
    page.get_by_label("Title").fill("Winter class")
    page.get_by_label("Planned for").fill("2031-12-01T09:00")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/facilitator/{code}/")

    page.goto(f"{address}/facilitator/sessions/")
    expect(row).to_contain_text("Mon 1 Dec 2031, 09:00 UTC")
    row.get_by_role("button", name="Duplicate").click()
    page.wait_for_url(re.compile(r"/facilitator/\w\w-\w\w\w/edit/$"))
    copy = page.url.split("/")[-3]
    expect(page.get_by_role("status").filter(has_text=copy)).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Winter class (copy)")
    page.goto(f"{address}/facilitator/{copy}/delete/")
    page.get_by_role("button", name=f"Delete {copy}").click()
    expect(page.get_by_text(f"{copy} Winter class (copy) is deleted.")).to_be_visible()

    other = page.context.browser.new_context() if page.context.browser else None
    assert other is not None
    player = other.new_page()
    player.goto(f"{address}/join/{code}/")
    player.get_by_label("Your name").fill("Jürgen")
    player.get_by_role("button", name="Join", exact=True).click()
    player.wait_for_url("**/lobby/")
    erin.do(code, "Start")
    erin.end(code)
    other.close()

    page.goto(f"{address}/facilitator/sessions/?when=past&q=winter")
    attendance = download(page, f"Attendance, CSV of {code}")
    assert attendance.startswith("\ufeffexercise,code,name") and f"Winter class,{code},Jürgen,Cobalt,operator" in attendance
    results = download(page, f"Results, CSV of {code}")
    assert results.count("\n") == 3 and f"Winter class,{code},Amber,knight-2012,79" in results
    row.get_by_role("button", name="Run again, new seed").click()
    page.wait_for_url(re.compile(r"/edit/$"))
    assert page.get_by_label("As is").is_checked() and page.get_by_label("Seed", exact=True).input_value() == "", "its seed is told at the end"
    expect(page.get_by_label("Teams")).to_have_value("2")

    page.goto(f"{address}/facilitator/sessions/?when=past")
    row.get_by_role("button", name="Archive").click()
    page.wait_for_url("**/facilitator/sessions/")
    expect(page.locator(".sessions")).not_to_contain_text(code)
    page.get_by_label("Include archived").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(row.get_by_role("button", name="Restore")).to_be_visible()

    theirs = facilitator.create("Somebody else's")
    assert page.request.get(f"{address}/facilitator/{theirs}/").status == 404
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{address}/")
    assert page.request.get(f"{address}/facilitator/sessions/").status == 403


def test_the_pages_of_a_facilitator(opens: Opens, erin: Control) -> None:
    page, address = erin.page, erin.stack.address
    code = erin.create("A session with rather a long title, so that it has to wrap somewhere", teams=12)
    for path in ("sessions/", f"{code}/edit/", f"{code}/delete/", "guide/"):
        page.goto(f"{address}/facilitator/{path}")
        check(page)
    for path in ("password/", "two-step/"):
        page.goto(f"{address}/account/{path}")
        check(page)
    signing = opens(f"{address}/account/sign-in/")
    check(signing)
    signing.goto(f"{address}/brief/risk/")
    check(signing)


def test_two_step_sign_in_by_keyboard_alone(opens: Opens, erin: Control) -> None:
    page, address = erin.page, erin.stack.address
    page.goto(f"{address}/account/two-step/")
    key = page.locator("ol code").inner_text().replace(" ", "")
    page.get_by_label("Six digits that the app shows").focus()
    page.keyboard.type(f"{totp(b32decode(key)):06}")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    recovery = page.locator(".recovery li").first.inner_text()
    assert axe(page) == [] and sideways(page) == 0
    page.get_by_role("link", name="I have kept them").press("Enter")
    expect(page.get_by_text("10 recovery codes are left.")).to_be_visible()
    name = page.locator(".sitenav-who").inner_text()
    other = opens(f"{address}/account/sign-in/?next=/facilitator/guide/")
    other.keyboard.type(name)
    other.keyboard.press("Tab")
    other.keyboard.type(PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url("**/account/code/")
    check(other)
    expect(other.get_by_role("textbox", name="Code")).to_be_focused()
    other.keyboard.type(recovery)
    other.keyboard.press("Enter")
    other.wait_for_url("**/facilitator/guide/")


def test_the_admins_pages_keep_to_their_policy_and_to_their_window(stack: Stack, opens: Opens, facilitator: Control) -> None:
    code = facilitator.create("Seen in the admin")
    (pk,) = stack.rows("SELECT id FROM game_exercise WHERE code = ?", code)[0]
    page = opens(f"{stack.address}/admin/", context=facilitator.page.context)
    for path in (
        "", "game/exercise/", f"game/exercise/{pk}/change/", f"game/exercise/{pk}/delete/", "game/run/", "game/seat/", "game/command/",
        "scenarios/", "scenarios/knight-2012/", "auth/user/", "auth/user/add/",
    ):  # fmt: skip
        page.goto(f"{stack.address}/admin/{path}")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            where = f"/admin/{path} {width}"
            assert sideways(page) == 0, where
            # Unfold's two scrolling boxes have one name; everything else is clean.
            assert [fault for fault in axe(page) if not fault.startswith("landmark-unique")] == [], where


@pytest.mark.parametrize(("path", "pages"), [("/brief/deployer/", 1), ("/brief/operator/", 1), ("/brief/risk/", 1), ("/facilitator/guide/", 5)])
def test_what_is_to_be_printed_fits_its_sheets(stack: Stack, facilitator: Control, path: str, pages: int) -> None:
    page = facilitator.page
    page.goto(f"{stack.address}{path}")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == pages
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][\d.]* 84[12]", printed), "A4"
