/* The planning pause of an evening: the clock stands until every desk is ready, for so many seconds at most. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { countdown } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blocked } from "../lib/reasons.js";
import { roleIcon, roleWord } from "../lib/roles.js";
import { EVENING_FROM, EVENINGS } from "../lib/calendar.js";

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
    <div class="plan-words"><p><strong>${EVENINGS[p.evening]}, planning.</strong> <span class="num">The clock stands for at most ${countdown(Math.ceil(leftOf(s, p)))}.</span></p>
      <p class="plan-more num">${wall ? `${p.ready} of ${p.of} desks are ready.` : `What you start now counts from ${EVENING_FROM}.${elsewhere(s, p)}`}</p></div>
    ${wall ? nothing : html`<ul class="plan-seats" aria-label="Who is ready">${(s.hello.seats ?? []).map((seat) => sits(seat, p))}</ul>${button(app, s, p)}`}</div>`;
}

/* Desks of other teams that are waited for, where there are any. */
/** @param {Stands} s @param {Planning} p */
function elsewhere(s, p) {
  const own = (s.hello.seats ?? []).filter(waited);
  const others = p.of - own.length - (p.ready - own.filter((seat) => seat.ready === p.evening).length);
  return others > 0 ? ` ${others} ${others === 1 ? "desk" : "desks"} of other teams not ready yet.` : "";
}

/** @param {TeamSeat} seat */
const waited = (seat) => seat.holders.length > 0 && !seat.covered;

/** @param {TeamSeat} seat @param {Planning} p */
function readiness(seat, p) {
  if (!waited(seat)) return ["bot", "assistant"];
  return seat.ready === p.evening ? ["check", "ready"] : ["hourglass", "not yet"];
}

/** @param {TeamSeat} seat @param {Planning} p */
function sits(seat, p) {
  const [sign, word] = readiness(seat, p);
  return html`<li class="role" data-desk=${seat.desk} data-ready=${word === "ready" ? "" : nothing}>${roleIcon(seat.desk)}<span>${roleWord(seat.desk)}</span><span class="plan-state">${icon(sign)}${word}</span></li>`;
}

/** @param {App<any>} app @param {Stands} s @param {Planning} p */
function button(app, s, p) {
  const why = s.state === "paused" ? "The exercise is paused." : blocked(app);
  /** @param {Outgoing} message */
  const send = (message) => () => (why ? app.voice.say(why, true) : app.line.send(message));
  if (s.hello.owner) {
    return html`<button type="button" class="btn btn-prime" data-begin aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${send({ t: "drive", do: "begin" })}>${icon("play")}Begin the evening</button>`;
  }
  const ready = (s.hello.seats ?? []).some((seat) => seat.mine && seat.ready === p.evening);
  return html`<button type="button" class=${`btn ${ready ? "" : "btn-prime"}`} data-ready aria-pressed=${String(ready)} aria-disabled=${String(!!why)} title=${why ?? nothing}
    @click=${send({ t: "ready", on: !ready })}>${icon(ready ? "check" : "play")}${ready ? "Ready" : "I am ready"}</button>`;
}

/** @param {App<any>} app @param {Planning | null} before @param {Planning | null} now @param {Stands} s */
function speak(app, before, now, s) {
  if (now && !before) app.voice.alarm(`${EVENINGS[now.evening]}: plan the evening. The clock stands for at most ${Math.round(leftOf(s, now))} seconds.`);
  if (before && !now && s.state === "running") app.voice.alarm("The evening begins.");
}
