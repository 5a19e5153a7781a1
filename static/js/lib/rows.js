/* The table's rows: made once, their text nodes kept; rows in view are patched at once, the others when they come into it or in turn. */
import { arrow, count, move, short } from "./format.js";
import { heatClass } from "./heat.js";
import { price, sign, signed, tone } from "./money.js";

const PNL_STEPS = [5e3, 25e3, 1e5, 5e5]; // dollars: from here on heat 1, 2, 3, 4
const IN_TURN = 8;                       // rows out of view patched with every picture
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

/* Let body hold these rows in this order. Only those out of place are moved: a row that is put in anew is laid out anew. */
export function arrange(body, list) {
  let next = body.firstElementChild;
  for (const tr of list) {
    if (next && next !== tr && next.nextElementSibling === tr) {
      next.remove(); // it belongs further down, or nowhere
      next = tr;
    }
    if (next === tr) next = tr.nextElementSibling;
    else body.insertBefore(tr, next);
  }
  while (next) {
    const gone = next;
    next = next.nextElementSibling;
    gone.remove();
  }
}

/* -> {rows, patch(d)} */
export function makeRows(names) {
  const rows = names.map(make);
  const seen = new Set();
  let latest = null;
  let turn = 0;
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
      const many = latest ? IN_TURN : rows.length;
      latest = d;
      seen.forEach(patch);
      for (let n = 0; n < many; n += 1) patch(turn = (turn + 1) % rows.length); // read by those who listen
    },
  };
}
