"""Somebody's first minute: who they are, what for, what to do first; a clock that waits for them; three marks; words that explain themselves."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Control, Opens, axe, sideways
from tests.e2e.stack import Stack, wait_for

LONG = 60_000
MARKS = ("Look here first", "Act here", "Talk here")


def apart(page: Page) -> bool:
    """Whether a mark stands on the screen, and not on what it points at."""
    return bool(
        page.evaluate("""() => {
          const [mark, at] = [".coach", "[data-pointed]"].map((one) => document.querySelector(one).getBoundingClientRect());
          const over = mark.left < at.right && at.left < mark.right && mark.top < at.bottom && at.top < mark.bottom;
          return !over && mark.top >= 0 && mark.left >= 0 && mark.right <= innerWidth && mark.bottom <= innerHeight;
        }""")
    )


def play(page: Page, morning: str, start: str = "") -> None:
    page.get_by_label(morning).check()
    if start:
        page.get_by_label(start).check()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_url("**/lobby/")
    page.wait_for_selector("[data-link=live]")


def held(page: Page) -> str:
    """The clock of a desk, once it stands and waits."""
    expect(page.get_by_role("button", name="Begin")).to_be_visible(timeout=LONG)
    return page.locator("[data-text=clock]").first.inner_text()


def test_a_newcomer_is_told_who_they_are_and_the_clock_stands_until_they_begin(opens: Opens, stack: Stack) -> None:
    page = opens(stack.address, new=True)
    play(page, "1 August 2012 The morning", "The bell (09:28)")
    expect(page.get_by_role("heading", name="You are the operator")).to_be_visible()
    for words in ("you run the eight servers", "Keep client orders flowing", "read your inbox and look over the servers"):
        expect(page.get_by_text(words)).to_be_in_viewport()
    expect(page.get_by_role("img", name=re.compile("through eight servers"))).to_be_in_viewport()
    expect(page.get_by_text("They bring you back to your seat")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/desk/operator/")
    for number, title in enumerate(MARKS, 1):
        expect(page.get_by_role("dialog", name=title)).to_contain_text(f"{number} of 3")
        wait_for(lambda: apart(page), 10, f"{title!r} stands beside what it points at, also when a band has come above it")
        expect(page.locator(".coach [data-next]")).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.locator(".coach")).to_have_count(0)
    assert held(page).startswith("09:28:00")
    page.reload()
    assert held(page).startswith("09:28:00"), "it waits for as long as one likes"
    expect(page.locator(".coach, dialog[open]")).to_have_count(0)
    page.keyboard.press("?")
    page.get_by_role("button", name="Show me around again").click()
    for width, height in ((390, 844), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_role("dialog", name=MARKS[0])).to_be_visible()
        page.wait_for_function("() => document.querySelector('.coach').getBoundingClientRect().right <= innerWidth")
        assert (apart(page), sideways(page), axe(page)) == (True, 0, []), width
    page.keyboard.press("Escape")
    expect(page.locator(".coach")).to_have_count(0)
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("[data-text=clock]").first).not_to_have_text(re.compile("^09:28:00"), timeout=LONG)


def test_who_comes_by_a_link_meets_the_desk_while_the_market_goes_on(opens: Opens, facilitator: Control) -> None:
    page = opens(facilitator.seat_link(facilitator.exercise("By a link", "09:31", "1")), new=True)
    screen = page.get_by_role("dialog", name="You are the operator")
    expect(screen).to_contain_text("The market is open: look at the rates")
    expect(screen.get_by_role("button", name="Begin")).to_be_focused()
    assert axe(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=MARKS[0])).to_be_visible()
    page.get_by_role("button", name="Skip").click()
    page.reload()
    page.wait_for_selector("[data-link=live]")
    page.wait_for_function("() => document.querySelector('[data-card=levers] .guard')")
    expect(page.locator(".coach, dialog[open]")).to_have_count(0)


def opened(page: Page, word: Locator, meaning: str) -> None:
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text(meaning, timeout=LONG)  # also where the script that opens it comes after the pointer
    expect(word).to_have_attribute("aria-describedby", "term-tip")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


class Lesson:
    """A lesson on one page, as somebody plays it who follows the guide and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def comes_to(self, title: str) -> None:
        """Wait for a step, go to its desk, and be shown where it is done."""
        guide = self.page.locator("[data-card=guide]")
        expect(guide.get_by_role("heading")).to_contain_text(title, timeout=LONG)
        there = guide.get_by_role("link", name="Go there")
        if there.count():
            there.click()
            self.page.wait_for_selector("[data-link=live]")
        guide.get_by_role("button", name="Show me where").click()
        expect(self.page.locator("[data-pointed]")).to_be_in_viewport()

    def press(self, act: str, sure: str = "") -> None:
        """Press this once it may be; and say how sure one is."""
        button = self.page.locator(act)
        expect(button).to_have_attribute("aria-disabled", "false", timeout=LONG)
        button.click()
        if sure:
            self.page.locator(f"{sure} [data-sure=likely]").click()

    def select(self, *servers: int) -> None:
        """These servers and no others."""
        for n in range(1, 9):
            self.page.locator(f"#fleet-{n} input").set_checked(n in servers, force=True)

    def raises(self, percent: int) -> None:
        self.comes_to(f"Raise the flag to {percent} %")
        deal = "[data-kind='ramp.set']"
        self.page.locator(f"{deal} label", has_text=re.compile(rf"^\s*{percent} %$")).click()
        self.press(f"{deal} [data-start]", deal)

    def looks(self, title: str) -> None:
        self.comes_to(title)
        self.page.keyboard.press("3")
        self.press("[data-act=look]")


def test_the_lesson_leads_from_desk_to_desk_to_its_result_and_words_say_what_they_mean(opens: Opens, stack: Stack) -> None:
    page = opens(stack.address)
    play(page, "Ten minutes to learn it")
    expect(page.get_by_text("Follow the guide on your desk").first).to_be_visible()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/desk/**")
    page.goto(f"{stack.address}/desk/operator/")
    held(page)
    page.get_by_role("button", name="Begin").click()
    guide = page.locator("[data-card=guide]")
    expect(guide.get_by_role("heading")).to_contain_text("Deploy while the flag is off")
    word = page.get_by_role("button", name="Child orders out")
    word.hover()
    opened(page, word, "child order")
    page.get_by_role("button", name="Parent orders in").focus()
    page.keyboard.press("Tab")
    opened(page, word, "child order")
    guide.get_by_role("link", name="Go there").click()
    page.wait_for_url("**/desk/deployer/")
    guide.get_by_role("button", name="Show me where").click()
    expect(page.locator("[data-pointed]")).to_be_focused()
    for width, theme in ((1440, "dark"), (390, "light")):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        assert (sideways(page), axe(page)) == (0, []), width
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_label("Speed").select_option("120")
    lesson = Lesson(page)
    lesson.comes_to("Deploy while the flag is off")
    lesson.press("[data-kind='automation.deploy'] [data-start]", "[data-kind='automation.deploy']")
    lesson.comes_to("Check all eight servers")
    lesson.select(*range(1, 9))
    lesson.press("[data-act='checksum.run']")
    lesson.comes_to("Compare the checksums")
    odd = page.locator(".fleet [data-reads=other]")
    expect(odd).to_have_count(1)
    expect(odd).to_contain_text("Not smars-rlp")
    missed = int((odd.get_attribute("id") or "").removeprefix("fleet-"))
    lesson.select(missed)
    page.locator("[data-act='release.copy']").click()
    page.locator("[data-ask-word='release.copy']").click()
    lesson.comes_to("Approve the copy by hand")
    page.get_by_role("button", name=re.compile("^Approve")).first.click()
    lesson.comes_to("Copy the release to that server")
    lesson.select(missed)
    page.locator("[data-act='release.copy']").click()
    lesson.press("[data-act='copy']")
    lesson.comes_to("Restart it")
    lesson.press("[data-act='server.start']", ".fleet-sure")
    lesson.comes_to("Check all eight again")
    lesson.select(*range(1, 9))
    lesson.press("[data-act='checksum.run']")
    lesson.raises(1)
    lesson.comes_to("Watch the servers after the bell")
    page.get_by_role("button", name="To the bell").click()
    page.get_by_role("group", name="To the bell").get_by_role("button", name="To the bell").click()
    expect(page.locator("[data-text=clock]").first).to_have_text(re.compile("^09:3"), timeout=LONG)
    page.get_by_label("Speed").select_option("30")
    lesson.looks("Watch the servers after the bell")
    lesson.raises(10)
    lesson.comes_to("Show the team what the firm holds")
    page.locator("[data-card=pnl] share-button button").click()
    lesson.raises(100)
    lesson.looks("Look once more")
    expect(page.locator("[data-card=guide]")).to_contain_text("All done", timeout=LONG)
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End here").click()
    page.get_by_role("link", name="See the result").first.click()
    expect(page.get_by_role("heading", name="What happened, and why")).to_be_visible(timeout=LONG)
    assert axe(page) == []
