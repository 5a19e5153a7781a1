"""How soon a debrief is on the screen: a run of sixty minutes with five teams, opened by its facilitator in a real Chromium.

Five weeks and days that autopilots played, put into rows, and to each the talk of an hour on top: what people say and read on the bridge is
most of a long log. First as it is opened after the web server's start, when nothing is kept yet, then again.
"""

import os
import uuid
from pathlib import Path
from statistics import median
from typing import Any

import django
from playwright.sync_api import Browser, sync_playwright

from tests import days
from tests.bench.paint import ARGUMENTS
from tests.bench.stage import AHEAD
from tests.builders import signed_in_session
from tests.e2e.conftest import CHROMIUM
from tests.e2e.stack import Stack

LINE_UPS = {"Cobalt": "competent", "Amber": "novice", "Slate": "competent,novice,competent", "Coral": "assistant,competent,novice", "Jade": "history"}
SAID = 1_500  # lines and readings a team, three people at one each seven seconds for an hour
AGAIN = 5
LIMIT_S = 2.0
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
SERVED = "(() => { const n = performance.getEntriesByType('navigation')[0]; return [n.responseStart - n.requestStart, n.decodedBodySize] })()"


def run(args: Any = None) -> dict[str, Any]:
    """Seconds to the first byte and to the first paint of something to read: cold, and the median of those after it."""
    stack = Stack()
    try:
        os.environ.update(STATE_DIR=str(stack.state), DJANGO_SETTINGS_MODULE="game.settings", LOG_LEVEL="WARNING")
        django.setup()
        code, events = _played()
        if getattr(args, "ahead", False):
            Path(f"/proc/{stack.process.pid}/autogroup").write_text(AHEAD)
            Path("/proc/self/autogroup").write_text(AHEAD)
        address = f"{stack.address}/result/{code}/"
        session = {"name": "sessionid", "value": signed_in_session(), "url": address}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            browser.new_page().goto(stack.address)  # a server that has been up for an hour has shown something
            cold, *warm = [_opened(browser, address, session) for _ in range(1 + AGAIN)]
        again = {key: round(median(one[key] for one in warm), 2) for key in cold}
        return {"teams": len(LINE_UPS), "events": events, "limit_s": LIMIT_S, "cold": cold, "again": again}
    finally:
        stack.stop()


def _opened(browser: Browser, address: str, session: Any) -> dict[str, float]:
    """A browser that has never been there."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([session])
    page = context.new_page()
    answer = page.goto(address)
    assert answer is not None and answer.status == 200, f"{address}: {answer and answer.status}"
    assert page.locator(".compare").is_visible() and page.locator(".team-result h2").count() > 5 * len(LINE_UPS)
    page.wait_for_function(PAINT.split(".startTime")[0])
    first_byte, size = page.evaluate(SERVED)
    found = {"first_byte_s": round(first_byte / 1000, 2), "first_paint_s": round(page.evaluate(PAINT) / 1000, 2), "kilobytes": round(size / 1000)}
    context.close()
    return found


def _played() -> tuple[str, int]:
    """The exercise's code, and how many events its five logs have."""
    from game.models import Command, Event, Exercise
    from tests.played import finished

    exercise = finished(LINE_UPS, since="27 Jul 18:00", until="18:45", title="Sixty minutes")
    for run in exercise.runs():
        last, number = run.commands.count(), run.events.count()
        steps = [days.OPEN + place * 20 for place in range(SAID)]
        Command.objects.bulk_create(
            Command(run=run, client_id=uuid.uuid4(), seq=last + place, step=step, desk="risk", kind="bridge.say", args={"text": f"Line {place}"}, state="applied")
            for place, step in enumerate(steps, 1)
        )  # fmt: skip
        told = {"item": 10**6, "posted": "chat", "desk": "risk", "title": "", "text": "How far are you with the checksums of the others?"}
        Event.objects.bulk_create(
            Event(run=run, number=number + place, step=step, kind="bridge.posted", data=told) for place, step in enumerate(steps * 2, 1)
        )
    Exercise.objects.filter(pk=exercise.pk).update(state="ended")
    return exercise.code, Event.objects.filter(run__team__exercise=exercise).count()
