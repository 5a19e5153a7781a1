"""A desk with real data whose line is held still: what the hub tells a page is then told by a test, and a picture of bands takes milliseconds.

What is asked of each picture: what was opened can be read, whole or by scrolling; what stops is on the screen and under the pointer; nothing
lies over anything; a subject shows 24 characters; nothing is wider than the window.
"""

import tomllib
from collections.abc import Callable, Iterable
from itertools import product

from playwright.sync_api import Page, expect

from tests.e2e.conftest import reaches
from tests.e2e.stack import ROOT, wait_for

LONG = 60_000
DESKS = ("operator", "deployer", "risk")
BANDS = ("drive", "alert", "call", "paused", "bell", "offline")
SCREENS = ((1440, 900), (1366, 768), (1280, 720), (1024, 768), (1920, 1080))
# Width and height in CSS pixels, and how many of the screen's make one: zoomed by 200 % a screen has half of them.
PHONES = ((390, 844, 2), (320, 640, 2))
SIZES = (*((w, h, 1) for w, h in SCREENS), *((w // 2, h // 2, 2) for w, h in SCREENS), *PHONES)
# The longest call there is: the exchange's, as history's morning has it.
CALLS = tomllib.loads((ROOT / "engine/scenarios/knight-2012/calls.toml").read_text())["call"]
CALL = max(CALLS, key=lambda call: len(call["opening"]))
RINGING = {
    "id": 9999,
    "at": "09:34:00",
    "state": "ringing",
    "left_s": 40,
    "answer": None,
    **{key: CALL[key] for key in ("caller", "number")},
    "opening": CALL["opening"].format(ratio="3.9"),
    "replies": [{"key": reply["key"], "text": reply["text"], "dangerous": "cut_off" in reply.get("does", [])} for reply in CALL["replies"]],
}
Bands = frozenset[str]
DISARM = frozenset({"paused", "offline"})  # with these nothing can be armed
# Any two bands are together in one of these, apart in one, and either without the other.
PAIRS: tuple[Bands, ...] = tuple(
    frozenset(band for band, on in zip(BANDS, row, strict=True) if on == "1")
    for row in ("000000", "111111", "010110", "101001", "101010", "011001", "100101")
)


def combinations() -> list[Bands]:
    """Every set of bands."""
    return [frozenset(band for band, on in zip(BANDS, row, strict=True) if on) for row in product((False, True), repeat=len(BANDS))]


# Passes on what comes until it is held. From then on a page hears what the test says, and lines that it opens lead nowhere.
WIRE = """(() => {
  const Real = window.WebSocket;
  const wire = window.wire = { held: false, cards: {}, hello: null, seq: 0, v: 1e9, line: null };
  const listen = (line, hear) => { wire.line = { hear, lose: () => line.lost() }; };
  class Held extends EventTarget {
    readyState = 1;
    constructor() { super(); setTimeout(() => this.onopen?.()); }
    set onmessage(hear) { listen(this, hear); }
    set onclose(lost) { this.lost = lost; }
    send() {}
    close() {}
  }
  window.WebSocket = class extends Real {
    constructor(...more) { if (wire.held) return new Held(); super(...more); }
    set onmessage(hear) {
      listen(this, hear);
      super.onmessage = (event) => {
        if (wire.held) return;
        const m = JSON.parse(event.data);
        if (m.t === "hello") wire.hello = m;
        if (m.t === "frame") Object.assign(wire.cards, m.cards);
        hear(event);
      };
    }
    set onclose(lost) {
      this.lost = lost;
      super.onclose = () => wire.held || lost();
    }
    send(text) { if (!wire.held) super.send(text); }
  };
  const tell = (m) => wire.line.hear({ data: JSON.stringify(m) });
  const show = (cards) => tell({ t: "frame", seq: ++wire.seq, cards: Object.fromEntries(Object.entries(cards).map(([name, d]) => [name, { v: ++wire.v, d }])) });
  const greet = () => { wire.seq = 0; tell({ ...wire.hello, exercise: { ...wire.hello.exercise, state: "running" } }); };
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  /* Everything allowed and approved, every hand free: what is pressed then arms. Each is where a finger would have brought it. */
  wire.arm = async (presses) => {
    const { levers, words, work } = { ...JSON.parse(document.getElementById("first").textContent).cards, ...wire.cards };
    wire.calm = { levers: levers.d, words: words?.d ?? { words: [] }, work: work.d };
    show({ levers: { levers: levers.d.levers.map((one) => ({ ...one, allowed: true, word: one.word && "given", alone: null })) },
      words: { words: wire.calm.words.words.map((one) => ({ ...one, state: "given", at: "09:33:00" })) }, work: { ...work.d, free: work.d.hands, tasks: [] } });
    await painted();
    for (const press of presses) {
      const button = document.querySelector(press);
      if (!button) return `${press} is not there`;
      const tabs = button.closest("[data-tabs]")?.dataset.tabs.split(" ");
      if (tabs && !tabs.includes(document.body.dataset.tab)) document.querySelector(`[data-tab-for=${tabs[0]}]`)?.click();
      button.scrollIntoView({ block: "nearest" });
      button.click();
      await painted();
    }
    const pressed = document.querySelector(presses.at(-1));
    return document.querySelector(".sure") ? "" : `${presses.at(-1)} arms nothing: ${pressed?.title || pressed?.getAttribute("aria-label")}, ${document.documentElement.dataset.link}`;
  };
  wire.disarm = async () => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    for (const box of document.querySelectorAll(".fleet input:checked")) box.click();
    show(wire.calm);
    await painted();
  };
  Object.assign(wire, { show });
  wire.hold = () => {
    wire.held = true;
    wire.drive = document.querySelector(".drive");
    greet();
  };
  wire.picture = async ([bands, ringing]) => {
    if (document.documentElement.dataset.link !== "live") {
      dispatchEvent(new Event("online")); // a line that was lost would come back by and by
      greet();
    }
    const alerts = [{ at: "09:31:20", text: "SMARS-8 more than 500 orders a second", grave: true }, { at: "09:30:10", text: "Rejects at BNET, 40 in a minute", grave: false }];
    show({ alerts: { alerts: bands.includes("alert") ? alerts : [] }, calls: { calls: bands.includes("call") ? [ringing] : [] },
      bell: bands.includes("bell") ? { on: true, left_s: 0, opened: 131, of: 154, shares: 2_400_000 } : { on: false } });
    if (document.documentElement.dataset.link !== "live") throw new Error("the line does not come back"); // the first frame says that it is there
    tell({ t: "state", speed: 1, planning: null, upgrade: null, ...(bands.includes("paused") ? { state: "paused", reason: "the facilitator has paused the exercise" } : { state: "running" }) });
    if (bands.includes("drive")) document.querySelector(".subbar").append(wire.drive);
    else wire.drive.remove();
    if (bands.includes("offline")) wire.line.lose();
    await painted();
  };
})()"""

MAIL = ["#panel-inbox .reading", "share-button .btn"]
# What is wrong with the picture that the page shows, in words. `opened`: the selector of what was opened, and of its last part;
# `subject`: what is armed acts on this.
FAULTS = """([opened, last, subject]) => {
  const found = [];
  const [width, height] = [document.documentElement.clientWidth, innerHeight];
  const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const name = (e) => (e.id ? `#${e.id}` : `.${e.className || e.tagName}`) + (e.matches("button, a") ? ` "${e.innerText.trim()}"` : "");
  const box = (e) => { const { left, top, right, bottom } = e.getBoundingClientRect(); return { left, top, right, bottom }; };
  const meet = (a, b) => ({ left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom) });
  const some = (r, by = 1) => r.right - r.left > by && r.bottom - r.top > by;
  const clips = new Map(); // of elements whose children they hold in, until something is scrolled
  const clip = (e) => {
    if (!e) return { left: 0, top: 0, right: width, bottom: height };
    if (!clips.has(e)) clips.set(e, getComputedStyle(e).overflowY === "visible" ? clip(e.parentElement) : meet(box(e), clip(e.parentElement)));
    return clips.get(e);
  };
  const shown = (e) => meet(box(e), clip(e.parentElement));
  const whole = (e) => { const [a, b] = [box(e), shown(e)]; return b.left - a.left < 2 && a.right - b.right < 2 && b.top - a.top < 2 && a.bottom - b.bottom < 2; };
  const under = (e) => { const r = box(e); const top = document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2); return !!top && (e.contains(top) || top.contains(e)); };
  const words = (e) => { if (e.matches("button, input, select")) return box(e); const r = document.createRange(); r.selectNodeContents(e); return box(r); };
  scrollTo(0, 0);

  const wide = document.documentElement.scrollWidth - width;
  if (wide > 0) found.push(`${wide} px wider than the window`);

  for (const lever of document.querySelectorAll(".guards :is(.switch, .btn-ask, [data-sure])")) {
    if (visible(lever) && !(whole(lever) && under(lever))) found.push(`${name(lever)} is not on the screen: ${JSON.stringify(box(lever))}`);
  }
  if (!opened && !subject && width >= 1000 && height >= 560) for (const tile of document.querySelectorAll(".server [data-act]")) {
    if (!whole(tile) || !under(tile)) found.push(`${name(tile)} of ${tile.closest(".server").id} is not on the screen`);
  }

  /* What stands beside each other does not lie over each other. In a page that scrolls the bars lie over what goes by. */
  for (const parent of document.querySelectorAll("body, .bands, .topbar, .footbar, .guards, .guard, .col, .panel-head, .server, .server-head, .drive-row, .aside, .tabs, .alert, .call, .call-head, .reading")) {
    if (!visible(parent)) continue;
    const parts = [];
    const add = (e) => { if (e.matches("dialog, .skip, .sr, [role=status], [role=alert], .badge")) return;
      if (getComputedStyle(e).display === "contents") [...e.children].forEach(add);
      else if (visible(e) && getComputedStyle(e).clipPath === "none") parts.push([e, shown(e)]); };
    [...parent.children].forEach(add);
    const goes = parent === document.body && document.documentElement.scrollHeight > height;
    parts.forEach(([a, ra], i) => parts.slice(i + 1).forEach(([b, rb]) => {
      if (goes && [a, b].some((e) => e.matches(".topbar, .foot"))) return;
      if (some(meet(ra, rb), 1.5)) found.push(`${name(a)} and ${name(b)} lie over each other by ${JSON.stringify(meet(ra, rb))}`);
    }));
  }
  /* A panel is not pressed together, and what it holds can be scrolled to. */
  for (const panel of document.querySelectorAll(".col .panel, .floor > .panel")) {
    if (!visible(panel)) continue;
    if (panel.getBoundingClientRect().height < 38) found.push(`${name(panel)} is pressed together`);
    if (getComputedStyle(panel).overflowY === "hidden" && panel.scrollHeight > panel.clientHeight + 2) found.push(`${name(panel)} hides ${panel.scrollHeight - panel.clientHeight} px`);
  }

  /* Words and buttons of one panel stay beside each other, and in what holds them. */
  for (const panel of document.querySelectorAll(".panel, .topbar, .foot, .calls-slot, .alerts-slot")) {
    if (!visible(panel)) continue;
    const leaves = [...panel.querySelectorAll("button, input, select, h2, h3, p, dt, dd, kbd, figcaption, .num, .server-state, .subject, .from, .clock, .pill")]
      .map((e) => [e, shown(e)]).filter(([e, r]) => some(r) && visible(e) && !e.closest(".sr, .badge, .sure, .server-sure, td") && getComputedStyle(e).clipPath === "none")
      .map(([e, r]) => [e, meet(r, words(e))]).filter(([, r]) => some(r));
    leaves.forEach(([a, ra], i) => leaves.slice(i + 1).forEach(([b, rb]) => {
      if (!a.contains(b) && !b.contains(a) && some(meet(ra, rb), 2.5)) found.push(`${name(a)} "${a.textContent.trim()}" and ${name(b)} "${b.textContent.trim()}" lie over each other`);
    }));
  }
  for (const e of document.querySelectorAll(".server > *, .server-head > *, .server-acts > *, .guard > *, .guard h2, .panel-head > *, .alert > *, .call > *, .call-head > *, .btn > span")) {
    const r = e.parentElement.getBoundingClientRect();
    if (visible(e) && !e.matches(".server-sure, .sr") && (box(e).right > r.right + 1.5 || box(e).left < r.left - 1.5)) found.push(`${name(e)} "${e.textContent.trim()}" leaves ${name(e.parentElement)}`);
  }
  for (const e of document.querySelectorAll(".topbar :is(button, a, .clock), .bands :is(button, a, span)")) {
    if (visible(e) && getComputedStyle(e).clipPath === "none" && !e.closest(".sr") && (box(e).left < -1 || box(e).right > width + 1)) found.push(`${name(e)} leaves the window`);
  }
  /* Bars leave half of the window, and in the ten seconds of an armed question a third. */
  const bars = [".topbar", ".foot"].map((s) => document.querySelector(s)).filter((e) => getComputedStyle(e).position === "sticky" || height >= 560);
  const taken = bars.reduce((sum, e) => sum + e.getBoundingClientRect().height, 0);
  if (taken > height * (subject ? 0.7 : 0.5)) found.push(`the bars take ${Math.round(taken)} of ${height} px`);

  /* A subject is whole, or shows 24 characters. */
  for (const subject of document.querySelectorAll(".mail .subject")) {
    if (!visible(subject) || !subject.firstChild || subject.scrollWidth <= subject.clientWidth) continue;
    const text = [...subject.childNodes].find((n) => n.nodeType === 3 && n.data.trim());
    const range = document.createRange();
    range.setStart(text, 0);
    range.setEnd(text, Math.min(24, text.data.length));
    const needs = range.getBoundingClientRect().width + (text.data.length > 24 ? 14 : 0);
    if (needs > subject.clientWidth + 1) { found.push(`"${text.data}" is cut below 24 characters: ${subject.clientWidth} of ${Math.round(needs)} px`); break; }
  }

  /* What was opened: whole, or by scrolling what a wheel scrolls. */
  const pane = opened && document.querySelector(opened);
  if (pane && !visible(pane)) found.push(`${opened} is not shown`);
  else if (pane) {
    const fixed = width >= 1000 && height >= 560;
    const r = shown(pane);
    if (fixed && r.bottom - r.top < Math.min(box(pane).bottom - box(pane).top, 90) - 1) found.push(`${opened} shows ${Math.round(r.bottom - r.top)} px`);
    for (const part of [pane.querySelector("h3") ?? pane.firstElementChild, pane.querySelector(last)]) {
      if (!part) { found.push(`${opened} has no ${last}`); continue; }
      part.scrollIntoView({ block: "center" });
      clips.clear();
      if (!whole(part) || !under(part)) found.push(`${name(part)} of ${opened} cannot be reached: ${JSON.stringify(box(part))} of ${JSON.stringify(shown(part))}`);
    }
    for (let a = pane.parentElement; a; a = a.parentElement) if (a.scrollTop && getComputedStyle(a).overflowY === "hidden") found.push(`only a script scrolls ${name(a)}`);
    for (let a = pane; a; a = a.parentElement) a.scrollTop = 0;
  }
  /* An armed question is whole, also with its buttons, and does not lie over what it is about. */
  const sure = subject && document.querySelector(".sure");
  if (subject && !sure) found.push("nothing is armed any more");
  if (sure) for (const part of [sure.querySelector(".sure-text"), ...sure.querySelectorAll("button"), document.querySelector(subject)]) {
    if (!part) { found.push(`${subject} is not there`); continue; }
    part.scrollIntoView({ block: "center" });
    clips.clear();
    if (!visible(part) || !whole(part) || !under(part)) found.push(`${name(part)} is covered or cut off while armed: ${JSON.stringify(box(part))} of ${JSON.stringify(shown(part))}`);
    for (let a = part.parentElement; a; a = a.parentElement) if (a.scrollTop && getComputedStyle(a).overflowY === "hidden") found.push(`only a script scrolls ${name(a)}`);
    for (let a = part; a; a = a.parentElement) a.scrollTop = 0;
  }
  scrollTo(0, 0);
  return [...new Set(found)];
}"""

# Of each desk: what is pressed until something is armed, and what that acts on. In a call the answer that can hurt is armed.
TITLE = ".guard[data-armed] .sure-text"
ARMED = {
    "operator": (
        (["#server-1 [data-act=stop]"], "#server-1 .server-head"),
        (["#server-8 [data-act=start]"], "#server-8 .server-head"),
        (["[id='guard-servers.stop_all']"], TITLE),
    ),
    "deployer": ((["#fleet-2 input", "[data-act='release.rollback']"], "#fleet-2 input"), (["#guard-flag"], TITLE)),
    "risk": ((["[data-part-for=unwind]", "#flatten"], ".unwind-sure .sure-text"), (["[data-reply='exchange.accept']"], ".call h2")),
}

# A mail that no screen has room for, and whether the button at its end is whole on the screen.
LONG_MAIL = """() => {
  const { d } = wire.cards.inbox;
  const open = document.querySelector(".mail[aria-current]").dataset.mail;
  wire.show({ inbox: { ...d, mails: d.mails.map((m) => (String(m.id) === open ? { ...m, body: Array(30).fill("Nobody here has seen it before.").join("\\n\\n") } : m)) } });
}"""
END_SHOWN = """() => { const r = document.querySelector("#panel-inbox .reading share-button .btn").getBoundingClientRect();
  const top = document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2);
  return !!top?.closest("#panel-inbox share-button"); }"""


Says = Callable[[str], str]  # what a page says in its language for this in English


def alone(page: Page, says: Says = str) -> None:
    """Somebody who is at the start page plays alone at three desks: up to some minutes after the bell."""
    page.context.add_init_script(WIRE)
    page.locator("[name=start][value='09:28']").check()
    page.locator("[name=desk][value=all]").check()
    page.get_by_role("button", name=says("Play"), exact=True).click()
    page.get_by_role("button", name=says("Start")).click()
    page.wait_for_url("**/desk/**")
    page.get_by_role("button", name=says("Begin")).click(timeout=LONG)
    page.get_by_label(says("Speed"), exact=True).select_option("30")
    reaches(page, "09:33:00")


class Held:
    """One of their desks, a mail of it open and its line held."""

    def __init__(self, page: Page, desk: str, says: Says = str) -> None:
        self.page, self.desk = page, desk
        self.at = (1440, 900)
        self.wire = page.context.new_cdp_session(page)
        page.goto(f"{page.url.split('/desk/')[0]}/desk/{desk}/")
        page.wait_for_selector("[data-link=live] .drive-row .btn")
        resume = page.get_by_role("button", name=says("Resume"), exact=True)
        if page.locator("[data-state=paused]").count():  # nobody was heard of while the desk before was held
            resume.click()
            expect(resume).to_have_count(0)
        page.get_by_label(says("Speed"), exact=True).select_option("10")
        page.wait_for_selector(".mail")
        self._open_mail()
        self.tabs = page.locator("[data-tab-for]").evaluate_all("(tabs) => tabs.filter((t) => !t.matches('.week-only')).map((t) => t.dataset.tabFor)")
        page.evaluate("wire.hold()")

    def let_go(self) -> None:
        """Give the window its own size again."""
        self.wire.detach()

    def _open_mail(self) -> None:
        for _ in range(8):  # mail comes by the second: the list may move under the pointer
            self.page.locator(".mail").first.click()
            self.page.mouse.move(5, 5)
            if self.page.locator(".reading h3").count():
                break
        expect(self.page.locator(".reading .text").first).to_be_visible(timeout=LONG)

    def size(self, width: int, height: int, zoom: int) -> None:
        """Give the window this size in CSS pixels, each of so many of the screen's."""
        self.at = (width, height)
        self.wire.send("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": zoom, "mobile": False})

    @property
    def phone(self) -> bool:
        """Whether one tab of the desk shows at a time."""
        return self.at[0] < 720

    def faults(self, bands: Iterable[str], tab: str = "inbox") -> dict[str, list[str]]:
        """What is wrong with the picture of these bands, under its name; nothing, if nothing is."""
        if self.phone:
            self.page.evaluate("(tab) => document.querySelector(`[data-tab-for=${tab}]`).click()", tab)
        self.page.evaluate("(given) => wire.picture(given)", [sorted(bands), RINGING])
        found = self.page.evaluate(FAULTS, MAIL if tab == "inbox" or not self.phone else ["", ""])
        where = f"{self.desk} {self.at[0]} x {self.at[1]}{f', {tab}' if self.phone else ''}: {', '.join(sorted(bands)) or 'no band'}"
        return {where: found} if found else {}

    def armed(self, bands: Iterable[str]) -> dict[str, list[str]]:
        """What is wrong with the pictures of these bands, as far as they let anything be armed, in which something is."""
        found: dict[str, list[str]] = {}
        shown = {*bands} - DISARM
        for presses, subject in ARMED[self.desk]:
            with_call = shown | {"call"} if "reply" in presses[-1] else shown
            self.page.evaluate("(given) => wire.picture(given)", [sorted(with_call), RINGING])
            trouble = self.page.evaluate("(presses) => wire.arm(presses)", presses)
            wrong = [trouble] if trouble else self.page.evaluate(FAULTS, ["", "", subject])
            self.page.evaluate("wire.disarm()")
            if wrong:
                found[f"{self.desk} {self.at[0]} x {self.at[1]}, {presses[-1]} armed: {', '.join(sorted(with_call)) or 'no band'}"] = wrong
        return found

    def long_mail(self) -> None:
        """Make the opened mail longer than any screen."""

        def lengthened() -> bool:
            self.page.evaluate(LONG_MAIL)
            return self.page.locator("#panel-inbox .reading .text").count() >= 30

        wait_for(lengthened, 30, "the opened mail is a long one")
        assert not self.page.evaluate(END_SHOWN)

    def scrolls(self, by_finger: bool = False) -> bool:
        """Whether a wheel, or a finger that swipes, over a long mail leads to its end."""
        self.long_mail()
        for _ in range(20):
            box = self.page.locator("#panel-inbox .reading").bounding_box()
            assert box is not None
            x, y = box["x"] + box["width"] / 2, min(max(box["y"], 0) + 40, self.at[1] - 160)
            if by_finger:
                self._swipe(x, self.at[1] * 0.6)
            else:
                self.page.mouse.move(x, y)
                self.page.mouse.wheel(0, 600)
            self.page.evaluate("new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))")
            if self.page.evaluate(END_SHOWN):
                return True
        return False

    def _swipe(self, x: float, y: float) -> None:
        """One finger goes up by 240 px, in steps that a browser takes for scrolling."""
        for step in range(9):
            point = {"x": x, "y": y - 30 * step}
            self.wire.send("Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": [point]})
        self.wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def missed(self, bands: Iterable[str]) -> list[str]:
        """Which levers of the bar a finger does not meet, with these bands on a phone."""
        self.page.evaluate("(given) => wire.picture(given)", [sorted(bands), RINGING])
        missed = []
        for lever in self.page.locator(".guards :is(.switch, .btn-ask)").all():
            if not lever.is_visible():
                continue
            lever.evaluate("(lever) => lever.addEventListener('click', () => { wire.met = lever; }, { once: true })")
            box = lever.bounding_box()
            assert box is not None
            self.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            if not lever.evaluate("(lever) => wire.met === lever"):
                missed.append(lever.inner_text() or str(lever.get_attribute("aria-label")))
        return missed
