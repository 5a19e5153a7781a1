/* The table's rows: made once, their text nodes kept; only rows in view are patched, the others when they come into it. */
import { arrow, count, move, short } from "./format.js";
import { heatClass } from "./heat.js";
import { price, sign, signed, tone } from "./money.js";

const PNL_STEPS = [5e3, 25e3, 1e5, 5e5]; // dollars: from here on heat 1, 2, 3, 4
const STEPS = [0, 50, 200, 500, 1000];   // the same as basis points, for the map

/* Profit as the heat of a move. */
export const heatOf = (usd) => Math.sign(usd) * STEPS[PNL_STEPS.filter((s) => Math.abs(usd) >= s).length];

const cell = (tr, className = "n") => {
  const td = tr.insertCell();
  td.className = className;
  return td;
};

const words = (parent) => parent.appendChild(document.createTextNode(""));

function triangle(td) {
  const span = document.createElement("span");
  span.className = "tri";
  span.ariaHidden = "true";
  td.append(span);
  return words(span);
}

function make(name, i) {
  const tr = document.createElement("tr");
  tr.dataset.row = i;
  const th = document.createElement("th");
  th.scope = "row";
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: name, tabIndex: -1 });
  button.dataset.symbol = name;
  th.append(button);
  tr.append(th);
  const side = words(cell(tr, "side"));
  const shares = words(cell(tr));
  const last = words(cell(tr));
  const moved = cell(tr);
  const nodes = { side, shares, last, moveTri: triangle(moved), move: words(moved) };
  nodes.notional = words(cell(tr));
  const pnl = cell(tr);
  Object.assign(nodes, { pnlTri: triangle(pnl), pnl: words(pnl) });
  return { tr, button, moved, pnl, nodes };
}

const put = (node, text) => node.data !== text && (node.data = text);
const dress = (el, className) => el.className !== className && (el.className = className);

/* -> {rows, patch(d), patchAll(d), seen: Set} */
export function makeRows(names) {
  const rows = names.map(make);
  const seen = new Set();
  let latest = null;
  const patch = (i) => {
    const { nodes, moved, pnl } = rows[i];
    const d = latest;
    put(nodes.side, d.shares[i] > 0 ? "Long" : d.shares[i] < 0 ? "Short" : "\u2013");
    put(nodes.shares, count(Math.abs(d.shares[i])));
    put(nodes.last, price(d.price_hc[i]));
    put(nodes.moveTri, arrow(d.move_bp[i]));
    put(nodes.move, move(d.move_bp[i]));
    put(nodes.notional, d.notional_usd[i] ? `${sign(d.notional_usd[i])}${short(d.notional_usd[i])}` : "0");
    put(nodes.pnlTri, arrow(d.pnl_usd[i]));
    put(nodes.pnl, signed(d.pnl_usd[i]));
    dress(moved, `n ${tone(d.move_bp[i])}`);
    dress(pnl, `n heat heat-${heatClass(heatOf(d.pnl_usd[i]))}`);
  };
  const watch = new IntersectionObserver((found) => {
    for (const { target, isIntersecting } of found) {
      const i = Number(target.dataset.row);
      if (!isIntersecting) seen.delete(i);
      else if (!seen.has(i)) {
        seen.add(i);
        if (latest) patch(i);
      }
    }
  }, { rootMargin: "80px 0px" });
  rows.forEach(({ tr }) => watch.observe(tr));
  return {
    rows,
    patch: (d) => {
      latest = d;
      seen.forEach(patch);
    },
    patchAll: (d) => {
      latest = d;
      rows.forEach((_, i) => patch(i));
    },
  };
}
