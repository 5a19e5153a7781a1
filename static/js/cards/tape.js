/* Notable public prints, newest first. A print has no owner. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { arrow, bySign, compare, count, move } from "../lib/format.js";
import { keyed } from "../lib/keyed.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const list = root.querySelector("[data-list]");
  app.store.on("tape", ({ items }) => {
    const newest = [...items].sort((a, b) => compare(b.at, a.at));
    const stocks = app.store.get("symbols");
    const company = (/** @type {string} */ symbol) => stocks?.companies[stocks.symbols.indexOf(symbol)] ?? symbol;
    render(newest.length ? keyed(newest, (p) => `${p.at} ${p.symbol} ${p.shares} ${p.price}`, (p) => row(p, company(p.symbol))) : html`<li class="second">${gettext("No trades in the session yet.")}</li>`, list);
  });
}

/** @param {Card.Print} p @param {string} company */
const row = (p, company) => html`<li class="num"><strong title=${company}>${p.symbol}</strong><span>${count(p.shares)} @ ${p.price}</span>
  <span class=${bySign(p.move_bp, "gain", "loss", "second")}><span aria-hidden="true">${arrow(p.move_bp)} </span>${move(p.move_bp)}</span></li>`;
