/* The end, a step at a time as the facilitator goes on: the market is closed; the field; third, second, first; what each team's best decision
   was worth; the picture to take home. A step that is not shown is not in this page. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { curve } from "./curve.js";
import { IN_PAST, ON_DAY } from "../lib/firm.js";
import { arrow, lossClass, lossShort, lossSpoken, short } from "../lib/format.js";
import { keyed } from "../lib/keyed.js";
import { timed } from "../lib/left.js";
import { gettext, ngettext } from "../lib/words.js";

const ROWS = 7; // teams whose best decision has two lines
const LARGE = 3; // and that have its worth in large figures

/** @type {Record<string, string>} */
const PLACES = { first: gettext("First"), second: gettext("Second"), third: gettext("Third") };
/** @type {Record<string, string>} */
const FATES = { rescued: gettext("rescued"), failed: gettext("firm failed") };

/** @param {Found} root @param {App<WallPage>} app */
export function mount(root, app) {
  /** @type {((d: Curve) => void) | null} */
  let draw = null;
  app.store.onAny(["reveal", "curve"], () => {
    const d = app.store.get("reveal");
    render(d?.on ? view(d) : nothing, root);
    const host = root.querySelector(".photo-curve");
    if (!host) draw = null;
    else draw ??= curve(host);
    const losses = app.store.get("curve");
    if (losses) draw?.(losses);
  });
}

/** @param {Extract<Card.Reveal, { on: true }>} d */
function view(d) {
  if (d.step === "curtain") return curtain(d);
  if (d.step === "worth") return decisions(d);
  if (d.step === "photo") return photo(d);
  return place(d);
}

/** @param {Extract<Card.Reveal, { on: true }>} d */
const curtain = (d) => html`<div class="curtain"><h2>${gettext("The market is closed")}</h2>
  <p>${d.counted ? ngettext("%(n)s team. The result, step by step.", "%(n)s teams. The result, step by step.", d.of) : gettext("The results are being counted.")}</p></div>`;

/* Those of this step large, and below them who was shown before. */
/** @param {Extract<Card.Reveal, { on: true }>} d */
function place(d) {
  const rank = { first: 1, second: 2, third: 3 }[d.step];
  const now = d.teams.filter((t) => t.rank === rank);
  const before = d.teams.filter((t) => t.rank !== rank);
  const saved = now[0]?.avoided_usd;
  return html`<div class="place">
    ${now.length ? html`<div class="place-now"><p class="place-label">${now.length > 1 ? gettext("%(place)s, level", { place: PLACES[d.step] }) : PLACES[d.step]}</p>
      <h2 class="place-names">${now.map((t) => html`<span dir="auto">${t.name}${fate(t)}</span>`)}</h2>
      <p class="place-number num">${saved == null ? loss(now[0].loss_usd) : money(saved)}</p>
      ${saved == null ? nothing : html`<p class="place-more num">${gettext("Result: %(loss)s. %(past)s: %(history)s", { loss: lossShort(now[0].loss_usd), past: IN_PAST, history: lossShort(d.history_usd) })}</p>`}</div>` : nothing}
    <ol class="ladder num" data-alone=${now.length ? nothing : ""}>${keyed(before, (t) => t.name, (t) => html`<li><span>${t.rank ?? "\u2013"}</span><strong dir="auto">${t.name}</strong>${fate(t)}<span class="ladder-usd">${figure(t)}</span></li>`)}</ol></div>`;
}

/** @param {Extract<Card.Reveal, { on: true }>} d */
const decisions = (d) => html`<h2 class="reveal-h">${gettext("What each team's best decision was worth")}</h2>
  <ol class="worths" ?data-few=${d.teams.length <= ROWS} ?data-large=${d.teams.length <= LARGE}>${keyed(d.teams.filter((t) => t.best), (t) => t.name, (t) => html`<li><strong dir="auto">${t.name}</strong><span class="worth-words">${t.best && words(t.name, t.best)}</span><span class="worth-usd gain num">${t.best?.usd ? `+$${short(t.best.usd)}` : ""}</span></li>`)}</ol>`;

/** @type {Record<string, (done: number, of: number) => string>} team -> how long its best decision still takes */
const waits = {};

/* The decision and its minute; else why there is none, or how far that is. */
/** @param {string} team @param {NonNullable<Card.Revealed["best"]>} b */
function words(team, b) {
  if (b.words) return `${b.at} ${b.words}`;
  if (!b.of) return gettext("nothing that was done changed a trade");
  if (b.lost) return gettext("can no longer be worked out");
  if (b.usd != null) return gettext("no decision had saved anything by %(until)s", { until: b.until });
  waits[team] ??= timed();
  return gettext("being worked out: %(done)s of %(most)s replays, %(long)s", { done: b.done, most: b.of, long: waits[team](b.done, b.of) });
}

/** @param {Extract<Card.Reveal, { on: true }>} d */
function photo(d) {
  const steps = [2, 1, 3].map((rank) => ({ rank, teams: d.teams.filter((t) => t.rank === rank) })).filter(({ teams }) => teams.length);
  const others = d.teams.filter((t) => t.rank == null || t.rank > 3);
  return html`<h2 class="reveal-h">${gettext("Final standings")}<span class="second">${ON_DAY}</span></h2>
    <div class="photo"><ol class="podium num">${steps.map(({ rank, teams }) => html`<li data-rank=${rank}><div class="podium-names" ?data-many=${teams.length > 3}>${teams.map((t) => html`<strong dir="auto">${t.name}</strong>`)}</div>
        <p class="podium-usd">${figure(teams[0])}</p><p class="podium-block"><span>${rank}</span></p></li>`)}</ol>
      <div class="photo-curve curve"><h3 class="photo-label">${d.history_usd == null ? gettext("Loss by the minute") : gettext("%(past)s (dashed): %(loss)s", { past: IN_PAST, loss: lossShort(d.history_usd) })}</h3><div class="plot" role="img"></div></div></div>
    ${others.length ? html`<ol class="also num">${others.map((t) => html`<li><span>${t.rank ?? "\u2013"}</span> <strong dir="auto">${t.name}</strong> ${figure(t)}</li>`)}</ol>` : nothing}`;
}

/* What a team saved, or where there is no history to be held against, what it lost. */
/** @param {Card.Revealed} t */
function figure(t) {
  if (t.loss_usd == null) return html`<span class="second">${gettext("no result")}</span>`;
  return t.avoided_usd == null ? loss(t.loss_usd) : money(t.avoided_usd);
}

/** @param {number} usd */
const money = (usd) => (usd < 0 ? html`<span class="loss">${gettext("%(usd)s worse", { usd: `$${short(usd)}` })}</span>` : html`<span class="gain">${gettext("%(usd)s saved", { usd: `$${short(usd)}` })}</span>`);

/** @param {number | null} usd */
const loss = (usd) => html`<span class=${lossClass(usd)}><span class="sr">${lossSpoken(usd)}</span><span aria-hidden="true">${arrow(-(usd ?? 0))} ${lossShort(usd)}</span></span>`;

/** @param {Card.Revealed} t */
const fate = (t) => (FATES[t.fate ?? ""] ? html` <span class="tag">${FATES[t.fate ?? ""]}</span>` : nothing);
