/* What a team's row opens to: its time alone, its name, and its three seats with what can be done to each. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { ask } from "../lib/asking.js";
import { left } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { roleIcon } from "../lib/roles.js";

const SPEEDS = JSON.parse(document.getElementById("speeds").textContent);
const AUTOPILOTS = JSON.parse(document.getElementById("autopilots").textContent);
const values = (form) => Object.fromEntries(new FormData(form));
const submit = (fn) => (event) => {
  event.preventDefault();
  fn(values(event.target), event.target);
};

export function detail(page, t, r, act) {
  return html`${time(page, t, r, act)}
    <div class="seat-cards">${t.seats.map((seat) => card(page, t, seat, act))}</div>
    <form class="row" @submit=${submit((v) => act.tell({ do: "team-rename", team: t.id, ...v }))}><label class="label" for=${`name-${t.id}`}>Name</label>
      <input class="input input-small" id=${`name-${t.id}`} name="name" .value=${t.name} maxlength="24" autocomplete="off" dir="auto" required><button class="btn btn-quiet btn-small">Rename<span class="sr"> ${t.name}</span></button></form>`;
}

/* The time of this team alone. */
function time(page, t, r, act) {
  const s = page.state;
  if (s.state === "lobby") return nothing;
  const press = (fields) => () => act.post({ ...fields, team: t.id });
  const button = (sign, word, fields, kind = "") => html`<button type="button" class=${`btn btn-small ${kind}`} @click=${press(fields)}>${icon(sign)}${word}<span class="sr"> ${t.name}</span></button>`;
  const behind = r.step == null ? 0 : Math.max(...Object.values(s.rows).map((x) => x.step)) - r.step;
  return html`<div class="team-time" role="group" aria-label=${`Time of ${t.name}`}>
    ${t.fault ? html`<p class="answer" data-state="refused">${icon("triangle-alert")}<span>This market has stopped: ${t.fault}. Its log is kept; the others go on.</span></p>` : nothing}
    ${r.stuck_s == null ? nothing : html`<p class="answer" data-state="refused">${icon("hourglass")}No command from its people for ${left(r.stuck_s)}.</p>`}
    <div class="drives">
      ${t.can.retry ? button("rotate-cw", "Resume from its log", { do: "retry" }, "btn-prime") : nothing}
      ${t.can.drive && !t.fault ? (t.paused ? button("play", "Let go on", { do: "resume" }, "btn-prime") : button("pause", "Pause only", { do: "pause" })) : nothing}
      ${t.can.drive && behind > 0 ? button("arrow-right", `To the others, ${left(behind / 4)} ahead`, { do: "advance" }) : nothing}
      ${t.can.drive ? html`<form class="row" @submit=${submit((v) => act.post({ do: "advance", team: t.id, ...v }))}><input class="input input-small num" name="to" aria-label=${`Advance ${t.name} to, as HH:MM`} placeholder="09:45" size="6" maxlength="20" autocomplete="off" required><button class="btn btn-quiet btn-small">Advance<span class="sr"> ${t.name}</span></button></form>
        <label class="row"><span class="label">Speed</span><select class="input input-small" aria-label=${`Speed of ${t.name}`} @change=${(e) => act.post({ do: "speed", speed: e.target.value, team: t.id })}>
          ${[...new Set([...SPEEDS, t.speed ?? s.speed])].sort((a, b) => a - b).map((x) => html`<option value=${x} ?selected=${x === (t.speed ?? s.speed)}>${x}x${t.speed == null && x === s.speed ? ", as all" : ""}</option>`)}</select></label>` : nothing}
      ${t.can.drive && page.asking !== t.id ? html`<button type="button" class="btn btn-quiet btn-small" data-end-team=${t.id} @click=${() => ask(page, act, t.id, "[data-keep-team]")}>${icon("flag")}End only<span class="sr"> ${t.name}</span></button>` : nothing}
    </div>
    ${t.can.drive && page.asking === t.id ? html`<div class="drives ask" role="group" aria-label=${`End ${t.name}?`}><span>Ends it for ${t.name} alone. What was played so far counts; the others go on.</span>
      <span class="row"><button type="button" class="btn" data-keep-team @click=${() => ask(page, act, null, `[data-end-team="${t.id}"]`)}>Keep playing</button><button type="button" class="btn btn-crit" @click=${() => { page.asking = null; act.post({ do: "end", team: t.id }); }}>End ${t.name}</button></span></div>` : nothing}
  </div>`;
}

function card(page, t, seat, act) {
  const link = page.links[seat.id]?.link;
  const go = (fields) => act.post(fields, seat.link_url);
  const of = html`<span class="sr"> ${seat.title}, ${t.name}</span>`;
  return html`<div class="sits" data-desk=${seat.desk}>
    <span class="sits-who">${roleIcon(seat.desk)}<span class="second">${seat.title}</span>${who(seat)}${seat.locked ? html` <span class="tag" data-tone="warn" title=${seat.locked}>locked</span>` : nothing}</span>
    <span class="sits-acts"><a class="btn btn-small" ?hidden=${page.state.state === "lobby"} href=${seat.watch_url} target="_blank" rel="noopener">${icon("eye")}Watch<span class="sr"> ${seat.title}</span></a>
      ${seat.locked ? nothing : html`<button type="button" class="btn btn-quiet btn-small" @click=${() => go({})}>${icon("link")}New link<span class="sr"> for the ${seat.desk}</span></button>`}
      ${seat.holders.length ? html`<button type="button" class="btn btn-quiet btn-small" @click=${() => go({ do: "vacate" })}>Free it<span class="sr"> ${seat.title}</span></button>` : nothing}
      ${seat.locked ? html`<button type="button" class="btn btn-quiet btn-small" @click=${() => go({ do: "unlock" })}>Unlock${of}</button>` : nothing}</span>
    ${link ? html`<label class="seat-link"><span class="sr">One-time link of the ${seat.desk}</span><input class="input input-small mono" readonly .value=${link} @focus=${(e) => e.target.select()}></label>` : nothing}
    ${seat.locked ? html`<p class="quiet">${seat.locked}</p>` : nothing}
    <details class="seat-more"><summary>Move, hand over${seat.locked ? "" : ", lock"}${of}</summary>
      ${seat.people.length ? html`<form class="row" @submit=${submit((v) => go({ do: "move", ...v }))}>
        ${seat.people.length > 1 ? html`<select class="input input-small" name="who" aria-label=${`Who moves from ${seat.title}, ${t.name}`}>${seat.people.map((p) => html`<option value=${p.id}>${p.name}</option>`)}</select>` : html`<input type="hidden" name="who" .value=${String(seat.people[0].id)}>`}
        <select class="input input-small" name="to" aria-label=${`Where to from ${seat.title}, ${t.name}`}>${others(page.state.teams, seat)}</select><button class="btn btn-quiet btn-small">Move${of}</button></form>` : nothing}
      <form class="row" @submit=${submit((v) => go({ do: "hand", ...v }))}><select class="input input-small" name="to" aria-label=${`Autopilot for ${seat.title}, ${t.name}`}>${AUTOPILOTS.map((a) => html`<option ?selected=${a === (seat.autopilot ?? "assistant")}>${a}</option>`)}</select><button class="btn btn-quiet btn-small">Hand over${of}</button></form>
      ${seat.locked ? nothing : html`<form class="row" @submit=${submit((v) => go({ do: "lock", ...v }))}><input class="input input-small" name="to" aria-label=${`Why ${seat.title}, ${t.name} is locked`} placeholder="Why (shown to players)" maxlength="80" autocomplete="off"><button class="btn btn-quiet btn-small">Lock${of}</button></form>`}
    </details>
  </div>`;
}

/* Every other seat, those of the own team first. */
const others = (teams, seat) => teams.flatMap((t) => t.seats.map((x) => ({ t, x }))).filter(({ x }) => x.id !== seat.id)
  .map(({ t, x }) => html`<option value=${x.id}>${t.name}, ${x.title}${x.holders.length ? `: ${x.holders.join(", ")}` : ""}</option>`);

function who(seat) {
  if (!seat.holders.length) return html`<span class="second">${seat.autopilot ?? "nobody"}</span>`;
  const away = seat.covered ? "away, assistant plays" : seat.online ? "" : `away${seat.away_s == null ? "" : `, ${seat.away_s} s`}`;
  return html`<strong dir="auto">${seat.holders.join(", ")}</strong>${away ? html` <span class="tag num">${away}</span>` : nothing}`;
}
