/* Controls that stand or could: tested or not, and to the desk that built one, where its hole is. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { tasksOf } from "../lib/busy.js";
import { count, left, sentence, short } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blockedHands } from "../lib/reasons.js";
import { role } from "../lib/roles.js";

export function mount(root, app) {
  const draw = () => {
    const d = app.store.get("controls");
    if (!d || app.store.get("clock")?.phase !== "deployment") return;
    const built = d.rows.filter((r) => r.built);
    const rest = d.rows.filter((r) => !r.built);
    render(html`${built.length ? html`<ul class="controls-list">${built.map((r) => row(app, r))}</ul>` : html`<p class="empty">No control stands yet. One that is built and not tested may have a hole.</p>`}
      ${rest.length ? html`<h3 class="label">Not built</h3><ul class="controls-rest">${rest.map((r) => html`<li>${role(r.by)}<span class="second">${r.label}</span></li>`)}</ul>` : nothing}`, root);
  };
  for (const name of ["controls", "levers", "work", "standing"]) app.store.on(name, draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("control:") && draw());
}

const STATES = {
  hole: ["triangle-alert", "Has a hole"], sound: ["check", "Tested, works"], open: ["circle-help", "Not tested"], other: ["check", "Stands"],
};

/* What it is set to, for the desk that sets it. */
const UNITS = {
  limit: (v) => `cap $${short(v)}`, threshold: (v) => `at $${short(v)}`, rate: (v) => `${count(v)} /s`, collar: (v) => `${v} %`, hold: (v) => `from ${count(v)} shares`, dashboard: (v) => `alert from ${count(v)} /s`,
};
const setTo = (r) => (r.set && UNITS[r.name] ? UNITS[r.name](r.set) : "on");

function row(app, r) {
  const mine = r.by === document.body.dataset.desk;
  const state = !mine ? "other" : r.hole ? "hole" : r.tested ? "sound" : "open";
  const [sign, word] = STATES[state];
  const place = `control:${r.name}`;
  const task = ["control.test", "control.mend"].flatMap((kind) => tasksOf(app, kind)).find((t) => t.target === r.label);
  const act = state === "open" ? ["control.test", "Test"] : state === "hole" ? ["control.mend", "Mend"] : null;
  return html`<li class="control-row" data-control=${r.name} data-state=${state}>
    <div><p class="control-name">${r.label}</p><p class="control-state">${role(r.by)}<span class="control-sign">${icon(sign)}${word}</span>${r.on ? html`<span class="second num">${setTo(r)}</span>` : nothing}</p></div>
    ${act ? button(app, r, place, act) : nothing}
    ${r.hole ? html`<p class="control-hole">${sentence(r.hole)}</p>` : nothing}
    ${task ? html`<p class="busy num">${icon("hourglass")}${task.label}, ${left(task.left_s)} left</p>` : nothing}${answer(app, place)}
  </li>`;
}

function button(app, r, place, [kind, word]) {
  const lever = app.store.get("levers")?.levers.find((l) => l.kind === kind);
  const why = blockedHands(app) ?? (!lever ? "Not at this hour." : lever.allowed ? null : sentence(lever.reason));
  const press = () => (why ? app.voice.say(why, true) : app.commands.give(place, kind, { control: r.name }, null, `${word}: ${r.label}`));
  return html`<button type="button" class="btn" data-act=${kind} aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${press}>${word}${lever?.minutes ? html`<span class="unit num">${left(lever.minutes * 60)}</span>` : nothing}<span class="sr">: ${r.label}${why ? `. Not now: ${why}` : ""}</span></button>`;
}
