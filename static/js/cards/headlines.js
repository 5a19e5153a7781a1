/* What is being said outside, newest first. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { compare } from "../lib/format.js";
import { keyed } from "../lib/keyed.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const list = root.querySelector("[data-list]");
  app.store.on("headlines", ({ items }) => {
    const newest = [...items].sort((a, b) => compare(b.at, a.at));
    render(newest.length ? keyed(newest, (x) => `${x.at} ${x.text}`, (x) => html`<li><span class="num second">${x.at}</span><span>${x.text}</span></li>`)
      : html`<li class="second">${gettext("No headlines yet.")}</li>`, list);
  });
}
