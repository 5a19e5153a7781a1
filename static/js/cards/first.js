/* The first screen of a result: the decision worth most, once it is known, and until then how far that is. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { minute } from "../lib/format.js";
import { gain } from "../lib/gain.js";
import { timed } from "../lib/left.js";
import { gettext } from "../lib/words.js";

/* -> tell(d), d as worth.json tells it. What the page waits for beside it brings the page again. */
/** @param {string | undefined} team */
export function firstOf(team) {
  const cell = document.querySelector(`[data-best-first="${team}"]`);
  const left = timed();
  let told = false;
  /** @param {Worth} d */
  return (d) => {
    if (d.ghost && waits()) location.reload();
    if (!cell || !d.decisions.length || d.needs) return;
    if (!told) cell.replaceChildren(); // what the page said before
    told = true;
    const known = d.decisions.filter((one) => one.worth_usd != null).length;
    const done = known + Number(d.played_usd != null); // the run as played, and without each
    render(known === d.decisions.length ? best(d) : waiting(done, d.decisions.length + 1, left), cell);
  };
}

/* Whether the page still waits for history's run. */
export const waits = () => document.querySelector("[data-awaits=ghost]") !== null;

/** @param {Worth} d */
function best(d) {
  const [most] = [...d.decisions].sort((a, b) => b.worth_usd - a.worth_usd);
  if (most.worth_usd <= 0) return html`<span class="of">${gettext("none had saved anything by %(until)s", { until: d.until })}</span>`;
  return html`${gain(most.worth_usd)}<span class="of">${minute(most.at)} ${most.words}</span>`;
}

/* Of the courses that tell the best decision, which are the first to be run. */
/** @param {number} done @param {number} most @param {(done: number, of: number) => string} left */
function waiting(done, most, left) {
  const values = { done, most, long: left(done, most) };
  return html`<span class="of">${gettext("Being worked out: the market is played again without each of them. %(done)s of %(most)s done, %(long)s.", values)}</span>
    <progress max=${most} .value=${done} aria-label=${gettext("Courses of the market played again")}></progress>`;
}
