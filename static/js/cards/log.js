/* The log of one server, when asked for. The tail is a snapshot: it stands still until the next one is read. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { busy } from "../lib/busy.js";
import { serverName } from "../lib/firm.js";
import { keyed } from "../lib/keyed.js";
import { share } from "../lib/share.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const parts = { head: root.querySelector("[data-head]"), share: root.querySelector("[data-share-slot]"), lines: root.querySelector("[data-lines]"), scroll: root.querySelector("[data-scroll]") };
  const at = { find: "", warnings: false };
  const draw = () => body(app, at, parts);
  app.store.onAny(["log", "standing", "work"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place === "log" && draw());
  root.querySelector("[data-find]").addEventListener("input", (e) => {
    at.find = e.target.value.trim().toLowerCase();
    draw();
  });
  const only = root.querySelector("[data-warnings]");
  only.addEventListener("click", () => {
    at.warnings = !at.warnings;
    only.setAttribute("aria-pressed", String(at.warnings));
    draw();
  });
  arrival(app, parts.scroll);
}

/* A new tail is spoken of and shown from its end. */
/** @param {App} app @param {Found} scroll */
function arrival(app, scroll) {
  let known = app.store.get("log")?.at ?? null;
  requestAnimationFrame(() => (scroll.scrollTop = scroll.scrollHeight));
  app.store.on("log", (d) => {
    if (d.at === known) return;
    known = d.at;
    if (d.server === null) return;
    scroll.scrollTop = scroll.scrollHeight;
    app.voice.say(`Log of ${serverName(d.server)}: ${d.lines.length} lines.`);
  });
}

/** @param {App} app @param {{ find: string, warnings: boolean }} at @param {Record<"head" | "share" | "lines" | "scroll", Found>} parts */
function body(app, at, parts) {
  const d = app.store.get("log");
  const all = d?.lines ?? [];
  const lines = all.filter((l) => (!at.warnings || l.level !== "INFO") && (!at.find || `${l.at} ${l.text}`.toLowerCase().includes(at.find)));
  const many = lines.length === all.length ? `${all.length} lines` : `${lines.length} of ${all.length} lines`;
  render(html`<span>${d?.server ? `Log of ${serverName(d.server)}, read ${d.at}, ${many}` : "No log read yet"}</span>${busy(app, "log.tail")}${answer(app, "log")}`, parts.head);
  render(d?.server ? share(app, "log", 0, `the log of ${serverName(d.server)}`) : nothing, parts.share);
  render(lines.length || !d?.server ? keyed(lines, (l) => `${l.at} ${l.text}`, line) : html`<li class="empty">No line matches.</li>`, parts.lines);
}

/** @param {Card.LogLine} l */
const line = (l) => html`<li data-level=${l.level}><span class="log-at">${l.at}</span><span class="log-level">${l.level}</span><span class="log-text">${l.text}</span></li>`;
