/* Single-letter keys. They move focus or speak; none of them acts on anything. They can be switched off (WCAG 2.1.4). */
import { keep, kept } from "./kept.js";

/** @param {Found} el */
const typing = (el) => el?.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

export const keysOn = () => kept("keys", "on") !== "off";
/** @param {boolean} on */
export const setKeys = (on) => keep("keys", on ? "on" : "off");

/* map: key -> fn; keys are lower case. */
/** @param {Keys} map */
export function hotkeys(map) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (!keysOn() || typing(event.target) || document.querySelector("dialog[open]")) return;
    const fn = map[event.key.toLowerCase()];
    if (!fn) return;
    event.preventDefault();
    fn();
  });
}

/* Bring an element into view and focus it. */
/** @param {Found} el */
export function goTo(el) {
  if (!el) return;
  el.focus({ preventScroll: true });
  el.scrollIntoView({ block: "nearest" });
}
