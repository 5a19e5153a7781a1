"""Somebody who plays alone, from the home page to the desk after the bell, in a language in which everything that is translated stands in brackets."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.catalogue import WORD, bracketed, scenario_texts, unbracketed
from tests.e2e.conftest import Opens, reaches
from tests.e2e.stack import Stack

LONG = 60_000
# What is the same in every language: names of languages, of teams, of exchanges, of machines, and stocks.
NAMES = re.compile(r"English|Deutsch|Esperanto|Cobalt|\b[A-Z]{3,4}\b|\bSMARS(-\d?)?")
# What is said of the exercise, and its resume words, which are drawn from a list of English ones.
TITLE = re.compile(r"1 August 2012|[a-z]+ [a-z]+ [a-z]+")


@pytest.fixture(scope="module")
def bilingual() -> Iterator[Stack]:
    """The game with a second language in its state folder."""
    stack = Stack(prepare=lambda state: bracketed(state / "locale"))
    yield stack
    stack.stop()


def left(page: Page) -> list[str]:
    """English on a page that is neither a name nor a scenario's text."""

    def known(text: str) -> bool:
        return not WORD.search(re.sub("⟦.*⟧", "", NAMES.sub("", text))) or any(one.fullmatch(text) for one in (scenario_texts(), TITLE))

    return [text for text in unbracketed(page.content()) if not known(text) and not all(map(known, re.split(r"[,·:] |,$", text)))]


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"⟦{name}⟧", exact=True)


def test_home_lobby_and_desk_speak_the_language_that_was_chosen(opens: Opens, bilingual: Stack) -> None:
    page = opens(bilingual.address)
    page.get_by_role("button", name="Esperanto").click()
    assert left(page) == []
    page.get_by_label("The bell (09:28)").check()
    page.get_by_label("All three").check()
    button(page, "Play").click()
    page.wait_for_selector("[data-link=live]")
    assert left(page) == []
    button(page, "Start").click()
    page.wait_for_url("**/desk/**")
    page.goto(f"{bilingual.address}/desk/operator/")
    page.wait_for_selector("[data-link=live] .desk-tabs")
    button(page, "Begin").click(timeout=LONG)
    page.get_by_label("⟦Speed⟧").select_option("30")
    reaches(page, "09:31")
    button(page, "Pause").click()
    expect(page.locator(".bands")).to_contain_text("⟦", timeout=LONG)
    assert left(page) == []
    labels = "() => [...document.querySelectorAll('.servers button, [data-card=levers] button')].map((one) => one.textContent.trim())"
    assert "⟦" in "".join(page.evaluate(labels))
    button(page, "Help").click()
    page.get_by_role("button", name="English", exact=True).click()
    page.wait_for_selector("[data-link=live]")
    expect(page.get_by_role("button", name="Resume").first).to_be_visible()
    assert "⟦" not in re.sub("⟦You⟧|⟦Y", "", page.content()), "but for a name, which was given in the language of that moment"
    page.get_by_role("button", name="Help", exact=True).click()
    page.get_by_role("button", name="Esperanto", exact=True).click()
    expect(button(page, "End")).to_be_visible()
