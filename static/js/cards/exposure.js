/* Gross and profit as the monitor showed them, minute by minute, in two panes; the firm's cash is a dashed line. */
import { OPEN } from "../lib/calendar.js";
import { lineChart } from "../lib/chart.js";
import { MINUS, axis, hhmm, seconds } from "../lib/format.js";
import { dollars, signed } from "../lib/money.js";
import { showTable, slowly } from "../lib/table.js";
import { gettext } from "../lib/words.js";

/** @typedef {{ x: number[], gross_usd: number[], mid_usd: number[] }} Shown */

const LEAD_S = 15 * 60; // of the morning before the bell, once it has rung
const BELL = seconds(OPEN);
const FLAT = 1e6; // a pane shows a million at least, so that pennies do not look like a mountain

/** @param {number} v */
const usd = (v) => (v === 0 ? "0" : `${v < 0 ? MINUS : ""}$${axis(Math.abs(v))}`);

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const hosts = { gross: root.querySelector("[data-plot=gross]"), mid: root.querySelector("[data-plot=mid]") };
  const marks = [{ at: BELL, text: gettext("The open") }];
  const cash = { label: gettext("Cash"), color: "--line-history", dash: [6, 4], width: 1.5 };
  const owned = () => app.store.get("pnl")?.cash_usd ?? 0;
  const gross = lineChart(hosts.gross, {
    series: [{ label: gettext("Gross"), color: "--line-self", width: 2 }, cash], marks, fmtX: hhmm, fmtY: usd, gap: 64, ySpace: 20,
    yRange: (_, max) => [0, Math.max(FLAT, max * 1.12, owned() * 1.3)], // room for the mark's word above the line of cash
  });
  const mid = lineChart(hosts.mid, {
    series: [{ label: "P&L", color: "--line-self", width: 2 }, { ...cash, label: gettext("Cash gone") }], marks, fmtX: hhmm, fmtY: usd, gap: 64, ySpace: 20,
    yRange: (min, max) => [Math.min(-FLAT, min * 1.12), Math.max(FLAT, max * 1.12, -min * 0.2)],
  });
  /** @type {Shown | null} */
  let shown = null;
  const say = slowly(() => shown && describe(hosts, shown));
  const draw = () => {
    const d = app.store.get("curve");
    const have = owned();
    if (!d || !have) return;
    shown = window_(d);
    const { x, gross_usd, mid_usd } = shown;
    gross.set(x, [gross_usd, x.map(() => have)]);
    /* Far from the end the line would press the profit flat: it comes into the picture with the first eighth of it. */
    const near = Math.min(...mid_usd, 0) < -have / 8;
    mid.set(x, [mid_usd, x.map(() => (near ? -have : null))]);
    say();
  };
  app.store.on("curve", draw);
  if (!app.store.get("pnl")) app.store.on("pnl", () => shown || draw());
  root.querySelector("[data-table]").addEventListener("click", () => shown && table(shown));
}

/** @param {Card.Exposure} d */
function window_(d) {
  const from = seconds(d.from);
  const all = d.gross_usd.map((_, i) => from + i * d.every_s);
  const skip = (all.at(-1) ?? 0) > BELL ? Math.max(0, all.findIndex((s) => s >= BELL - LEAD_S)) : 0;
  return { x: all.slice(skip), gross_usd: d.gross_usd.slice(skip), mid_usd: d.mid_usd.slice(skip) };
}

/** @param {{ gross: Found, mid: Found }} hosts @param {Shown} d */
function describe(hosts, d) {
  const last = d.x.length - 1;
  if (last < 0) return;
  const at = hhmm(d.x[last]);
  hosts.gross.setAttribute("aria-label", gettext("Line chart of gross exposure by the minute: %(now)s at %(at)s, at most %(most)s.", { now: dollars(d.gross_usd[last]), at, most: dollars(Math.max(...d.gross_usd)) }));
  const [now, least, most] = [d.mid_usd[last], Math.min(...d.mid_usd), Math.max(...d.mid_usd)].map(signed);
  hosts.mid.setAttribute("aria-label", gettext("Line chart of profit and loss at mid by the minute: %(now)s at %(at)s, between %(least)s and %(most)s.", { now, at, least, most }));
}

/** @param {Shown} d */
const table = (d) => showTable(gettext("The morning by the minute"), [gettext("At"), gettext("Gross"), gettext("P&L at mid")], d.x.map((s, i) => [hhmm(s), dollars(d.gross_usd[i]), signed(d.mid_usd[i])]).reverse());
