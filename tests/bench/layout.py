"""Whether anything that matters is cut off: every desk with every set of bands on every screen, each tab of a phone, in a real Chromium.

There are 5,184 pictures and 1,344 with something armed, each a tenth of a second to one. The three desks are looked at in browsers beside
each other, and a screen's faults are printed as soon as it is done. `--sample 8` looks at eight sets of bands on each screen, dealt so
that every set is seen on some.
"""

import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from playwright.sync_api import sync_playwright

from tests.bench.paint import ARGUMENTS
from tests.e2e.conftest import CHROMIUM, MET
from tests.e2e.laid_out import DESKS, DISARM, SIZES, Bands, Held, alone, combinations
from tests.e2e.stack import Stack

Faults = dict[str, list[str]]


def run(args: Any = None) -> dict[str, Any]:
    """How many pictures were looked at, and what is wrong with which. `args.sample`: so many sets of bands on each screen instead of all."""
    sample = getattr(args, "sample", None)
    began = time.monotonic()
    stack = Stack()
    try:
        with ThreadPoolExecutor(len(DESKS)) as pool:
            looked = list(pool.map(lambda desk: _look(stack.address, desk, sample), DESKS))
    finally:
        stack.stop()
    faults = {where: "; ".join(words) for _, found in looked for where, words in found.items()}
    return {
        "pictures": sum(pictures for pictures, _ in looked),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "failures": len(faults),
        "faults": faults,
    }


def _look(address: str, desk: str, sample: int | None) -> tuple[int, Faults]:
    """One desk, by somebody of its own who plays alone."""
    pictures = 0
    faults: Faults = {}
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS).new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(MET)
        page.goto(address)
        alone(page)
        held = Held(page, desk)
        for size, sets in _dealt(desk, sample):
            began, before = time.monotonic(), (pictures, len(faults))
            held.size(*size)
            for bands in sets:
                for tab in held.tabs if held.phone else ["inbox"]:
                    faults |= held.faults(bands, tab)
                    pictures += 1
                if not bands & DISARM:
                    faults |= held.armed(bands)
            _say(
                f"{desk} {size[0]} x {size[1]}: {pictures - before[0]} pictures in {time.monotonic() - began:.0f} s, {len(faults) - before[1]} faults"
            )
            for where, words in list(faults.items())[before[1] :]:
                _say(f"  {where}: {'; '.join(words)}")
    return pictures, faults


def _dealt(desk: str, sample: int | None) -> list[tuple[tuple[int, int, int], list[Bands]]]:
    """The sets of bands of each screen: all, or a deck of them dealt from screen to screen."""
    every = combinations()
    if not sample:
        return [(size, every) for size in SIZES]
    deck: list[Bands] = []
    chance = random.Random(desk)
    dealt = []
    for size in SIZES:
        while len(deck) < sample:
            deck += chance.sample(every, len(every))
        dealt.append((size, [deck.pop() for _ in range(sample)]))
    return dealt


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
