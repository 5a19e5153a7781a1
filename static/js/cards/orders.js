/* What can be done about a broker's orders and about single stocks, and whatever else has no place of its own: a row each. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { lists } from "../lib/deals.js";
import { chosen, deal } from "./tonight.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  /** @type {Map<string, Given>} */
  const given = new Map();
  const draw = () => {
    const shown = lists(app.store.get("levers")).flatMap(([, rows]) => rows);
    if (app.store.get("clock")?.phase === "deployment") return;
    render(html`<ul class="deals-list">${shown.map(([l, says]) => deal(app, l, chosen(given, l.kind), draw, { says, plan: false, guard: true }))}</ul>`, root);
  };
  app.store.onAny(["levers", "work", "standing", "armed"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("deal:") && draw());
}
