"""A browser's translator puts every text it changes into elements of its own. What is live is no business of a translator's: desks, walls and
control rooms say the same under one as without."""

import difflib

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Control, press_link, reaches
from tests.e2e.stack import Stack, wait_for

SECONDS = 40
# At 10x forty seconds of wall time are nearly seven market minutes.
# As Chrome's does it: each text that is not marked as not to be translated is taken out and put back inside two <font>, also what comes later.
TRANSLATOR = """
const skip = "[translate=no], .notranslate, script, style, svg, font, textarea, select, noscript";
function wrap(node) {
  if (!node.data.trim() || !node.parentElement || node.parentElement.closest(skip)) return;
  const outer = document.createElement("font"), inner = document.createElement("font");
  inner.textContent = node.data;
  outer.append(inner);
  node.replaceWith(outer);
  window.wrapped = (window.wrapped ?? 0) + 1;
}
function walk(root) {
  if (root.nodeType === Node.TEXT_NODE) return wrap(root);
  const found = [], texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) found.push(texts.currentNode);
  found.forEach(wrap);
}
addEventListener("DOMContentLoaded", () => {
  walk(document.body);
  new MutationObserver((records) => records.forEach((r) => (r.type === "characterData" ? walk(r.target) : r.addedNodes.forEach(walk))))
    .observe(document.body, { childList: true, subtree: true, characterData: true });
});
"""
# What a person sees, a line a block. What says how long ago something was, or whether the other page is there, is not the same on any two.
SEEN = """() => [...document.querySelectorAll("header, .bands, main")].map((part) => part.innerText).join("\\n").split("\\n").map((line) => line.trim()).filter(Boolean)"""


def pair(browser: Browser, address: str, **context: object) -> tuple[Page, Page]:
    """The same page twice in one browser: as it is, and under a translator."""
    both = browser.new_context(viewport={"width": 1440, "height": 900}, **context)  # type: ignore[arg-type]
    plain, translated = both.new_page(), both.new_page()
    translated.add_init_script(TRANSLATOR)
    plain.goto(address)
    press_link(plain)
    translated.goto(plain.url)
    return plain, translated


@pytest.mark.parametrize("where", ["deployer", "operator", "risk", "projector", "control room"])
def test_a_page_tells_the_same_under_a_translator_after_forty_seconds(stack: Stack, browser: Browser, facilitator: Control, where: str):
    code = facilitator.exercise(f"Translated {where}", "09:28", "10")
    values: dict[str, object] = {}
    if where == "projector":
        address = f"{stack.address}/projector/{code}/"
    elif where == "control room":
        address, values = f"{stack.address}/facilitator/{code}/", {"storage_state": facilitator.page.context.storage_state()}
    else:
        address = facilitator.seat_link(code, where)
    plain, translated = pair(browser, address, **values)
    if where == "control room":
        wait_for(lambda: translated.locator(".room-clock .clock").inner_text() >= "09:34", 3 * SECONDS, "the market runs")
    else:
        reaches(translated, "09:34")
    facilitator.do(code, "Pause")
    for page in (plain, translated):
        expect(page.get_by_text("PAUSED").first).to_be_visible()
    try:
        wait_for(lambda: plain.evaluate(SEEN) == translated.evaluate(SEEN), 15, "both say the same")
    except AssertionError as late:
        raise AssertionError(f"{late}\n{differences(plain, translated)}") from None
    assert len(plain.evaluate(SEEN)) > 20
    plain.context.close()


def differences(plain: Page, translated: Page) -> str:
    """What the two pages say differently, a line each, as a patch shows it."""
    return "\n".join(difflib.unified_diff(plain.evaluate(SEEN), translated.evaluate(SEEN), "plain", "translated", n=1, lineterm=""))
