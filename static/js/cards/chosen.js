/* One choice of server, and what can be asked of it: its log, its rates. Both take a hand and market time. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { BEFORE_NUMBER, SERVERS, serverName } from "../lib/firm.js";
import { icon } from "../lib/icons.js";
import { blockedHands } from "../lib/reasons.js";
import { gettext } from "../lib/words.js";


/** @param {Found} root @param {App} app */
export function mount(root, app) {
  app.store.set("chosen", 1);
  const draw = () => render(view(app), root);
  app.store.onAny(["chosen", "standing", "work"], draw);
}

/** @param {App} app */
function view(app) {
  const chosen = app.store.get("chosen");
  const why = blockedHands(app);
  /** @param {string} place @param {string} kind */
  const ask = (place, kind) => () => (why ? app.voice.say(why, true) : app.commands.give(place, kind, { server: chosen }));
  /** @param {string} place @param {string} kind @param {string} sign @param {string} word */
  const button = (place, kind, sign, word) => html`<button type="button" class="btn" data-act=${place} aria-disabled=${String(!!why)} title=${why ?? nothing}
    @click=${ask(place, kind)}>${icon(sign)}${word}<span class="sr"> ${gettext("of %(serverName)s", { serverName: serverName(chosen ?? 1) })}${why ? gettext(". Not now: %(why)s", { why }) : ""}</span></button>`;
  return html`<fieldset class="seg seg-tight servers-seg"><legend class="sr">${gettext("Server")}</legend>${SERVERS.map((n) => html`<label>
      <input class="sr" type="radio" name="chosen" value=${n} .checked=${chosen === n} @change=${() => app.store.set("chosen", n)}><span class="sr">${BEFORE_NUMBER}</span>${n}</label>`)}</fieldset>
    ${button("log", "log.tail", "list", gettext("Read log"))}${button("look", "server.look", "gauge", gettext("Look at rates"))}`;
}
