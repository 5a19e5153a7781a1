/* The line: what waits and what was delivered, in market time, between what the scenario brings by itself. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { aim, sign } from "../lib/injects.js";
import { around, gettext } from "../lib/words.js";

/** @type {Record<string, string[]>} */
const STATES = { waiting: ["hourglass", gettext("Waiting")], delivered: ["check", gettext("Delivered")], "taken back": ["x", gettext("Withdrawn")], refused: ["triangle-alert", gettext("Refused")], "not reached": ["x", gettext("Not reached")], partly: ["users", gettext("Differs by team")] };

const AHEAD = 4; // of what the scenario brings

/* tools: {own, deck, state, post, redraw}. */
/** @param {Tools} tools */
export function line({ own, deck, post, redraw }) {
  const soon = new Set(deck.script.filter((row) => !row.past).slice(0, AHEAD));
  const added = deck.line.map((row) => ({ order: row.step ?? -1e9, next: row.open, drawn: placed(row, post) }));
  const script = deck.script.map((row) => ({ order: row.step, next: soon.has(row), drawn: scripted(row) }));
  const rows = [...added, ...script].sort((a, b) => a.order - b.order);
  const shown = rows.filter((row) => own.behind || row.next);
  const folded = rows.length - (own.behind ? 0 : shown.length);
  const fold = () => {
    own.behind = !own.behind;
    redraw();
  };
  return html`${folded ? html`<button type="button" class="btn btn-quiet btn-small line-fold" aria-expanded=${String(own.behind)} @click=${fold}>${icon("history")}${own.behind ? gettext("Show next only") : gettext("Show all (%(folded)s more)", { folded })}</button>` : nothing}
    <ol class="line" aria-label=${gettext("Scheduled")}>${shown.map((row) => row.drawn)}</ol>
    ${deck.line.some((row) => row.open) ? nothing : html`<p class="empty">${gettext("Nothing scheduled.")}</p>`}`;
}

/** @param {Deck["script"][number]} row */
const scripted = (row) => html`<li class="line-row" data-script ?data-past=${row.past}><span class="num line-at">${row.at}</span><span class="second">${row.text}</span></li>`;

/** @param {InjectRow} row @param {Tools["post"]} post */
function placed(row, post) {
  const [mark, word] = STATES[row.state] ?? ["hourglass", row.state];
  const late = row.teams.filter((team) => team.state !== row.state || team.state === "refused" || team.at);
  return html`<li class="line-row" data-state=${row.state} ?data-past=${!row.open}>
    <span class="num line-at">${row.when ? gettext("When") : row.at || gettext("Immediately")}</span>
    <div class="line-what"><span class="line-title">${icon(sign(row.kind))}<strong>${row.title}</strong>${row.server ? html` <span class="num">${row.server}</span>` : nothing}${row.minutes ? html` <span class="second num">${gettext("%(minutes)s min", { minutes: row.minutes })}</span>` : nothing}</span>
      ${row.when ? html`<span>${row.when}</span>` : nothing}
      <span class="second">${around(gettext("%(row)s, by %(by)s"), { row: html`<span dir="auto">${aim(row)}</span>`, by: html`<span dir="auto">${row.by}</span>` })}</span>
      <span class="line-state">${icon(mark)}${word}${row.state === "delivered" && same(row) ? html` <span class="num">${row.teams[0].at}</span>` : nothing}</span>
      ${late.length && !(row.state === "delivered" && same(row)) ? html`<ul class="line-teams">${late.map((team) => html`<li><span dir="auto">${team.team}</span>: ${STATES[team.state]?.[1] ?? team.state} <span class="num">${team.at ?? ""}</span>${team.reason ? html` ${team.reason}` : nothing}</li>`)}</ul>` : nothing}</div>
    ${row.open ? html`<button type="button" class="btn btn-quiet btn-small" @click=${() => post({ do: "take_back", id: row.id })}>${gettext("Withdraw")}<span class="sr"> ${row.title}</span></button>` : nothing}</li>`;
}

/** @param {InjectRow} row */
const same = (row) => row.teams.length > 0 && row.teams.every((team) => team.at === row.teams[0].at);
