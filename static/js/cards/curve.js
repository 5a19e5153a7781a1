/* Loss by the minute: teams solid, history dashed. Down is money lost. */
import { lineChart } from "../lib/chart.js";
import { IN_PAST, PAST_HEAD } from "../lib/firm.js";
import { MINUS, axis, hhmm, lossShort, lossSpoken, seconds } from "../lib/format.js";
import { showTable, slowly } from "../lib/table.js";
import { gettext } from "../lib/words.js";

const COLORS = ["--s1", "--s2", "--s3", "--s4", "--s5", "--s7"];

/** @param {Found} root @param {App<WallPage>} app */
export function mount(root, app) {
  const draw = curve(root);
  app.store.on("curve", draw);
  app.store.on("board", (d) => root.toggleAttribute("data-hidden", d.mode === "hidden"));
}

/* -> draw(d), d as in the curve card: {from, every_s, history: [usd], teams: [{name, loss: [usd]}]}, and on the result's
   courses: [{name, loss}] of what would have been, pins: [{team (its name), at (clock), number}]. */
/** @param {Found} root */
export function curve(root) {
  const host = root.querySelector(".plot");
  const chart = lineChart(host, {
    series: [], fmtX: hhmm, fmtY: (v) => (v === 0 ? "0" : `${MINUS}$${axis(v)}`), font: fontOf(host), gap: fontOf(host) * 6,
    yRange: (min) => [Math.min(-1e5, min * 1.08), 0],
  });
  /** @type {string | null} */
  let names = null;
  /** @type {Curve | null} */
  let shown = null;
  const sentence = slowly((/** @type {Curve} */ d) => host.setAttribute("aria-label", describe(d)));
  root.querySelector("[data-table]")?.addEventListener("click", () => shown && table(shown));
  /** @param {Curve} d */
  return (d) => {
    shown = d;
    const { courses = [] } = d;
    const key = [...d.teams, ...courses].map((t) => t.name).join("\n");
    if (key !== names) chart.series(lines(d.teams, courses));
    names = key;
    // A quarter of an hour at least, so that the first minutes are not stretched over the whole width.
    const length = longest(d, 16);
    const x = Array.from({ length }, (_, i) => seconds(d.from) + i * d.every_s);
    /** @param {(number | null)[]} ys */
    const down = (ys) => x.map((_, i) => (ys[i] == null ? null : -ys[i]));
    chart.pins(pins(d));
    chart.set(x, [...[...d.teams, ...courses].map((t) => down(t.loss)), down(d.history)]);
    sentence(d);
  };
}

/** @param {Curve} d @param {number} least */
const longest = (d, least) => Math.max(least, d.history.length, ...[...d.teams, ...(d.courses ?? [])].map((t) => t.loss.length));

/* Where on its team's line each decision was taken; those before the bell are not on the curve. */
/** @param {Curve} d */
function pins(d) {
  const begin = seconds(d.from);
  return (d.pins ?? []).flatMap(({ team, at, number }) => {
    const i = d.teams.findIndex((t) => t.name === team);
    const loss = d.teams[i]?.loss;
    const minutes = (seconds(at) - begin) / d.every_s;
    if (!loss || !(minutes >= 0) || Math.floor(minutes) >= loss.length) return [];
    const [before, after] = [loss[Math.floor(minutes)], loss[Math.min(loss.length - 1, Math.ceil(minutes))]];
    return [{ x: seconds(at), y: -(before + (after - before) * (minutes % 1)), text: String(number), color: COLORS[i % COLORS.length] }];
  });
}

/** @param {Curve["teams"]} teams @param {{ name: string }[]} courses */
const lines = (teams, courses) => [
  ...teams.map((t, i) => ({ label: t.name.slice(0, 12), color: COLORS[i % COLORS.length], width: teams.length > COLORS.length ? 2 : 3 })),
  ...courses.map((c) => ({ label: c.name.length > 22 ? `${c.name.slice(0, 21)}\u2026` : c.name, color: "--text-2", dash: [2, 4], width: 2 })),
  { label: PAST_HEAD, color: "--line-history", dash: [8, 6], width: 2 }, // last, so that its dashes show where a team repeats history
];

/* The wall is read at 8 m: the canvas takes the size of the text around it. */
/** @param {Found} host */
const fontOf = (host) => Math.round(parseFloat(getComputedStyle(host).fontSize));

/** @param {Curve} d */
function describe(d) {
  /** @param {(number | null)[]} ys */
  const last = (ys) => [...ys].reverse().find((v) => v != null);
  const said = [...d.teams, ...(d.courses ?? [])].map((t) => `${t.name}: ${last(t.loss) == null ? gettext("hidden") : lossSpoken(last(t.loss))}`);
  const history = last(d.history);
  return gettext("Loss by the minute from %(from)s. %(said)s%(also)s.", { from: d.from, said: said.join(". "), also: history == null ? "" : `. ${IN_PAST}: ${lossSpoken(history)}` });
}

/** @param {Curve} d */
function table(d) {
  const columns = [...d.teams, ...(d.courses ?? [])];
  const rows = Array.from({ length: longest(d, 0) }, (_, i) => [
    hhmm(seconds(d.from) + i * d.every_s), lossOr(d.history[i]), ...columns.map((t) => lossOr(t.loss[i])),
  ]);
  showTable(gettext("Loss by the minute"), [gettext("At"), PAST_HEAD, ...columns.map((t) => t.name)], rows.reverse());
}

/** @param {number | null | undefined} v */
const lossOr = (v) => (v == null ? "\u2013" : lossShort(v));
