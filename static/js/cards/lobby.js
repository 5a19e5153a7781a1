/* Teams and seats before the start. The first picture is the page's own; buttons submit the form they stand in. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { aideTitle } from "../lib/aides.js";
import { keyed } from "../lib/keyed.js";
import { roleHead, roleIcon } from "../lib/roles.js";
import { gettext } from "../lib/words.js";

/** @typedef {Card.LobbySeat & { mine: boolean, alone: boolean | undefined }} Seat */
/** @typedef {Omit<Card.LobbyTeam, "seats"> & { seats: Seat[] }} Team */

/** @param {Found} root @param {App<LobbyPage>} app */
export function mount(root, app) {
  const count = document.querySelector("[data-count]");
  const starting = document.querySelector("[data-starting]");
  /** @type {string | null} */
  let mineBefore = null;
  app.store.on("lobby", (d) => {
    const { name: me, owner } = app.store.get("standing").hello;
    const teams = d.teams.map((t) => ({ ...t, seats: t.seats.map((s) => ({ ...s, mine: s.holders.some((h) => h.name === me), alone: owner })) }));
    const held = teams.flatMap((t) => t.seats).filter((s) => s.mine);
    teams.sort((a, b) => hasMine(b) - hasMine(a));
    const focused = /** @type {HTMLButtonElement | null} */ (root.querySelector("button:focus"));
    if (mineBefore === null) root.replaceChildren();
    render(keyed(teams, (t) => t.id, (t) => team(t, { held: held.length, free: d.free })), root);
    // A key already on its way to a button of the page's own must find the one that took its place.
    if (focused && !focused.isConnected) /** @type {HTMLElement | null} */ (root.querySelector(`[name="${focused.name}"][value="${focused.value}"]`))?.focus();
    count.textContent = gettext("%(taken)s of %(taken2)s seats taken%(also)s", { taken: d.taken, taken2: d.taken + d.free, also: d.free ? gettext(", %(free)s for assistants", { free: d.free }) : "" });
    starting.hidden = !d.starting;
    const mine = held.map((s) => s.id).join();
    if (mineBefore !== null && mine !== mineBefore) location.reload(); // the briefs are the page's: another tab or the facilitator moved this player
    mineBefore = mine;
  });
}

/** @param {Team} t */
const hasMine = (t) => Number(t.seats.some((s) => s.mine));

/** @param {Team} t @param {{ held: number, free: number }} now */
const team = (t, now) => html`<section class="panel team" ?data-mine=${hasMine(t)} aria-label=${gettext("Team %(name)s", { name: t.name })}>
  <h2><span dir="auto">${t.name}</span>${hasMine(t) ? html`<span class="tag">${gettext("your team")}</span>` : nothing}</h2>
  <ul>${t.seats.map((s) => seat(t, s, now))}${t.aides.map((one) => html`<li class="seat"><span class="seat-desk">${aideTitle(one.role)}</span><span class="seat-who">${holder(one, 0)}</span></li>`)}</ul>
</section>`;

/** @param {Team} t @param {Seat} s @param {{ held: number, free: number }} now */
function seat(t, s, now) {
  const title = roleHead(s.desk);
  return html`<li class="seat" ?data-mine=${s.mine}>
    <span class=${`seat-desk ${s.desk}`}>${roleIcon(s.desk)}${title}</span>
    <span class="seat-who">${s.holders.map(holder)}${s.holders.length || s.locked ? nothing : html`<span class="quiet">${gettext("free")}</span>`}${s.locked ? html` <span class="tag">${gettext("locked")}</span> <span class="quiet">${s.locked}</span>` : nothing}${s.mine && !s.alone ? html` <span class="tag">${gettext("you")}</span>` : nothing}</span>
    <span class="seat-acts">${acts(t, s, title, now)}</span>
  </li>`;
}

/** @param {{ name: string, online: boolean }} h @param {number} i */
const holder = (h, i) => html`${i ? ", " : ""}<span class=${h.online ? "" : "quiet"}><span dir="auto">${h.name}</span>${h.online ? "" : gettext(" (away)")}</span>`;

/** @param {Team} t @param {Seat} s @param {string} title @param {{ held: number, free: number }} now */
function acts(t, s, title, { held, free }) {
  /** @param {string} name @param {string} word @param {boolean} quiet */
  const button = (name, word, quiet) => html`<button class=${quiet ? "btn btn-quiet" : "btn"} name=${name} value=${s.id}>${word}<span class="sr"> ${title}, ${t.name}</span></button>`;
  if (s.mine) return held > 1 ? button("leave", gettext("Leave"), true) : nothing;
  if (s.locked) return nothing;
  if (!s.holders.length) return html`${held && hasMine(t) ? button("also", gettext("Take this too"), true) : nothing}${button("take", held ? gettext("Move here") : gettext("Take"), false)}`;
  return s.room && !free ? button("take", gettext("Share"), true) : nothing;
}
