/* The bar at the foot: what stops everything. A guard each, armed first, then one of three buttons that send. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { MANY, SYSTEM } from "../lib/firm.js";
import { sentence } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blocked } from "../lib/reasons.js";
import { askWord, wordOf, wordSays } from "../lib/word.js";
import { gettext } from "../lib/words.js";

/** @type {Record<string, Record<"title" | "short" | "icon" | "says" | "brief", string>>} */
const GUARDS = {
  "servers.stop_all": { title: gettext("Stop all servers"), short: gettext("Stop all"), icon: "circle-stop", says: gettext("By hand, one after another. Positions stay open."), brief: gettext("By hand, one by one. Positions stay open.") },
  "smars.disconnect": { title: gettext("Disconnect %(SYSTEM)s", { SYSTEM }), short: gettext("Disconnect"), icon: "unplug", says: gettext("By phone to the exchanges: all sending stops. Positions stay open."), brief: gettext("By phone. Sending stops, positions stay open.") },
  "killswitch.press": { title: gettext("Kill switch"), short: gettext("Kill switch"), icon: "octagon-x", says: gettext("Stops all %(MANY)s at once. Positions stay open.", { MANY }), brief: gettext("All %(MANY)s at once. Positions stay open.", { MANY }) },
};

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const draw = () => {
    const levers = app.store.get("levers")?.levers ?? [];
    const known = levers.filter((l) => GUARDS[l.kind]);
    render(known.map((l) => guard(app, l)), root);
  };
  app.store.onAny(["levers", "armed", "standing", "work", "words"], draw);
  app.commands.addEventListener("change", ({ detail }) => GUARDS[detail.place.replace("word:", "")] && draw());
}

/** @param {App} app @param {Card.Lever} lever */
function guard(app, lever) {
  const g = GUARDS[lever.kind];
  const armed = app.armed(lever.kind);
  const word = lever.word ? wordOf(app, lever.kind) : null;
  const waits = word && word.state !== "given" ? wordSays(word) : null;
  const why = blocked(app) ?? (lever.allowed ? null : sentence(lever.reason)) ?? waits;
  const back = () => document.getElementById(`guard-${lever.kind}`);
  const flip = () => {
    if (armed) app.disarm();
    else if (why) app.voice.say(why, true);
    else app.arm(lever.kind);
  };
  return html`<section class="guard" ?data-armed=${armed} data-word=${word?.state ?? nothing} aria-label=${g.title}>
    <button type="button" class="switch" role="switch" id=${`guard-${lever.kind}`} aria-checked=${String(armed)} aria-disabled=${String(!!why)}
      aria-label=${gettext("Arm: %(title)s%(also)s", { title: g.title, also: why ? gettext(". Not now: %(why)s", { why }) : "" })} @click=${flip}><span class="track"><span class="knob"></span></span>${armed || waits ? nothing : html`<span aria-hidden="true">${gettext("Arm")}</span>`}</button>
    <div class="guard-words">${armed ? sure(app, { place: lever.kind, kind: lever.kind, args: {}, title: g.short, says: g.brief }, back)
      : html`<h2>${icon(g.icon)}${g.title}</h2><div class="guard-says">${says(app, lever, word, waits, why)}</div>`}</div>
    ${armed ? nothing : askWord(app, lever.kind, () => back()?.focus(), g.short)}
  </section>`;
}

/* What became of it, or why not now, or what it does. */
/** @param {App} app @param {Card.Lever} lever @param {Card.Word | null | undefined} word @param {string | null} waits @param {string | null} why */
function says(app, lever, word, waits, why) {
  const said = answer(app, lever.kind);
  if (said !== nothing) return said;
  if (why) return html`<p class="answer">${blocked(app) ?? waits ?? why}</p>`;
  return html`<p>${word?.state === "given" ? `${wordSays(word)} ` : ""}${GUARDS[lever.kind].says}</p>`;
}
