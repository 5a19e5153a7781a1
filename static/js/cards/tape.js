/* Notable public prints, newest first. A print has no owner. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { arrow, count, move } from "../lib/format.js";

export function mount(root, app) {
  const list = root.querySelector("[data-list]");
  app.store.on("tape", ({ items }) => {
    const newest = [...items].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
    render(newest.length ? newest.map(row) : html`<li class="second">No print yet.</li>`, list);
  });
}

const row = (p) => html`<li class="num"><strong>${p.symbol}</strong><span>${count(p.shares)} @ ${p.price}</span>
  <span class=${p.move_bp > 0 ? "gain" : p.move_bp < 0 ? "loss" : "second"}><span aria-hidden="true">${arrow(p.move_bp)} </span>${move(p.move_bp)}</span></li>`;
