/* Price and volume of the stock that is watched, minute by minute. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { OPEN } from "../lib/calendar.js";
import { lineChart } from "../lib/chart.js";
import { count, hhmm, seconds } from "../lib/format.js";
import { moved, price, profit } from "../lib/money.js";
import { share } from "../lib/share.js";
import { showTable, slowly } from "../lib/table.js";
import { icon } from "../lib/icons.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const host = root.querySelector(".plot");
  const head = root.querySelector("[data-head]");
  const chart = lineChart(host, {
    series: [{ label: "", color: "--line-self", width: 2 }, { label: "", color: "--line-strong", bars: true, scale: "volume" }],
    others: { volume: (_, max) => [0, Math.max(1, max) * 3.5] },
    fmtX: hhmm, fmtY: (v) => `$${v.toFixed(2)}`, gap: 56, yRange: roomy,
  });
  const say = slowly((/** @type {Card.Price} */ d, /** @type {number[]} */ x) => host.setAttribute("aria-label",
    gettext("%(symbol)s by the minute: %(now)s at %(at)s, %(first)s at the open, %(shares)s shares in the last minute.", {
      symbol: d.symbol, now: price(d.price_hc.at(-1) ?? 0), at: hhmm(x.at(-1) ?? 0), first: price(d.price_hc[0]), shares: count(d.volume.at(-1)),
    })), 2000);
  const draw = () => {
    const d = app.store.get("price");
    if (!d) return;
    host.hidden = !d.symbol || !d.price_hc.length;
    render(top(app, d), head);
    const from = seconds(d.from);
    const x = d.price_hc.map((_, i) => from + i * d.every_s);
    if (host.hidden) return;
    chart.set(x, [d.price_hc.map((hc) => hc / 10000), d.volume]);
    say(d, x);
  };
  app.store.onAny(["price", "positions"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place === "watch" && draw());
}

/* The price in the upper part, a tenth of the picture free above it; the volume stands below. */
/** @param {number} min @param {number} max @returns {[number, number]} */
function roomy(min, max) {
  const wide = Math.max(max - min, max * 0.02, 0.04);
  const middle = (min + max) / 2;
  return [Math.max(0, middle - wide * 0.95), middle + wide * 0.6];
}

/** @param {App} app @param {Card.Price} d */
function top(app, d) {
  const said = answer(app, "watch");
  if (!d.symbol) return said === nothing ? html`<p class="empty">${gettext("No stock watched. Choose one in the table.")}</p>` : said;
  const stocks = app.store.get("symbols");
  const i = stocks?.symbols.indexOf(d.symbol) ?? -1;
  const p = app.store.get("positions");
  const open = () => showTable(gettext("%(symbol)s by the minute", { symbol: d.symbol }), [gettext("At"), gettext("Price"), gettext("Shares traded")], d.price_hc.map((hc, m) => [hhmm(seconds(d.from) + m * d.every_s), price(hc), count(d.volume[m])]).reverse());
  return html`<p class="price-now num"><strong>${d.symbol}</strong>${p && i >= 0 ? html`<span class="price-last">${price(p.price_hc[i])}</span>${moved(p.move_bp[i])}` : ""}</p>
    ${stocks && i >= 0 ? html`<p class="second">${stocks.companies[i]}</p>` : ""}
    ${p && i >= 0 ? html`<div class="price-held"><p class="second num">${p.shares[i] ? html`${p.shares[i] > 0 ? gettext("Long") : gettext("Short")} ${count(Math.abs(p.shares[i]))}, ${profit(p.pnl_usd[i])}` : gettext("No position")}${p.paused.includes(i) ? html`, <span class="price-paused">${icon("pause")}${gettext("trading paused")}</span>` : ""}</p>${share(app, "position", i, gettext("the position in %(symbol)s", { symbol: d.symbol }))}</div>` : ""}
    ${said}<div class="price-held"><p class="second">${gettext("By minute")}</p><span class="row">${share(app, "price", 0, gettext("the price of %(symbol)s", { symbol: d.symbol }))}${d.price_hc.length ? html`<button type="button" class="btn btn-quiet" @click=${open}>${icon("table-2")}${gettext("Table")}</button>` : html`<span class="quiet">${gettext("from %(OPEN)s", { OPEN })}</span>`}</span></div>`;
}
