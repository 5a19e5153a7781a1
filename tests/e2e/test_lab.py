"""The controls lab in a browser: an experiment whose histogram comes by itself, another that is cancelled, one that the room is shown."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Control, Opens
from tests.e2e.test_pages import check

LONG = 240_000  # the lab's worker lets everything else on the machine go first


def begin(page: Page, address: str, *safeguards: str, seeds: int) -> str:
    """Fill in the form; where the experiment is."""
    page.goto(f"{address}/facilitator/lab/")
    page.get_by_label("Who plays").select_option("nobody")
    for label in safeguards:
        page.get_by_role("checkbox", name=label).check()
    page.get_by_label("Number of seeds").fill(str(seeds))
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/facilitator/lab/\d+/$"))
    return page.url


def test_an_experiment_draws_itself_another_is_cancelled_and_one_is_shown_to_the_room(opens: Opens, facilitator: Control) -> None:
    page, address = facilitator.page, facilitator.stack.address
    code = facilitator.exercise("A class for the lab")
    facilitator.end(code)
    small = begin(page, address, "Dead code deleted", seeds=2)
    main = page.locator("main")
    expect(main.get_by_role("status")).to_contain_text("of 4 trials")
    expect(main.get_by_role("img", name=re.compile("Histogram of losses"))).to_be_visible(timeout=LONG)
    expect(main).to_contain_text("better in 2 of 2 seeds", timeout=LONG)
    expect(main.get_by_role("button", name="Cancel")).to_be_hidden()
    expect(main.locator(".bar-with")).not_to_have_count(0)
    page.get_by_text("The chart as a table").click()
    expect(main.get_by_role("table", name="Seeds by loss")).to_contain_text("and more")
    check(page)

    begin(page, address, "Order rate cap", seeds=300)
    page.get_by_role("button", name="Cancel").click()
    expect(main.get_by_role("status")).to_contain_text("Cancelled after")
    expect(main.get_by_role("button", name="Run what is missing")).to_be_visible()
    page.goto(f"{address}/facilitator/lab/")
    expect(main.get_by_role("listitem").filter(has_text="Order rate cap")).to_contain_text("Cancelled")
    check(page)

    page.goto(small)
    page.get_by_label("Keep with the exercise").select_option(code)
    page.get_by_role("button", name="Keep", exact=True).click()
    guest = opens(f"{address}/result/{code}/")
    expect(guest.locator("h1")).to_contain_text("A class for the lab")
    expect(guest.locator(".experiment")).to_have_count(0)
    page.get_by_role("button", name="Show to the room").click()
    expect(main).to_contain_text("everyone in the room can see it there")
    guest.reload()
    guest.get_by_role("tab", name="Numbers").click()
    shown = guest.locator(".experiment")
    expect(shown.get_by_role("heading")).to_contain_text("Nobody: Dead code deleted")
    expect(shown.get_by_role("img", name=re.compile("Histogram of losses"))).to_be_visible()
    guest.close()
