/* The wall before the start: names drop into their teams as people come. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { keyed } from "../lib/keyed.js";
import { gettext, ngettext } from "../lib/words.js";

const MOST = [[3, 12], [6, 8]]; // so many teams -> names that have room in each; of more than that the newest

/** @param {Found} root @param {App<WallPage>} app */
export function mount(root, app) {
  let drawn = false;
  app.store.on("lobby", (d) => {
    if (!drawn) root.replaceChildren(); // what the page painted before the script ran
    drawn = true;
    const people = new Set(d.teams.flatMap(names)).size;
    const most = MOST.find(([teams]) => d.teams.length <= teams)?.[1] ?? 3;
    render(html`<h2 class="guest-count num" id="guests-h"><strong>${people}</strong> ${ngettext("person", "people", people)}<span class="guest-free">${gettext("%(taken)s of %(of)s seats taken", { taken: d.taken, of: d.taken + d.free })}</span></h2>
      <ul class="guest-teams">${keyed(d.teams, (t) => t.id, (t) => team(t, most))}</ul>`, root);
  });
}

/* Somebody who holds two desks is one person. */
/** @param {Card.LobbyTeam} t */
const names = (t) => [...new Set(t.seats.flatMap((seat) => seat.holders.map((holder) => holder.name)))];

/** @param {Card.LobbyTeam} t @param {number} most */
function team(t, most) {
  const here = names(t);
  const more = here.length - most;
  return html`<li><h3><span dir="auto">${t.name}</span><span class="second num">${here.length || nothing}</span></h3><p>${here.length ? keyed(more > 0 ? here.slice(-most) : here, (name) => name, (name) => html`<span class="guest" dir="auto">${name}</span>`) : html`<span class="second">${gettext("nobody yet")}</span>`}</p></li>`;
}
