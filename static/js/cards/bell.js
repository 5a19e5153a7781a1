/* The same thirty seconds on every screen: the clock reaching the bell, what opens, and how quiet it is here. It covers nothing that can
   be pressed: the pointer goes through it. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { OPEN } from "../lib/calendar.js";
import { count, hhmm, seconds, short } from "../lib/format.js";
import { icon } from "../lib/icons.js";

const AT = seconds(OPEN);
const LENGTH = 30;
const FROM = AT - LENGTH / 2;

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  let heard = ""; // what was spoken last
  const draw = () => {
    const d = app.store.get("bell");
    const clock = app.store.get("clock")?.clock;
    root.hidden = !d?.on;
    render(d?.on && clock ? strip(app, d, clock) : nothing, root);
    const now = d?.on && clock ? spoken(clock) : "";
    if (now && now !== heard) app.voice.say(now, true);
    heard = now;
  };
  app.store.onAny(["bell", "clock"], draw);
}

/** @param {string} clock */
const spoken = (clock) => (seconds(clock) < AT ? "The market opens in fifteen seconds." : `${OPEN}. The market is open.`);

/** @param {App} app @param {Extract<Card.Bell, { on: true }>} d @param {string} clock */
function strip(app, d, clock) {
  const open = seconds(clock) >= AT;
  return html`<div class="bell-strip" ?data-open=${open}>
    <p class="bell-clock num">${icon("bell")}${clock}</p>
    <p class="bell-words num">${open ? html`<strong>The bell.</strong> ${d.opened} of ${d.of} stocks have opened, ${d.shares ? `${short(d.shares)} shares` : "no share"} traded so far.`
      : html`<strong>The bell in ${count(d.left_s)} s.</strong> ${d.of} stocks wait to open.`}</p>
    <p class="bell-quiet">${open ? quiet(app) : ""}</p>
    <progress max=${LENGTH} .value=${seconds(clock) - FROM} aria-label=${`From ${hhmm(FROM)}:${FROM % 60} to ${OPEN}:${LENGTH / 2}`}></progress>
  </div>`;
}

/* What this desk has heard since the bell. The wall has neither phone nor alerts. */
/** @param {App} app */
function quiet(app) {
  const calls = app.store.get("calls")?.calls;
  if (!calls) return "";
  /** @param {string} at */
  const since = (at) => at >= OPEN && at[2] === ":";
  const rings = calls.filter((c) => since(c.at)).length;
  const alerts = (app.store.get("alerts")?.alerts ?? []).filter((a) => since(a.at)).length;
  if (!rings && !alerts) return "Here: no call, no alert.";
  return `Here: ${[rings && `${rings} ${rings === 1 ? "call" : "calls"}`, alerts && `${alerts} ${alerts === 1 ? "alert" : "alerts"}`].filter(Boolean).join(", ")}.`;
}
