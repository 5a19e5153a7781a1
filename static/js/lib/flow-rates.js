/* With a dashboard: where orders come from and where they go, means of the last minute. Fetched once there is one. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { rate } from "./format.js";

/** @param {Found} root @param {Card.Dashboard} d */
export function flowRates(root, d) {
  root.hidden = !d.brokers.length && !d.exchanges.length;
  render(root.hidden ? nothing : rows(d), root);
}

/** @param {Card.Dashboard} d */
const rows = (d) => html`<dl aria-label="Orders in by broker, a second">${d.brokers.map((b) => html`<div><dt>${b.name}</dt><dd>${rate(b.orders_per_s)}<span class="unit"> in /s</span></dd></div>`)}</dl>
  <dl aria-label="Orders out and executions by exchange, a second">${d.exchanges.map((e) => html`<div><dt>${e.name}</dt><dd>${rate(e.children_per_s)}<span class="unit"> out /s</span>, ${rate(e.executions_per_s)}<span class="unit"> executed /s</span></dd></div>`)}</dl>`;
