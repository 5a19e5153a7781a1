/* What the machines alerted on, newest first; the panel exists only when there is something. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { keyed } from "../lib/keyed.js";
import { share } from "../lib/share.js";
import { play } from "../lib/sound.js";

const SHARED_BY = "operator"; // whose evidence alerts are

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  let known = newest(app.store.get("alerts"));
  let open = false;
  const draw = () => {
    const alerts = app.store.get("alerts")?.alerts ?? [];
    const shares = app.store.get("standing").hello.desk === SHARED_BY;
    const [first, ...rest] = alerts;
    /** @param {Card.Alert} a @param {number} i */
    const row = (a, i) => html`<li class="alert"><span class="num">${a.at}</span><span class="alert-text">${a.text}</span>
      ${shares ? share(app, "alert", i, `the alert of ${a.at}`) : nothing}</li>`;
    root.hidden = !first;
    const flip = () => {
      open = !open;
      draw();
    };
    render(html`<h2 class="sr" id="alerts-h">Alerts</h2>${icon("triangle-alert")}<ul class="scroll">${keyed(open ? alerts : alerts.slice(0, 1), (a) => `${a.at} ${a.text}`, row)}</ul>
      ${rest.length ? html`<button type="button" class="btn btn-quiet" aria-expanded=${String(open)} @click=${flip}>${open ? "Fewer" : `${rest.length} earlier`}</button>` : nothing}`, root);
  };
  app.store.on("alerts", (d) => {
    draw();
    const top = newest(d);
    if (top && top !== known) {
      app.voice.say(`Alert: ${d.alerts[0].text}`);
      play("alarm");
    }
    known = top;
  });
}

/* The card holds the newest dozen only: what is new shows in its first row, not in their number. */
/** @param {Card.Alerts | undefined} d */
const newest = (d) => (d?.alerts.length ? `${d.alerts[0].at} ${d.alerts[0].text}` : null);
