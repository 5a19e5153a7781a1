/* On the day: levers that have no place of their own, most of them built in the week. The panel is there only where there is one. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { chosen, deal } from "./tonight.js";

const KINDS = { deployer: ["ramp.set", "automation.deploy"], operator: ["standby.failover", "dashboard.alert", "mail.page"], risk: [] };

export function mount(root, app) {
  const desk = document.body.dataset.desk;
  const list = root.querySelector("[data-deals]");
  const names = root.querySelector("[data-names]");
  const given = new Map();
  const draw = () => {
    const levers = (app.store.get("levers")?.levers ?? []).filter((l) => KINDS[desk].includes(l.kind));
    const day = app.store.get("clock")?.phase !== "deployment";
    root.hidden = !day || !levers.length;
    if (root.hidden) return;
    const shown = KINDS[desk].flatMap((kind) => levers.filter((l) => l.kind === kind));
    names.textContent = shown.map((l) => l.label).join(", ");
    render(html`<ul class="deals-list">${shown.map((l) => deal(app, l, chosen(given, l.kind), draw, { plan: false, guard: true }))}</ul>`, list);
  };
  for (const name of ["levers", "work", "standing", "releases", "armed"]) app.store.on(name, draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("deal:") && draw());
}
