/* All stocks as the position monitor has them: a map, and a table that keeps still under a hand. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { COLUMNS, FILTERS, order } from "../lib/book.js";
import { heatMap } from "../lib/map.js";
import { blocked } from "../lib/reasons.js";
import { arrange, makeRows } from "../lib/rows.js";

/** @typedef {{ filter: keyof typeof FILTERS, search: string, sort: string, down: boolean, order: number[], sorted: number, again: number,
  table: ReturnType<typeof makeRows> | null, names: string[], d: Card.Positions | null }} PositionsAt */

const SORT_MS = 2000;
/** @type {Record<string, number | undefined>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity, PageDown: 10, PageUp: -10 };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  /** @param {string} name */
  const find = (name) => root.querySelector(`[data-${name}]`);
  const parts = { box: find("box"), body: find("rows"), heads: find("heads"), long: find("long"), short: find("short"), held: find("held"), none: find("none") };
  /** @type {PositionsAt} */
  const at = { filter: "all", search: "", sort: "notional", down: true, order: [], sorted: 0, again: 0, table: null, names: [], d: null };
  app.watch = (symbol) => {
    const why = blocked(app);
    if (why) app.voice.say(why, true);
    else if (app.store.get("price")?.symbol !== symbol) app.commands.give("watch", "stock.watch", { symbol });
  };
  const map = heatMap(root, (i) => app.watch(at.names[i]));
  const sort = (byHand = false) => {
    const { d, table } = at;
    if (!d || !table) return;
    const busy = !byHand && (parts.box.matches(":hover") || parts.box.contains(document.activeElement));
    const list = order(d, at.names, at);
    const same = list.length === at.order.length && list.every((i, n) => i === at.order[n]);
    parts.held.hidden = same || !busy;
    if (same || busy) return;
    const early = byHand ? 0 : SORT_MS - (performance.now() - at.sorted);
    if (early > 0) {
      clearTimeout(at.again); // the last picture before a pause is sorted too
      at.again = setTimeout(sort, early);
      return;
    }
    Object.assign(at, { sorted: performance.now(), order: list });
    arrange(parts.body, list.map((i) => table.rows[i].tr));
    if (byHand) parts.box.scrollTop = 0;
    parts.none.hidden = !!list.length;
    rove(at, table, app.store.get("price")?.symbol);
    tellShown(app, at, d);
  };
  const draw = () => {
    const d = app.store.get("positions");
    const stocks = app.store.get("symbols");
    if (!d || !stocks) return;
    const names = stocks.symbols;
    Object.assign(at, { d, names });
    const fresh = !at.table;
    at.table ??= makeRows(names, stocks.companies);
    at.table.patch(d);
    sort(!at.order.length);
    if (fresh) mark(app, at);
    map(d, names);
    const [long, short] = [d.shares.filter((n) => n > 0).length, d.shares.filter((n) => n < 0).length];
    Object.assign(parts.long, { textContent: String(long) });
    Object.assign(parts.short, { textContent: String(short) });
  };
  /** @param {Partial<PositionsAt>} change */
  const by = (change) => {
    Object.assign(at, change);
    heads(at, parts.heads, by);
    for (const b of root.querySelectorAll("[data-filter]")) b.setAttribute("aria-pressed", String(b.dataset.filter === at.filter));
    if (at.table) sort(true);
  };
  by({});
  for (const b of root.querySelectorAll("[data-filter]")) b.addEventListener("click", () => by({ filter: /** @type {keyof typeof FILTERS} */ (b.dataset.filter) }));
  const search = root.querySelector("#pos-search");
  search.addEventListener("input", () => by({ search: search.value.trim().toUpperCase() }));
  search.addEventListener("keydown", (e) => e.key === "Enter" && at.order.length && app.watch(at.names[at.order[0]]));
  app.store.onAny(["positions", "symbols"], draw);
  for (const name of ["pointerleave", "focusout"]) parts.box.addEventListener(name, () => setTimeout(() => at.table && sort()));
  parts.body.addEventListener("click", (e) => e.target.closest("tr") && app.watch(at.names[Number(e.target.closest("tr").dataset.row)]));
  parts.body.addEventListener("keydown", (e) => walk(e, at));
  app.store.on("price", () => mark(app, at));
}

/** @param {PositionsAt} at @param {Found} row @param {(change: Partial<PositionsAt>) => void} by */
function heads(at, row, by) {
  /** @param {{ key: string, number?: boolean }} c */
  const turn = (c) => () => by(at.sort === c.key ? { down: !at.down } : { sort: c.key, down: !!c.number && c.key !== "pnl" });
  const [sorted, sign] = at.down ? ["descending", "\u2193"] : ["ascending", "\u2191"];
  render(COLUMNS.map((c) => html`<th scope="col" class=${c.number ? "n" : nothing} aria-sort=${at.sort === c.key ? sorted : nothing}><button type="button" @click=${turn(c)}>${c.word}<span class="sort" aria-hidden="true">${at.sort === c.key ? sign : ""}</span></button></th>`), row);
}

/* What is shown, for whoever acts on it. */
/** @param {App} app @param {PositionsAt} at @param {Card.Positions} d */
function tellShown(app, at, d) {
  const held = at.order.filter((i) => d.shares[i]).map((i) => at.names[i]);
  app.store.set("shown", { word: at.search ? `${FILTERS[at.filter]}, ${at.search}` : FILTERS[at.filter], symbols: held });
}

/* One row's button is in the tab order; arrows walk to the others. */
/** @param {PositionsAt} at @param {NonNullable<PositionsAt["table"]>} table @param {string | null | undefined} symbol */
function rove(at, table, symbol) {
  if (!at.order.length) return;
  const watched = at.order.find((i) => at.names[i] === symbol) ?? at.order[0];
  for (const { button } of table.rows) button.tabIndex = -1;
  table.rows[watched].button.tabIndex = 0;
}

/** @param {PageEvent} event @param {PositionsAt} at */
function walk(event, at) {
  const button = event.target.closest("[data-symbol]");
  const step = STEPS[event.key];
  if (!button || !step || !at.table) return;
  event.preventDefault();
  const from = at.order.indexOf(Number(button.closest("tr").dataset.row));
  const to = at.table.rows[at.order[Math.max(0, Math.min(at.order.length - 1, from + step))]].button;
  button.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

/** @param {App} app @param {PositionsAt} at */
function mark(app, at) {
  const symbol = app.store.get("price")?.symbol;
  for (const { tr, button } of at.table?.rows ?? []) {
    const on = button.dataset.symbol === symbol;
    tr.toggleAttribute("data-on", on);
    if (on) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}
