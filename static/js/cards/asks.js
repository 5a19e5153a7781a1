/* What can be asked of an assistant in another seat: choose, and it gives the command itself. What became of it stands on the bridge. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { fields } from "../lib/deal-fields.js";
import { BEFORE_NUMBER, SERVERS } from "../lib/firm.js";
import { icon } from "../lib/icons.js";
import { blocked } from "../lib/reasons.js";
import { role, roleTitle } from "../lib/roles.js";
import { argsOf, asksElse, asksWhich, fieldOf, lacks, menuOf, wordsOf } from "../lib/wishes.js";
import { around, gettext } from "../lib/words.js";

/** @returns {Given} */
const nothingYet = () => ({ servers: new Set(), server: 0, release: "", text: "", tried: false });

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  /** @type {Asking} */
  const at = { desk: "operator", server: 1, given: { broker: nothingYet(), exchange: nothingYet(), symbols: nothingYet(), text: nothingYet() } };
  const body = root.querySelector("[data-body]");
  const draw = () => root.open && render(view(app, at, draw, () => root.close()), body);
  app.askAssistant = (desk) => {
    at.desk = desk;
    root.querySelector("h2").textContent = gettext("Ask the assistant of %(desk)s", { desk: roleTitle(desk) });
    root.showModal();
    draw();
  };
  app.store.onAny(["standing", "asks", "clock"], draw);
  if (app.wished) app.askAssistant(app.wished);
}

/** @param {App} app @param {Asking} at @param {() => unknown} draw @param {() => void} close */
function view(app, at, draw, close) {
  const menu = menuOf(at.desk, app.store.get("clock")?.phase);
  const wanted = asksElse(menu);
  /** @param {number} n */
  const choose = (n) => () => {
    at.server = n;
    draw();
  };
  return html`<p class="second">${around(gettext("%(desk)s is played by the assistant. It does what you ask, with its own hands, and answers on the bridge."), { desk: role(at.desk) })}</p>
    ${!asksWhich(menu) ? nothing : html`<fieldset class="ask-server"><legend class="label">${gettext("Which server")}</legend><div class="seg seg-tight servers-seg">${[...SERVERS, 0].map((n) => html`<label>
      <input class="sr" type="radio" name="ask-server" .checked=${at.server === n} @change=${choose(n)}>${n ? html`<span class="sr">${BEFORE_NUMBER}</span>${n}` : gettext("All")}</label>`)}</div></fieldset>`}
    ${wanted.length ? html`<div class="ask-else" @input=${draw}>${wanted.map((name) => fields(fieldOf(name), at.given[name], [], draw))}</div>` : nothing}
    <ul class="ask-list">${menu.map((wish) => item(app, at, wish, close))}</ul>`;
}

/** @param {App} app @param {Asking} at @param {Card.Wish} wish @param {() => void} close */
function item(app, at, wish, close) {
  const why = blocked(app) ?? lacks(wish, at);
  const words = wordsOf(wish, at);
  const ask = () => {
    if (why) {
      app.voice.say(why, true);
      return;
    }
    const args = argsOf(wish, at);
    if (wish.kind === "bridge.say") app.commands.give("say", wish.kind, args);
    else app.commands.give(`ask:${at.desk}`, "assistant.ask", { desk: at.desk, kind: wish.kind, args });
    app.voice.say(gettext("Asked: %(words)s.", { words }), true);
    close();
  };
  return html`<li><button type="button" class="btn" aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${ask}>${icon("bot")}<span>${words}</span></button></li>`;
}
