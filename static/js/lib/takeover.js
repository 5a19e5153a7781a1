/* Three seconds for which everybody looks up: a layer over the whole page that takes no pointer and no focus. What it says is spoken by
   whoever asks for it; two at once come one after the other. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "./icons.js";

const SHOWN_MS = 3000;
/** @type {Takeover[]} */
const waiting = [];
/** @type {HTMLElement | undefined} */
let layer;

/** @param {Takeover} what */
export function takeover(what) {
  waiting.push(what);
  if (!layer) next();
}

function next() {
  const what = waiting.shift();
  layer?.remove();
  layer = undefined;
  if (!what) return;
  layer = document.createElement("div");
  layer.className = "takeover";
  layer.dataset.tone = what.tone;
  layer.ariaHidden = "true";
  render(html`<div class="takeover-band"><p class="takeover-head num">${what.head}</p><p class="takeover-text">${what.text}</p>
    ${what.caption ? html`<p class="takeover-caption">${icon("bell")}${what.caption}</p>` : nothing}</div>`, layer);
  document.body.append(layer);
  setTimeout(next, SHOWN_MS);
}
