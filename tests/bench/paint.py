"""What an update costs a desk's page in the opening bell at 5x: milliseconds of script, style and layout in a real Chromium.

The browser's own trace says when a message came and what the page's thread did until the next one; what overlaps (a layout that a
script forces, say) counts once. CPU time of that thread is what the page needs, wall time is what a person waits on this machine.
Somebody plays alone and holds all three desks, so that every card has something to show.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.stage import quantile
from tests.e2e.conftest import CHROMIUM, MET, reaches
from tests.e2e.stack import Stack

SECONDS = 20.0
LIMIT_MS = 12
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
DESKS = ("deployer", "operator", "risk")
CATEGORIES = ["devtools.timeline", "v8"]
WORK = {"EvaluateScript", "FunctionCall", "FireAnimationFrame", "TimerFire", "RunMicrotasks", "v8.callFunction", "UpdateLayoutTree", "Layout"}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


class Update(NamedTuple):
    """One update, in milliseconds."""

    cpu: float
    wall: float


def run(args: Any = None) -> dict[str, Any]:
    """Quantiles of a window for each desk and size. `args.seconds` makes it smaller."""
    seconds = getattr(args, "seconds", None) or SECONDS
    stack = Stack()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = _alone(browser, stack)
            return {"seconds": seconds, "limit_ms": LIMIT_MS, **{size: _desks(browser, page, stack, size, seconds) for size in SIZES}}
    finally:
        stack.stop()


def _alone(browser: Browser, stack: Stack) -> Page:
    page = browser.new_context().new_page()
    page.add_init_script(MET)
    page.goto(stack.address)
    page.get_by_label("The bell (09:28)").check()
    page.get_by_label("All three").check()
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/desk/**")
    page.get_by_role("button", name="Begin").click(timeout=60_000)
    return page


def _desks(browser: Browser, page: Page, stack: Stack, size: str, seconds: float) -> dict[str, Any]:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    found = {}
    for desk in DESKS:
        page.goto(f"{stack.address}/desk/{desk}/")
        page.wait_for_selector("[data-link=live]")
        reaches(page, "09:30:00")
        page.wait_for_timeout(2000)  # what is fetched after the first paint is not an update
        browser.start_tracing(page=page, categories=CATEGORIES)
        page.wait_for_timeout(seconds * 1000)
        found[desk] = _quantiles(list(_updates(json.loads(browser.stop_tracing())["traceEvents"])))
    return found


def _quantiles(updates: list[Update]) -> dict[str, float]:
    shares = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {"updates": len(updates)} | {
        f"{kind}_{name}_ms": round(quantile([getattr(update, kind) for update in updates], share), 1)
        for kind in Update._fields
        for name, share in shares.items()
    }


def _updates(events: list[dict[str, Any]]) -> Iterator[Update]:
    """From each message to the next, on the thread that receives them."""
    received = [event for event in events if event["name"] == "WebSocketReceive"]
    if not received:
        return
    thread = (received[0]["pid"], received[0]["tid"])
    work = sorted(
        (event for event in events if event["name"] in WORK and event["ph"] == "X" and (event["pid"], event["tid"]) == thread),
        key=lambda event: event["ts"],
    )
    starts = sorted(event["ts"] for event in received)
    for since, until in zip(starts, starts[1:], strict=False):
        inside = [event for event in work if since <= event["ts"] < until]
        yield Update(_union((event["tts"], event.get("tdur", 0)) for event in inside), _union((event["ts"], event["dur"]) for event in inside))


def _union(spans: Iterator[tuple[int, int]]) -> float:
    """Milliseconds covered by spans of (start, length) in microseconds."""
    covered, end = 0, 0
    for start, length in sorted(spans):
        covered += max(0, start + length - max(start, end))
        end = max(end, start + length)
    return covered / 1000
