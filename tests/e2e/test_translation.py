"""A browser's translator puts every text it changes into elements of its own. What is live is no business of a translator's: desks, walls and
control rooms say the same under one as without."""

import difflib

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Control, press_link, reaches
from tests.e2e.stack import Stack, wait_for

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


def test_pages_tell_the_same_under_a_translator_after_the_bell_has_rung(stack: Stack, browser: Browser, facilitator: Control):
    """All five of one exercise at once: desks, wall and control room. Six market minutes at thirty times their speed are fifty pictures each,
    of mail and calls, of the bell and of what comes after it.
    """
    code = facilitator.create("Translated", "09:28", premarket="30", bell="30")
    signed_in = {"storage_state": facilitator.page.context.storage_state()}
    pairs = {desk: pair(browser, facilitator.seat_link(code, desk)) for desk in ("deployer", "operator", "risk")}
    pairs["projector"] = pair(browser, f"{stack.address}/projector/{code}/")
    pairs["control room"] = pair(browser, f"{stack.address}/facilitator/{code}/", **signed_in)
    facilitator.do(code, "Start")
    for where, (_, translated) in pairs.items():
        if where == "control room":
            wait_for(lambda page=translated: page.locator(".room-clock .clock").inner_text() >= "09:34", 90, "the market runs")
        else:
            reaches(translated, "09:34")
    facilitator.do(code, "Pause")
    for where, (plain, translated) in pairs.items():
        for page in (plain, translated):
            expect(page.get_by_text("PAUSED").first).to_be_visible()
        try:
            wait_for(lambda a=plain, b=translated: a.evaluate(SEEN) == b.evaluate(SEEN), 15, f"both say the same: {where}")
        except AssertionError as late:
            raise AssertionError(f"{late}\n{differences(plain, translated)}") from None
        assert len(plain.evaluate(SEEN)) > 20, where
        plain.context.close()


def differences(plain: Page, translated: Page) -> str:
    """What the two pages say differently, a line each, as a patch shows it."""
    return "\n".join(difflib.unified_diff(plain.evaluate(SEEN), translated.evaluate(SEEN), "plain", "translated", n=1, lineterm=""))
