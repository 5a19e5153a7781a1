/* What a team's row opens to: its time alone, its name, and its three seats with what can be done to each. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { ask } from "../lib/asking.js";
import { example } from "../lib/calendar.js";
import { left } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { STEPS_A_SECOND } from "../lib/market-clock.js";
import { roleIcon } from "../lib/roles.js";

/** @type {number[]} */
const SPEEDS = JSON.parse(document.getElementById("speeds").textContent);
/** @type {string[]} */
const AUTOPILOTS = JSON.parse(document.getElementById("autopilots").textContent);
/** @param {any} form */
const values = (form) => Object.fromEntries(new FormData(form));
/** @param {(fields: Fields, form: Found) => unknown} fn */
const submit = (fn) => (/** @type {PageEvent} */ event) => {
  event.preventDefault();
  fn(values(event.target), event.target);
};

/** @param {Room} page @param {RoomTeam} t @param {RoomRow} r @param {RoomAct} act */
export function detail(page, t, r, act) {
  return html`${time(page, t, r, act)}
    <div class="seat-cards">${t.seats.map((seat) => card(page, t, seat, act))}</div>
    <form class="row" @submit=${submit((v) => act.tell({ do: "team-rename", team: t.id, ...v }))}><label class="label" for=${`name-${t.id}`}>Name</label>
      <input class="input input-small" id=${`name-${t.id}`} name="name" .value=${t.name} maxlength="24" autocomplete="off" dir="auto" required><button class="btn btn-quiet btn-small">Rename<span class="sr"> ${t.name}</span></button></form>`;
}

/* Why a market stands still, or seems to. */
/** @param {RoomTeam} t @param {RoomRow} r */
const troubles = (t, r) => html`${t.fault ? html`<p class="answer" data-state="refused">${icon("triangle-alert")}<span>This market has stopped: ${t.fault}. Its log is kept; the others go on.</span></p>` : nothing}
    ${t.upgrade ? html`<p class="answer" data-state="refused">${icon("triangle-alert")}<span>The game was upgraded, and this market stands still: ${t.upgrade}. ${t.can.play_on ? "Play on with what is here now, and its result says so; or end it here, scored as it stood at its last checkpoint." : "It cannot go on with what is here now: end it here, scored as it stood at its last checkpoint."}</span></p>` : nothing}
    ${r.stuck_s == null ? nothing : html`<p class="answer" data-state="refused">${icon("hourglass")}No command from its people for ${left(r.stuck_s)}.</p>`}`;

/* The time of this team alone. */
/** @param {Room} page @param {RoomTeam} t @param {RoomRow} r @param {RoomAct} act */
function time(page, t, r, act) {
  const s = page.state;
  if (s.state === "lobby") return nothing;
  /** @param {Fields} fields */
  const press = (fields) => () => act.post({ ...fields, team: t.id });
  /** @param {string} sign @param {string} word @param {Fields} fields */
  const button = (sign, word, fields, kind = "") => html`<button type="button" class=${`btn btn-small ${kind}`} @click=${press(fields)}>${icon(sign)}${word}<span class="sr"> ${t.name}</span></button>`;
  const stop = t.paused ? button("play", "Let go on", { do: "resume" }, "btn-prime") : button("pause", "Pause only", { do: "pause" });
  const behind = r.step == null ? 0 : Math.max(...Object.values(s.rows).map((x) => x.step ?? -Infinity)) - r.step;
  return html`<div class="team-time" role="group" aria-label=${`Time of ${t.name}`}>
    ${troubles(t, r)}
    <div class="drives">
      ${t.can.play_on ? button("play", "Play on", { do: "play_on" }, "btn-prime") : nothing}
      ${t.upgrade ? button("flag", "End here", { do: "end" }) : nothing}
      ${t.can.retry ? button("rotate-cw", "Resume from its log", { do: "retry" }, "btn-prime") : nothing}
      ${t.can.drive && !t.fault && !t.upgrade ? stop : nothing}
      ${t.can.drive && !t.upgrade && behind > 0 ? button("arrow-right", `To the others, ${left(behind / STEPS_A_SECOND)} ahead`, { do: "advance" }) : nothing}
      ${t.can.drive && !t.upgrade ? html`<form class="row" @submit=${submit((v) => act.post({ do: "advance", team: t.id, ...v }))}><input class="input input-small num" name="to" aria-label=${`Advance ${t.name} to, as HH:MM`} placeholder=${example(false, 0)} size="6" maxlength="20" autocomplete="off" required><button class="btn btn-quiet btn-small">Advance<span class="sr"> ${t.name}</span></button></form>
        <label class="row"><span class="label">Speed</span><select class="input input-small" aria-label=${`Speed of ${t.name}`} @change=${(e) => act.post({ do: "speed", speed: e.target.value, team: t.id })}>
          ${[...new Set([...SPEEDS, t.speed ?? s.speed])].sort((a, b) => a - b).map((x) => html`<option value=${x} ?selected=${x === (t.speed ?? s.speed)}>${x}x${t.speed == null && x === s.speed ? ", as all" : ""}</option>`)}</select></label>` : nothing}
      ${t.can.drive && !t.upgrade && page.asking !== t.id ? html`<button type="button" class="btn btn-quiet btn-small" data-end-team=${t.id} @click=${() => ask(page, act, t.id, "[data-keep-team]")}>${icon("flag")}End only<span class="sr"> ${t.name}</span></button>` : nothing}
    </div>
    ${t.can.drive && page.asking === t.id ? html`<div class="drives ask" role="group" aria-label=${`End ${t.name}?`}><span>Ends it for ${t.name} alone. What was played so far counts; the others go on.</span>
      <span class="row"><button type="button" class="btn" data-keep-team @click=${() => ask(page, act, null, `[data-end-team="${t.id}"]`)}>Keep playing</button><button type="button" class="btn btn-crit" @click=${() => { page.asking = null; act.post({ do: "end", team: t.id }); }}>End ${t.name}</button></span></div>` : nothing}
  </div>`;
}

/** @param {Room} page @param {RoomTeam} t @param {RoomSeat} seat @param {RoomAct} act */
function card(page, t, seat, act) {
  const link = page.links[seat.id]?.link;
  /** @param {Fields} fields */
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
    <details class="seat-more"><summary>${seat.people.length ? "Move, rename, remove, " : ""}${seat.people.length ? "hand over" : "Hand over"}${seat.locked ? "" : ", lock"}${of}</summary>
      ${seat.people.length ? html`<form class="row" @submit=${submit((v) => go({ do: "move", ...v }))}>
        ${seat.people.length > 1 ? html`<select class="input input-small" name="who" aria-label=${`Who moves from ${seat.title}, ${t.name}`}>${seat.people.map((p) => html`<option value=${p.id}>${p.name}</option>`)}</select>` : html`<input type="hidden" name="who" .value=${String(seat.people[0].id)}>`}
        <select class="input input-small" name="to" aria-label=${`Where to from ${seat.title}, ${t.name}`}>${others(page.state.teams, seat)}</select><button class="btn btn-quiet btn-small">Move${of}</button></form>` : nothing}
      ${seat.people.map((p) => person(page, p, act))}
      <form class="row" @submit=${submit((v) => go({ do: "hand", ...v }))}><select class="input input-small" name="to" aria-label=${`Autopilot for ${seat.title}, ${t.name}`}>${AUTOPILOTS.map((a) => html`<option ?selected=${a === (seat.autopilot ?? "assistant")}>${a}</option>`)}</select><button class="btn btn-quiet btn-small">Hand over${of}</button></form>
      ${seat.locked ? nothing : html`<form class="row" @submit=${submit((v) => go({ do: "lock", ...v }))}><input class="input input-small" name="to" aria-label=${`Why ${seat.title}, ${t.name} is locked`} placeholder="Why (shown to players)" maxlength="80" autocomplete="off"><button class="btn btn-quiet btn-small">Lock${of}</button></form>`}
    </details>
  </div>`;
}

/* Somebody's name, and the way out of the exercise: it is asked once, for nothing of theirs leads back in. */
/** @param {Room} page @param {RoomSeat["people"][number]} p @param {RoomAct} act */
function person(page, p, act) {
  const asked = `person-${p.id}`;
  if (page.asking === asked) {
    return html`<div class="drives ask" role="group" aria-label=${`Remove ${p.name}?`}><span><span dir="auto">${p.name}</span> loses the seat, this browser and the resume word. What they did stays.</span>
      <span class="row"><button type="button" class="btn btn-small" data-keep-person @click=${() => ask(page, act, null, `[data-remove="${p.id}"]`)}>Keep</button><button type="button" class="btn btn-crit btn-small" @click=${() => { page.asking = null; act.tell({ do: "person-remove", who: p.id }); }}>Remove<span class="sr"> ${p.name}</span></button></span></div>`;
  }
  return html`<form class="row" @submit=${submit((v) => act.tell({ do: "person-rename", who: p.id, ...v }))}><input class="input input-small" name="name" aria-label=${`Name of ${p.name}`} .value=${p.name} maxlength="24" autocomplete="off" dir="auto" required><button class="btn btn-quiet btn-small">Rename<span class="sr"> ${p.name}</span></button>
    <button type="button" class="btn btn-quiet btn-small" data-remove=${p.id} @click=${() => ask(page, act, asked, "[data-keep-person]")}>${icon("x")}Remove<span class="sr"> ${p.name}</span></button></form>`;
}

/* Every other seat, those of the own team first. */
/** @param {RoomTeam[]} teams @param {RoomSeat} seat */
const others = (teams, seat) => teams.flatMap((t) => t.seats.map((x) => ({ t, x }))).filter(({ x }) => x.id !== seat.id)
  .map(({ t, x }) => html`<option value=${x.id}>${t.name}, ${x.title}${x.holders.length ? `: ${x.holders.join(", ")}` : ""}</option>`);

/** @param {RoomSeat} seat */
function absence(seat) {
  if (seat.covered) return "away, assistant plays";
  if (seat.online) return "";
  return seat.away_s == null ? "away" : `away, ${seat.away_s} s`;
}

/** @param {RoomSeat} seat */
function who(seat) {
  if (!seat.holders.length) return html`<span class="second">${seat.autopilot ?? "nobody"}</span>`;
  const away = absence(seat);
  return html`<strong dir="auto">${seat.holders.join(", ")}</strong>${away ? html` <span class="tag num">${away}</span>` : nothing}`;
}
