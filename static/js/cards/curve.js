/* Loss by the minute: teams solid, history dashed. Down is money lost. */
import { lineChart } from "../lib/chart.js";
import { MINUS, axis, hhmm, lossShort, lossSpoken, seconds } from "../lib/format.js";
import { showTable, slowly } from "../lib/table.js";

const COLORS = ["--s1", "--s2", "--s3", "--s4", "--s5", "--s7"];

export function mount(root, app) {
  const draw = curve(root);
  app.store.on("curve", draw);
  app.store.on("board", (d) => root.toggleAttribute("data-hidden", d.mode === "hidden"));
}

/* -> draw(d), d as in the curve card: {from, every_s, history: [usd], teams: [{name, loss: [usd]}]}. */
export function curve(root) {
  const host = root.querySelector(".plot");
  const chart = lineChart(host, {
    series: [], fmtX: hhmm, fmtY: (v) => (v === 0 ? "0" : `${MINUS}$${axis(v)}`), font: fontOf(host), gap: fontOf(host) * 6,
    yRange: (min) => [Math.min(-1e5, min * 1.08), 0],
  });
  let names = null;
  let shown = null;
  const sentence = slowly((d) => host.setAttribute("aria-label", describe(d)));
  root.querySelector("[data-table]")?.addEventListener("click", () => shown && table(shown));
  return (d) => {
    shown = d;
    const key = d.teams.map((t) => t.name).join("\n");
    if (key !== names) chart.series(lines(d.teams));
    names = key;
    // A quarter of an hour at least, so that the first minutes are not stretched over the whole width.
    const length = Math.max(16, d.history.length, ...d.teams.map((t) => t.loss.length));
    const x = Array.from({ length }, (_, i) => seconds(d.from) + i * d.every_s);
    const down = (ys) => x.map((_, i) => (ys[i] == null ? null : -ys[i]));
    chart.set(x, [...d.teams.map((t) => down(t.loss)), down(d.history)]);
    sentence(d);
  };
}

const lines = (teams) => [
  ...teams.map((t, i) => ({ label: t.name.slice(0, 12), color: COLORS[i % COLORS.length], width: teams.length > COLORS.length ? 2 : 3 })),
  { label: "2012", color: "--line-history", dash: [8, 6], width: 2 }, // last, so that its dashes show where a team repeats history
];

/* The wall is read at 8 m: the canvas takes the size of the text around it. */
const fontOf = (host) => Math.round(parseFloat(getComputedStyle(host).fontSize));

function describe(d) {
  const last = (ys) => [...ys].reverse().find((v) => v != null);
  const said = d.teams.map((t) => `${t.name}: ${last(t.loss) == null ? "hidden" : lossSpoken(last(t.loss))}`);
  const history = last(d.history);
  return `Loss by the minute from ${d.from}. ${said.join(". ")}${history == null ? "" : `. In 2012: ${lossSpoken(history)}`}.`;
}

function table(d) {
  const rows = Array.from({ length: Math.max(0, d.history.length, ...d.teams.map((t) => t.loss.length)) }, (_, i) => [
    hhmm(seconds(d.from) + i * d.every_s), lossOr(d.history[i]), ...d.teams.map((t) => lossOr(t.loss[i])),
  ]);
  showTable("Loss by the minute", ["At", "2012", ...d.teams.map((t) => t.name)], rows.reverse());
}

const lossOr = (v) => (v == null ? "\u2013" : lossShort(v));
