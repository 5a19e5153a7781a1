/* Bars of two sides over ranges of dollars they share: one hatched, one solid, each with its number. Drawn to the width there is. */
import { html, svg } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { axis } from "./format.js";

const [HIGH, TOP, FOOT] = [250, 18, 26];
const LABEL = 66; // pixels that an amount on the axis takes
const NUMBER = 15; // and the number above a bar

/** @param {string} side */
export const swatch = (side) => html`<svg class="swatch" viewBox="0 0 18 12" width="18" height="12" aria-hidden="true">${hatch("swatch")}<rect class=${`bar-${side}`} x="1" y="1" width="16" height="10" fill=${fill(side, "swatch")}></rect></svg>`;

/** @param {string} side @param {string} id */
const fill = (side, id) => (side === "without" ? `url(#hatch-${id})` : "currentColor");
/** @param {string} id */
const hatch = (id) => svg`<pattern id=${`hatch-${id}`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"></rect><line class="hatch-line" x1="0" x2="0" y1="0" y2="6"></line></pattern>`;

/** @param {{ edges: number[], counts: Record<string, number[]> }} bins @param {string[]} sides @param {number} wide @param {string} id */
export function histogram(bins, sides, wide, id) {
  const n = bins.edges.length - 1;
  const most = Math.max(1, ...sides.flatMap((side) => bins.counts[side]));
  const cell = wide / n;
  const bar = Math.max(2, Math.min(44, (cell * 0.84) / sides.length));
  const floor = HIGH - FOOT;
  /** @param {number} count */
  const high = (count) => (count ? Math.max(2, (count / most) * (floor - TOP)) : 0);
  const every = Math.ceil(LABEL / cell);
  return html`<svg viewBox="0 0 ${Math.max(1, wide)} ${HIGH}" width=${Math.max(1, wide)} height=${HIGH}>${hatch(id)}
    <line class="axis" x1="0" x2=${wide} y1=${floor} y2=${floor}></line>
    ${bins.counts[sides[0]].map((_, i) => sides.map((side, k) => {
      const count = bins.counts[side][i];
      const x = cell * i + (cell - bar * sides.length) / 2 + bar * k;
      return count ? svg`<rect class=${`bar-${side}`} x=${x + 0.5} y=${floor - high(count)} width=${bar - 1} height=${high(count)} fill=${fill(side, id)}></rect>
        ${bar >= NUMBER ? svg`<text class="count" x=${x + bar / 2} y=${floor - high(count) - 5} text-anchor="middle">${count}</text>` : ""}` : "";
    }))}
    ${bins.edges.slice(0, -1).map((edge, i) => (i % every ? "" : svg`<line class="axis" x1=${cell * i + 0.5} x2=${cell * i + 0.5} y1=${floor} y2=${floor + 5}></line>
      <text class="edge" x=${Math.max(2, cell * i)} y=${HIGH - 6} text-anchor=${i ? "middle" : "start"}>$${axis(edge)}</text>`))}
  </svg>`;
}
