/* What came of an experiment of the controls lab: the figures, the histogram, and the quantiles, with the safeguards and without. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { MINUS, count, short } from "../lib/format.js";
import { histogram, swatch } from "../lib/histogram.js";
import { icon } from "../lib/icons.js";
import { gettext, ngettext } from "../lib/words.js";

/** @typedef {[name: string, side: Told][]} Sides */
/** @typedef {Told & { faults: string[], bins: { edges: number[], counts: Record<string, number[]>, grows: boolean } }} Trials */

const AGAIN_MS = 1500;
const QUANTILES = [["least", gettext("Least")], ["p5", gettext("5 % lost less than")], ["p25", gettext("A quarter lost less than")], ["median", gettext("Median")],
  ["p75", gettext("Three quarters lost less than")], ["p95", gettext("95 % lost less than")], ["most", gettext("Most")], ["mean", gettext("Mean")]];
/** @type {Record<string, string>} */
const WORD = { without: gettext("Without"), with: gettext("With them") };

/** @param {number | null} n */
export const usd = (n) => (n == null ? "\u2013" : `${n < 0 ? MINUS : ""}$${short(n)}`);

/** @param {Iterable<Found>} sections */
export function mountLabs(sections) {
  for (const section of sections) {
    let told = JSON.parse(document.getElementById(section.dataset.lab).textContent);
    const body = section.querySelector("[data-body]");
    const draw = () => show(body, told);
    new ResizeObserver(draw).observe(body);
    if (section.dataset.address) void follow(section.dataset.address, told, (next) => { told = next; draw(); });
  }
}

/** @param {string} address @param {any} told @param {(told: any) => void} take */
async function follow(address, told, take) {
  while (told.state === "running") {
    await new Promise((done) => setTimeout(done, AGAIN_MS));
    try {
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (answer.status === 404) return; // it was deleted
      if (!answer.ok) continue;
      told = await answer.json();
      take(told);
    } catch { /* the server is away: it is asked again */ }
  }
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.includes(told.state);
  for (const part of document.querySelectorAll("[data-when-missing]")) part.hidden = told.done === told.of && !told.faults.length;
}

/** @param {Found} body @param {Trials} d */
function show(body, d) {
  const sides = Object.entries(d.sides).filter(([, side]) => side);
  render(html`${progress(d)}${sides.length ? html`${figures(d, sides)}
    <p class="legend">${sides.map(([name, side]) => html`<span>${swatch(name)} ${WORD[name]}, ${ngettext("%(n)s seed", "%(n)s seeds", side.trials)}</span>`)}</p>
    <div class="histogram" role="img" aria-label=${spoken(sides)}>${histogram(d.bins, sides.map(([name]) => name), body.clientWidth, d.id)}</div>
    <div class="lab-tables">${quantiles(sides)}${ranges(d, sides)}</div>${notes(d, sides)}` : nothing}`, body);
}

/** @param {Trials} d */
function progress(d) {
  if (d.state === "done") return nothing;
  const words = d.state === "running" ? gettext("%(done)s of %(of)s trials", { done: d.done, of: d.of }) : gettext("Cancelled after %(done)s of %(of)s trials. Results so far are kept.", { done: d.done, of: d.of });
  return html`<p class="second" role="status">${words}</p><progress max=${d.of} .value=${d.done} aria-label=${gettext("Trials run")}></progress>`;
}

/** @param {Trials} d @param {Sides} sides */
function figures(d, sides) {
  const guarded = d.sides.with, paired = d.paired;
  /** @param {any} side @param {number} n */
  const of = (side, n) => gettext("%(n)s of %(trials)s", { n, trials: side.trials });
  return html`<dl class="figures lab-figures">
    ${sides.map(([name, side]) => html`<div><dt class="label">${name === "with" ? gettext("Mean loss with them") : gettext("Mean loss")}</dt><dd>${usd(side.mean)}</dd><dd class="of">${side.error == null ? "" : `\u00b1 ${usd(side.error)}, `}${gettext("median")} ${usd(side.median)}</dd></div>`)}
    ${paired ? html`<div><dt class="label">${gettext("Saved on the same market")}</dt><dd>${usd(paired.mean)}</dd><dd class="of">${paired.error == null ? "" : `\u00b1 ${usd(paired.error)}; `}${gettext("better in %(better)s of %(pairs)s seeds, worse in %(worse)s", { better: paired.better, pairs: paired.pairs, worse: paired.worse })}</dd></div>` : nothing}
    <div><dt class="label">${gettext("No runaway")}</dt><dd>${guarded ? of(guarded, guarded.never) : of(sides[0][1], sides[0][1].never)}</dd><dd class="of">${guarded && d.sides.without ? gettext("without them %(without)s", { without: of(d.sides.without, d.sides.without.never) }) : gettext("seeds")}</dd></div>
    <div><dt class="label">${gettext("Almost no loss")}</dt><dd>${guarded ? of(guarded, guarded.small) : of(sides[0][1], sides[0][1].small)}</dd><dd class="of">${gettext("under")} ${usd(d.small_usd)}${guarded && d.sides.without ? gettext("; without them %(without)s", { without: of(d.sides.without, d.sides.without.small) }) : ""}</dd></div>
  </dl>`;
}

/** @param {Sides} sides */
const quantiles = (sides) => html`<table class="plain num"><caption class="label">${gettext("Size of loss")}</caption>
  <thead><tr><th scope="col"><span class="sr">${gettext("Quantile")}</span></th>${sides.map(([name]) => html`<th scope="col" class="n">${WORD[name]}</th>`)}</tr></thead>
  <tbody>${QUANTILES.map(([key, label]) => html`<tr><th scope="row">${label}</th>${sides.map(([, side]) => html`<td class="n">${usd(side[key])}</td>`)}</tr>`)}
    <tr><th scope="row">${gettext("Seed with the largest loss")}</th>${sides.map(([, side]) => html`<td class="n">${side.worst_seed}</td>`)}</tr></tbody></table>`;

/** @param {number[]} edges @param {number} i */
export const range = (edges, i) => (i === edges.length - 2 ? gettext("%(usd)s and more", { usd: usd(edges[i]) }) : gettext("%(usd)s to %(usd2)s", { usd: usd(edges[i]), usd2: usd(edges[i + 1]) }));

/** @param {{ bins: { edges: number[], counts: Record<string, number[]> } }} d @param {Sides} sides */
const ranges = ({ bins }, sides) => html`<details class="lab-ranges"><summary>${gettext("The chart as a table")}</summary><table class="plain num"><caption class="sr">${gettext("Seeds by loss")}</caption>
  <thead><tr><th scope="col">${gettext("Lost")}</th>${sides.map(([name]) => html`<th scope="col" class="n">${WORD[name]}</th>`)}</tr></thead>
  <tbody>${bins.edges.slice(0, -1).map((_, i) => html`<tr><th scope="row">${range(bins.edges, i)}</th>${sides.map(([name]) => html`<td class="n">${bins.counts[name][i]}</td>`)}</tr>`)}</tbody></table></details>`;

/** @param {Sides} sides */
const spoken = (sides) => gettext("Histogram of losses. %(list)s. The table below has every range.", { list: sides.map(([name, side]) => gettext("%(WORD)s: half of %(trials)s seeds lost less than %(median)s, the most was %(most)s", { WORD: WORD[name], trials: side.trials, median: usd(side.median), most: usd(side.most) })).join(". ") });

/** @param {Trials} d @param {Sides} sides */
function notes(d, sides) {
  const found = sides.some(([, side]) => side.error != null) ? [gettext("The figure after ± is the standard error of the mean.")] : [];
  if (d.bins.grows) found.push(gettext("Each range on the chart is about twice as wide as the one before."));
  for (const [name, side] of sides) {
    const refused = Object.values(side.refused).reduce((sum, n) => sum + n, 0);
    const most = Object.entries(side.refused).slice(0, 3).map(([label, n]) => `${label} ${count(n)}`).join(", ");
    if (refused) found.push(gettext("%(WORD)s: %(refused)s of %(commands)s commands were refused %(also)s (%(most)s).", { WORD: WORD[name], refused: count(refused), commands: count(side.commands), also: d.recorded ? gettext("on these markets that were not in the run itself") : gettext("to those who play"), most }));
    if (side.unplaced.length) found.push(gettext("Could not be put in place in some seeds: %(unplaced)s.", { unplaced: side.unplaced.join("; ") }));
  }
  if (!d.of_this_engine) found.push(gettext("This was run with another version of the engine or data. To run what is missing, run everything again."));
  return html`${found.map((line) => html`<p class="quiet">${line}</p>`)}${d.faults.map((line) => html`<p class="answer" data-state="refused">${icon("triangle-alert")}${gettext("Not run: %(line)s", { line })}</p>`)}`;
}
