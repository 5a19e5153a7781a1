/* Where in the run, how fast: buttons, keys, a slider, pins. The address follows, so that it can be passed on. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { copied } from "../lib/copy.js";
import { icon } from "../lib/icons.js";
import { lossSpoken } from "../lib/format.js";
import { role } from "../lib/roles.js";
import { DATES } from "../lib/calendar.js";
import { STEPS_A_SECOND, stampOf } from "../lib/market-clock.js";
import { bindLeading } from "../lib/leading.js";
import { axis, drawStrip } from "./strip.js";
import { gettext } from "../lib/words.js";

const TEN_S = 10 * STEPS_A_SECOND;
const NEAR = 60 * STEPS_A_SECOND; // a pin of the last minute is told

/** @param {Found} root @param {Tape} tape @param {Replay} data */
export function mountScrubber(root, tape, data) {
  const places = axis(data.phases);
  const slider = root.querySelector("[data-at]");
  const pins = document.querySelector("[data-pins]");
  drawStrip(root.querySelector("[data-strip]"), data, places);
  /** @param {(...given: any[]) => unknown} act */
  const byHand = (act) => (/** @type {any[]} */ ...given) => {
    root.dispatchEvent(new Event("by-hand")); // who followed no longer does
    act(...given);
  };
  const seek = byHand((step) => tape.seek(step));
  /* A moment after what the pin stands for: the desk shows what came of it. */
  /** @param {Pin | undefined} pin */
  const jump = (pin) => pin && seek(pin.step + 1);
  /** @type {Record<string, () => unknown>} */
  const goes = {
    play: byHand(() => tape.play()),
    back: () => seek(tape.step - TEN_S),
    on: () => seek(tape.step + TEN_S),
    "pin-before": () => jump(data.pins.findLast((pin) => pin.step < tape.step - 1)),
    "pin-after": () => jump(data.pins.find((pin) => pin.step > tape.step)),
    copy: () => copy(root),
  };
  for (const button of root.querySelectorAll("[data-go]")) button.addEventListener("click", goes[button.dataset.go]);
  root.querySelector("[data-rate]").addEventListener("change", byHand((event) => tape.setRate(Number(event.target.value))));
  slider.addEventListener("input", () => seek(places.step(Number(slider.value) / Number(slider.max))));
  render(data.pins.map((pin) => html`<li><button type="button" class="btn btn-bare" @click=${() => { jump(pin); pins.closest("dialog").close(); slider.focus(); }}>
    <span class="num">${pin.at}</span>${pin.desk ? role(pin.desk) : html`<span class="role">${icon("bell")}<span>${gettext("Market")}</span></span>`}<span class="pin-text">${pin.text}${pin.of ? html` <span class="tag">${gettext("inherited from %(of)s", { of: pin.of })}</span>` : nothing}</span></button></li>`), pins);
  bindKeys(goes, slider);
  bindWays(root, tape);
  bindLeading(root, tape, data);
  tape.addEventListener("moment", (/** @type {any} */ { detail }) => draw(root, data, places, detail));
}

/** @param {Found} root @param {Replay} data @param {Places} places @param {Moment} now */
function draw(root, data, places, { step, playing, waiting, rate }) {
  root.querySelector("[data-rate]").value = String(rate);
  const slider = root.querySelector("[data-at]");
  slider.value = String(Math.round(places.at(step) * Number(slider.max)));
  slider.setAttribute("aria-valuetext", `${stampOf(step, DATES)}, ${lossSpoken(lossAt(data.loss, step))}`);
  root.toggleAttribute("data-waiting", waiting);
  render(html`${icon(playing ? "pause" : "play")}${playing ? gettext("Pause") : gettext("Play")}`, root.querySelector("[data-go=play]"));
  const pin = data.pins.findLast((one) => one.step < step && step - one.step <= NEAR);
  render(pin ? html`<span class="num">${pin.at}</span> ${pin.desk ? role(pin.desk) : nothing} <span>${pin.text}</span>${pin.of ? html` <span class="tag">${gettext("inherited from %(of)s", { of: pin.of })}</span>` : nothing}` : html`<span class="quiet">${gettext("Space plays and pauses, the arrow keys move 10 s, [ and ] go to the previous and next pin.")}</span>`, root.querySelector("[data-pin]"));
  const fork = root.querySelector("[data-fork-at]");
  if (fork) fork.value = stampOf(step);
  if (!playing) history.replaceState(null, "", address(step));
}

/** @param {Points} curve @param {number} step */
const lossAt = (curve, step) => curve.findLast(([at]) => at <= step)?.[1] ?? 0;

/** @param {number} step */
function address(step) {
  const way = new URLSearchParams(location.search);
  way.set("desk", document.body.dataset.desk ?? "");
  way.set("at", stampOf(step));
  way.delete("follow");
  return `?${way}`.replaceAll("%3A", ":");
}

/** @param {Found} root */
async function copy(root) {
  const word = root.querySelector("[data-copy]");
  const before = word.textContent;
  word.textContent = (await copied(location.href)) ? gettext("Copied") : gettext("Copy it from the address bar");
  setTimeout(() => (word.textContent = before), 2500);
}

/* Another desk or team, at the same moment. */
/** @param {Found} root @param {Tape} tape */
function bindWays(root, tape) {
  for (const way of root.querySelectorAll("[data-to-desk]")) {
    way.addEventListener("click", () => (way.search = `?desk=${way.dataset.toDesk}&at=${stampOf(tape.step)}`));
  }
  root.querySelector("[data-to-team]")?.addEventListener("change", (event) => location.assign(event.target.value + address(tape.step)));
}

/** @param {Found} el */
const typing = (el) => el.closest?.("input:not([type=range]), textarea, select, [contenteditable], dialog[open]");
/** @param {Found} el */
const presses = (el) => el.closest?.("button, a, summary, [role=tab]");

/* Arrows on a row of tabs, or in a list that scrolls, keep their meaning. */
/** @param {Record<string, () => unknown>} goes @param {Found} slider */
function bindKeys(goes, slider) {
  /** @type {Record<string, () => unknown>} */
  const keys = { ArrowLeft: goes.back, ArrowRight: goes.on, "[": goes["pin-before"], "]": goes["pin-after"], " ": goes.play };
  document.addEventListener("keydown", (event) => {
    const on = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key] || typing(on) || document.querySelector("dialog[open]")) return;
    if (event.key === " " && presses(on)) return;
    if (event.key.startsWith("Arrow") && on !== slider && on.closest?.("[role=tab], [tabindex='0']")) return;
    event.preventDefault();
    keys[event.key]();
  }, true);
}
