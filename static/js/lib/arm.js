/* Dangerous acts take two steps: arm, then one of three buttons that also say how sure the person is.
   One thing is armed at a time; it falls back to safe after 10 s, on Escape, and when the line goes. */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { countdown, left } from "./format.js";
import { gettext, ngettext } from "./words.js";

const SAFE_AFTER_MS = 10000;
/** @type {[Confidence, string][]} */
export const CONFIDENCE = [["guessing", gettext("Guessing")], ["likely", gettext("Likely")], ["certain", gettext("Almost certain")]];

/** @param {App} app */
export function arming(app) {
  let timer = 0;
  let until = 0;
  const safe = () => {
    clearInterval(timer);
    if (app.store.get("armed")) app.store.set("armed", null);
  };
  app.store.set("armed", null);
  app.armed = (place) => app.store.get("armed") === place;
  app.disarm = safe;
  app.arm = (place) => {
    clearInterval(timer);
    until = performance.now() + SAFE_AFTER_MS;
    app.store.set("armed", place);
    timer = setInterval(() => {
      if (app.armedFor() > 0) return app.store.set("armed", place); // whoever shows it counts down
      app.voice.say(gettext("Disarmed."), true);
      return safe();
    }, 1000);
  };
  app.armedFor = () => Math.max(0, Math.round((until - performance.now()) / 1000));
  document.addEventListener("keydown", (event) => event.key === "Escape" && safe());
  app.store.on("standing", ({ link, state }) => (link !== "live" || state !== "running") && safe());
}

/* What an act takes, as its lever says: hands, minutes, and whether the word was given. Nothing where it takes nothing. */
/** @param {App} app @param {Act} what */
function takes(app, what) {
  const lever = app.store.get("levers")?.levers.find((l) => l.kind === what.kind);
  if (!lever) return "";
  const many = Array.isArray(what.args.servers) ? what.args.servers.length : 1;
  const time = lever.minutes ? left(lever.minutes * 60) : "";
  const found = [
    lever.hands ? ngettext("%(n)s hand", "%(n)s hands", lever.hands) : "",
    time && many > 1 ? gettext("%(time)s a server", { time }) : time,
    lever.word === "given" ? gettext("approved") : "",
  ].filter(Boolean);
  return found.length ? gettext("Takes %(what)s.", { what: found.join(", ") }) : "";
}

/* The three buttons. what: {place, kind, args, title, says}; back: element that takes the focus afterwards. */
/** @param {App} app @param {Act} what @param {() => Found | null} back */
export function sure(app, what, back) {
  /** @param {Confidence} confidence */
  const send = (confidence) => {
    app.commands.give(what.place, what.kind, what.args, confidence, what.title);
    app.voice.say(gettext("%(title)s: sent.", { title: what.title }), true);
    app.disarm();
    back()?.focus();
  };
  return html`<div class="sure" role="group" aria-label=${gettext("%(title)s. How sure are you? Choosing sends it.", { title: what.title })} tabindex="-1">
    <p class="sure-text"><strong>${what.title}.</strong> ${takes(app, what)} ${what.says}</p>
    <div class="sure-buttons">
      <span class="sure-left num" title=${gettext("Until it is disarmed by itself")}><span class="sr">${gettext("Disarms in")} </span>${countdown(app.armedFor())}</span>
      ${CONFIDENCE.map(([value, word]) => html`<button type="button" class="btn btn-crit" data-sure=${value} @click=${() => send(value)}>${word}</button>`)}
    </div>
  </div>`;
}
