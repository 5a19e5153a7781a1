/* The state of the line in the top bar. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";

const WORDS = { connecting: "Connecting", live: "Live", stalled: "No news", reconnecting: "Reconnecting", closed: "Closed" };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const link = root.querySelector("[data-link-word]");
  link?.replaceChildren(); // the page's own words, of before
  app.store.on("standing", (s) => {
    if (link && s.hello.as_it_was) render(html`${icon("history")}<span>Replay</span>`, link);
    else if (link) render(html`${icon(s.link === "live" ? "wifi" : "wifi-off")}<span>${WORDS[s.link]}${s.link === "live" && s.slow ? ", slower line" : ""}</span>${s.link === "live" && s.speed && s.state !== "lobby" ? html`<span class="quiet">${s.speed}x</span>` : nothing}`, link);
  });
}
