/* The order flag upstream, changed by phone: clear it, or have it set again. A guard like every act that can hurt. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { left, sentence } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blocked } from "../lib/reasons.js";
import { askWord, wordOf, wordSays } from "../lib/word.js";
import { gettext } from "../lib/words.js";

const ACTS = {
  "flag.clear": { title: gettext("Clear the flag"), brief: gettext("New orders come without it. Working orders continue."), now: gettext("Orders carry the flag.") },
  "flag.set": { title: gettext("Set the flag again"), brief: gettext("New orders carry it again."), now: gettext("Orders come without the flag.") },
};

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const draw = () => {
    const d = app.store.get("flag");
    if (d) render(guard(app, d), root);
  };
  app.store.onAny(["flag", "levers", "armed", "standing", "words"], draw);
  app.commands.addEventListener("change", ({ detail }) => (detail.place === "flag" || detail.place === "word:flag.clear") && draw());
}

/** @param {App} app @param {Card.Flag} d */
function guard(app, d) {
  const kind = d.set ? "flag.clear" : "flag.set";
  const act = ACTS[kind];
  const lever = app.store.get("levers")?.levers.find((l) => l.kind === kind);
  const armed = app.armed("flag");
  const busy = d.work ? gettext("%(label)s: %(left_s)s left.", { label: d.work.label, left_s: left(d.work.left_s) }) : null;
  const word = lever?.word ? wordOf(app, kind) : null;
  const waits = word && word.state !== "given" ? wordSays(word) : null;
  const why = blocked(app) ?? busy ?? waits ?? (lever && !lever.allowed ? sentence(lever.reason) : null);
  const said = answer(app, "flag");
  const back = () => document.getElementById("guard-flag");
  const flip = () => {
    if (armed) app.disarm();
    else if (why) app.voice.say(why, true);
    else app.arm("flag");
  };
  return html`<section class="guard" ?data-armed=${armed} data-word=${word?.state ?? nothing} aria-label=${act.title}>
    <button type="button" class="switch" role="switch" id="guard-flag" aria-checked=${String(armed)} aria-disabled=${String(!!why)}
      aria-label=${gettext("Arm: %(title)s%(also)s", { title: act.title, also: why ? gettext(". Not now: %(why)s", { why }) : "" })} @click=${flip}><span class="track"><span class="knob"></span></span>${armed || waits ? nothing : html`<span aria-hidden="true">${gettext("Arm")}</span>`}</button>
    <div class="guard-words">${armed ? sure(app, { place: "flag", kind, args: {}, title: act.title, says: act.brief }, back)
      : html`<h2>${icon("phone")}${act.title}</h2><div class="guard-says">${said !== nothing ? said : html`<p class="num">${busy ?? waits ?? (lever ? gettext("%(now)s By phone, %(left)s.", { now: act.now, left: left(lever.minutes * 60) }) : gettext("%(now)s By phone, a few minutes.", { now: act.now }))}</p>`}</div>`}</div>
    ${armed ? nothing : askWord(app, kind, () => back()?.focus(), act.title)}
  </section>`;
}
