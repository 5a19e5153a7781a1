/* The control room as a whole, and its head: the time of all teams. The parts have files of their own. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { ask } from "../lib/asking.js";
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
  render(html`${s.people} ${s.people === 1 ? "person" : "people"}, ${taken} of ${s.teams.length * 3} seats taken`, part("people"));
  drawTeams(page, act);
  document.body.toggleAttribute("data-before", !s.curve.history.length && s.curve.teams.every((t) => !t.loss.length));
  if (drawn !== s.curve) drawCurve(s.curve);
  drawn = s.curve;
  drawFeed(page, act);
  render(notes(page, act), part("notes"));
  render(wall(s, act.post), part("wall"));
  render(door(s, act), part("door"));
  drawInjects(page, act);
}

/** @type {Record<State, string>} */
const STATES = { lobby: "Lobby", running: "Running", paused: "Paused", ended: "Ended" };

/** @param {Room} page @param {RoomState} s @param {RoomAct} act */
function head(page, s, act) {
  return html`<div class="room-clock"><span class="clock num">${s.clock}</span><span class="quiet">ET</span>
      <span class="pill" data-open=${String(s.state === "running")} data-tone=${s.state === "paused" ? "warn" : nothing}>${STATES[s.state]}</span>
      <span class="second">${s.state === "lobby" ? "" : s.phase}${s.catching_up ? ", at full speed" : ""}</span><span class="only-phone num">${s.speed}x</span></div>
    ${drives(page, s, act)}
    ${s.state === "ended" ? nothing : html`<div class="speeds" role="group" aria-label="Speed of this phase"><span class="label">Speed</span>${SPEEDS.map((x) => html`<button type="button" class="btn btn-quiet num"
      aria-pressed=${String(x === s.speed)} @click=${() => act.post({ speed: x })}>${x}x</button>`)}</div>`}
    ${below(page, s, act)}`;
}

/** @param {Room} page @param {RoomState} s @param {RoomAct} act */
function drives(page, s, act) {
  /** @param {string} sign @param {string} word @param {Fields} fields */
  const button = (sign, word, fields, kind = "", clock = false) => html`<button type="button" class=${`btn ${kind}`} ?data-clock-act=${clock} @click=${() => act.post(fields)}>${icon(sign)}${word}</button>`;
  return html`<div class="drives">
    ${s.can.start ? button("play", "Start", { do: "start" }, "btn-prime", true) : nothing}
    ${s.can.resume ? button("play", "Go on", { do: "resume" }, "btn-prime", true) : nothing}
    ${s.can.pause ? button("pause", "Pause", { do: "pause" }, "", true) : nothing}
    ${s.can.keep ? button("pause", "Keep paused", { do: "pause" }) : nothing}
    ${s.teams.some((t) => t.seats.some((x) => x.covered && x.online)) ? button("users", "Give seats back to all", { do: "seats" }) : nothing}
    ${s.next ? button("arrow-right", s.next, { do: "advance" }) : nothing}
    ${s.can.drive ? html`<form class="row" @submit=${(e) => { e.preventDefault(); act.post({ do: "advance", to: e.target.elements.to.value }); }}><label class="sr" for="to">Advance to, as HH:MM</label>
      <input class="input input-small num" id="to" name="to" placeholder=${example(s.week, 0)} size=${s.week ? 11 : 6} maxlength="20" autocomplete="off" required><button class="btn btn-quiet">Advance</button></form>` : nothing}
    ${s.can.retry ? button("rotate-cw", "Try the failed runs again", { do: "retry" }) : nothing}
    ${s.can.drive && page.asking !== "all" ? html`<button type="button" class="btn btn-quiet" data-end @click=${() => ask(page, act, "all", "[data-keep]")}>${icon("flag")}End</button>` : nothing}
  </div>`;
}

/* What needs a sentence: the line, a pause, an evening that waits, the question before the end, and why something could not be done. */
/** @param {Room} page @param {RoomState} s @param {RoomAct} act */
function below(page, s, act) {
  const { link, since, reason } = page.link;
  const age = Math.round((performance.now() - since) / 1000);
  return html`
    ${link === "connecting" && age > 5 ? notLive() : nothing}
    ${link === "closed" ? html`<p class="band band-link">${icon("unplug")}<span>${reason}</span> <a class="btn" href="">Open again</a></p>` : nothing}
    ${link === "reconnecting" || link === "stalled" ? html`<p class="band band-link">${icon("wifi-off")}<span class="num">${link === "stalled" ? "No news from the server" : "Reconnecting"}. Last update ${age} s ago.</span></p>` : nothing}
    ${s.disk_full ? html`<p class="band band-warn" role="alert">${icon("triangle-alert")}<span>THE DISK IS FULL. Market time stands still and nothing is lost. Make room on the server: it goes on by itself.</span></p>` : nothing}
    ${s.state === "paused" ? html`<p class="band band-warn">${icon(s.halt === "offline" ? "wifi-off" : "pause")}<span>${s.halt === "offline" ? "PAUSED BY ITSELF. The room is offline: most people vanished at once. It goes on 5 s after half of them are back." : "PAUSED. Market time stands still for every team."}</span></p>` : nothing}
    ${s.planning ? html`<div class="drives ask"><span class="num">An evening is being planned: ${s.planning.ready} of ${s.planning.of} desks ready, ${s.planning.left_s} s left.</span><button type="button" class="btn" @click=${() => act.post({ do: "begin" })}>${icon("play")}Begin the evening</button></div>` : nothing}
    ${s.can.drive && page.asking === "all" ? html`<div class="drives ask" role="group" aria-label="End the exercise?"><span>Ends it for ${s.teams.length} ${s.teams.length === 1 ? "team" : "teams"}. What was played so far counts.</span>
      <span class="row"><button type="button" class="btn" data-keep @click=${() => ask(page, act, null, "[data-end]")}>Keep playing</button><button type="button" class="btn btn-crit" @click=${() => { page.asking = null; act.post({ do: "end" }); }}>End ${s.code}</button></span></div>` : nothing}
    ${page.reason ? html`<p class="answer" data-state="refused" role="alert">${icon("triangle-alert")}${page.reason}</p>` : nothing}`;
}
