/* With a dashboard: where orders come from and where they go, means of the last minute. Fetched once there is one. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { rate } from "./format.js";
import { gettext } from "./words.js";

/** @param {Found} root @param {Card.Dashboard} d */
export function flowRates(root, d) {
  root.hidden = !d.brokers.length && !d.exchanges.length;
  render(root.hidden ? nothing : rows(d), root);
}

/** @param {Card.Dashboard} d */
const rows = (d) => html`<dl aria-label=${gettext("Orders in per second, by broker")}>${d.brokers.map((b) => html`<div><dt>${b.name}</dt><dd>${rate(b.orders_per_s)}<span class="unit"> ${gettext("orders/s in")}</span></dd></div>`)}</dl>
  <dl aria-label=${gettext("Orders out and executions per second, by exchange")}>${d.exchanges.map((e) => html`<div><dt>${e.name}</dt><dd>${rate(e.children_per_s)}<span class="unit"> ${gettext("orders/s out")}</span>, ${rate(e.executions_per_s)}<span class="unit"> ${gettext("executions/s")}</span></dd></div>`)}</dl>`;
