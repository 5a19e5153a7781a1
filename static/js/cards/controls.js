/* Controls that stand or could: tested or not, and to the desk that built one, where its hole is. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { tasksOf } from "../lib/busy.js";
import { count, left, sentence, short } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blockedHands, refused } from "../lib/reasons.js";
import { role } from "../lib/roles.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const draw = () => {
    const d = app.store.get("controls");
    if (!d || app.store.get("clock")?.phase !== "deployment") return;
    const built = d.rows.filter((r) => r.built);
    const rest = d.rows.filter((r) => !r.built);
    render(html`${built.length ? html`<ul class="controls-list">${built.map((r) => row(app, r))}</ul>` : html`<p class="empty">${gettext("No controls yet. One that is built but not tested may have a hole.")}</p>`}
      ${rest.length ? html`<h3 class="label">${gettext("Not built")}</h3><ul class="controls-rest">${rest.map((r) => html`<li>${role(r.by)}<span class="second">${r.label}</span></li>`)}</ul>` : nothing}`, root);
  };
  app.store.onAny(["controls", "levers", "work", "standing"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("control:") && draw());
}

/** @type {Record<string, string[]>} */
const STATES = {
  hole: ["triangle-alert", gettext("Has a hole")], sound: ["check", gettext("Tested, works")], open: ["circle-help", gettext("Not tested")], other: ["check", gettext("In place")],
};

/** @type {Record<string, string[] | undefined>} */
const ACTS = { open: ["control.test", gettext("Test")], hole: ["control.mend", gettext("Fix")] };

/** @param {Card.Control} r */
function stateOf(r) {
  if (r.by !== document.body.dataset.desk) return "other";
  if (r.hole) return "hole";
  return r.tested ? "sound" : "open";
}

/* What it is set to, for the desk that sets it. */
/** @type {Record<string, (v: number) => string>} */
const UNITS = {
  limit: (v) => gettext("cap $%(v)s", { v: short(v) }), threshold: (v) => gettext("at $%(v)s", { v: short(v) }), rate: (v) => gettext("%(n)s orders/s", { n: count(v) }), collar: (v) => `${v} %`, hold: (v) => gettext("from %(v)s shares", { v: count(v) }), dashboard: (v) => gettext("alert from %(v)s orders/s", { v: count(v) }),
};
/** @param {Card.Control} r */
const setTo = (r) => (r.set && UNITS[r.name] ? UNITS[r.name](r.set) : gettext("on"));

/** @param {App} app @param {Card.Control} r */
function row(app, r) {
  const state = stateOf(r);
  const [sign, word] = STATES[state];
  const place = `control:${r.name}`;
  const task = ["control.test", "control.mend"].flatMap((kind) => tasksOf(app, kind)).find((t) => t.target === r.label);
  const act = ACTS[state];
  return html`<li class="control-row" data-control=${r.name} data-state=${state}>
    <div><p class="control-name">${r.label}</p><p class="control-state">${role(r.by)}<span class="control-sign">${icon(sign)}${word}</span>${r.on ? html`<span class="second num">${setTo(r)}</span>` : nothing}</p></div>
    ${act ? button(app, r, place, act) : nothing}
    ${r.hole ? html`<p class="control-hole">${sentence(r.hole)}</p>` : nothing}
    ${task ? html`<p class="busy num">${icon("hourglass")}${gettext("%(label)s, %(left_s)s left", { label: task.label, left_s: left(task.left_s) })}</p>` : nothing}${answer(app, place)}
  </li>`;
}

/** @param {App} app @param {Card.Control} r @param {string} place @param {string[]} o */
function button(app, r, place, [kind, word]) {
  const lever = app.store.get("levers")?.levers.find((l) => l.kind === kind);
  const why = blockedHands(app) ?? refused(lever);
  const press = () => (why ? app.voice.say(why, true) : app.commands.give(place, kind, { control: r.name }, null, `${word}: ${r.label}`));
  return html`<button type="button" class="btn" data-act=${kind} aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${press}>${word}${lever?.minutes ? html`<span class="unit num">${left(lever.minutes * 60)}</span>` : nothing}<span class="sr">: ${r.label}${why ? gettext(". Not now: %(why)s", { why }) : ""}</span></button>`;
}
