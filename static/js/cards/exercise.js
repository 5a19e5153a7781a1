/* What a facilitator sees of one exercise and can do to it: its time, and who sits where. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { arrow, lossClass, lossShort, lossSpoken } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { roleIcon } from "../lib/roles.js";
import { drawInjects } from "./injects.js";
import { wall } from "./wall.js";

const SPEEDS = JSON.parse(document.getElementById("speeds").textContent);
const part = (name) => document.querySelector(`[data-part=${name}]`);

/* page: {state, links, reason, at, late, asking}; act: {post(fields, address), redraw()}. */
export function drawExercise(page, act) {
  const s = page.state;
  const taken = s.teams.flatMap((t) => t.seats).filter((x) => x.holders.length).length;
  render(time(page, s, act), part("time"));
  render(html`${s.people} ${s.people === 1 ? "person" : "people"}, ${taken} of ${s.teams.length * 3} seats taken`, part("people"));
  render(page.late ? html`${icon("wifi-off")}Not refreshed for ${Math.round((Date.now() - page.at) / 1000)} s` : nothing, part("fresh"));
  render(teams(page, s, act), part("teams"));
  render(wall(s, act.post), part("wall"));
  drawInjects(page, act);
}

const STATES = { lobby: "Lobby", running: "Running", paused: "Paused", ended: "Ended" };

function time(page, s, { post, redraw }) {
  const press = (fields) => () => post(fields);
  const ask = (on) => () => {
    page.asking = on;
    redraw();
    document.querySelector(on ? "[data-keep]" : "[data-end]")?.focus();
  };
  const button = (sign, word, fields, kind = "") => html`<button type="button" class=${`btn ${kind}`} @click=${press(fields)}>${icon(sign)}${word}</button>`;
  return html`<div class="exercise-head"><span class="clock num">${s.clock}</span><span class="quiet">ET</span>
      <span class="pill" data-open=${String(s.state === "running")} data-tone=${s.state === "paused" ? "warn" : nothing}>${STATES[s.state]}</span>
      <span class="second">${s.state === "lobby" ? "" : s.phase}${s.catching_up ? ", at full speed" : ""}</span></div>
    ${s.planning ? html`<div class="drives ask"><span class="num">An evening is being planned: ${s.planning.ready} of ${s.planning.of} desks ready, ${s.planning.left_s} s left.</span>${button("play", "Begin the evening", { do: "begin" })}</div>` : nothing}
    <div class="drives">
      ${s.can.start ? button("play", "Start", { do: "start" }, "btn-prime btn-big") : nothing}
      ${s.can.resume ? button("play", "Go on", { do: "resume" }, "btn-prime btn-big") : nothing}
      ${s.can.pause ? button("pause", "Pause", { do: "pause" }, "btn-big") : nothing}
      ${s.next ? button("arrow-right", s.next, { do: "advance" }) : nothing}
      ${s.can.drive ? html`<form class="row" @submit=${(e) => { e.preventDefault(); post({ do: "advance", to: e.target.elements.to.value }); }}><label class="sr" for="to">Advance to, as HH:MM</label>
        <input class="input input-small num" id="to" name="to" placeholder=${s.week ? "30 Jul 18:00" : "09:45"} size=${s.week ? 11 : 6} maxlength="20" autocomplete="off" required><button class="btn btn-quiet">Advance</button></form>` : nothing}
      ${s.can.retry ? button("rotate-cw", "Try the failed run again", { do: "retry" }) : nothing}
      ${s.can.drive && !page.asking ? html`<button type="button" class="btn btn-quiet" data-end @click=${ask(true)}>${icon("flag")}End</button>` : nothing}
    </div>
    ${s.can.drive && page.asking ? html`<div class="drives ask" role="group" aria-label="End the exercise?"><span>Ends it for ${s.teams.length} ${s.teams.length === 1 ? "team" : "teams"}. What was played so far counts.</span>
      <span class="row"><button type="button" class="btn" data-keep @click=${ask(false)}>Keep playing</button><button type="button" class="btn btn-crit" @click=${() => { page.asking = false; post({ do: "end" }); }}>End ${s.code}</button></span></div>` : nothing}
    ${s.state === "ended" ? nothing : html`<div class="speeds" role="group" aria-label="Speed of this phase"><span class="label">Speed</span>${SPEEDS.map((x) => html`<button type="button" class="btn btn-quiet num"
      aria-pressed=${String(x === s.speed)} @click=${press({ speed: x })}>${x}x</button>`)}</div>`}
    ${page.reason ? html`<p class="answer" data-state="refused" role="alert">${icon("triangle-alert")}${page.reason}</p>` : nothing}`;
}

const teams = (page, s, act) => html`<table class="plain teams">
  <thead><tr><th scope="col">Team</th><th scope="col">Deployer</th><th scope="col">Operator</th><th scope="col">Risk manager</th><th scope="col" class="n">Loss</th></tr></thead>
  <tbody>${s.teams.map((t) => html`<tr><th scope="row"><span dir="auto">${t.name}</span>${t.ended ? html` <span class="tag">ended</span>` : nothing}${t.fault ? html`<p class="answer" data-state="refused">${icon("triangle-alert")}${t.fault}</p>` : nothing}</th>
    ${t.seats.map((seat) => html`<td>${sits(page, seat, act)}</td>`)}
    <td class="n" ?data-none=${t.loss_usd == null}><span class="only-phone second">Loss: </span>${t.loss_usd == null ? "\u2013" : loss(t.loss_usd)}</td></tr>`)}</tbody>
</table>`;

function sits(page, seat, { post }) {
  const started = page.state.state !== "lobby";
  const link = page.links[seat.id];
  return html`<div class="sits" data-desk=${seat.desk}>
    <span class="sits-who">${roleIcon(seat.desk)}<span class="only-phone second">${seat.title}: </span>${seat.holders.length ? html`<strong dir="auto">${seat.holders.join(", ")}</strong>` : html`<span class="second">${seat.autopilot ?? "nobody"}</span>`}${where(seat)}</span>
    <span class="sits-acts"><button type="button" class="btn btn-quiet btn-small" @click=${() => post({}, seat.link_url)}>${icon("link")}New link<span class="sr"> for the ${seat.desk}</span></button>
      ${seat.holders.length ? html`<button type="button" class="btn btn-quiet btn-small" @click=${() => post({ do: "vacate" }, seat.link_url)}>Free it<span class="sr"> ${seat.title}</span></button>` : nothing}
      ${started ? html`<a class="btn btn-quiet btn-small" href=${seat.watch_url} target="_blank" rel="noopener">${icon("eye")}Watch<span class="sr"> ${seat.title}</span></a>` : nothing}</span>
    ${link ? html`<label class="seat-link"><span class="sr">One-time link of the ${seat.desk}</span><input class="input input-small mono" readonly .value=${link} @focus=${(e) => e.target.select()}></label>` : nothing}
  </div>`;
}

const loss = (usd) => html`<span class=${lossClass(usd)}><span class="sr">${lossSpoken(usd)}</span><span aria-hidden="true">${arrow(-usd)} ${lossShort(usd)}</span></span>`;

function where(seat) {
  if (seat.covered) return html` <span class="tag">away, assistant plays</span>`;
  if (!seat.holders.length || seat.online) return nothing;
  return html` <span class="tag num">away${seat.away_s == null ? "" : `, ${seat.away_s} s`}</span>`;
}
