/* The rates of one server over its last full minute, when asked for: one strip above the log. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { busy } from "../lib/busy.js";
import { serverName } from "../lib/firm.js";
import { rate } from "../lib/format.js";
import { share } from "../lib/share.js";
import { gettext } from "../lib/words.js";

/** @type {[keyof Card.Rates, string, string][]} */
const PARTS = [
  ["parents_in", gettext("in"), gettext("orders/s")], ["children_out", gettext("out"), gettext("orders/s")],
  ["executions", gettext("executed"), gettext("executions/s")], ["rejects", gettext("rejected"), gettext("rejects/s")],
];

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const draw = () => render(view(app), root);
  app.store.onAny(["look", "standing", "work"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place === "look" && draw());
  let known = app.store.get("look")?.at;
  app.store.on("look", (d) => {
    if (d.server && d.at !== known) app.voice.say(gettext("%(server)s: %(children_out)s child orders per second, %(executions)s executions.", { server: serverName(d.server), children_out: rate(d.children_out), executions: rate(d.executions) }));
    known = d.at;
  });
}

/** @param {App} app */
function view(app) {
  const d = app.store.get("look");
  const rates = d?.server ? html`<div class="look fades"><span class="quiet num">${gettext("%(server)s, the minute before %(at)s", { server: serverName(d.server), at: d.at })}</span>
    <dl>${PARTS.filter(([key]) => key in d).map(([key, word, unit]) => html`<div><dt>${word}</dt><dd class="num">${rate(d[key])}<span class="unit"> ${unit}</span></dd></div>`)}</dl></div>${share(app, "look", 0, gettext("the rates of %(server)s", { server: serverName(d.server) }))}` : nothing;
  const work = busy(app, "server.look");
  const said = answer(app, "look");
  return rates === nothing && work === nothing && said === nothing ? nothing : html`<div class="look-strip">${rates}${work}${said}</div>`;
}
