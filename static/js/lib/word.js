/* The risk manager's word: what it is needed for, how it stands, and the button that asks for it. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "./answer.js";
import { minute } from "./format.js";
import { icon } from "./icons.js";
import { blocked } from "./reasons.js";
import { roleTitle } from "./roles.js";
import { gettext } from "./words.js";

/* {what, label, state: open|asked|given|refused, by, at} or undefined where no word is needed. */
/** @param {App} app @param {string} what */
export const wordOf = (app, what) => app.store.get("words")?.words.find((w) => w.what === what);

/* How it stands, in words. */
/** @param {Card.Word} w */
export function wordSays(w) {
  const at = w.at ? ` ${minute(w.at)}` : "";
  return { open: gettext("Needs approval from %(roleTitle)s.", { roleTitle: roleTitle("risk") }), asked: gettext("Requested%(at)s, waiting for %(roleTitle)s.", { at, roleTitle: roleTitle("risk") }), given: gettext("Approved%(at)s.", { at }), refused: gettext("Refused%(at)s by %(roleTitle)s.", { at, roleTitle: roleTitle("risk") }) }[w.state] ?? "";
}

/* The button, or nothing when the word is given or asked for. then(): takes the focus when the button has gone; short: what it is
   about, for a phone, where the button stands alone. */
/** @param {App} app @param {string} what @param {(() => unknown) | null} then */
export function askWord(app, what, then, short = "") {
  const w = wordOf(app, what);
  const place = `word:${what}`;
  const said = app.commands.at(place);
  if (said && said.state === "refused") return answer(app, place);
  if (!w || !["open", "refused"].includes(w.state) || (said && w.state === "open")) return nothing;
  const why = blocked(app);
  const ask = () => {
    if (why) {
      app.voice.say(why, true);
      return;
    }
    app.commands.give(place, "authorise.ask", { what });
    app.voice.say(gettext("Asked %(roleTitle)s: %(label)s.", { roleTitle: roleTitle("risk"), label: w.label }), true);
    then?.();
  };
  return html`<button type="button" class="btn btn-ask" data-ask-word=${what} aria-disabled=${String(!!why)} @click=${ask}>${icon("badge-check")}<span>${short ? html`<strong class="only-phone">${short}</strong>` : nothing}
    ${w.state === "refused" ? gettext("Ask again") : gettext("Ask %(roleTitle)s", { roleTitle: roleTitle("risk") })}</span><span class="sr">: ${w.label}</span></button>`;
}
