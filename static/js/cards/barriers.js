/* The barriers of the week in their other state: what each that was closed saved, and what each that was open would have saved. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gain } from "../lib/gain.js";
import { gettext } from "../lib/words.js";

const CLOSED = "closed:";

/* d: as worth.json tells it; course: see worth.js. */
/** @param {Worth} d @param {AsCourse} course */
export function barriers(d, course) {
  if (!d.barriers.length) return html`<p class="second">${gettext("There was no barrier to close or to leave open.")}</p>`;
  const groups = [["closed", gettext("Closed by this team"), gettext("It saved")], ["open", gettext("Left open"), gettext("If closed, it would have saved")]];
  return html`<p class="second">${gettext("Each row changes one barrier only, with extra hands to close it and no hole in it; everything else is as played. With one more barrier closed, the team acts after the bell only on a position that can be seen.")}</p>
    <div class="barriers">${groups.map(([state, title, saved]) => group(d, course, state, title, saved))}</div>`;
}

/** @param {Worth} d @param {AsCourse} course @param {string} state @param {string} title @param {string} saved */
function group(d, course, state, title, saved) {
  const rows = d.barriers.filter((one) => one.key.startsWith(CLOSED) === (state === "open"));
  if (!rows.length) return nothing;
  return html`<table class="plain num"><caption class="sr">${title}: ${d.team}</caption>
    <thead><tr><th scope="col">${title}</th><th scope="col" class="n">${saved}</th></tr></thead>
    <tbody>${rows.map((one) => html`<tr><th scope="row">${one.label}</th><td class="n">${figure(one, course, state)}</td></tr>`)}</tbody></table>`;
}

/** @param {Told} one @param {AsCourse} course @param {string} state */
function figure(one, course, state) {
  if (one.reason) return html`<span class="quiet" title=${one.reason}>${gettext("not together with the rest")}<span class="sr">: ${one.reason}</span></span>`;
  if (one.usd == null) return gain(null);
  return course(one.key, `${one.label}, ${state === "open" ? "closed" : gettext("left open")}`, gain(one.usd));
}
