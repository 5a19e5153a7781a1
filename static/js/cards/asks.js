/* What can be asked of an assistant in another seat: choose, and it gives the command itself. What became of it stands on the bridge. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { WEEK_MENU } from "../lib/asks-week.js";
import { BEFORE_NUMBER, MANY, SERVERS, SYSTEM, TARGET, serverName } from "../lib/firm.js";
import { icon } from "../lib/icons.js";
import { blocked } from "../lib/reasons.js";
import { role, roleHead, roleTitle } from "../lib/roles.js";

/** @param {number} n */
const one = (n) => ({ server: n });
/** @param {number} n */
const some = (n) => ({ servers: n ? [n] : [...SERVERS] });
/** @param {number} n */
const name = (n) => (n ? serverName(n) : `all ${MANY}`);

/* [kind, words(server), args(server), whether it also goes for all of them]; "say" is a question on the bridge, which assistants answer
   with what is on their own screens. */
/** @type {Record<string, Wish[]>} */
const MENU = {
  operator: [
    ["log.tail", (n) => `Read the log of ${name(n)}`, one], ["server.look", (n) => `Look at the rates of ${name(n)}`, one],
    ["say", () => "Show us the firm's rates", () => `${roleHead("operator")}, what are the rates?`, true],
    ["server.stop", (n) => `Stop ${name(n)}`, one], ["servers.stop_all", () => "Stop all servers", () => ({}), true],
  ],
  deployer: [
    ["say", () => "Show us the fleet as recorded", () => `${roleHead("deployer")}, what does the fleet look like?`, true],
    ["checksum.run", (n) => `Checksum ${name(n)}`, some, true], ["release.rollback", (n) => `Roll back ${name(n)}`, some, true],
    ["release.copy", (n) => `Copy the new release to ${name(n)}`, (n) => ({ ...some(n), release: TARGET })],
  ],
  risk: [
    ["authorise.give", () => "Give the word to stop all servers", () => ({ what: "servers.stop_all" })],
    ["authorise.give", () => `Give the word to disconnect ${SYSTEM}`, () => ({ what: "smars.disconnect" })],
    ["say", () => "Show us what the position monitor says", () => "Risk, what does the position monitor say?"],
    ["limit.set", () => "Cap account 33 at 25 million gross", () => ({ gross_usd: 25_000_000 })],
  ],
};

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const at = { desk: "operator", server: 1 };
  const body = root.querySelector("[data-body]");
  const draw = () => root.open && render(view(app, at, draw, () => root.close()), body);
  app.askAssistant = (desk) => {
    at.desk = desk;
    root.querySelector("h2").textContent = `Ask the assistant of ${roleTitle(desk)}`;
    root.showModal();
    draw();
  };
  app.store.onAny(["standing", "asks"], draw);
  if (app.wished) app.askAssistant(app.wished);
}

/** @param {App} app @param {{ desk: string, server: number }} at @param {() => unknown} draw @param {() => void} close */
function view(app, at, draw, close) {
  const week = app.store.get("clock")?.phase === "deployment";
  const menu = (week ? WEEK_MENU : MENU)[at.desk] ?? [];
  const chips = week ? menu.some((entry) => entry[4]) : at.desk !== "risk";
  /** @param {number} n */
  const choose = (n) => () => {
    at.server = n;
    draw();
  };
  return html`<p class="second">${role(at.desk)} is played by the assistant. It does what it is asked, with its own hands, and answers on the bridge.</p>
    ${!chips ? nothing : html`<fieldset class="ask-server"><legend class="label">Which server</legend><div class="seg seg-tight servers-seg">${[...SERVERS, 0].map((n) => html`<label>
      <input class="sr" type="radio" name="ask-server" .checked=${at.server === n} @change=${choose(n)}>${n ? html`<span class="sr">${BEFORE_NUMBER}</span>${n}` : "All"}</label>`)}</div></fieldset>`}
    <ul class="ask-list">${menu.map((entry) => item(app, at, entry, close))}</ul>`;
}

/** @param {App} app @param {{ desk: string, server: number }} at @param {Wish} o @param {() => void} close */
function item(app, at, [kind, words, args, whole, about], close) {
  const aims = about ?? (!["risk"].includes(at.desk) && kind !== "servers.stop_all");
  const why = blocked(app) ?? (aims && !at.server && !whole ? "Choose one server for this." : null);
  const ask = () => {
    if (why) {
      app.voice.say(why, true);
      return;
    }
    if (kind === "say") app.commands.give("say", "bridge.say", { text: args(at.server) });
    else app.commands.give(`ask:${at.desk}`, "assistant.ask", { desk: at.desk, kind, args: args(at.server) });
    app.voice.say(`Asked: ${words(at.server)}.`, true);
    close();
  };
  return html`<li><button type="button" class="btn" aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${ask}>${icon("bot")}<span>${words(at.server)}</span></button></li>`;
}
