/* What came of an experiment of the controls lab: the figures, the histogram, and the quantiles, with the safeguards and without. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { MINUS, count, short } from "../lib/format.js";
import { histogram, swatch } from "../lib/histogram.js";
import { icon } from "../lib/icons.js";

/** @typedef {[name: string, side: Told][]} Sides */
/** @typedef {Told & { faults: string[], bins: { edges: number[], counts: Record<string, number[]>, grows: boolean } }} Trials */

const AGAIN_MS = 1500;
const QUANTILES = [["least", "Least"], ["p5", "5 % lost less than"], ["p25", "A quarter lost less than"], ["median", "Median"],
  ["p75", "Three quarters lost less than"], ["p95", "95 % lost less than"], ["most", "Most"], ["mean", "Mean"]];
/** @type {Record<string, string>} */
const WORD = { without: "Without", with: "With them" };

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
    <p class="legend">${sides.map(([name, side]) => html`<span>${swatch(name)} ${WORD[name]}, ${side.trials} ${side.trials === 1 ? "seed" : "seeds"}</span>`)}</p>
    <div class="histogram" role="img" aria-label=${spoken(sides)}>${histogram(d.bins, sides.map(([name]) => name), body.clientWidth, d.id)}</div>
    <div class="lab-tables">${quantiles(sides)}${ranges(d, sides)}</div>${notes(d, sides)}` : nothing}`, body);
}

/** @param {Trials} d */
function progress(d) {
  if (d.state === "done") return nothing;
  const words = d.state === "running" ? `${d.done} of ${d.of} trials` : `Cancelled after ${d.done} of ${d.of} trials. What was found stays.`;
  return html`<p class="second" role="status">${words}</p><progress max=${d.of} .value=${d.done} aria-label="Trials that were run"></progress>`;
}

/** @param {Trials} d @param {Sides} sides */
function figures(d, sides) {
  const guarded = d.sides.with, paired = d.paired;
  /** @param {any} side @param {number} n */
  const of = (side, n) => `${n} of ${side.trials}`;
  return html`<dl class="figures lab-figures">
    ${sides.map(([name, side]) => html`<div><dt class="label">${name === "with" ? "Mean loss with them" : "Mean loss"}</dt><dd>${usd(side.mean)}</dd><dd class="of">${side.error == null ? "" : `\u00b1 ${usd(side.error)}, `}median ${usd(side.median)}</dd></div>`)}
    ${paired ? html`<div><dt class="label">Saved on the same market</dt><dd>${usd(paired.mean)}</dd><dd class="of">${paired.error == null ? "" : `\u00b1 ${usd(paired.error)}; `}better in ${paired.better} of ${paired.pairs} seeds, worse in ${paired.worse}</dd></div>` : nothing}
    <div><dt class="label">Nothing ran away</dt><dd>${guarded ? of(guarded, guarded.never) : of(sides[0][1], sides[0][1].never)}</dd><dd class="of">${guarded && d.sides.without ? `without them ${of(d.sides.without, d.sides.without.never)}` : "seeds"}</dd></div>
    <div><dt class="label">As good as no loss</dt><dd>${guarded ? of(guarded, guarded.small) : of(sides[0][1], sides[0][1].small)}</dd><dd class="of">under ${usd(d.small_usd)}${guarded && d.sides.without ? `; without them ${of(d.sides.without, d.sides.without.small)}` : ""}</dd></div>
  </dl>`;
}

/** @param {Sides} sides */
const quantiles = (sides) => html`<table class="plain num"><caption class="label">How much was lost</caption>
  <thead><tr><th scope="col"><span class="sr">Quantile</span></th>${sides.map(([name]) => html`<th scope="col" class="n">${WORD[name]}</th>`)}</tr></thead>
  <tbody>${QUANTILES.map(([key, label]) => html`<tr><th scope="row">${label}</th>${sides.map(([, side]) => html`<td class="n">${usd(side[key])}</td>`)}</tr>`)}
    <tr><th scope="row">Seed with the largest loss</th>${sides.map(([, side]) => html`<td class="n">${side.worst_seed}</td>`)}</tr></tbody></table>`;

/** @param {number[]} edges @param {number} i */
export const range = (edges, i) => (i === edges.length - 2 ? `${usd(edges[i])} and more` : `${usd(edges[i])} to ${usd(edges[i + 1])}`);

/** @param {{ bins: { edges: number[], counts: Record<string, number[]> } }} d @param {Sides} sides */
const ranges = ({ bins }, sides) => html`<details class="lab-ranges"><summary>The chart as a table</summary><table class="plain num"><caption class="sr">Seeds by what was lost</caption>
  <thead><tr><th scope="col">Lost</th>${sides.map(([name]) => html`<th scope="col" class="n">${WORD[name]}</th>`)}</tr></thead>
  <tbody>${bins.edges.slice(0, -1).map((_, i) => html`<tr><th scope="row">${range(bins.edges, i)}</th>${sides.map(([name]) => html`<td class="n">${bins.counts[name][i]}</td>`)}</tr>`)}</tbody></table></details>`;

/** @param {Sides} sides */
const spoken = (sides) => `Histogram of losses. ${sides.map(([name, side]) => `${WORD[name]}: half of ${side.trials} seeds lost less than ${usd(side.median)}, the most was ${usd(side.most)}`).join(". ")}. The table below has every range.`;

/** @param {Trials} d @param {Sides} sides */
function notes(d, sides) {
  const found = sides.some(([, side]) => side.error != null) ? ["What stands after \u00b1 is the standard error of the mean."] : [];
  if (d.bins.grows) found.push("Losses lie far apart, so each range of the chart is about twice as wide as the one before it.");
  for (const [name, side] of sides) {
    const refused = Object.values(side.refused).reduce((sum, n) => sum + n, 0);
    const most = Object.entries(side.refused).slice(0, 3).map(([label, n]) => `${label} ${count(n)}`).join(", ");
    if (refused) found.push(`${WORD[name]}: ${count(refused)} of ${count(side.commands)} commands were refused ${d.recorded ? "on these markets that were not in the run itself" : "to those who play"} (${most}).`);
    if (side.unplaced.length) found.push(`Of the set, this could not be done in some seeds: ${side.unplaced.join("; ")}.`);
  }
  if (!d.of_this_engine) found.push("Another engine, or other data, has run this. What is missing can only be run with all of it again.");
  return html`${found.map((line) => html`<p class="quiet">${line}</p>`)}${d.faults.map((line) => html`<p class="answer" data-state="refused">${icon("triangle-alert")}Not run: ${line}</p>`)}`;
}
