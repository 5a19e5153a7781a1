/* What became of the command given here, beside its button. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "./icons.js";
import { gettext } from "./words.js";

/** @param {App} app @param {string} place */
export function answer(app, place) {
  const entry = app.commands.at(place);
  if (!entry || entry.state === "applied") return nothing;
  if (entry.state === "refused") {
    return html`<p class="answer" data-state="refused">${icon("triangle-alert")}<span>${gettext("Refused: %(reason)s", { reason: entry.reason })}</span></p>`;
  }
  const live = app.store.get("standing").link === "live";
  const sent = entry.state === "received" ? gettext("Received") : gettext("Sending");
  return html`<p class="answer" data-state=${entry.state}>${live ? sent : gettext("Will be sent when you are back online")}</p>`;
}

/* Refusals are also spoken: the person who clicked may not look there. */
/** @param {App} app */
export function speakRefusals(app) {
  app.commands.addEventListener("change", ({ detail }) => {
    if (detail.state === "refused") app.voice.say(gettext("Refused: %(reason)s", { reason: detail.reason }), true);
  });
}
