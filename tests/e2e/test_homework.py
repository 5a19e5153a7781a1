"""A homework from the empty page to the table: a teacher sets it, a student plays three attempts by the personal link, and no facilitator is there."""

import io
import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Control, Opens, axe, looks, reaches, sideways
from tests.e2e.stack import Stack, wait_for

LONG = 60_000
SIZES = ((1440, 900), (390, 844))
ROSTER = "Name;E-Mail;Team\r\nAda Lovelace;ada@example.org;\r\nZoë;=1+1;Amber\r\n".encode("utf-8-sig")


def fine(page: Page) -> None:
    for where, rules in looks(page, SIZES):
        assert (sideways(page), axe(page, rules)) == (0, []), where
    page.set_viewport_size({"width": 1440, "height": 900})


def upload(page: Page, content: bytes) -> None:
    page.get_by_label("CSV with name").set_input_files({"name": "roster.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Upload").click()


def attempt(page: Page, number: int) -> None:
    """Begin it, leave it and come back by the link, and end it at the desk."""
    page.get_by_role("button", name=f"Begin attempt {number}").click()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/desk/**")
    page.get_by_role("button", name="Begin").click(timeout=LONG)
    reaches(page, "09:28:00")
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End here").click()
    expect(page.locator(".bands")).to_contain_text("has ended", timeout=LONG)


def test_a_teacher_sets_a_homework_and_a_student_plays_three_attempts_by_the_personal_link(stack: Stack, facilitator: Control, opens: Opens) -> None:
    page = facilitator.page
    page.get_by_role("navigation").get_by_role("link", name="Courses").click()
    page.get_by_label("Course", exact=True).fill("Operational risk")
    page.get_by_label("First cohort").fill("Spring 2027")
    page.get_by_role("button", name="Create").click()
    upload(page, b"name,id,team\n,1,\nBo,1,\n")
    expect(page.get_by_role("alert")).to_contain_text("there are 2 problems")
    fine(page)
    upload(page, ROSTER)
    expect(page.get_by_role("status")).to_contain_text("2 new students")

    page.get_by_role("link", name="Set a homework").click()
    page.get_by_label("Title").fill("The first morning")
    page.get_by_label("The bell").check()
    page.get_by_label("Desk of who plays alone").select_option("operator")
    page.get_by_label("Time zone of the deadline").select_option("Europe/Berlin")
    page.get_by_label("Attempts", exact=True).fill("3")
    fine(page)
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_role("status")).to_contain_text("is set")
    cohort = page.url
    page.get_by_role("link", name="Personal links").click()
    fine(page)
    link = page.locator(".personal").first.inner_text()
    assert re.fullmatch(rf"{re.escape(stack.address)}/learn/\S{{30,}}/", link)

    student = opens(link)
    expect(student.locator("main")).to_contain_text("3 of 3 left")
    expect(student.locator("main")).to_contain_text("(Europe/Berlin)")
    for number in (1, 2, 3):
        attempt(student, number)
        student.goto(link)
        expect(student.locator("main")).to_contain_text(f"{3 - number} of 3 left")
        wait_for(lambda number=number: shows_what_came_of_it(student, number), LONG / 1000, f"attempt {number} has its result")
    fine(student)
    expect(student.locator("main")).to_contain_text("You have used all your attempts.")
    expect(student.locator(".tag", has_text="counts")).to_have_count(1)
    student.get_by_role("link", name="Result 2").click()
    expect(student.locator("h1")).to_have_text("The first morning")
    expect(student.locator("main")).to_contain_text("seed not told")
    report = student.request.get(f"{link}{stack.rows('SELECT id FROM game_attempt WHERE number = 2')[0][0]}/report/")
    assert report.ok and report.body().startswith(b"%PDF")

    page.goto(cohort)
    expect(page.locator(".attempts tbody tr").first).to_contain_text("counts")
    expect(page.locator(".attempts tbody tr").first.locator("p")).to_have_count(3)
    fine(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert [[cell.value for cell in row][:3] for row in book.worksheets[0].rows][2] == ["Zoë", "=1+1", "Amber"]
    assert book.worksheets[0]["B3"].data_type == "s" and book.worksheets[1].max_row == 5
    page.locator(".attempts tbody tr").first.locator("a").first.click()
    expect(page.locator("h1")).to_have_text("The first morning")


def shows_what_came_of_it(page: Page, number: int) -> bool:
    """A run that has just ended is scored by a worker in a moment. It has no grade: nothing had gone wrong yet."""
    page.reload()
    return "ended at 09:" in page.locator(".learn tbody tr").nth(number - 1).inner_text()
