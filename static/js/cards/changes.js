/* The change calendar of the week. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { share } from "../lib/share.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  app.store.on("changes", ({ rows }) => render(html`<div class="changes-bar"><span class="quiet num">${gettext("%(length)s changes this week", { length: rows.length })}</span>${share(app, "changes", 0, gettext("the change calendar"))}</div>
    <table class="plain" role="table" aria-label=${gettext("Change calendar")}><thead role="rowgroup"><tr role="row">${[gettext("When"), gettext("What"), gettext("Who"), gettext("State")].map((h) => html`<th role="columnheader" scope="col">${h}</th>`)}</tr></thead>
    <tbody role="rowgroup">${rows.map((r) => html`<tr role="row"><td role="cell" class="num nowrap">${r.when}</td><th role="rowheader" scope="row">${r.title}</th><td role="cell">${r.who}</td><td role="cell">${r.state}</td></tr>`)}</tbody></table>`, root));
}
