/* The state of the line in the top bar. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { gettext } from "../lib/words.js";

const WORDS = { connecting: gettext("Connecting"), live: gettext("Live"), stalled: gettext("No response"), reconnecting: gettext("Reconnecting"), closed: gettext("Closed") };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const link = root.querySelector("[data-link-word]");
  link?.replaceChildren(); // the page's own words, of before
  app.store.on("standing", (s) => {
    if (link && s.hello.as_it_was) render(html`${icon("history")}<span>${gettext("Replay")}</span>`, link);
    else if (link) render(html`${icon(s.link === "live" ? "wifi" : "wifi-off")}<span>${WORDS[s.link]}${s.link === "live" && s.slow ? gettext(", slow connection") : ""}</span>${s.link === "live" && s.speed && s.state !== "lobby" ? html`<span class="quiet">${s.speed}x</span>` : nothing}`, link);
  });
}
