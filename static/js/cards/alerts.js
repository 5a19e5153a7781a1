/* What the machines alerted on: one line, the gravest of the new ones; what has aged folds to a count. The panel exists only when there is
   something. Whether anything burns here is looked at in the same place. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { burns, hotServers, weight } from "../lib/burning.js";
import { icon } from "../lib/icons.js";
import { keyed } from "../lib/keyed.js";
import { share } from "../lib/share.js";
import { play } from "../lib/sound.js";
import { gettext, ngettext } from "../lib/words.js";

const SHARED_BY = "operator"; // whose evidence alerts are
const TONES = ["old", "new", "grave", "grave"]; // by weight

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  let known = newest(app.store.get("alerts"));
  let open = false;
  let drawn = "";
  const draw = () => {
    const alerts = app.store.get("alerts")?.alerts ?? [];
    const ranked = alerts.map((a, i) => ({ a, i, weight: weight(app, a) })).sort((x, y) => y.weight - x.weight || x.i - y.i);
    const top = ranked[0];
    root.hidden = !top;
    if (!top) return;
    const now = JSON.stringify([open, top.weight, top.i, alerts]);
    if (now === drawn) return;
    drawn = now;
    root.dataset.tone = TONES[top.weight];
    const shares = app.store.get("standing").hello.desk === SHARED_BY;
    /** @param {typeof top} row */
    const row = ({ a, i }) => html`<li class="alert" data-tone=${TONES[weight(app, a)]}><span class="num">${a.at}</span><span class="alert-text">${a.text}</span>
      ${shares ? share(app, "alert", i, gettext("the alert of %(at)s", { at: a.at })) : nothing}</li>`;
    const flip = () => {
      open = !open;
      draw();
    };
    const shown = open ? alerts.map((a, i) => ({ a, i, weight: 0 })) : ranked.slice(0, top.weight ? 1 : 0);
    const rest = alerts.length - shown.length;
    render(html`<h2 class="sr" id="alerts-h">${gettext("Alerts")}</h2>${icon("triangle-alert")}<ul class="scroll">${keyed(shown, ({ a }) => `${a.at} ${a.text}`, row)}</ul>
      ${open || rest ? html`<button type="button" class="btn btn-quiet" aria-expanded=${String(open)} @click=${flip}>${more(open, shown.length, rest, alerts[0])}</button>` : nothing}`, root);
  };
  app.store.on("alerts", (d) => {
    draw();
    const top = newest(d);
    if (top && top !== known) {
      app.voice.say(gettext("Alert: %(text)s", { text: d.alerts[0].text }));
      play("alarm");
    }
    known = top;
  });
  app.store.on("clock", draw);
  app.store.onAny(["alerts", "rates", "servers", "dashboard", "clock"], () => {
    document.body.toggleAttribute("data-burns", burns(app));
    const hot = hotServers(app);
    if (String(hot) !== String(app.store.get("hot") ?? "")) app.store.set("hot", hot);
  });
}

/** @param {boolean} open @param {number} shown @param {number} rest @param {Card.RaisedAlert} last */
function more(open, shown, rest, last) {
  if (open) return gettext("Fewer");
  return shown ? gettext("%(rest)s more", { rest }) : ngettext("%(n)s alert, %(at)s", "%(n)s alerts, the last %(at)s", rest, { at: last.at });
}

/* The card holds the newest dozen only: what is new shows in its first row, not in their number. */
/** @param {Card.Alerts | undefined} d */
const newest = (d) => (d?.alerts.length ? `${d.alerts[0].at} ${d.alerts[0].text}` : null);
