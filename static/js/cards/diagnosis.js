/* What the team takes for the cause, where, and on what evidence: declared by any desk, at any time. Whether it is right is not said here. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { CONFIDENCE } from "../lib/arm.js";
import { minute } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { keyed } from "../lib/keyed.js";
import { blocked } from "../lib/reasons.js";
import { role } from "../lib/roles.js";
import { around, gettext } from "../lib/words.js";

const MOST = 3; // pieces of evidence
const FIRST = 6; // of them are seen at once, the newest
const STOCKS = "stocks";
/** @typedef {{ cause: string, place: string, symbols: string, evidence: string[], all: boolean }} Claim */

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  /** @type {Claim} */
  const at = { cause: "", place: "none", symbols: "", evidence: [], all: false };
  const draw = () => {
    const d = app.store.get("diagnosis");
    if (d) render(view(app, at, d, draw), root);
  };
  app.store.onAny(["diagnosis", "standing"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place === "diagnosis" && draw());
}

/** @param {App} app @param {Claim} at @param {Card.Diagnosis} d @param {() => unknown} draw */
function view(app, at, d, draw) {
  const me = app.store.get("standing").hello.desk;
  at.evidence = at.evidence.filter((id) => d.seen.some((one) => one.id === id));
  return html`${d.declared.length ? html`<ol class="declared" aria-label=${gettext("Declared so far")}>${d.declared.map((one) => said(one, me))}</ol>`
      : html`<p class="empty">${gettext("No cause declared yet. Cause and place must both be right. Each wrong one adds five minutes to your time to diagnose.")}</p>`}
    <form class="cause-form" @submit=${(/** @type {PageEvent} */ e) => e.preventDefault()}>
      ${causes(at, d, draw)}${place(at, d, draw)}${evidence(at, d, draw)}
      ${send(app, at, d)}
    </form>`;
}

/** @param {Card.Declared} one @param {string} me */
const said = (one, me) => html`<li>${role(one.desk, one.desk === me ? gettext("You") : undefined)}<span>${one.label}${one.where ? `, ${one.where}` : ""}
  <span class="quiet">${one.evidence.length ? one.evidence.join("; ") : gettext("A guess: no evidence given.")}</span></span><time class="num second">${minute(one.at)}</time></li>`;

/** @param {Claim} at @param {Card.Diagnosis} d @param {() => unknown} draw */
const causes = (at, d, draw) => html`<div class="cause-row"><label for="cause">${gettext("What")}</label><select class="input input-small" id="cause" @change=${(/** @type {PageEvent} */ e) => { at.cause = e.target.value; draw(); }}>
    <option value="" .selected=${!at.cause}>${gettext("Choose a cause")}</option>${d.causes.map((c) => html`<option value=${c.id} .selected=${c.id === at.cause}>${c.label}</option>`)}</select></div>`;

/* One list, under the headings of their kinds; stocks are written. */
/** @param {Claim} at @param {Card.Diagnosis} d @param {() => unknown} draw */
function place(at, d, draw) {
  /** @param {Card.Place} p */
  const option = (p) => html`<option value=${p.id} .selected=${p.id === at.place}>${p.label}</option>`;
  const kinds = [...new Set(d.places.map((p) => p.kind))];
  return html`<div class="cause-row"><label for="cause-place">${gettext("Where")}</label><select class="input input-small" id="cause-place" @change=${(/** @type {PageEvent} */ e) => { at.place = e.target.value; draw(); }}>
      ${kinds.map((kind) => (kind ? html`<optgroup label=${kind}>${d.places.filter((p) => p.kind === kind).map(option)}</optgroup>` : d.places.filter((p) => !p.kind).map(option)))}
      <option value=${STOCKS} .selected=${at.place === STOCKS}>${gettext("Stocks")}</option></select>
    ${at.place === STOCKS ? html`<input class="input input-small mono" id="cause-stocks" aria-label=${gettext("Which stocks")} placeholder=${gettext("Up to five symbols")} maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false"
      .value=${at.symbols} @input=${(/** @type {PageEvent} */ e) => { at.symbols = e.target.value; draw(); }}>` : nothing}</div>`;
}

/** @param {Claim} at @param {Card.Diagnosis} d @param {() => unknown} draw */
function evidence(at, d, draw) {
  const full = at.evidence.length >= MOST;
  const rows = d.seen.filter((one, i) => at.all || i < FIRST || at.evidence.includes(one.id));
  /** @param {string} id */
  const flip = (id) => () => {
    at.evidence = at.evidence.includes(id) ? at.evidence.filter((one) => one !== id) : [...at.evidence, id];
    draw();
  };
  /** @param {Card.Seen} one */
  const row = (one) => html`<label class="evidence"><input type="checkbox" name="evidence" value=${one.id} .checked=${at.evidence.includes(one.id)} ?disabled=${full && !at.evidence.includes(one.id)}
    @change=${flip(one.id)}>${one.id.startsWith("pin ") ? icon("pin") : nothing}<span dir="auto">${one.title}</span></label>`;
  return html`<fieldset><legend class="label">${gettext("Evidence")} <span class="quiet num">${gettext("%(length)s of %(MOST)s", { length: at.evidence.length, MOST })}</span></legend>
    ${d.seen.length ? keyed(rows, (one) => one.id, row) : html`<p class="quiet">${gettext("Nothing seen yet. Open a mail, read a log, run a checksum, or use what others pin.")}</p>`}
    ${!at.all && d.seen.length > rows.length ? html`<button type="button" class="btn btn-quiet" @click=${() => { at.all = true; draw(); }}>${gettext("%(length)s older", { length: d.seen.length - rows.length })}</button>` : nothing}</fieldset>`;
}

/* How sure: choosing sends it. */
/** @param {App} app @param {Claim} at @param {Card.Diagnosis} d */
function send(app, at, d) {
  const symbols = at.symbols.trim();
  const unplaced = at.place === STOCKS && !symbols ? gettext("Name the stocks first.") : null;
  const why = blocked(app) ?? (d.causes.some((c) => c.id === at.cause) ? unplaced : gettext("Choose a cause first."));
  /** @param {Confidence} confidence */
  const give = (confidence) => () => {
    if (why) {
      app.voice.say(why, true);
      return;
    }
    const where = at.place === STOCKS ? `${STOCKS} ${symbols}` : at.place;
    app.commands.give("diagnosis", "diagnosis.declare", { cause: at.cause, place: where, evidence: at.evidence }, confidence, "Declare a diagnosis");
  };
  let says = html`${around(gettext("%(strong)s and does not count."), { strong: html`<strong>${gettext("Without evidence it is a guess,")}</strong>` })}`;
  if (at.evidence.length) says = html`${gettext("Declare it. How sure are you?")}`;
  if (why && at.cause) says = html`${why}`;
  return html`<div class="cause-send" role="group" aria-label=${gettext("How sure are you? Choosing declares it.")}><p class="cause-says">${says}</p>
    <div class="row">${CONFIDENCE.map(([value, word]) => html`<button type="button" class="btn" data-sure=${value} aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${give(value)}>${word}</button>`)}</div>${answer(app, "diagnosis")}</div>`;
}
