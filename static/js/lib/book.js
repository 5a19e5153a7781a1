/* The order of the table of positions: which stocks it shows, and which comes first. */

export const FILTERS = { all: "all", long: "long", short: "short", worst: "the worst 10" };
const WORST = 10;

/* Columns: how each is compared. Sizes have no sign: the largest long and the largest short belong together. */
export const COLUMNS = [
  { key: "symbol", word: "Stock", by: (d, names, i) => names[i] },
  { key: "side", word: "Side", by: (d, names, i) => Math.sign(d.shares[i]) },
  { key: "shares", word: "Shares", number: true, by: (d, names, i) => Math.abs(d.shares[i]) },
  { key: "price", word: "Price", number: true, by: (d, names, i) => d.price_hc[i] },
  { key: "move", word: "Move", number: true, by: (d, names, i) => d.move_bp[i] },
  { key: "notional", word: "Notional", number: true, by: (d, names, i) => Math.abs(d.notional_usd[i]) },
  { key: "pnl", word: "P&L", number: true, by: (d, names, i) => d.pnl_usd[i] },
];

/* Indices of stocks in the order they are shown. at: {filter, search, sort, down}. */
export function order(d, names, at) {
  let list = names.map((_, i) => i);
  if (at.filter === "long") list = list.filter((i) => d.shares[i] > 0);
  if (at.filter === "short") list = list.filter((i) => d.shares[i] < 0);
  if (at.filter === "worst") list = list.filter((i) => d.shares[i] || d.pnl_usd[i]).sort((a, b) => d.pnl_usd[a] - d.pnl_usd[b]).slice(0, WORST);
  if (at.search) list = list.filter((i) => names[i].startsWith(at.search));
  const { by } = COLUMNS.find((c) => c.key === at.sort);
  const value = new Map(list.map((i) => [i, by(d, names, i)]));
  const turn = at.down ? -1 : 1;
  return list.sort((a, b) => (value.get(a) < value.get(b) ? -turn : value.get(a) > value.get(b) ? turn : a - b));
}
