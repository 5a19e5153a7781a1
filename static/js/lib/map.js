/* The map over the table: a cell a stock, by profit or by move, painted again only when a cell's class has changed. */
import { keep, kept } from "./kept.js";
import { move } from "./format.js";
import { cellAt, heatClass, layout, paint } from "./heat.js";
import { signed } from "./money.js";
import { heatOf } from "./rows.js";
import { slowly } from "./table.js";
import { gettext } from "./words.js";

/** @type {Record<string, string[]>} */
const LEGENDS = { pnl: ["\u2212$500 k", "+$500 k"], move: ["\u221210 %", "+10 %"] };

/* -> draw(d, names) */
/** @param {Found} root @param {(i: number) => void} choose */
export function heatMap(root, choose) {
  const canvas = root.querySelector("canvas");
  const buttons = [...root.querySelectorAll("[data-map]")];
  /** @type {{ mode: string, d: Card.Positions | null, names: string[], key: string }} */
  const at = { mode: kept("map", "pnl"), d: null, names: [], key: "" };
  /** @param {Card.Positions} d */
  const heats = (d) => (at.mode === "pnl" ? d.pnl_usd.map(heatOf) : d.move_bp);
  /** @param {boolean} force */
  const draw = (force) => {
    if (!at.d || !canvas.clientWidth) return;
    const moves_bp = heats(at.d);
    const key = `${moves_bp.map(heatClass).join("")}|${at.d.paused}`;
    if (!force && key === at.key) return;
    at.key = key;
    paint(canvas, { symbols: at.names, moves_bp, paused: at.d.paused });
  };
  /** @param {string} mode */
  const show = (mode) => {
    at.mode = mode in LEGENDS ? mode : "pnl";
    for (const b of buttons) b.setAttribute("aria-pressed", String(b.dataset.map === at.mode));
    [root.querySelector("[data-least]").textContent, root.querySelector("[data-most]").textContent] = LEGENDS[at.mode];
    draw(true);
  };
  for (const b of buttons) b.addEventListener("click", () => { keep("map", b.dataset.map); show(b.dataset.map); });
  show(at.mode);
  const say = slowly(() => canvas.setAttribute("aria-label", at.d ? describe(at.d, at.names) : ""));
  new ResizeObserver(() => draw(true)).observe(canvas);
  new MutationObserver(() => draw(true)).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  document.fonts?.ready.then(() => draw(true));
  /** @param {PageEvent} e */
  const under = (e) => (at.d ? cellAt(layout(canvas, at.names.length), e.offsetX, e.offsetY) : -1);
  canvas.addEventListener("pointermove", (e) => {
    const i = under(e);
    canvas.title = i < 0 || !at.d ? "" : `${at.names[i]} ${move(at.d.move_bp[i])}, P&L ${signed(at.d.pnl_usd[i])}`;
  });
  canvas.addEventListener("click", (e) => under(e) >= 0 && choose(under(e)));
  /** @param {Card.Positions} d @param {string[]} names */
  return (d, names) => {
    Object.assign(at, { d, names });
    draw(false);
    say();
  };
}

/** @param {Card.Positions} d @param {string[]} names */
function describe(d, names) {
  const by = d.pnl_usd.map((usd, i) => [usd, i]).sort((a, b) => a[0] - b[0]);
  /** @param {number[]} o */
  const one = ([usd, i]) => `${names[i]} ${signed(usd)}`;
  return gettext("Map of %(length)s stocks, the same as the table below. %(length2)s show a loss, %(length3)s a profit. Worst %(one)s, best %(one2)s.", { length: names.length, length2: by.filter(([usd]) => usd < 0).length, length3: by.filter(([usd]) => usd > 0).length, one: one(by[0]), one2: one(by[by.length - 1]) });
}
