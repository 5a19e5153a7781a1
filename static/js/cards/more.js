/* On the day: levers that have no place of their own, most of them built in the week. The panel is there only where there is one. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { lists } from "../lib/deals.js";
import { chosen, deal } from "./tonight.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const list = root.querySelector("[data-deals]");
  const names = root.querySelector("[data-names]");
  /** @type {Map<string, Given>} */
  const given = new Map();
  const draw = () => {
    const shown = lists(app.store.get("levers")).flatMap(([, rows]) => rows);
    root.hidden = app.store.get("clock")?.phase === "deployment" || !shown.length;
    if (root.hidden) return;
    names.textContent = shown.map(([l]) => l.label).join(", ");
    render(html`<ul class="deals-list">${shown.map(([l, says]) => deal(app, l, chosen(given, l.kind), draw, { says, plan: false, guard: true }))}</ul>`, list);
  };
  app.store.onAny(["levers", "work", "standing", "releases", "armed"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("deal:") && draw());
}
