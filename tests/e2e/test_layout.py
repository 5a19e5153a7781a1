"""Whatever stands beside it: what was opened can be read, what stops can be pressed, and nothing lies over anything."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.e2e.conftest import MET, Opens
from tests.e2e.laid_out import BANDS, DESKS, PAIRS, PHONES, SIZES, Held, alone
from tests.e2e.stack import Stack

EVERY = PAIRS[1]


def test_every_two_bands_come_together_apart_and_either_without_the_other() -> None:
    for one in BANDS:
        for other in set(BANDS) - {one}:
            assert {(one in row, other in row) for row in PAIRS} == {(False, False), (False, True), (True, False), (True, True)}
    assert frozenset(BANDS) == EVERY


@pytest.fixture
def touched(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has a mouse and a screen to be touched."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, has_touch=True)
    context.add_init_script(MET)
    yield context
    context.close()


def test_no_bands_on_any_screen_cut_off_what_was_opened_or_what_stops(opens: Opens, touched: BrowserContext, stack: Stack) -> None:
    page = opens(stack.address, context=touched)
    alone(page)
    found: dict[str, list[str]] = {}
    unread = []
    missed = []
    for desk in DESKS:
        held = Held(page, desk)
        for at, size in enumerate(SIZES):
            held.size(*size)
            # All of them at once on each screen, and every pair of them on each third.
            for bands in {EVERY, *PAIRS[at % 3 :: 3]}:
                found |= held.faults(bands)
            for tab in held.tabs if held.phone else ():
                found |= held.faults(EVERY, tab)
            for bands in (PAIRS[0], EVERY):
                found |= held.armed(bands)
        for size in (SIZES[2], SIZES[-2]):
            held.size(*size)
            held.faults({"alert", "call"})
            if not held.scrolls():
                unread.append(f"{desk} {size}")
        for size in PHONES:
            held.size(*size)
            missed += [f"{desk} {size} {lever}" for lever in held.missed(EVERY)]
            held.faults({"alert", "call"})
            if not held.scrolls(by_finger=True):
                unread.append(f"{desk} {size} by finger")
        held.let_go()
    assert found == {}
    assert unread == [], "a long mail that is not read to its end"
    assert missed == [], "levers that a finger does not meet"
