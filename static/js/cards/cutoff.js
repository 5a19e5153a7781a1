/* The exchange's offer to cut the firm off. A guard, because nothing is sent from then on. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { busy } from "../lib/busy.js";
import { CUT_UNTIL } from "../lib/calendar.js";
import { sentence } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blocked, blockedHands } from "../lib/reasons.js";
import { gettext } from "../lib/words.js";

const PLACE = "cutoff";
const TITLE = gettext("Accept the exchange's cut-off");

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const draw = () => render(guard(app), root);
  app.store.onAny(["levers", "armed", "standing", "exchange", "work"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place === PLACE && draw());
}

/** @param {App} app */
function guard(app) {
  const lever = app.store.get("levers")?.levers.find((l) => l.kind === "exchange.accept");
  if (!lever) return nothing;
  const armed = app.armed(PLACE);
  const why = (lever.hands ? blockedHands(app) : blocked(app)) ?? (lever.allowed ? null : sentence(lever.reason));
  const said = answer(app, PLACE);
  const back = () => document.getElementById("guard-cutoff");
  const flip = () => {
    if (armed) app.disarm();
    else if (why) app.voice.say(why, true);
    else app.arm(PLACE);
  };
  const until = gettext("%(also)sthe exchange saw proof", { also: (app.store.get("clock")?.clock ?? "") < CUT_UNTIL ? `${gettext("%(CUT_UNTIL)s and until", { CUT_UNTIL })} ` : "" });
  const going = busy(app, "exchange.accept");
  return html`<section class="guard cutoff" ?data-armed=${armed} ?data-idle=${!lever.allowed && said === nothing} aria-label=${TITLE}>
    <button type="button" class="switch" role="switch" id="guard-cutoff" aria-checked=${String(armed)} aria-disabled=${String(!!why)}
      aria-label=${gettext("Arm: %(TITLE)s%(also)s", { TITLE, also: why ? gettext(". Not now: %(why)s", { why }) : "" })} @click=${flip}><span class="track"><span class="knob"></span></span>${armed ? nothing : html`<span aria-hidden="true">${gettext("Arm")}</span>`}</button>
    <div class="guard-words">${armed ? sure(app, { place: PLACE, kind: "exchange.accept", args: {}, title: gettext("Accept the cut-off"), says: gettext("Nothing is sent for the firm until %(until)s.", { until }) }, back)
      : html`<h2>${icon("unplug")}${TITLE}</h2><div class="guard-says">${[said, going].find((words) => words !== nothing) ?? html`<p>${why ?? gettext("Ends all sending, until %(until)s.", { until })}</p>`}</div>`}</div>
  </section>`;
}
