/* What is being said outside, newest first. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";

export function mount(root, app) {
  const list = root.querySelector("[data-list]");
  app.store.on("headlines", ({ items }) => {
    const newest = [...items].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
    render(newest.length ? newest.map((x) => html`<li><span class="num second">${x.at}</span><span>${x.text}</span></li>`)
      : html`<li class="second">No headline yet.</li>`, list);
  });
}
