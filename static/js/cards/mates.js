/* The other seats of the team: who, here or away and for how long yet, and what can be asked of an assistant. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { aideTitle } from "../lib/aides.js";
import { icon } from "../lib/icons.js";
import { DESKS, roleTitle, roleWord } from "../lib/roles.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  let since = performance.now();
  /** @type {TeamSeat[] | undefined} */
  let seats;
  const draw = () => {
    const { hello } = app.store.get("standing");
    if (hello.seats !== seats) [seats, since] = [hello.seats, performance.now()];
    const others = (seats ?? []).filter((seat) => seat.desk !== hello.desk);
    const seated = others.sort((a, b) => DESKS.indexOf(a.desk) - DESKS.indexOf(b.desk)).map((seat) => mate(app, seat, Math.floor((performance.now() - since) / 1000)));
    render([...seated, ...(hello.aides ?? []).map(aide)], root);
  };
  app.store.on("standing", draw);
  setInterval(() => seats?.some((seat) => seat.away_s != null) && draw(), 1000);
}

/* Whether the assistant plays a seat, so that it can be asked. */
/** @param {TeamSeat} seat */
export const assisted = (seat) => seat.covered || (!holders(seat).length && seat.autopilot === "assistant");
/** @param {TeamSeat} seat */
const holders = (seat) => seat.holders ?? [];

/** @param {App} app @param {TeamSeat} seat @param {number} gone */
function mate(app, seat, gone) {
  const names = holders(seat);
  const away = names.length > 0 && seat.online === false;
  return html`<li class="mate" data-desk=${seat.desk} ?data-away=${away || (!names.length)}>
    <span class="face" aria-hidden="true">${assisted(seat) ? icon("bot") : (names[0] ?? roleWord(seat.desk)).slice(0, 2).toUpperCase()}</span>
    <span class="mate-words"><span>${names.length ? html`<strong dir="auto">${names.join(", ")}</strong> ` : nothing}<span class="second">${roleWord(seat.desk)}</span></span>${status(seat, names, away, gone)}</span>
    ${assisted(seat) && !seat.mine ? html`<button type="button" class="btn btn-quiet btn-small" @click=${() => app.askAssistant(seat.desk)}>${gettext("Ask")}<span class="sr"> ${gettext("the assistant of %(desk)s", { desk: roleTitle(seat.desk) })}</span></button>` : nothing}
  </li>`;
}

/* Somebody without a desk, whose words come as messages. */
/** @param {Aide} one */
const aide = (one) => html`<li class="mate" ?data-away=${!one.online}><span class="face" aria-hidden="true">${one.name.slice(0, 2).toUpperCase()}</span>
    <span class="mate-words"><span><strong dir="auto">${one.name}</strong> <span class="second">${aideTitle(one.role)}</span></span>${one.online ? nothing : html`<span class="quiet">${gettext("away")}</span>`}</span></li>`;

/** @param {TeamSeat} seat @param {string[]} names @param {boolean} away @param {number} gone */
function status(seat, names, away, gone) {
  if (seat.mine) return html`<span class="quiet">${gettext("you too")}</span>`;
  if (seat.covered) return html`<span class="quiet">${gettext("assistant")}</span>`;
  if (!names.length) return html`<span class="quiet">${seat.autopilot ?? gettext("empty")}</span>`;
  if (!away) return nothing;
  if (seat.away_s == null) return html`<span class="quiet">${gettext("away")}</span>`;
  const left = Math.max(0, seat.away_s - gone);
  return html`<span class="quiet num" title=${gettext("The assistant takes the seat in %(left)s s", { left })}>${gettext("away, %(left)s s", { left })}</span>`;
}
