/* The log of one server, or what a search of all of them found, when asked for. It is a snapshot: it stands still until the next one is read. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { busy } from "../lib/busy.js";
import { MANY, ROUTES, serverName } from "../lib/firm.js";
import { icon } from "../lib/icons.js";
import { keyed } from "../lib/keyed.js";
import { blockedHands } from "../lib/reasons.js";
import { share } from "../lib/share.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  render(ROUTES.brokers.map((name) => html`<option value=${name}></option>`), root.querySelector("[data-brokers]"));
  const parts = { head: root.querySelector("[data-head]"), says: root.querySelector("[data-says]"), search: root.querySelector("[data-search-slot]"), share: root.querySelector("[data-share-slot]"), lines: root.querySelector("[data-lines]"), scroll: root.querySelector("[data-scroll]") };
  const at = { find: "", warnings: false };
  const draw = () => body(app, at, parts);
  app.store.onAny(["log", "standing", "work"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place === "log" && draw());
  root.querySelector("[data-find]").addEventListener("input", (e) => {
    at.find = e.target.value.trim();
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
    app.voice.say(d.server ? gettext("Log of %(server)s: %(length)s lines.", { server: serverName(d.server), length: d.lines.length }) : gettext("%(search)s in all logs: %(says)s", { search: d.search, says: d.says }));
  });
}

/** @param {App} app @param {{ find: string, warnings: boolean }} at @param {Record<"head" | "says" | "search" | "share" | "lines" | "scroll", Found>} parts */
function body(app, at, parts) {
  const d = app.store.get("log");
  const all = d?.lines ?? [];
  const find = at.find.toLowerCase();
  const lines = all.filter((l) => (!at.warnings || l.level !== "INFO") && (!find || `${l.at} ${l.text}`.toLowerCase().includes(find)));
  const many = lines.length === all.length ? gettext("%(length)s lines", { length: all.length }) : gettext("%(length)s of %(length2)s lines", { length: lines.length, length2: all.length });
  const what = d?.server ? gettext("the log of %(server)s", { server: serverName(d.server) }) : gettext("the search for %(search)s", { search: d?.search });
  render(html`<span>${title(d, many)}</span>${busy(app, "log.tail")}${busy(app, "log.search")}${answer(app, "log")}`, parts.head);
  parts.says.textContent = d?.server === 0 ? d.says : "";
  parts.says.hidden = !parts.says.textContent;
  render(searchAll(app, at.find), parts.search);
  render(d && d.server !== null ? share(app, "log", 0, what) : nothing, parts.share);
  render(lines.length || !d || d.server === null ? keyed(lines, (l) => `${l.at} ${l.text}`, line) : html`<li class="empty">${gettext("No matching lines.")}</li>`, parts.lines);
}

/** @param {Card.Log | undefined} d @param {string} many */
function title(d, many) {
  if (!d || d.server === null) return gettext("No log read yet");
  if (d.server) return gettext("Log of %(server)s, read %(at)s, %(many)s", { server: serverName(d.server), at: d.at, many });
  return gettext("%(search)s in all %(MANY)s logs, read %(at)s, %(many)s", { search: d.search, MANY, at: d.at, many });
}

/* What stands in the field is looked for in every server's log: an order's number, a stock, a broker. */
/** @param {App} app @param {string} text */
function searchAll(app, text) {
  const why = blockedHands(app) ?? (text ? null : gettext("Enter an order, a stock or a broker first."));
  const ask = () => (why ? app.voice.say(why, true) : app.commands.give("log", "log.search", { text }));
  return html`<button type="button" class="btn" data-act="search" aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${ask}>${icon("search")}${gettext("All logs")}<span class="sr">${gettext(": search")}${why ? gettext(". Not now: %(why)s", { why }) : ""}</span></button>`;
}

/** @param {Card.LogLine} l */
const line = (l) => html`<li data-level=${l.level}><span class="log-at">${l.at}</span><span class="log-level">${l.level}</span><span class="log-text">${l.text}</span></li>`;
