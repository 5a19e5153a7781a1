/* What this desk did, newest first, with how sure the person was. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { minute, sentence } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { keyed } from "../lib/keyed.js";
import { gettext } from "../lib/words.js";

/** @type {Record<string, string[]>} */
const STATES = { "under way": ["hourglass", gettext("In progress")], done: ["check", gettext("Done")], refused: ["triangle-alert", gettext("Refused")] };
const SURE = { guessing: gettext("guessing"), likely: gettext("likely"), certain: gettext("almost certain") };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  app.store.on("done", ({ rows }) => {
    render(rows.length ? html`<ol class="deeds">${keyed(rows, (r) => `${r.at} ${r.label} ${r.target}`, row)}</ol>` : html`<p class="empty">${gettext("Nothing done yet.")}</p>`, root);
  });
}

/** @param {Card.Deed} r */
function row(r) {
  const [sign, word] = STATES[r.state] ?? ["check", r.state];
  return html`<li class="deed" data-state=${r.state}><time class="num second">${minute(r.at)}</time>
    <span class="deed-label">${r.label}${r.target ? html`: <span dir="auto">${r.target}</span>` : nothing}${r.confidence ? html` <span class="quiet">${SURE[r.confidence] ?? r.confidence}</span>` : nothing}
      ${r.reason ? html`<span class="second">${sentence(r.reason)}</span>` : nothing}</span>
    <span class="deed-state">${icon(sign)}${word}</span></li>`;
}
