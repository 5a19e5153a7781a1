/* Three lanes, one a desk: where a piece of evidence was seen, the line to where it was shared, an arrow to each desk that read it. */
import { html, render, svg } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { START } from "../lib/calendar.js";
import { DESKS, roleWord } from "../lib/roles.js";
import { hhmm, seconds } from "../lib/format.js";
import { STEPS_A_SECOND } from "../lib/market-clock.js";

const [WIDE, HIGH, LEFT, RIGHT, TOP] = [1000, 172, 90, 20, 4];
const LANE = 56;
const BEGIN = seconds(START); // step 0 of the day

/** @param {Iterable<Found>} hosts */
export function mountLanes(hosts) {
  for (const host of hosts) draw(host, JSON.parse(document.getElementById(host.dataset.lanes).textContent));
}

/** @param {Found} host @param {any[]} entries */
function draw(host, entries) {
  const day = entries.filter((e) => e.seen >= 0); // of the evenings before the table tells
  host.hidden = !day.length;
  if (!day.length) return;
  const ends = day.flatMap((e) => [e.seen, e.shared, ...Object.values(e.read), e.acted ?? e.shared]);
  const [from, to] = [Math.min(...ends), Math.max(...ends, Math.min(...ends) + 60 * STEPS_A_SECOND)];
  /** @param {number} step */
  const x = (step) => LEFT + ((step - from) / (to - from)) * (WIDE - LEFT - RIGHT);
  /** @param {string} desk */
  const y = (desk) => TOP + DESKS.indexOf(/** @type {Desk} */ (desk)) * LANE + LANE / 2;
  render(html`<svg viewBox="0 0 ${WIDE} ${HIGH + 16}">
    ${DESKS.map((desk) => svg`<line class="lane" x1=${LEFT} x2=${WIDE - RIGHT} y1=${y(desk)} y2=${y(desk)}></line><text class="lane-name" x="0" y=${y(desk) + 4}>${roleWord(desk)}</text>`)}
    ${day.map((e) => entry(e, x, y))}
    ${[0, 0.25, 0.5, 0.75, 1].map((part) => svg`<text class="lane-time" text-anchor=${part === 1 ? "end" : "middle"} x=${x(from + part * (to - from))} y=${HIGH + 10}>${hhmm(BEGIN + (from + part * (to - from)) / STEPS_A_SECOND)}</text>`)}
  </svg>`, host);
}

/** @param {any} e @param {(step: number) => number} x @param {(desk: string) => number} y */
const entry = (e, x, y) => svg`<g data-desk=${e.desk}><title>${e.title}</title>
  <line class="known" x1=${x(e.seen)} x2=${x(e.shared)} y1=${y(e.desk)} y2=${y(e.desk)}></line>
  <circle class="seen" cx=${x(e.seen)} cy=${y(e.desk)} r="5"></circle><circle class="shared" cx=${x(e.shared)} cy=${y(e.desk)} r="5"></circle>
  ${Object.entries(e.read).map(([desk, step]) => svg`<line class="told" x1=${x(e.shared)} y1=${y(e.desk)} x2=${x(step)} y2=${y(desk)}></line>${arrow(x(step), y(desk), Math.sign(y(desk) - y(e.desk)))}`)}
  ${e.acted == null || e.acted < 0 ? "" : svg`<rect class="acted" x=${x(e.acted) - 4} y=${y(e.actor) - 4} width="8" height="8"></rect>`}</g>`;

/** @param {number} x @param {number} y @param {number} way */
const arrow = (x, y, way) => svg`<path class="told-end" d=${`M${x - 4},${y - way * 8} L${x + 4},${y - way * 8} L${x},${y} Z`}></path>`;
