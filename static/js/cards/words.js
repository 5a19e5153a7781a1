/* The risk manager's word. What was asked for stands on top until it is given or refused; the quiet list gives it unasked. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { head } from "../lib/firm.js";
import { minute } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blocked } from "../lib/reasons.js";
import { roleTitle } from "../lib/roles.js";
import { play } from "../lib/sound.js";
import { wordSays } from "../lib/word.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const quiet = !!root.dataset.part;
  const spoken = new Set();
  const draw = () => {
    const words = app.store.get("words")?.words ?? [];
    const asked = words.filter((w) => w.state === "asked");
    render(quiet ? list(app, words) : asked.map((w) => request(app, w)), root);
    if (quiet) return;
    root.hidden = !asked.length;
    for (const w of words) {
      const key = `${w.what} ${w.at}`;
      if (w.state !== "asked" || spoken.has(key)) continue;
      spoken.add(key);
      app.voice.say(gettext("%(w)s asks for your approval: %(label)s.", { w: asker(w), label: w.label }), true);
      play("alarm");
    }
  };
  app.store.onAny(["words", "standing"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("word:") && draw());
}

/** @param {Card.Word} w */
const asker = (w) => (w.by ? head(roleTitle(w.by)) : gettext("The team"));

/** @param {App} app @param {Card.Word} w */
function request(app, w) {
  return html`<div class="word-asked"><span class="word-sign" aria-hidden="true">${icon("badge-check")}</span>
    <div class="word-text"><h2>${asker(w)} ${gettext("asks for your approval")}</h2><p class="num">${w.label}<span class="second">${gettext(", asked %(at)s", { at: minute(w.at) })}</span></p>${answer(app, `word:${w.what}`)}</div>
    <div class="row">${give(app, w, "btn btn-prime")}${refuse(app, w)}</div></div>`;
}

/** @param {App} app @param {Card.Word[]} words */
function list(app, words) {
  return words.length ? html`<p class="second">${gettext("These need your approval. You can approve before anyone asks.")}</p>
    <ul class="words-list">${words.map((w) => html`<li data-state=${w.state}><div class="grow"><strong>${w.label}</strong><p class="quiet num">${w.state === "open" ? gettext("Not requested.") : wordSays(w)}</p>${answer(app, `word:${w.what}`)}</div>
      ${w.state === "given" ? refuse(app, w, gettext("Withdraw")) : give(app, w, "btn")}${w.state === "asked" ? refuse(app, w) : nothing}</li>`)}</ul>` : html`<p class="empty">${gettext("Nothing needs your approval.")}</p>`;
}

/** @param {App} app @param {Card.Word} w @param {string} kind @param {string} word @param {string} className */
const button = (app, w, kind, word, className) => {
  const why = blocked(app);
  const press = () => {
    if (why) app.voice.say(why, true);
    else app.commands.give(`word:${w.what}`, kind, { what: w.what });
    document.getElementById("panel-team")?.focus({ preventScroll: true });
  };
  return html`<button type="button" class=${className} aria-disabled=${String(!!why)} @click=${press}>${word}<span class="sr">: ${w.label}</span></button>`;
};

/** @param {App} app @param {Card.Word} w @param {string} className */
const give = (app, w, className) => button(app, w, "authorise.give", gettext("Approve"), className);
/** @param {App} app @param {Card.Word} w */
const refuse = (app, w, word = gettext("Refuse")) => button(app, w, "authorise.refuse", word, "btn");
