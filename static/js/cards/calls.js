/* The phone. A ringing call comes first on every layout: who, what they say, how long it still rings, what can be answered.
   The same card also draws the history, in the panel of the bridge. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { countdown, minute } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { keyed } from "../lib/keyed.js";
import { blocked } from "../lib/reasons.js";
import { share } from "../lib/share.js";
import { play } from "../lib/sound.js";
import { gettext } from "../lib/words.js";

/** @type {Record<string, string[]>} */
const STATES = { answered: ["phone", gettext("Answered")], missed: ["phone-missed", gettext("Missed")] };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  if (root.dataset.part) past(root, app);
  else ringing(root, app);
}

/** @param {Found} root @param {App} app */
function ringing(root, app) {
  /** @type {Set<number>} */
  const folded = new Set(); // calls that were let ring
  const rung = new Set();
  const draw = () => {
    const calls = (app.store.get("calls")?.calls ?? []).filter((c) => c.state === "ringing");
    root.hidden = !calls.length;
    document.body.toggleAttribute("data-ringing", calls.some((c) => !folded.has(c.id)));
    render(calls.map((c) => ring(app, c, folded, draw)), root);
    for (const c of calls) {
      if (rung.has(c.id)) continue;
      rung.add(c.id);
      app.voice.alarm(gettext("The phone rings: %(caller)s. %(opening)s", { caller: c.caller, opening: c.opening }));
      play("call");
    }
  };
  app.store.onAny(["calls", "armed", "standing"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("call:") && draw());
}

/** @param {App} app @param {Card.Call} c @param {Set<number>} folded @param {() => unknown} draw */
function ring(app, c, folded, draw) {
  const small = folded.has(c.id);
  const fold = () => {
    if (small) folded.delete(c.id);
    else folded.add(c.id);
    draw();
  };
  return html`<div class="call" ?data-folded=${small}>
    <div class="call-head"><span class="call-sign" aria-hidden="true">${icon("phone-call")}</span>
      <div class="grow"><h2 dir="auto">${c.caller}</h2><p class="num second">${c.number}, <span class="nowrap">${gettext("%(left_s)s left", { left_s: countdown(c.left_s) })}</span></p></div>
      <button type="button" class=${small ? "btn btn-prime" : "btn btn-quiet"} aria-expanded=${String(!small)} @click=${fold}>${small ? gettext("Answer") : gettext("Ignore")}</button></div>
    ${small ? nothing : html`<p class="call-opening" dir="auto">${c.opening}</p>${replies(app, c)}`}
  </div>`;
}

/** @param {App} app @param {Card.Call} c */
function replies(app, c) {
  const place = `call:${c.id}`;
  const said = app.commands.at(place);
  const back = () => document.getElementById("phone");
  const armed = c.replies.find((r) => app.armed(`${place}:${r.key}`));
  if (armed) return sure(app, { place, kind: "call.answer", args: { call: c.id, reply: armed.key }, title: gettext("Say: %(text)s", { text: armed.text.replace(/\.$/, "") }), says: gettext("This takes effect at once.") }, back);
  const why = blocked(app) ?? (said && ["pending", "received", "applied"].includes(said.state) ? "Answering …" : null);
  /** @param {Card.Reply} r */
  const say = (r) => () => {
    if (why) app.voice.say(why, true);
    else if (r.dangerous) app.arm(`${place}:${r.key}`);
    else app.commands.give(place, "call.answer", { call: c.id, reply: r.key });
    back()?.focus({ preventScroll: true });
  };
  return html`<ul class="call-replies" aria-label=${gettext("Your answers")}>${c.replies.map((r) => html`<li><button type="button" class="btn" data-reply=${r.key} aria-disabled=${String(!!why)}
    @click=${say(r)}>${r.dangerous ? icon("octagon-x") : nothing}<span>${r.text}</span></button></li>`)}</ul>${answer(app, place)}`;
}

/** @param {Found} root @param {App} app */
function past(root, app) {
  const draw = () => {
    const calls = (app.store.get("calls")?.calls ?? []).filter((c) => c.state !== "ringing");
    render(calls.length ? html`<ul class="calls-past">${keyed(calls, (c) => c.id, (c) => row(app, c))}</ul>` : html`<p class="empty">${gettext("No calls yet.")}</p>`, root);
  };
  app.store.onAny(["calls", "standing"], draw);
}

/** @param {App} app @param {Card.Call} c */
function row(app, c) {
  const [sign, word] = STATES[c.state] ?? ["phone", c.state];
  return html`<li class="call-past" data-state=${c.state}>
    <details><summary><span class="num second">${minute(c.at)}</span><strong dir="auto">${c.caller}</strong><span class="call-state">${icon(sign)}${word}</span></summary>
      <p class="second" dir="auto">${c.opening}</p>${c.answer ? html`<p dir="auto"><span class="quiet">${gettext("You said:")}</span> ${c.answer.text}</p>` : nothing}</details>
    ${c.state === "answered" ? share(app, "call", c.id, gettext("the call of %(caller)s", { caller: c.caller })) : nothing}</li>`;
}
