/* Dangerous acts take two steps: arm, then one of three buttons that also say how sure the person is.
   One thing is armed at a time; it falls back to safe after 10 s, on Escape, and when the line goes. */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";

const SAFE_AFTER_MS = 10000;
/** @type {[Confidence, string][]} */
export const CONFIDENCE = [["guessing", "Guessing"], ["likely", "Likely"], ["certain", "Almost certain"]];

/** @param {App} app */
export function arming(app) {
  let timer = 0;
  const safe = () => {
    clearTimeout(timer);
    if (app.store.get("armed")) app.store.set("armed", null);
  };
  app.store.set("armed", null);
  app.armed = (place) => app.store.get("armed") === place;
  app.disarm = safe;
  app.arm = (place) => {
    clearTimeout(timer);
    app.store.set("armed", place);
    timer = setTimeout(() => {
      if (app.armed(place)) app.voice.say("Back to safe.", true);
      safe();
    }, SAFE_AFTER_MS);
  };
  document.addEventListener("keydown", (event) => event.key === "Escape" && safe());
  app.store.on("standing", ({ link, state }) => (link !== "live" || state !== "running") && safe());
}

/* The three buttons. what: {place, kind, args, title, says}; back: element that takes the focus afterwards. */
/** @param {App} app @param {Act} what @param {() => Found | null} back */
export function sure(app, what, back) {
  /** @param {Confidence} confidence */
  const send = (confidence) => {
    app.commands.give(what.place, what.kind, what.args, confidence, what.title);
    app.voice.say(`${what.title}: sent.`, true);
    app.disarm();
    back()?.focus();
  };
  return html`<div class="sure" role="group" aria-label=${`${what.title}. How sure are you? Choosing sends it.`} tabindex="-1">
    <p class="sure-text"><strong>${what.title}.</strong> ${what.says}</p>
    <div class="sure-buttons">
      ${CONFIDENCE.map(([value, word]) => html`<button type="button" class="btn btn-crit" data-sure=${value} @click=${() => send(value)}>${word}</button>`)}
    </div>
  </div>`;
}
