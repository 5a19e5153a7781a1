/* The label of a card that says what it means: term("gross", "Gross"). See cards/terms.js. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "./icons.js";
import { gettext } from "./words.js";

/** @param {string} id @param {unknown} label */
export const term = (id, label) => html`<button type="button" class="term" data-term=${id}>${label}</button>`;

/** @type {Record<string, [string, string]> | null} */
let known = null;

/* The same as a mark beside a label that is something else already, such as a field's. Nothing where the scenario has no such word. */
/** @param {string} id */
export function mark(id) {
  known ??= JSON.parse(document.getElementById("terms")?.textContent ?? "{}");
  return known?.[id] ? html` <button type="button" class="term term-mark" data-term=${id}>${icon("circle-help")}<span class="sr">${gettext("What %(word)s means", { word: known[id][0] })}</span></button>` : nothing;
}
