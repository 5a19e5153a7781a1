"""What an hour does to the pages that stay open: megabytes of script heap, elements and listeners of projector and control room.

Twelve teams that nobody plays, from the pre-market on, so that everything there is to draw is drawn; real Chromium, garbage collected
before every look. Growth is the slope of the looks, said for an hour.
"""

import re
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.bench.paint import ARGUMENTS
from tests.e2e.conftest import CHROMIUM
from tests.e2e.stack import Stack

SECONDS = 720.0
LOOK_S = 30.0
SETTLED_LOOKS = 2  # at first every card is drawn for the first time
COUNTED = {"heap_mb": ("JSHeapUsedSize", 1e6), "elements": ("Nodes", 1), "listeners": ("JSEventListeners", 1)}


def run(args: Any = None) -> dict[str, Any]:
    """First and last value of each, and its growth in an hour. `args.seconds` makes the window shorter."""
    seconds = getattr(args, "seconds", None) or SECONDS
    stack = Stack()
    try:
        with sync_playwright() as playwright:
            context = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS).new_context(viewport={"width": 1920, "height": 1080})
            control = context.new_page()
            code = _exercise(control, stack)
            wall = context.new_page()
            wall.goto(f"{stack.address}/projector/{code}/")
            pages = {"projector": wall, "control_room": control}
            looks = _looks(pages, seconds)
            return {"seconds": seconds, **{name: _told(looks[name]) for name in pages}}
    finally:
        stack.stop()


def _exercise(page: Page, stack: Stack) -> str:
    """Twelve teams under way; the page is their control room."""
    page.goto(stack.link("facilitator"))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/facilitator/")
    page.goto(f"{stack.address}/facilitator/")
    page.get_by_label("Title").fill("An hour")
    page.get_by_label("Teams").fill("12")
    page.get_by_label("Live").check()
    page.get_by_role("button", name="Create").click()
    page.wait_for_url(re.compile(r"/facilitator/\w\w-\w\w\w/$"))
    page.get_by_role("button", name="Start", exact=True).click()
    return page.url.rstrip("/").rsplit("/", 1)[1]


def _looks(pages: dict[str, Page], seconds: float) -> dict[str, list[dict[str, float]]]:
    wires = {name: page.context.new_cdp_session(page) for name, page in pages.items()}
    looks: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
    for wire in wires.values():
        wire.send("Performance.enable")
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        for name, page in pages.items():
            page.bring_to_front()
            page.wait_for_timeout(LOOK_S * 1000 / len(pages))  # a window of wall time is what is measured
            wires[name].send("HeapProfiler.collectGarbage")
            found = {one["name"]: one["value"] for one in wires[name].send("Performance.getMetrics")["metrics"]}
            looks[name].append({"at": time.monotonic() - started, **{key: found[metric] / unit for key, (metric, unit) in COUNTED.items()}})
    return {name: found[SETTLED_LOOKS:] for name, found in looks.items()}


def _told(looks: list[dict[str, float]]) -> dict[str, Any]:
    hours = (looks[-1]["at"] - looks[0]["at"]) / 3600
    return {
        key: {"first": round(looks[0][key], 1), "last": round(looks[-1][key], 1), "an_hour": round((looks[-1][key] - looks[0][key]) / hours, 1)}
        for key in COUNTED
    }
