/* Hands: what this desk is doing and how long it still takes, in market time. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { nameOf } from "../lib/busy.js";
import { left } from "../lib/format.js";
import { keyed } from "../lib/keyed.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const list = root.querySelector("[data-tasks]");
  const free = root.querySelector("[data-free]");
  app.store.on("work", (d) => {
    free.textContent = gettext("%(free)s of %(hands)s hands free", { free: d.free, hands: d.hands });
    render(d.tasks.length ? keyed(d.tasks, nameOf, task) : html`<li class="empty">${gettext("Nothing in progress")}</li>`, list);
  });
}

/** @param {Card.Task} t */
const task = (t) => html`<li class="task">
  <span class="task-label" title=${nameOf(t)}>${nameOf(t)}</span><span class="num second">${gettext("%(left_s)s left", { left_s: left(t.left_s) })}</span>
  <progress max=${t.total_s || 1} .value=${Math.max(0, t.total_s - t.left_s)} aria-label=${nameOf(t)}></progress>
</li>`;
