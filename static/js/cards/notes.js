/* A facilitator's own notes, stamped with market time; the result page has them again, for nobody else. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { gettext } from "../lib/words.js";

/** @param {Room} page @param {RoomAct} act */
export const notes = (page, { tell }) => html`
  <form class="note-form" @submit=${async (e) => {
    e.preventDefault();
    const form = e.target;
    if (await tell({ do: "note", ...Object.fromEntries(new FormData(/** @type {any} */ (form))) })) form.elements.text.value = "";
  }}>
    <textarea class="input" name="text" rows="2" maxlength="500" aria-label=${gettext("A note to yourself")} placeholder=${gettext("Something for the debrief")}></textarea>
    <div class="row"><select class="input input-small" name="team" aria-label=${gettext("Team")}><option value="">${gettext("All teams")}</option>${page.state.teams.map((t) => html`<option value=${t.id}>${t.name}</option>`)}</select>
      <button class="btn">${icon("pin")}${gettext("Add note")}</button></div></form>
  ${page.state.notes.length ? html`<ol class="note-list">${[...page.state.notes].reverse().map((n) => html`<li><span class="num second">${n.at}</span><span><strong dir="auto">${n.team}</strong>${n.team ? " " : nothing}<span dir="auto">${n.text}</span></span>
    <button type="button" class="btn btn-bare btn-small" @click=${() => tell({ do: "unnote", note: n.id })}>${icon("x")}${gettext("Delete")}<span class="sr"> ${gettext("the note of %(at)s", { at: n.at })}</span></button></li>`)}</ol>` : nothing}`;
