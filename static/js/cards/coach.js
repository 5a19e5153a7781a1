/* Three marks on a live desk: what to look at first, where to act, where to talk. Once for each desk in a browser, and again from its Help.
   Nothing waits for them, and a mark never stands on what it points at. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { rest } from "../lib/focus.js";
import { icon } from "../lib/icons.js";
import { keep, kept } from "../lib/kept.js";
import { visit } from "../lib/desk-keys.js";
import { gettext } from "../lib/words.js";

/** @typedef {{ at: string[], title: string, text: string }} Mark */
const GAP = 12; // px between a mark and what it points at
const EDGE = 8;
const AGAIN_MS = 200; // cards grow and go while a mark stands

const TALK = { at: ["#team-h"], title: gettext("Talk here"), text: gettext("Nobody sees the whole picture. Say what you see, and press Share on evidence: your whole team then has it. Talking never takes a hand.") };
const WEEK = [
  { at: ["#week-h"], title: gettext("Look here first"), text: gettext("Your evenings, side by side: what is planned, what is done, and how many hours your team has left.") },
  { at: ["#tonight-h"], title: gettext("Act here"), text: gettext("Choose what to do tonight. What takes your hands, and for how long, stands beside it.") },
];
/** @type {Record<string, Mark[]>} */
const DAY = {
  operator: [
    { at: ["#servers-h"], title: gettext("Look here first"), text: gettext("Every server and its state. Below are the orders going in and out, and the log of any server you ask for.") },
    { at: ["[data-card=levers] .guard", "[data-card=levers]"], title: gettext("Act here"), text: gettext("Each server has its own Stop; these stop them all. You arm first and then send, so nothing happens by accident.") },
  ],
  deployer: [
    { at: ["#fleet-h"], title: gettext("Look here first"), text: gettext("What each server is recorded to run. What it really runs is only known once somebody has looked.") },
    { at: ["[data-card=fleet] [data-acts]"], title: gettext("Act here"), text: gettext("Select servers, then check, copy or restart. You have two hands, and each of these keeps one busy for a while.") },
  ],
  risk: [
    { at: ["#money-h"], title: gettext("Look here first"), text: gettext("What the firm has won or lost, and as of when: the monitor is late when trading is heavy.") },
    { at: ["#acts-h"], title: gettext("Act here"), text: gettext("Limits, selling down and calls to the exchange. Your team also asks you to approve what stops everything.") },
  ],
};

/* The button of Help: it waits for this module, which comes late. */
/** @param {Found} button @param {App} app */
export function mount(button, app) {
  button.disabled = false;
  button.addEventListener("click", () => {
    button.closest("dialog")?.close();
    show(app);
  });
}

/* For somebody new at this desk. */
/** @param {App} app */
export function around(app) {
  const key = `shown ${app.store.get("standing").hello.desk}`;
  if (kept(key, "")) return;
  keep(key, "yes");
  show(app);
}

/** @param {string[]} places */
const found = (places) => places.map((place) => /** @type {Found} */ (document.querySelector(place))).find((el) => el?.checkVisibility() || el?.closest("[data-tabs]"));

/** @param {App} app */
function show(app) {
  document.querySelector(".coach")?.remove();
  const week = document.querySelector(".week-only") && document.body.dataset.view === "plan" && app.store.get("clock")?.phase === "deployment";
  const marks = [...(week ? WEEK : DAY[app.store.get("standing").hello.desk]), TALK];
  const before = /** @type {Found} */ (document.activeElement);
  const box = Object.assign(document.createElement("div"), { className: "coach", tabIndex: -1 });
  box.popover = "manual";
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-labelledby", "coach-h");
  box.setAttribute("aria-describedby", "coach-p");
  document.body.append(box);
  /** @type {Found} */
  let target = null;
  let timer = 0;
  const end = () => {
    clearInterval(timer);
    if (target) delete target.dataset.pointed;
    box.remove();
    if (before?.isConnected && before !== document.body) before.focus({ preventScroll: true });
    else rest();
  };
  /** @param {number} n */
  const step = (n) => {
    if (target) delete target.dataset.pointed;
    if (n >= marks.length) return end();
    target = found(marks[n].at);
    if (!target) return step(n + 1);
    visit(target); // on a phone: its tab
    target.dataset.pointed = "";
    const last = n === marks.length - 1;
    render(html`<div class="coach-head"><h2 id="coach-h">${marks[n].title}</h2><span class="second num">${gettext("%(n)s of %(of)s", { n: n + 1, of: marks.length })}</span></div><p id="coach-p">${marks[n].text}</p>
      <p class="coach-foot">${last ? nothing : html`<button type="button" class="btn btn-quiet" @click=${end}>${gettext("Skip")}</button>`}
        <button type="button" class="btn btn-prime" data-next @click=${() => step(n + 1)}>${icon(last ? "check" : "arrow-right")}${last ? gettext("Got it") : gettext("Next")}</button></p>`, box);
    place(box, target);
    box.querySelector("[data-next]").focus({ preventScroll: true });
    return undefined;
  };
  box.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the desk's keys are for the desk
    if (event.key === "Escape") end();
  });
  box.showPopover();
  timer = setInterval(() => (target.checkVisibility() ? place(box, target) : end()), AGAIN_MS);
  step(0);
}

/* Beside it, below or above it, wherever there is room. */
/** @param {HTMLElement} box @param {Found} target */
function place(box, target) {
  const at = target.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const across = Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE));
  const down = Math.max(EDGE, Math.min(at.top - EDGE, innerHeight - height - EDGE));
  const ways = [
    [at.bottom + GAP + height < innerHeight, across, at.bottom + GAP],
    [at.top - GAP - height > 0, across, at.top - GAP - height],
    [at.right + GAP + width < innerWidth, at.right + GAP, down],
    [at.left - GAP - width > 0, at.left - GAP - width, down],
  ];
  const [, x, y] = ways.find(([room]) => room) ?? ways[0];
  box.style.insetInlineStart = `${x}px`;
  box.style.insetBlockStart = `${y}px`;
}
