/* Notable public prints, newest first. A print has no owner. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { arrow, bySign, compare, count, move } from "../lib/format.js";
import { keyed } from "../lib/keyed.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const list = root.querySelector("[data-list]");
  app.store.on("tape", ({ items }) => {
    const newest = [...items].sort((a, b) => compare(b.at, a.at));
    render(newest.length ? keyed(newest, (p) => `${p.at} ${p.symbol} ${p.shares} ${p.price}`, row) : html`<li class="second">No print yet.</li>`, list);
  });
}

/** @param {Card.Print} p */
const row = (p) => html`<li class="num"><strong>${p.symbol}</strong><span>${count(p.shares)} @ ${p.price}</span>
  <span class=${bySign(p.move_bp, "gain", "loss", "second")}><span aria-hidden="true">${arrow(p.move_bp)} </span>${move(p.move_bp)}</span></li>`;
