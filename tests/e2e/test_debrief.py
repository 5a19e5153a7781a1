"""From the last bell to the printed report: a survey on a phone that loses its line, all teams on the facilitator's page, the PDF opened."""

import json
import re
from pathlib import Path

import pypdf
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Control, Opens, axe, sideways
from tests.e2e.stack import Stack, wait_for

PHONE = {"width": 390, "height": 844}
LONG = 60_000
LESSONS = "SELECT desk, surprised, ready FROM game_lesson l JOIN game_team t ON t.id = l.team_id JOIN game_exercise e ON e.id = t.exercise_id WHERE e.code = ?"


def ended(facilitator: Control, stack: Stack, code: str) -> None:
    """Start it, on to 10:20, and end it."""
    facilitator.do(code, "Start")
    token = next(one["value"] for one in facilitator.page.context.cookies() if one["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": stack.address}
    address = f"{stack.address}/facilitator/exercise/{code}/"
    steps = "SELECT MIN(r.step) FROM game_run r JOIN game_team t ON t.id = r.team_id JOIN game_exercise e ON e.id = t.exercise_id WHERE e.code = ?"
    wait_for(lambda: stack.rows("SELECT id FROM game_ghost"), 120, "history's run is there")
    facilitator.page.request.post(address, form={"do": "advance", "to": "10:20"}, headers=headers)
    wait_for(lambda: (stack.rows(steps, code)[0][0] or 0) >= (2 * 3600 + 20 * 60) * 4, 120, "both markets reach 10:20")
    facilitator.end(code)


def answered(page: Page, stack: Stack, code: str) -> None:
    """Fill the survey in while the line is gone: it is sent when the line is back. Change it, come back to the draft, and send that."""
    page.get_by_role("link", name="What did you learn?").click()
    page.wait_for_url("**/lessons/")
    assert axe(page) == [] and sideways(page) == 0
    page.get_by_label("What surprised you?").fill("It said done.")
    page.get_by_label("A kill switch").check()
    page.get_by_label("Checksums of the whole fleet").check()
    page.get_by_label("Paging on the routers' mail").check()
    expect(page.get_by_label("A second technician looks")).to_be_disabled()
    page.get_by_role("group", name="How sure are you").get_by_label("2").check(force=True)
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("Your answers are saved on this device")
    assert stack.rows(LESSONS, code) == []
    page.context.set_offline(False)
    expect(page.get_by_role("status")).to_contain_text("Saved. You can change them", timeout=15_000)
    assert stack.rows(LESSONS, code) == [("operator", "It said done.", 2)]
    page.get_by_label("What surprised you?").fill("That it said done.")
    page.reload()
    expect(page.get_by_label("What surprised you?")).to_have_value("That it said done.")
    expect(page.get_by_label("A kill switch")).to_be_checked()
    page.get_by_role("button", name="Send").click()
    wait_for(lambda: stack.rows(LESSONS, code) == [("operator", "That it said done.", 2)], 10, "the latest answer counts")


def test_from_the_last_bell_to_the_printed_report(opens: Opens, facilitator: Control, stack: Stack, tmp_path: Path) -> None:
    code = facilitator.create("The last bell", start="09:28", teams=2)
    phone = opens(f"{stack.address}/join/{code}/", **PHONE)
    phone.get_by_label("Your name").fill("Dana")
    phone.get_by_role("button", name="Join").click()
    phone.wait_for_url("**/lobby/")
    desk = stack.rows(
        "SELECT s.desk FROM game_holding h JOIN game_seat s ON s.id = h.seat_id JOIN game_player p ON p.id = h.player_id WHERE p.name = 'Dana'"
    )[-1][0]
    ended(facilitator, stack, code)
    phone.goto(f"{stack.address}/desk/{desk}/")
    expect(phone.locator(".bands")).to_contain_text("The exercise has ended.", timeout=LONG)

    page = opens(f"{stack.address}/result/{code}/", context=facilitator.page.context)
    table = page.get_by_role("region", name="All teams side by side")

    def history_is_there() -> bool:
        page.reload()
        return table.get_by_role("columnheader", name="2012").is_visible()

    wait_for(history_is_there, 60, "the runs are finished, and history's beside them")
    lessons = page.get_by_role("region", name="What people learned")
    expect(lessons).to_contain_text("0 of 1 person has answered.")
    answered(phone, stack, code)
    expect(lessons).to_contain_text("1 of 1 person has answered.", timeout=15_000)
    expect(lessons).to_contain_text("That it said done.")

    expect(table).to_contain_text("Cobalt")
    assert axe(page) == []
    letters(page)
    report(page, tmp_path, code, stack.address)


def letters(page: Page) -> None:
    """Names go from the page, and come back."""
    page.get_by_role("tab", name="Settings and tables").click()
    page.get_by_role("button", name="Team A, B, C").click()
    expect(page.get_by_role("button", name="Team A, B, C")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("tab", name="Teams").click()
    expect(page.get_by_role("heading", name=re.compile("^Team A"))).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Cobalt")
    page.get_by_role("tab", name="Settings and tables").click()
    page.get_by_role("button", name="Teams and desks").click()
    expect(page.locator("main")).to_contain_text("Cobalt")


def report(page: Page, folder: Path, code: str, address: str) -> None:
    """The PDF of a team: two to five pages of A4, fonts inside, what was decided, the seed in the foot."""
    expect(page.locator("[data-worth]").first).to_contain_text("add up to what these decisions avoided together", timeout=3 * LONG)
    page.get_by_role("tab", name="Decisions").click()
    decision = page.locator(".worth tbody th").first.inner_text()
    page.get_by_role("tab", name="Numbers").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Report, PDF").first.click()
    file = folder / "report.pdf"
    waiting.value.save_as(file)
    assert re.fullmatch(rf"opening-bell-{code}-report-1\.pdf", waiting.value.suggested_filename)
    pdf = pypdf.PdfReader(file)
    text = " ".join(" ".join(one.extract_text() for one in pdf.pages).split())
    assert 2 <= len(pdf.pages) <= 5 and "were computed when this was printed" not in text
    for words in (
        "Cobalt",
        "The last bell",
        decision,
        "That it said done.",
        "Questions to discuss",
        f"{address}/result/{code}/",
        "seed 79",
    ):
        assert words in text, words
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for one in pdf.pages for font in one["/Resources"]["/Font"].values()
    ]
    assert fonts and all("/FontFile2" in font for font in fonts)
    told = json.loads(page.request.get(f"{address}/facilitator/{code}/debrief.json").text())
    assert [team["survey"][0]["surprised"] for team in told["teams"] if team["survey"]] == ["That it said done."]
