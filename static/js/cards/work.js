/* Hands: what this desk is doing and how long it still takes, in market time. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { nameOf } from "../lib/busy.js";
import { left } from "../lib/format.js";
import { keyed } from "../lib/keyed.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const list = root.querySelector("[data-tasks]");
  const free = root.querySelector("[data-free]");
  app.store.on("work", (d) => {
    free.textContent = `${d.free} of ${d.hands} hands free`;
    render(d.tasks.length ? keyed(d.tasks, nameOf, task) : html`<li class="empty">Nothing under way</li>`, list);
  });
}

/** @param {Card.Task} t */
const task = (t) => html`<li class="task">
  <span class="task-label" title=${nameOf(t)}>${nameOf(t)}</span><span class="num second">${left(t.left_s)} left</span>
  <progress max=${t.total_s || 1} .value=${Math.max(0, t.total_s - t.left_s)} aria-label=${nameOf(t)}></progress>
</li>`;
