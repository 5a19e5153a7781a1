/* What the deployer's tools printed. The list keeps to its end, unless somebody reads further up. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { keyed } from "../lib/keyed.js";
import { gettext } from "../lib/words.js";

const NEAR_PX = 24;

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const list = root.querySelector("[data-lines]");
  const scroll = root.querySelector("[data-scroll]");
  let end = true;
  const follow = () => {
    if (end) scroll.scrollTop = scroll.scrollHeight;
  };
  scroll.addEventListener("scroll", () => (end = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_PX), { passive: true });
  new ResizeObserver(follow).observe(scroll);
  app.store.on("terminal", ({ lines }) => {
    render(lines.length ? keyed(lines, (l) => `${l.at} ${l.text}`, (l, i) => line(l, lines[i - 1])) : html`<li class="empty">${gettext("Nothing yet. A checksum prints the hash of the file on disk and of the running process.")}</li>`, list);
    follow();
  });
}

/* A minute is written once; the second stands in the title. */
/** @param {Card.Alert} l @param {Card.Alert | undefined} before */
const line = (l, before) => html`<li title=${l.at} ?data-typed=${l.text.startsWith("$")}><span class="log-at">${l.at.slice(0, 5) === before?.at.slice(0, 5) ? nothing : l.at.slice(0, 5)}</span><span class="log-text">${l.text}</span></li>`;
