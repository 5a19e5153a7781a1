/* Who may come in: the door, and how many people behind one address in a minute. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { gettext } from "../lib/words.js";

const JOINS = [120, 300, 600, 1200];

/** @param {RoomState} s @param {RoomAct} act */
export function door(s, act) {
  if (s.state === "ended") return nothing;
  /** @param {string} to */
  const set = (to) => () => act.tell({ do: "door", to });
  return html`${s.closed
    ? html`<span class="tag" data-tone="warn">${gettext("The door is closed")}</span><button type="button" class="btn btn-small" @click=${set("open")}>${icon("log-in")}${gettext("Open the door")}</button>`
    : html`<button type="button" class="btn btn-quiet btn-small" @click=${set("closed")}>${icon("hand")}${gettext("Close the door")}<span class="sr">${gettext(": nobody new can join, everyone inside stays")}</span></button>`}
    <label class="row end"><span class="label">${gettext("Per network and minute")}</span><select class="input input-small num" @change=${(e) => act.tell({ do: "joins", most: e.target.value })}>
      ${[...new Set([...JOINS, s.joins])].sort((a, b) => a - b).map((n) => html`<option value=${n} ?selected=${n === s.joins}>${n}</option>`)}</select></label>`;
}
