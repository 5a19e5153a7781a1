/* Every team as a bar on one scale, beside history. What is hidden or late is so on the server; here are only the words. */
import { html, nothing, render, svg } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { PAST_HEAD } from "../lib/firm.js";
import { axis, lossClass, lossShort, lossSpoken } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { keyed } from "../lib/keyed.js";
import { gettext } from "../lib/words.js";

const FEW = 3; // teams that leave room for larger letters, and for the headlines below
const LEAST = 1e6; // a scale is no shorter

/** @type {Record<string, string>} */
const STANDS = { paused: gettext("paused"), ended: gettext("ended"), fault: gettext("stopped by a fault") };

/** @param {Found} root @param {App<WallPage>} app */
export function mount(root, app) {
  root.replaceChildren(); // what the page painted before the script ran
  app.store.onAny(["board", "clock"], () => {
    const d = app.store.get("board");
    if (!d) return;
    document.body.toggleAttribute("data-few", d.teams.length <= FEW);
    render(document.body.hasAttribute("data-before") || d.mode === "hidden" ? names(d) : view(d), root);
  });
}

/* Before the bell, and while losses are hidden: who plays. */
/** @param {Card.Board} d */
const names = (d) => html`<h2 class="wall-label" id="board-h">${gettext("Teams")}</h2>
  <ul class="race-names">${keyed(d.teams, (t) => t.name, (t) => html`<li><span dir="auto">${t.name}</span>${stands(t)}</li>`)}</ul>`;

/** @param {Card.Board} d */
function view(d) {
  const { step, most } = scale(Math.max(LEAST, d.history_usd ?? 0, ...d.teams.map((t) => t.loss_usd ?? 0)));
  const ticks = Array.from({ length: Math.round(most / step) + 1 }, (_, i) => i * step);
  const late = d.mode === "delayed" && d.as_of;
  return html`<h2 class="wall-label" id="board-h">${d.frozen ? html`<span class="wall-frozen">${icon("pause")}${gettext("Frozen at %(frozen)s", { frozen: d.frozen })}</span>` : html`${gettext("Loss so far")}${late ? gettext(", as of %(as_of)s", { as_of: d.as_of }) : ""}`}</h2>
    <div class="race-field">
      <svg class="race-grid" aria-hidden="true">${ticks.map((usd, i) => svg`<line x1=${at(usd, most)} x2=${at(usd, most)} y1="0" y2="100%"></line><text x=${at(usd, most)} y="100%" dy="1.1em">${ticks.length > 3 && i % 2 ? "" : `$${axis(usd)}`}</text>`)}
        ${d.history_usd == null ? nothing : svg`<line class="past" x1=${at(d.history_usd, most)} x2=${at(d.history_usd, most)} y1="0" y2="100%"></line>`}</svg>
      <ol class="race">${keyed(d.teams, (t) => t.name, (t) => bar(t, most, "you"))}
        ${d.history_usd == null ? nothing : bar({ name: PAST_HEAD, loss_usd: d.history_usd }, most, "history")}</ol></div>`;
}

/** @param {number} usd @param {number} most */
const at = (usd, most) => `${(Math.max(0, usd) / most) * 100}%`;

/* Round steps, of which at most three reach so far: the scale stands still until one more is needed. */
/** @param {number} usd */
export function scale(usd) {
  const rough = usd / 2.2;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((n) => n * power >= rough) ?? 10);
  return { step, most: Math.ceil(usd / step) * step };
}

/** @param {Pick<Card.Standing, "name" | "loss_usd"> & Partial<Card.Standing>} t @param {number} most @param {string} kind */
const bar = (t, most, kind) => html`<li data-kind=${kind}><span class="race-rank num">${t.rank ?? ""}</span><span class="race-name" dir="auto">${t.name}</span>
  <progress max=${most} .value=${Math.max(0, t.loss_usd ?? 0)} aria-label=${`${t.name}: ${lossSpoken(t.loss_usd)}`}></progress>${stands(t)}
  <span class="race-usd num ${lossClass(t.loss_usd)}">${lossShort(t.loss_usd)}</span></li>`;

/* A team that does not move while the others do, or is not so far yet. */
/** @param {Partial<Card.Standing>} t */
function stands(t) {
  const word = STANDS[t.stands ?? ""] ?? (t.behind ? gettext("at %(clock)s", { clock: t.behind }) : "");
  return word ? html` <span class="tag">${word}</span>` : nothing;
}
