/* The bare frame of a card, as its Django template draws it. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";

const FRAMES = {
  servers: html`<div class="panel-head"><h3>${icon("server")}Practice servers</h3><span class="end label num" data-up></span></div>
    <div class="panel-body"><ul class="servers" data-tiles></ul></div>`,
  work: html`<div class="panel-head"><h3>${icon("hand")}Work in progress</h3><span class="end label num" data-free></span></div>
    <div class="panel-body"><ul class="tasks" data-tasks></ul></div>`,
};

export function stage(root, card) {
  const el = document.createElement("div");
  el.className = "panel practice-card";
  root.append(el);
  render(FRAMES[card], el);
  return el;
}
