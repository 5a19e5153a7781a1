/* The planning pause of an evening: the clock stands until every desk is ready, for so many seconds at most. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { countdown } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blocked } from "../lib/reasons.js";
import { roleIcon, roleWord } from "../lib/roles.js";
import { EVENING_FROM, EVENINGS } from "../lib/calendar.js";
import { gettext, ngettext } from "../lib/words.js";

/** @param {Found} root @param {App<any>} app */
export function mount(root, app) {
  let timer = 0;
  /** @type {Planning | null} */
  let before = null;
  const draw = () => {
    const s = app.store.get("standing");
    const p = s.state === "running" || s.state === "paused" ? s.planning : null;
    clearTimeout(timer);
    root.hidden = !p;
    render(p ? band(app, s, p) : nothing, root);
    if (p && s.state === "running") timer = setTimeout(draw, 1000);
    speak(app, before, p, s);
    before = p;
  };
  app.store.on("standing", draw);
}

/** @param {Stands} s @param {Planning} p */
const leftOf = (s, p) => Math.max(0, p.left_s - (s.state === "running" ? (performance.now() - p.at) / 1000 : 0));

/** @param {App<any>} app @param {Stands} s @param {Planning} p */
function band(app, s, p) {
  const wall = s.hello.desk === "projector";
  return html`<div class="band band-plan">${icon("hourglass")}
    <div class="plan-words"><p><strong>${gettext("%(EVENINGS)s, planning.", { EVENINGS: EVENINGS[p.evening] })}</strong> <span class="num">${gettext("The clock is stopped for up to %(countdown)s.", { countdown: countdown(Math.ceil(leftOf(s, p))) })}</span></p>
      <p class="plan-more num">${wall ? gettext("%(ready)s of %(of)s desks are ready.", { ready: p.ready, of: p.of }) : gettext("Work you start now begins at %(EVENING_FROM)s.%(s)s", { EVENING_FROM, s: elsewhere(s, p) })}</p></div>
    ${wall ? nothing : html`<ul class="plan-seats" aria-label=${gettext("Who is ready")}>${(s.hello.seats ?? []).map((seat) => sits(seat, p))}</ul>${button(app, s, p)}`}</div>`;
}

/* Desks of other teams that are waited for, where there are any. */
/** @param {Stands} s @param {Planning} p */
function elsewhere(s, p) {
  const own = (s.hello.seats ?? []).filter(waited);
  const others = p.of - own.length - (p.ready - own.filter((seat) => seat.ready === p.evening).length);
  return others > 0 ? ` ${ngettext("%(n)s desk of another team is not ready yet.", "%(n)s desks of other teams are not ready yet.", others)}` : "";
}

/** @param {TeamSeat} seat */
const waited = (seat) => seat.holders.length > 0 && !seat.covered;

/** @param {TeamSeat} seat @param {Planning} p */
function readiness(seat, p) {
  if (!waited(seat)) return ["bot", gettext("assistant")];
  return seat.ready === p.evening ? ["check", gettext("ready")] : ["hourglass", gettext("not yet")];
}

/** @param {TeamSeat} seat @param {Planning} p */
function sits(seat, p) {
  const [sign, word] = readiness(seat, p);
  return html`<li class="role" data-desk=${seat.desk} data-ready=${sign === "check" ? "" : nothing}>${roleIcon(seat.desk)}<span>${roleWord(seat.desk)}</span><span class="plan-state">${icon(sign)}${word}</span></li>`;
}

/** @param {App<any>} app @param {Stands} s @param {Planning} p */
function button(app, s, p) {
  const why = s.state === "paused" ? gettext("The exercise is paused.") : blocked(app);
  /** @param {Outgoing} message */
  const send = (message) => () => (why ? app.voice.say(why, true) : app.line.send(message));
  if (s.hello.owner) {
    return html`<button type="button" class="btn btn-prime" data-begin aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${send({ t: "drive", do: "begin" })}>${icon("play")}${gettext("Start the evening")}</button>`;
  }
  const ready = (s.hello.seats ?? []).some((seat) => seat.mine && seat.ready === p.evening);
  return html`<button type="button" class=${`btn ${ready ? "" : "btn-prime"}`} data-ready aria-pressed=${String(ready)} aria-disabled=${String(!!why)} title=${why ?? nothing}
    @click=${send({ t: gettext("ready"), on: !ready })}>${icon(ready ? "check" : "play")}${ready ? gettext("Ready") : gettext("I am ready")}</button>`;
}

/** @param {App<any>} app @param {Planning | null} before @param {Planning | null} now @param {Stands} s */
function speak(app, before, now, s) {
  if (now && !before) app.voice.alarm(gettext("%(EVENINGS)s: plan the evening. The clock is stopped for up to %(number)s s.", { EVENINGS: EVENINGS[now.evening], number: Math.round(leftOf(s, now)) }));
  if (before && !now && s.state === "running") app.voice.alarm(gettext("The evening starts."));
}
