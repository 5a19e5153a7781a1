/* The bar at the foot: what stops everything. A guard each, armed first, then one of three buttons that send. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { sentence } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blocked } from "../lib/reasons.js";
import { askWord, wordOf, wordSays } from "../lib/word.js";

const GUARDS = {
  "servers.stop_all": { title: "Stop all servers", short: "Stop all", icon: "circle-stop", says: "By hand, one after another. Positions stay open.", brief: "By hand, one by one. Positions stay open." },
  "smars.disconnect": { title: "Disconnect SMARS", short: "Disconnect", icon: "unplug", says: "By phone to the exchanges: all sending ends. Positions stay open.", brief: "By phone. Sending ends, positions stay." },
  "killswitch.press": { title: "Kill switch", short: "Kill switch", icon: "octagon-x", says: "Stops all eight at once. Positions stay open.", brief: "All eight at once. Positions stay open." },
};

export function mount(root, app) {
  const draw = () => {
    const levers = app.store.get("levers")?.levers ?? [];
    const known = levers.filter((l) => GUARDS[l.kind]);
    render(known.map((l) => guard(app, l)), root);
  };
  for (const name of ["levers", "armed", "standing", "work", "words"]) app.store.on(name, draw);
  app.commands.addEventListener("change", ({ detail }) => GUARDS[detail.place.replace("word:", "")] && draw());
}

function guard(app, lever) {
  const g = GUARDS[lever.kind];
  const armed = app.armed(lever.kind);
  const word = lever.word ? wordOf(app, lever.kind) : null;
  const waits = word && word.state !== "given" ? wordSays(word) : null;
  const why = blocked(app) ?? (lever.allowed ? null : sentence(lever.reason)) ?? waits;
  const said = answer(app, lever.kind);
  const back = () => document.getElementById(`guard-${lever.kind}`);
  const flip = () => {
    if (armed) app.disarm();
    else if (why) app.voice.say(why, true);
    else app.arm(lever.kind);
  };
  return html`<section class="guard" ?data-armed=${armed} data-word=${word?.state ?? nothing} aria-label=${g.title}>
    <button type="button" class="switch" role="switch" id=${`guard-${lever.kind}`} aria-checked=${String(armed)} aria-disabled=${String(!!why)}
      aria-label=${`Arm: ${g.title}${why ? `. Not now: ${why}` : ""}`} @click=${flip}><span class="track"><span class="knob"></span></span>${armed || waits ? nothing : html`<span aria-hidden="true">Arm</span>`}</button>
    <div class="guard-words">${armed ? sure(app, { place: lever.kind, kind: lever.kind, args: {}, title: g.short, says: g.brief }, back)
      : html`<h2>${icon(g.icon)}${g.title}</h2><div class="guard-says">${said !== nothing ? said : why ? html`<p class="answer">${blocked(app) ?? waits ?? why}</p>` : html`<p>${word?.state === "given" ? `${wordSays(word)} ` : ""}${g.says}</p>`}</div>`}</div>
    ${armed ? nothing : askWord(app, lever.kind, () => back()?.focus(), g.short)}
  </section>`;
}
