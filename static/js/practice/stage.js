/* The bare frame of a card, as its Django template draws it. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { gettext } from "../lib/words.js";

const FRAMES = {
  servers: html`<div class="panel-head"><h3>${icon("server")}${gettext("Practice servers")}</h3><span class="end label num" data-up></span></div>
    <div class="panel-body"><div data-words></div><ul class="servers" data-tiles></ul></div>`,
  work: html`<div class="panel-head"><h3>${icon("hand")}${gettext("Work in progress")}</h3><span class="end label num" data-free></span></div>
    <div class="panel-body"><ul class="tasks" data-tasks></ul></div>`,
  fleet: html`<div class="panel-head"><h3 id="fleet-h">${icon("server")}${gettext("Practice fleet")}</h3><span class="quiet" data-says></span><span class="end" data-head></span></div>
    <div class="fleet-acts" data-acts></div><div class="fleet-box" data-rows></div>`,
  words: html`<div class="panel-head"><h3>${icon("badge-check")}${gettext("Approvals")}</h3></div><div class="panel-body" data-part="words"></div>`,
};
/** @type {Record<string, string | undefined>} */
const FOCUSED = { fleet: "panel-fleet", words: "panel-team" }; // where a card puts the focus when its button has gone

/** @param {Found} root @param {keyof typeof FRAMES} card */
export function stage(root, card) {
  const el = /** @type {Found} */ (document.createElement("div"));
  el.className = "panel practice-card";
  if (card === "fleet") el.classList.add("fleet-panel");
  if (FOCUSED[card]) Object.assign(el, { id: FOCUSED[card], tabIndex: -1 });
  root.append(el);
  render(FRAMES[card], el);
  return el;
}
