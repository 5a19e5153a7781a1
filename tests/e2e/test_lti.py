"""A homework in a course of a learning platform on another site: registered, chosen there, opened in a tab of its own, its grade in the gradebook."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Control, Opens, axe, looks, reaches, sideways
from tests.e2e.stack import ROOM, Stack, wait_for
from tests.lms_platform import DEEP, LEARNER, Lms, lms_platform

LONG = 60_000
SIZES = ((1440, 900), (390, 844))


def fine(page: Page) -> None:
    for where, rules in looks(page, SIZES):
        assert (sideways(page), axe(page, rules)) == (0, []), where
    page.set_viewport_size({"width": 1440, "height": 900})


def tab(page: Page, lms: Lms) -> Page:
    """The tool, as the course opens it."""
    page.goto(f"{lms.site}/course")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the tool").click()
    opened.value.set_default_timeout(15_000)
    return opened.value


def test_a_teacher_links_a_homework_and_a_student_plays_it_from_the_course_and_the_grade_comes_back(
    stack: Stack, facilitator: Control, opens: Opens
) -> None:
    page = facilitator.page
    with lms_platform() as lms:
        lms.tool = f"{stack.address}/lti/keys"
        lms.launching = {"tool": stack.address, "site": ROOM, "kind": "choice", "claims": {}}
        page.get_by_role("navigation").get_by_role("link", name="Courses").click()
        page.get_by_label("Course", exact=True).fill("Markets")
        page.get_by_label("First cohort").fill("Autumn 2027")
        page.get_by_role("button", name="Create").click()
        cohort = page.url
        page.get_by_role("link", name="Set a homework").click()
        page.get_by_label("Title").fill("A morning from the course")
        page.get_by_label("The bell").check()
        page.get_by_label("Desk of who plays alone").select_option("operator")
        page.get_by_label("Pace").select_option("quick")
        page.get_by_label("Deadline", exact=True).fill("2099-01-01T10:00")
        page.get_by_role("button", name="Set it").click()
        page.get_by_role("navigation").get_by_role("link", name="Courses").click()
        page.get_by_role("link", name="Learning platforms").click()
        for label, field in (
            ("Name", "name"), ("Platform ID (issuer)", "issuer"), ("Client ID", "client"), ("Deployment IDs", "deployments"),
            ("Authentication request URL", "login_url"), ("Access token URL", "token_url"), ("Public keyset URL", "keys_url"),
        ):  # fmt: skip
            page.get_by_label(label, exact=True).fill(lms.registered()[field])
        page.get_by_role("button", name="Register").click()
        expect(page.get_by_role("status")).to_contain_text("Moodle is registered.")
        fine(page)

        chosen = tab(page, lms)
        expect(chosen.locator("h1")).to_have_text("Choose a homework")
        fine(chosen)
        chosen.get_by_role("button", name="Link to this A morning from the course").click()
        expect(chosen.locator("body")).to_have_text("The link is added.")
        chosen.close()
        (item,) = lms.chosen[f"{DEEP}content_items"]
        lms.launching |= {"kind": "resource", "claims": {"homework": item["custom"]["homework"]}}

        student = tab(opens(f"{lms.site}/course"), lms)
        student.wait_for_url(re.compile(r"/learn/"))
        expect(student.locator("h1")).to_have_text("Ada Lovelace")
        student.get_by_role("button", name="Begin attempt 1").click()
        student.get_by_role("button", name="Start").click()
        student.wait_for_url("**/desk/**")
        student.get_by_role("button", name="Begin").click(timeout=LONG)
        reaches(student, "09:31:00")
        student.get_by_role("button", name="End", exact=True).click()
        student.get_by_role("button", name="End here").click()
        expect(student.locator(".bands")).to_contain_text("has ended", timeout=LONG)
        wait_for(lambda: lms.scores, 3 * LONG / 1000, "the score is in the gradebook")
        assert lms.scores[0]["userId"] == "42" and 0 <= lms.scores[0]["scoreGiven"] <= 100

        lms.members = [("42", "Ada Lovelace", LEARNER, "Active"), ("43", "Bo", LEARNER, "Active")]
        page.goto(cohort)
        page.get_by_role("button", name="Bring the roster from the LMS").click()
        expect(page.get_by_role("status")).to_contain_text("1 new student")
        expect(page.locator(".attempts tbody tr", has_text="Ada Lovelace")).to_contain_text("The platform has the grade.")
        fine(page)
