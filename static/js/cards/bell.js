/* The same thirty seconds on every screen: the clock reaching the bell, what opens, and how quiet it is here. It covers nothing that can
   be pressed: the pointer goes through it. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { OPEN } from "../lib/calendar.js";
import { count, hhmm, seconds, short } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { opening } from "../lib/opening.js";
import { around, gettext, ngettext } from "../lib/words.js";

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
    const now = d?.on && clock && seconds(clock) < AT ? gettext("The market opens in fifteen seconds.") : "";
    if (now && now !== heard) app.voice.say(now, true);
    heard = now;
  };
  app.store.onAny(["bell", "clock"], draw);
  if (app.store.get("standing").hello.as_it_was) return;
  const seen = opening((text) => app.voice.say(text, true));
  app.store.on("clock", ({ phase, clock }) => seen(phase, clock));
}

/** @param {App} app @param {Extract<Card.Bell, { on: true }>} d @param {string} clock */
function strip(app, d, clock) {
  const open = seconds(clock) >= AT;
  return html`<div class="bell-strip" ?data-open=${open}>
    <p class="bell-clock num">${icon("bell")}${clock}</p>
    <p class="bell-words num">${open ? html`${around(gettext("%(strong)s %(opened)s of %(of)s stocks have opened, %(also)s traded so far."), { strong: html`<strong>${gettext("The bell.")}</strong>`, opened: d.opened, of: d.of, also: d.shares ? gettext("%(shares)s shares", { shares: short(d.shares) }) : gettext("no shares") })}`
      : html`${around(gettext("%(left_s)s %(of)s stocks wait to open."), { left_s: html`<strong>${gettext("Bell in %(left_s)s s.", { left_s: count(d.left_s) })}</strong>`, of: d.of })}`}</p>
    <p class="bell-quiet">${open ? quiet(app) : ""}</p>
    <progress max=${LENGTH} .value=${seconds(clock) - FROM} aria-label=${gettext("From %(FROM)s:%(FROM2)s to %(OPEN)s:%(LENGTH)s", { FROM: hhmm(FROM), FROM2: FROM % 60, OPEN, LENGTH: LENGTH / 2 })}></progress>
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
  if (!rings && !alerts) return gettext("Here: no calls, no alerts.");
  return gettext("Here: %(heard)s.", { heard: [rings && ngettext("%(n)s call", "%(n)s calls", rings), alerts && ngettext("%(n)s alert", "%(n)s alerts", alerts)].filter(Boolean).join(", ") });
}
