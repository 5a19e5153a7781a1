/* The order of the table of positions: which stocks it shows, and which comes first. */
import { compare } from "./format.js";
import { gettext } from "./words.js";

export const FILTERS = { all: gettext("all"), long: gettext("long"), short: gettext("short"), worst: gettext("the worst 10") };
const WORST = 10;

/* Columns: how each is compared. Sizes have no sign: the largest long and the largest short belong together. */
/** @type {{ key: string, word: string, number?: boolean, by(d: Card.Positions, names: string[], i: number): string | number }[]} */
export const COLUMNS = [
  { key: "symbol", word: gettext("Stock"), by: (_, names, i) => names[i] },
  { key: "side", word: gettext("Side"), by: (d, _, i) => Math.sign(d.shares[i]) },
  { key: "shares", word: gettext("Shares"), number: true, by: (d, _, i) => Math.abs(d.shares[i]) },
  { key: "price", word: gettext("Price"), number: true, by: (d, _, i) => d.price_hc[i] },
  { key: "move", word: gettext("Move"), number: true, by: (d, _, i) => d.move_bp[i] },
  { key: "notional", word: gettext("Notional"), number: true, by: (d, _, i) => Math.abs(d.notional_usd[i]) },
  { key: "pnl", word: "P&L", number: true, by: (d, _, i) => d.pnl_usd[i] },
];

/* Indices of stocks in the order they are shown. at: {filter, search, sort, down}. */
/** @param {Card.Positions} d @param {string[]} names @param {{ filter: string, search: string, sort: string, down: boolean }} at */
export function order(d, names, at) {
  let list = names.map((_, i) => i);
  if (at.filter === "long") list = list.filter((i) => d.shares[i] > 0);
  if (at.filter === "short") list = list.filter((i) => d.shares[i] < 0);
  if (at.filter === "worst") list = list.filter((i) => d.shares[i] || d.pnl_usd[i]).sort((a, b) => d.pnl_usd[a] - d.pnl_usd[b]).slice(0, WORST);
  if (at.search) list = list.filter((i) => names[i].startsWith(at.search));
  const { by } = COLUMNS.find((c) => c.key === at.sort) ?? COLUMNS[0];
  const value = new Map(list.map((i) => [i, by(d, names, i)]));
  const turn = at.down ? -1 : 1;
  return list.sort((a, b) => turn * compare(value.get(a) ?? 0, value.get(b) ?? 0) || a - b);
}
