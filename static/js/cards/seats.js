/* What a team's row opens to: its time alone, its name, and its three seats with what can be done to each. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { ask, jump } from "../lib/asking.js";
import { example } from "../lib/calendar.js";
import { left } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { STEPS_A_SECOND } from "../lib/market-clock.js";
import { roleIcon, roleTitle } from "../lib/roles.js";
import { around, gettext } from "../lib/words.js";

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
    <div class="seat-cards">${t.seats.map((seat) => card(page, t, seat, act))}${t.aides.map((one) => aide(page, one, act))}</div>
    <form class="row" @submit=${submit((v) => act.tell({ do: "team-rename", team: t.id, ...v }))}><label class="label" for=${`name-${t.id}`}>${gettext("Name")}</label>
      <input class="input input-small" id=${`name-${t.id}`} name="name" .value=${t.name} maxlength="24" autocomplete="off" dir="auto" required><button class="btn btn-quiet btn-small">${gettext("Rename")}<span class="sr"> ${t.name}</span></button></form>`;
}

/* Why a market stands still, or seems to. */
/** @param {RoomTeam} t @param {RoomRow} r */
const troubles = (t, r) => html`${t.fault ? html`<p class="answer" data-state="refused">${icon("triangle-alert")}<span>${gettext("This market has stopped: %(fault)s. Its log is kept; the other teams continue.", { fault: t.fault })}</span></p>` : nothing}
    ${t.upgrade ? html`<p class="answer" data-state="refused">${icon("triangle-alert")}<span>${gettext("The game was upgraded, and this market has stopped: %(upgrade)s. %(also)s", { upgrade: t.upgrade, also: t.can.play_on ? gettext("Continue with the new version (the result will say so), or end it here, scored at its last checkpoint.") : gettext("It cannot continue with the new version: end it here, scored at its last checkpoint.") })}</span></p>` : nothing}
    ${r.stuck_s == null ? nothing : html`<p class="answer" data-state="refused">${icon("hourglass")}${gettext("No commands from this team for %(stuck_s)s.", { stuck_s: left(r.stuck_s) })}</p>`}`;

/* The time of this team alone. */
/** @param {Room} page @param {RoomTeam} t @param {RoomRow} r @param {RoomAct} act */
function time(page, t, r, act) {
  const s = page.state;
  if (s.state === "lobby") return nothing;
  /** @param {Fields} fields */
  const press = (fields) => () => act.post({ ...fields, team: t.id });
  /** @param {string} sign @param {string} word @param {Fields} fields */
  const button = (sign, word, fields, kind = "") => html`<button type="button" class=${`btn btn-small ${kind}`} @click=${press(fields)}>${icon(sign)}${word}<span class="sr"> ${t.name}</span></button>`;
  const stop = t.paused ? button("play", gettext("Resume"), { do: "resume" }, "btn-prime") : button("pause", gettext("Pause this team"), { do: "pause" });
  const behind = r.step == null ? 0 : Math.max(...Object.values(s.rows).map((x) => x.step ?? -Infinity)) - r.step;
  return html`<div class="team-time" role="group" aria-label=${gettext("Time of %(name)s", { name: t.name })}>
    ${troubles(t, r)}
    <div class="drives">
      ${t.can.play_on ? button("play", gettext("Continue"), { do: "play_on" }, "btn-prime") : nothing}
      ${t.upgrade ? button("flag", gettext("End here"), { do: "end" }) : nothing}
      ${t.can.retry ? button("rotate-cw", gettext("Resume from its log"), { do: "retry" }, "btn-prime") : nothing}
      ${t.can.drive && !t.fault && !t.upgrade ? stop : nothing}
      ${t.can.drive && !t.upgrade && behind > 0 ? html`<button type="button" class="btn btn-small" @click=${() => jump(page, act, { do: "advance", team: t.id })}>${icon("arrow-right")}${gettext("Catch up, %(left)s ahead", { left: left(behind / STEPS_A_SECOND) })}<span class="sr"> ${t.name}</span></button>` : nothing}
      ${t.can.drive && !t.upgrade ? html`<form class="row" @submit=${submit((v) => jump(page, act, { do: "advance", team: t.id, ...v }))}><input class="input input-small num" name="to" aria-label=${gettext("Advance %(name)s to, as HH:MM", { name: t.name })} placeholder=${example(false, 0)} size="6" maxlength="20" autocomplete="off" required><button class="btn btn-quiet btn-small">${gettext("Advance")}<span class="sr"> ${t.name}</span></button></form>
        <label class="row"><span class="label">${gettext("Speed")}</span><select class="input input-small" aria-label=${gettext("Speed of %(name)s", { name: t.name })} @change=${(e) => act.post({ do: "speed", speed: e.target.value, team: t.id })}>
          ${[...new Set([...SPEEDS, t.speed ?? s.speed])].sort((a, b) => a - b).map((x) => html`<option value=${x} ?selected=${x === (t.speed ?? s.speed)}>${x}x${t.speed == null && x === s.speed ? gettext(", same as all") : ""}</option>`)}</select></label>` : nothing}
      ${t.can.drive && !t.upgrade && page.asking !== t.id ? html`<button type="button" class="btn btn-quiet btn-small" data-end-team=${t.id} @click=${() => ask(page, act, t.id, "[data-keep-team]")}>${icon("flag")}${gettext("End this team")}<span class="sr"> ${t.name}</span></button>` : nothing}
    </div>
    ${t.can.drive && page.asking === t.id ? html`<div class="drives ask" role="group" aria-label=${gettext("End %(name)s?", { name: t.name })}><span>${gettext("This ends the exercise for %(name)s only. What has been played counts; the other teams continue.", { name: t.name })}</span>
      <span class="row"><button type="button" class="btn" data-keep-team @click=${() => ask(page, act, null, `[data-end-team="${t.id}"]`)}>${gettext("Keep playing")}</button><button type="button" class="btn btn-crit" @click=${() => { page.asking = null; act.post({ do: "end", team: t.id }); }}>${gettext("End %(name)s", { name: t.name })}</button></span></div>` : nothing}
  </div>`;
}

/** @param {Room} page @param {RoomTeam} t @param {RoomSeat} seat @param {RoomAct} act */
function card(page, t, seat, act) {
  const link = page.links[seat.id]?.link;
  /** @param {Fields} fields */
  const go = (fields) => act.post(fields, seat.link_url);
  const of = html`<span class="sr"> ${seat.title}, ${t.name}</span>`;
  return html`<div class="sits" data-desk=${seat.desk}>
    <span class="sits-who">${roleIcon(seat.desk)}<span class="second">${seat.title}</span>${who(seat)}${seat.locked ? html` <span class="tag" data-tone="warn" title=${seat.locked}>${gettext("locked")}</span>` : nothing}</span>
    <span class="sits-acts"><a class="btn btn-small" ?hidden=${page.state.state === "lobby"} href=${seat.watch_url} target="_blank" rel="noopener">${icon("eye")}${gettext("Watch")}<span class="sr"> ${seat.title}</span></a>
      ${seat.locked ? nothing : html`<button type="button" class="btn btn-quiet btn-small" @click=${() => go({})}>${icon("link")}${gettext("New link")}<span class="sr"> ${gettext("for %(desk)s", { desk: roleTitle(seat.desk) })}</span></button>`}
      ${seat.holders.length ? html`<button type="button" class="btn btn-quiet btn-small" @click=${() => go({ do: "vacate" })}>${gettext("Free seat")}<span class="sr"> ${seat.title}</span></button>` : nothing}
      ${seat.locked ? html`<button type="button" class="btn btn-quiet btn-small" @click=${() => go({ do: "unlock" })}>${gettext("Unlock")}${of}</button>` : nothing}</span>
    ${link ? html`<label class="seat-link"><span class=${link.includes("/") ? "sr" : "label"}>${link.includes("/") ? gettext("One-time link of %(desk)s", { desk: roleTitle(seat.desk) }) : gettext("Token of the bot, shown once")}</span><input class="input input-small mono" readonly .value=${link} @focus=${(e) => e.target.select()}></label>` : nothing}
    ${seat.locked ? html`<p class="quiet">${seat.locked}</p>` : nothing}
    <details class="seat-more"><summary>${seat.people.length ? gettext("Move, rename, remove, ") : ""}${seat.people.length ? gettext("hand over") : gettext("Hand over")}${seat.locked ? "" : gettext(", lock")}${of}</summary>
      ${seat.people.length ? html`<form class="row" @submit=${submit((v) => go({ do: "move", ...v }))}>
        ${seat.people.length > 1 ? html`<select class="input input-small" name="who" aria-label=${gettext("Who to move from %(title)s, %(name)s", { title: seat.title, name: t.name })}>${seat.people.map((p) => html`<option value=${p.id}>${p.name}</option>`)}</select>` : html`<input type="hidden" name="who" .value=${String(seat.people[0].id)}>`}
        <select class="input input-small" name="to" aria-label=${gettext("Move to, from %(title)s, %(name)s", { title: seat.title, name: t.name })}>${others(page.state.teams, seat)}</select><button class="btn btn-quiet btn-small">${gettext("Move there")}${of}</button></form>` : nothing}
      ${seat.people.map((p) => person(page, p, act))}
      <form class="row" @submit=${submit((v) => go({ do: "hand", ...v }))}><select class="input input-small" name="to" aria-label=${gettext("Autopilot for %(title)s, %(name)s", { title: seat.title, name: t.name })}>${AUTOPILOTS.map((a) => html`<option ?selected=${a === (seat.autopilot ?? "assistant")}>${a}</option>`)}</select><button class="btn btn-quiet btn-small">${gettext("Hand over")}${of}</button></form>
      ${seat.locked ? nothing : html`<form class="row" @submit=${submit((v) => go({ do: "bot", ...v }))}><input class="input input-small" name="name" aria-label=${gettext("Name of the bot for %(title)s, %(name)s", { title: seat.title, name: t.name })} placeholder=${gettext("Name of the bot")} maxlength="18" autocomplete="off" required><button class="btn btn-quiet btn-small">${gettext("Give to a bot")}${of}</button></form>`}
      ${seat.locked ? nothing : html`<form class="row" @submit=${submit((v) => go({ do: "lock", ...v }))}><input class="input input-small" name="to" aria-label=${gettext("Why %(title)s, %(name)s is locked", { title: seat.title, name: t.name })} placeholder=${gettext("Why (shown to players)")} maxlength="80" autocomplete="off"><button class="btn btn-quiet btn-small">${gettext("Lock")}${of}</button></form>`}
    </details>
  </div>`;
}

/* Somebody without a desk: the incident commander or the scribe. */
/** @param {Room} page @param {RoomTeam["aides"][number]} one @param {RoomAct} act */
const aide = (page, one, act) => html`<div class="sits"><span class="sits-who">${icon("user")}<span class="second">${one.title}</span><strong dir="auto">${one.name}</strong>${one.online ? nothing : html` <span class="tag">${gettext("away")}</span>`}</span>
    <details class="seat-more"><summary>${gettext("Rename or remove")}<span class="sr"> ${one.name}</span></summary>${person(page, one, act)}</details></div>`;

/* Somebody's name, and the way out of the exercise: it is asked once, for nothing of theirs leads back in. */
/** @param {Room} page @param {RoomSeat["people"][number]} p @param {RoomAct} act */
function person(page, p, act) {
  const asked = `person-${p.id}`;
  if (page.asking === asked) {
    return html`<div class="drives ask" role="group" aria-label=${gettext("Remove %(name)s?", { name: p.name })}><span>${around(gettext("%(name)s loses the seat and the resume words. What they did stays."), { name: html`<span dir="auto">${p.name}</span>` })}</span>
      <span class="row"><button type="button" class="btn btn-small" data-keep-person @click=${() => ask(page, act, null, `[data-remove="${p.id}"]`)}>${gettext("Keep")}</button><button type="button" class="btn btn-crit btn-small" @click=${() => { page.asking = null; act.tell({ do: "person-remove", who: p.id }); }}>${gettext("Remove")}<span class="sr"> ${p.name}</span></button></span></div>`;
  }
  return html`<form class="row" @submit=${submit((v) => act.tell({ do: "person-rename", who: p.id, ...v }))}><input class="input input-small" name="name" aria-label=${gettext("Name of %(name)s", { name: p.name })} .value=${p.name} maxlength="24" autocomplete="off" dir="auto" required><button class="btn btn-quiet btn-small">${gettext("Rename")}<span class="sr"> ${p.name}</span></button>
    <button type="button" class="btn btn-quiet btn-small" data-remove=${p.id} @click=${() => ask(page, act, asked, "[data-keep-person]")}>${icon("x")}${gettext("Remove")}<span class="sr"> ${p.name}</span></button></form>`;
}

/* Every other seat, those of the own team first. */
/** @param {RoomTeam[]} teams @param {RoomSeat} seat */
const others = (teams, seat) => teams.flatMap((t) => t.seats.map((x) => ({ t, x }))).filter(({ x }) => x.id !== seat.id)
  .map(({ t, x }) => html`<option value=${x.id}>${t.name}, ${x.title}${x.holders.length ? `: ${x.holders.join(", ")}` : ""}</option>`);

/** @param {RoomSeat} seat */
function absence(seat) {
  if (seat.covered) return gettext("away, assistant plays");
  if (seat.online) return "";
  return seat.away_s == null ? gettext("away") : gettext("away, %(away_s)s s", { away_s: seat.away_s });
}

/** @param {RoomSeat} seat */
function who(seat) {
  if (!seat.holders.length) return html`<span class="second">${seat.autopilot ?? gettext("nobody")}</span>`;
  const away = absence(seat);
  return html`<strong dir="auto">${seat.holders.join(", ")}</strong>${away ? html` <span class="tag num">${away}</span>` : nothing}`;
}
