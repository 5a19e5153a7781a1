/* What the team takes for the cause: declared by any desk, at any time. Whether it is right is not said here. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { SERVERS, serverName } from "../lib/firm.js";
import { minute } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blocked } from "../lib/reasons.js";
import { role } from "../lib/roles.js";


/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const at = { cause: "", server: 0 };
  const draw = () => {
    const d = app.store.get("diagnosis");
    if (d) render(view(app, at, d, draw), root);
  };
  app.store.onAny(["diagnosis", "standing"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place === "diagnosis" && draw());
}

/** @param {App} app @param {{ cause: string, server: number }} at @param {Card.Diagnosis} d @param {() => unknown} draw */
function view(app, at, d, draw) {
  const { causes, declared } = d;
  const me = app.store.get("standing").hello.desk;
  const cause = causes.find((c) => c.id === at.cause);
  const why = blocked(app) ?? (cause ? null : "Choose a cause first.");
  /** @param {PageEvent} event */
  const give = (event) => {
    event.preventDefault();
    if (why) app.voice.say(why, true);
    else app.commands.give("diagnosis", "diagnosis.declare", { cause: at.cause, server: cause?.server ? at.server : 0 });
  };
  /** @param {string} id */
  const choose = (id) => () => {
    at.cause = id;
    draw();
  };
  const first = cause?.id ?? causes[0]?.id;
  return html`${declared.length ? html`<ol class="declared" aria-label="Declared so far">${declared.map((one) => html`<li>${role(one.desk, one.desk === me ? "You" : undefined)}<span>${one.label}${one.server ? `, ${serverName(one.server)}` : ""}</span><time class="num second">${minute(one.at)}</time></li>`)}</ol>`
      : html`<p class="empty">Nobody has declared a cause. It can be corrected: the first right one counts.</p>`}
    <form class="cause-form" @submit=${give}>
      <fieldset><legend class="sr">What is the cause?</legend>${causes.map((c) => html`<label class="cause"><input type="radio" name="cause" id=${c.id === first ? "cause" : nothing}
        .checked=${c.id === at.cause} @change=${choose(c.id)}><span>${c.label}</span></label>`)}</fieldset>
      <div class="cause-send">${cause?.server ? html`<label for="cause-server">On</label><select class="input input-small" id="cause-server" @change=${(e) => (at.server = Number(e.target.value))}>
        <option value="0">not known which</option>${SERVERS.map((n) => html`<option value=${n}>${serverName(n)}</option>`)}</select>` : nothing}
        <button type="submit" class="btn" aria-disabled=${String(!!why)}>${icon("search-check")}Declare</button>${answer(app, "diagnosis")}</div>
    </form>`;
}
