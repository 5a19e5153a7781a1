/* The table's rows, made once: those in view are patched at once, the others in turn, when they come into view, or in a pause. */
import { arrow, bySign, count, move, short } from "./format.js";
import { heatClass } from "./heat.js";
import { price, sign, signed, tone } from "./money.js";
import { gettext } from "./words.js";

/* dollars: from here on heat 1, 2, 3, 4 */
const PNL_STEPS = [5e3, 25e3, 1e5, 5e5];
/* rows out of view patched with every picture */
const IN_TURN = 8;
/* without a picture: the rest is patched as well */
const QUIET_MS = 1500;
/* the same as basis points, for the map */
const STEPS = [0, 50, 200, 500, 1000];

/* Profit as the heat of a move. */
/** @param {number} usd */
export const heatOf = (usd) => Math.sign(usd) * STEPS[PNL_STEPS.filter((s) => Math.abs(usd) >= s).length];

/** @param {HTMLTableRowElement} tr */
const cell = (tr, className = "n") => {
  const td = tr.insertCell();
  td.className = className;
  return td;
};

/** @param {Element} parent */
const words = (parent) => parent.appendChild(document.createTextNode(""));

/** @param {HTMLTableCellElement} td */
function triangle(td) {
  const span = document.createElement("span");
  span.className = "tri";
  span.ariaHidden = "true";
  td.append(span);
  return words(span);
}

/** @param {string} name @param {string} company @param {number} i */
function make(name, company, i) {
  const tr = document.createElement("tr");
  tr.dataset.row = String(i);
  const th = document.createElement("th");
  th.scope = "row";
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: name, title: company, tabIndex: -1 });
  button.dataset.symbol = name;
  th.append(button);
  tr.append(th);
  const side = words(cell(tr, "side"));
  const shares = words(cell(tr));
  const last = words(cell(tr));
  const moved = cell(tr);
  const [moveTri, move] = [triangle(moved), words(moved)];
  const notional = words(cell(tr));
  const pnl = cell(tr);
  const nodes = { side, shares, last, moveTri, move, notional, pnlTri: triangle(pnl), pnl: words(pnl) };
  return { tr, button, moved, pnl, nodes };
}

/** @param {Text} node @param {string} text */
function put(node, text) {
  if (node.data !== text) node.data = text;
}

/** @param {Element} el @param {string} className */
function dress(el, className) {
  if (el.className !== className) el.className = className;
}

/* Let body hold these rows in this order. Only those out of place are moved: a row that is put in anew is laid out anew. */
/** @param {Element} body @param {Element[]} list */
export function arrange(body, list) {
  let next = body.firstElementChild;
  for (const tr of list) {
    if (next && next !== tr && next.nextElementSibling === tr) {
      /* it belongs further down, or nowhere */
      next.remove();
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
/** @param {string[]} names @param {string[]} companies */
export function makeRows(names, companies) {
  const rows = names.map((name, i) => make(name, companies[i], i));
  /** @type {Set<number>} */
  const seen = new Set();
  /** @type {Card.Positions | null} */
  let latest = null;
  let turn = 0;
  let rest = 0;
  /** @param {number} i */
  const patch = (i) => {
    const { nodes, moved, pnl } = rows[i];
    const d = latest;
    if (!d) return;
    put(nodes.side, bySign(d.shares[i], gettext("Long"), gettext("Short"), "\u2013"));
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
      const i = Number(/** @type {HTMLElement} */ (target).dataset.row);
      if (!isIntersecting) seen.delete(i);
      else if (!seen.has(i)) {
        seen.add(i);
        patch(i);
      }
    }
  }, { rootMargin: "80px 0px" });
  rows.forEach(({ tr }) => watch.observe(tr));
  return {
    rows,
    /** @param {Card.Positions} d */
    patch: (d) => {
      const many = latest ? IN_TURN : rows.length;
      latest = d;
      seen.forEach(patch);
      /* read by those who listen */
      for (let n = 0; n < many; n += 1) {
        turn = (turn + 1) % rows.length;
        patch(turn);
      }
      clearTimeout(rest);
      rest = setTimeout(() => rows.forEach((_, i) => patch(i)), QUIET_MS);
    },
  };
}
