/* The control room as a whole, and its head: the time of all teams. The parts have files of their own. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { ask, jump } from "../lib/asking.js";
import { example } from "../lib/calendar.js";
import { icon } from "../lib/icons.js";
import { notLive } from "./bands.js";
import { curve } from "./curve.js";
import { door } from "./door.js";
import { drawFeed } from "./feed.js";
import { drawInjects } from "./injects.js";
import { notes } from "./notes.js";
import { drawTeams } from "./teams.js";
import { wall } from "./wall.js";
import { gettext, ngettext } from "../lib/words.js";

/** @type {number[]} */
const SPEEDS = JSON.parse(document.getElementById("speeds").textContent);
/** @param {string} name */
const part = (name) => document.querySelector(`[data-part=${name}]`);
const drawCurve = curve(document.getElementById("loss-curve"));
/** @type {Curve | null} */
let drawn = null;

/* page: {state, links, reason, asking, open, sort, filter, lines, kinds, details, team, link};
   act: {post(fields, address), tell(fields): to the room's address, redraw()}. */
/** @param {Room} page @param {RoomAct} act */
export function drawExercise(page, act) {
  const s = page.state;
  const taken = s.teams.flatMap((t) => t.seats).filter((x) => x.holders.length).length;
  render(head(page, s, act), part("time"));
  document.body.dataset.phase = s.state === "lobby" ? "" : s.part;
  render(html`${ngettext("%(n)s person", "%(n)s people", s.people)}, ${gettext("%(taken)s of %(of)s seats taken", { taken, of: s.teams.length * 3 })}`, part("people"));
  drawTeams(page, act);
  document.body.toggleAttribute("data-before", !s.curve.history.length && s.curve.teams.every((t) => !t.loss.length));
  if (drawn !== s.curve) drawCurve(s.curve);
  drawn = s.curve;
  drawFeed(page, act);
  render(notes(page, act), part("notes"));
  render(wall(s, act.post), part("wall"));
  if (s.state === "ended") first(part("wall").closest(".panel"));
  render(door(s, act), part("door"));
  drawInjects(page, act);
}

/* Of what stands beside the teams: after the end the reveal is what is left to do. */
/** @param {Found} panel */
function first(panel) {
  if (!panel.previousElementSibling) return;
  panel.parentElement.prepend(panel);
  panel.parentElement.querySelector(".way").open = false;
}

/** @type {Record<State, string>} */
const STATES = { lobby: gettext("Lobby"), running: gettext("Running"), paused: gettext("Paused"), ended: gettext("Ended") };

/** @param {Room} page @param {RoomState} s @param {RoomAct} act */
function head(page, s, act) {
  return html`<div class="room-clock"><span class="clock num">${s.clock}</span><span class="quiet">${gettext("ET")}</span>
      <span class="pill" data-open=${String(s.state === "running")} data-tone=${s.state === "paused" ? "warn" : nothing}>${STATES[s.state]}</span>
      <span class="second">${s.state === "lobby" ? "" : s.phase}${s.catching_up ? gettext(", at full speed") : ""}</span><span class="only-phone num">${s.speed}x</span></div>
    ${drives(page, s, act)}
    ${s.state === "ended" ? nothing : html`<div class="speeds" role="group" aria-label=${gettext("Speed of this phase")}><span class="label">${gettext("Speed")}</span>${SPEEDS.map((x) => html`<button type="button" class="btn btn-quiet num"
      aria-pressed=${String(x === s.speed)} @click=${() => act.post({ speed: x })}>${x}x</button>`)}</div>`}
    ${below(page, s, act)}`;
}

/** @param {Room} page @param {RoomState} s @param {RoomAct} act */
function drives(page, s, act) {
  /** @param {string} sign @param {string} word @param {Fields} fields */
  const button = (sign, word, fields, kind = "", clock = false) => html`<button type="button" class=${`btn ${kind}`} ?data-clock-act=${clock} @click=${() => act.post(fields)}>${icon(sign)}${word}</button>`;
  return html`<div class="drives">
    ${s.can.start ? button("play", gettext("Start"), { do: "start" }, "btn-prime", true) : nothing}
    ${s.can.resume ? button("play", gettext("Resume"), { do: "resume" }, "btn-prime", true) : nothing}
    ${s.can.pause ? button("pause", gettext("Pause"), { do: "pause" }, "", true) : nothing}
    ${s.can.keep ? button("pause", gettext("Keep paused"), { do: "pause" }) : nothing}
    ${s.teams.some((t) => t.seats.some((x) => x.covered && x.online)) ? button("users", gettext("Return all seats"), { do: "seats" }) : nothing}
    ${s.next ? html`<button type="button" class="btn" data-jump @click=${() => jump(page, act, { do: "advance" })}>${icon("arrow-right")}${s.next}</button>` : nothing}
    ${s.can.drive ? html`<form class="row" @submit=${(e) => { e.preventDefault(); jump(page, act, { do: "advance", to: e.target.elements.to.value }); }}><label class="sr" for="to">${gettext("Advance to, as HH:MM")}</label>
      <input class="input input-small num" id="to" name="to" placeholder=${example(s.week, 0)} size=${s.week ? 11 : 6} maxlength="20" autocomplete="off" required><button class="btn btn-quiet">${gettext("Advance")}</button></form>` : nothing}
    ${s.can.retry ? button("rotate-cw", gettext("Retry failed runs"), { do: "retry" }) : nothing}
    ${s.can.drive && page.asking !== "all" ? html`<button type="button" class="btn btn-quiet" data-end @click=${() => ask(page, act, "all", "[data-keep]")}>${icon("flag")}${gettext("End")}</button>` : nothing}
  </div>`;
}

/* What needs a sentence: the line, a pause, an evening that waits, the question before the end, and why something could not be done. */
/** @param {Room} page @param {RoomState} s @param {RoomAct} act */
function below(page, s, act) {
  const { link, since, reason } = page.link;
  const age = Math.round((performance.now() - since) / 1000);
  return html`
    ${link === "connecting" && age > 5 ? notLive() : nothing}
    ${link === "closed" ? html`<p class="band band-link">${icon("unplug")}<span>${reason}</span> <a class="btn" href="">${gettext("Reopen")}</a></p>` : nothing}
    ${link === "reconnecting" || link === "stalled" ? html`<p class="band band-link">${icon("wifi-off")}<span class="num">${gettext("%(also)s. Last update %(age)s s ago.", { also: link === "stalled" ? gettext("No response from the server") : gettext("Reconnecting"), age })}</span></p>` : nothing}
    ${s.disk_full ? html`<p class="band band-warn" role="alert">${icon("triangle-alert")}<span>${gettext("THE DISK IS FULL. Market time is stopped and nothing is lost. Free space on the server: the exercise resumes by itself.")}</span></p>` : nothing}
    ${s.state === "paused" ? html`<p class="band band-warn">${icon(s.halt === "offline" ? "wifi-off" : "pause")}<span>${s.halt === "offline" ? gettext("PAUSED AUTOMATICALLY. The room is offline: most people disconnected at once. It resumes 5 s after half of them are back.") : gettext("PAUSED. Market time is stopped for every team.")}</span></p>` : nothing}
    ${s.planning ? html`<div class="drives ask"><span class="num">${gettext("Planning the evening: %(ready)s of %(of)s desks ready, %(left_s)s s left.", { ready: s.planning.ready, of: s.planning.of, left_s: s.planning.left_s })}</span><button type="button" class="btn" @click=${() => act.post({ do: "begin" })}>${icon("play")}${gettext("Start the evening")}</button></div>` : nothing}
    ${s.can.drive && page.asking === "all" ? html`<div class="drives ask" role="group" aria-label=${gettext("End the exercise?")}><span>${ngettext("This ends the exercise for %(n)s team.", "This ends the exercise for %(n)s teams.", s.teams.length)} ${gettext("What has been played counts.")}</span>
      <span class="row"><button type="button" class="btn" data-keep @click=${() => ask(page, act, null, "[data-end]")}>${gettext("Keep playing")}</button><button type="button" class="btn btn-crit" @click=${() => { page.asking = null; act.post({ do: "end" }); }}>${gettext("End %(code)s", { code: s.code })}</button></span></div>` : nothing}
    ${s.can.drive && page.asking === "jump" && page.jump ? jumping(page, s, page.jump, act) : nothing}
    ${page.reason ? html`<p class="answer" data-state="refused" role="alert">${icon("triangle-alert")}${page.reason}</p>` : nothing}`;
}

/* What is skipped by it, for whom. `fields`: what is posted once it is meant. */
/** @param {Room} page @param {RoomState} s @param {Fields} fields @param {RoomAct} act */
function jumping(page, s, fields, act) {
  const team = s.teams.find((t) => t.id === fields.team);
  const to = fields.to ? gettext("Advance to %(to)s", { to: fields.to }) : (!team && s.next) || gettext("Advance");
  const who = team ? team.name : ngettext("%(n)s team", "%(n)s teams", s.teams.length);
  const duties = s.part === "premarket" ? ` ${gettext("Where nobody has done what is due before the bell, a stand-in does it.")}` : "";
  return html`<div class="drives ask" role="group" aria-label=${to}><span><strong>${to}, ${who}.</strong> ${gettext("Everything until then passes at full speed: events happen, mail comes in and calls ring out, and no person has the time to act.")}${duties}</span>
    <span class="row"><button type="button" class="btn" data-keep-jump @click=${() => ask(page, act, null, "[data-jump]")}>${gettext("Keep playing")}</button><button type="button" class="btn btn-prime" data-go-jump @click=${() => { page.asking = null; act.post(fields); }}>${to}</button></span></div>`;
}
