/* What the machines of 2012 alerted on, newest first; the panel exists only when there is something. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";

const SHOWN = 1;

export function mount(root, app) {
  let known = app.store.get("alerts")?.alerts.length ?? 0;
  app.store.on("alerts", ({ alerts }) => {
    const newest = [...alerts].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
    root.hidden = !alerts.length;
    render(html`<h2 class="sr" id="alerts-h">Alerts</h2><ul>${newest.slice(0, SHOWN).map((a) => html`<li class="alert">${icon("triangle-alert")}<span class="num">${a.at}</span><span>${a.text}</span></li>`)}</ul>
      ${newest.length > SHOWN ? html`<details><summary>${newest.length - SHOWN} earlier</summary><ul>${newest.slice(SHOWN).map((a) => html`<li class="alert"><span class="num">${a.at}</span><span>${a.text}</span></li>`)}</ul></details>` : nothing}`, root);
    if (alerts.length > known) app.voice.say(`Alert: ${newest[0].text}`);
    known = alerts.length;
  });
}
