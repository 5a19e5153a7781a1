/* Who holds several desks looks at one: what calls at the others stands on their tabs and is spoken once.
   An alert counts until its desk has been looked at; what was seen there is kept for this browser's session. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { roleTitle } from "../lib/roles.js";
import { play } from "../lib/sound.js";
import { gettext } from "../lib/words.js";

const CALLS = { ringing: ["phone-call", gettext("the phone rings")], asked: ["badge-check", gettext("your approval is requested")], said: ["message-square", gettext("a message")], alert: ["triangle-alert", gettext("new alert")] };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const spoken = new Set();
  const { hello } = app.store.get("standing");
  /** @param {string} desk */
  const key = (desk) => `seen:${hello.exercise.code}:${desk}`;
  /** @param {string} said @param {string} text @param {boolean} urgent */
  const speak = (said, text, urgent) => {
    if (spoken.has(said)) return;
    spoken.add(said);
    if (urgent) app.voice.alarm(text);
    else app.voice.say(text, true);
    play(urgent ? "call" : "alarm");
  };
  const draw = () => {
    const over = app.store.get("standing").state === "ended";
    for (const [desk, d] of Object.entries(app.store.get("elsewhere") ?? {})) {
      const fresh = isFresh(key(desk), d.alert);
      const now = over ? {} : { ringing: d.ringing.length > 0, asked: d.asked.length > 0, said: d.said.length > 0, alert: fresh };
      const place = root.querySelector(`[data-desk=${desk}] [data-calls]`);
      if (place) render(badges(now), place);
      if (!over) for (const sentence of sentences(desk, d, fresh)) speak(...sentence);
    }
  };
  app.store.onAny(["elsewhere", "standing"], draw);
  app.store.on("alerts", (d) => d.alerts.length && sessionStorage.setItem(key(hello.desk), `${d.alerts[0].at} ${d.alerts[0].text}`));
}

/* Whether the newest alert came since its desk was looked at. What was there when this browser first heard of it is not new. */
/** @param {string} key @param {string} alert */
function isFresh(key, alert) {
  if (sessionStorage.getItem(key) === null) sessionStorage.setItem(key, alert);
  return alert !== "" && alert !== sessionStorage.getItem(key);
}

/** @param {Record<string, boolean | undefined>} now */
const badges = (now) => Object.entries(CALLS).filter(([what]) => now[what]).map(([what, [sign, word]]) => html`<span class="badge badge-warn" data-what=${what}>${icon(sign)}<span class="sr">, ${word}</span></span>`);

/** @param {string} desk @param {Calling} d @param {boolean} fresh @returns {Generator<[said: string, text: string, urgent: boolean]>} */
function* sentences(desk, d, fresh) {
  const where = gettext("At %(desk)s's desk", { desk: roleTitle(desk) });
  for (const c of d.ringing) yield [`call ${desk} ${c.id}`, gettext("%(where)s the phone rings: %(caller)s.", { where, caller: c.caller }), true];
  for (const w of d.asked) yield [`word ${w.what} ${w.at}`, gettext("%(where)s your approval is requested: %(label)s.", { where, label: w.label }), false];
  for (const m of d.said) yield [`message ${desk} ${m.id}`, gettext("%(where)s a message from %(from)s.", { where, from: m.from }), false];
  if (fresh) yield [`alert ${desk} ${d.alert}`, gettext("%(where)s an alert: %(alert)s.", { where, alert: d.alert }), false];
}
