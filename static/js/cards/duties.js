/* What this desk has to do before the bell: what each takes, what is lost otherwise, and the button that does it. Gone once all is done. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { left } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blockedHands } from "../lib/reasons.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  let phase = "";
  const draw = () => {
    const d = app.store.get("duties");
    root.hidden = !d?.rows.some((row) => row.state !== "done") || phase === "deployment";
    if (d && !root.hidden) render(panel(app, d), root);
  };
  app.store.onAny(["duties", "work", "standing"], draw);
  app.store.on("clock", (now) => {
    if (now.phase === phase) return;
    phase = now.phase;
    draw();
  });
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("duty:") && draw());
}

/** @param {App} app @param {Card.Duties} d */
function panel(app, d) {
  const done = d.rows.filter((row) => row.state === "done");
  const late = d.rows.some((row) => row.state === "missed");
  return html`<div class="duties-head"><h2 id="duties-h" tabindex="-1">${icon("list")}${late ? gettext("Missed before the bell") : gettext("Before the bell")}</h2>
      <p class="second num">${gettext("%(also)s, %(length)s of %(length2)s done", { also: late ? gettext("each can still be done") : gettext("by %(by)s", { by: d.by }), length: done.length, length2: d.rows.length })}</p></div>
    <ul class="duties-list">${d.rows.map((row) => (row.state === "done" ? nothing : duty(app, row)))}</ul>
    ${done.length ? html`<p class="duties-done">${icon("check")}<span>${gettext("Done: %(list)s", { list: done.map((row) => row.label).join(", ") })}</span></p>` : nothing}`;
}

/** @param {App} app @param {Card.Duty} row */
function duty(app, row) {
  const doing = row.state === "under way";
  return html`<li data-state=${row.state}><div class="grow"><strong>${row.label}</strong>${doing ? nothing : html`<p class="second">${gettext("If not done: %(otherwise)s", { otherwise: row.otherwise })}</p>`}${answer(app, `duty:${row.id}`)}</div>
    ${doing ? html`<span class="num second">${icon("hourglass")}${gettext("%(left_s)s left", { left_s: left(row.left_s) })}</span>` : button(app, row)}</li>`;
}

/** @param {App} app @param {Card.Duty} row */
function button(app, row) {
  const why = blockedHands(app);
  const time = left(row.minutes * 60);
  const press = () => {
    if (why) return app.voice.say(why, true);
    app.commands.give(`duty:${row.id}`, "duty.do", { duty: row.id });
    document.getElementById("duties-h")?.focus({ preventScroll: true });
  };
  return html`<button type="button" class="btn" aria-disabled=${String(!!why)} title=${why ?? nothing} aria-label=${gettext("Do it: %(label)s, %(time)s%(also)s", { label: row.label, time, also: why ? gettext(". Not now: %(why)s", { why }) : "" })} @click=${press}>${gettext("Do it")}<span class="unit num">${time}</span></button>`;
}
