/* Orders sent and executions per second, the last half hour, on a logarithmic or a linear scale. */
import { OPEN } from "../lib/calendar.js";
import { lineChart } from "../lib/chart.js";
import { count, hhmm, seconds } from "../lib/format.js";
import { kept, keep } from "../lib/kept.js";
import { showTable, slowly } from "../lib/table.js";
import { gettext } from "../lib/words.js";

const SERIES = [
  { label: gettext("Orders"), color: "--line-self", width: 2 },
  { label: gettext("Executions"), color: "--line-second", dash: [5, 3], width: 1.5 },
];

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const host = root.querySelector(".plot");
  /** @type {ChartSpec} */
  const spec = {
    series: SERIES, marks: [{ at: seconds(OPEN), text: gettext("Open %(OPEN)s", { OPEN }) }], log: kept("chart", "log") === "log",
    fmtX: hhmm, fmtY: (v, log) => (log && !Number.isInteger(Math.log10(v)) ? "" : count(v)),
    yRange: (_, max, log) => (log ? [1, 10 ** Math.ceil(Math.log10(Math.max(max, 10) * 1.02))] : [0, Math.max(10, max * 1.12)]),
  };
  const chart = lineChart(host, spec);
  /** @type {(Card.Chart & { x: number[] }) | null} */
  let shown = null;
  const put = () => {
    if (!shown) return;
    /** @param {number[]} ys */
    const floor = (ys) => (spec.log ? ys.map((y) => Math.max(y, 1)) : ys);
    chart.set(shown.x, [floor(shown.children), floor(shown.executions)]);
  };
  const sentence = slowly((/** @type {Card.Chart} */ d) => host.setAttribute("aria-label", describe(d)));
  app.store.on("chart", (d) => {
    const from = seconds(d.from);
    shown = { ...d, x: d.children.map((_, i) => from + i * d.every_s) };
    put();
    sentence(d);
  });
  scale(root, !!spec.log, (log) => {
    chart.log(log);
    put();
  });
  root.querySelector("[data-table]").addEventListener("click", () => shown && table(shown));
}

/** @param {Found} root @param {boolean} log @param {(log: boolean) => void} change */
function scale(root, log, change) {
  const buttons = [...root.querySelectorAll("[data-scale]")];
  /** @param {boolean} on */
  const show = (on) => buttons.forEach((b) => b.setAttribute("aria-pressed", String((b.dataset.scale === "log") === on)));
  for (const b of buttons) {
    b.addEventListener("click", () => {
      const on = b.dataset.scale === "log";
      keep("chart", on ? "log" : "linear");
      show(on);
      change(on);
    });
  }
  show(log);
}

/** @param {Card.Chart} d */
function describe(d) {
  /** @param {number[]} ys */
  const last = (ys) => count(ys.at(-1) ?? 0);
  return `${gettext("Line chart from %(from)s: %(children)s orders and %(executions)s executions per second now,", { from: d.from.slice(0, 5), children: last(d.children), executions: last(d.executions) })} `
    + gettext("at most %(count)s orders per second in the last half hour.", { count: count(Math.max(0, ...d.children)) });
}

/** @param {Card.Chart & { x: number[] }} d */
function table(d) {
  const each = Math.max(1, Math.round(60 / d.every_s));
  const rows = d.x.map((s, i) => [hhmm(s), count(d.children[i]), count(d.executions[i])]).filter((_, i) => i % each === 0);
  showTable(gettext("Orders and executions per second"), [gettext("At"), gettext("Orders"), gettext("Executions")], rows.reverse());
}
