/* One choice of server, and what can be asked of it: its log, its rates. Both take a hand and market time. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { blockedHands } from "../lib/reasons.js";

const SERVERS = [1, 2, 3, 4, 5, 6, 7, 8];

export function mount(root, app) {
  app.store.set("chosen", 1);
  const draw = () => render(view(app), root);
  for (const name of ["chosen", "standing", "work"]) app.store.on(name, draw);
}

function view(app) {
  const chosen = app.store.get("chosen");
  const why = blockedHands(app);
  const ask = (place, kind) => () => (why ? app.voice.say(why, true) : app.commands.give(place, kind, { server: chosen }));
  const button = (place, kind, sign, word) => html`<button type="button" class="btn" data-act=${place} aria-disabled=${String(!!why)} title=${why ?? nothing}
    @click=${ask(place, kind)}>${icon(sign)}${word}<span class="sr"> of SMARS-${chosen}${why ? `. Not now: ${why}` : ""}</span></button>`;
  return html`<fieldset class="seg seg-tight servers-seg"><legend class="sr">Server to ask</legend>${SERVERS.map((n) => html`<label>
      <input class="sr" type="radio" name="chosen" value=${n} .checked=${chosen === n} @change=${() => app.store.set("chosen", n)}><span class="sr">SMARS-</span>${n}</label>`)}</fieldset>
    ${button("log", "log.tail", "list", "Read log")}${button("look", "server.look", "gauge", "Look at rates")}`;
}
