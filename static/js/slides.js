/* Slides of a debrief: one at a time, by keys and by buttons; the address keeps the place. Without this script they stand below each other. */
import { writeAmounts } from "./lib/amounts.js";
import { bindFill } from "./lib/fill.js";
import { bindPrint } from "./lib/print.js";
import { bindSettings } from "./lib/settings.js";

const slides = [...document.querySelectorAll(".slide")];
const place = document.querySelector("[data-at]");
const last = slides.length - 1;
let at = Math.min(last, Math.max(0, (Number.parseInt(location.hash.slice(1), 10) || 1) - 1));

bindFill();
bindPrint();
bindSettings();
writeAmounts();
show(at);
for (const button of document.querySelectorAll("[data-step]")) button.addEventListener("click", () => show(at + Number(button.dataset.step)));
addEventListener("hashchange", () => show((Number.parseInt(location.hash.slice(1), 10) || 1) - 1));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && /** @type {Element} */ (event.target).closest("button, a")) return;
  const to = { ArrowRight: at + 1, PageDown: at + 1, " ": at + 1, ArrowLeft: at - 1, PageUp: at - 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  show(to);
});

/** @param {number} to */
function show(to) {
  at = Math.min(last, Math.max(0, to));
  slides.forEach((slide, i) => slide.toggleAttribute("data-off", i !== at));
  place.textContent = `${at + 1} / ${slides.length}`;
  history.replaceState(history.state, "", `#${at + 1}`);
}
