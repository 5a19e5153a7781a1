/* The bridge: what the team said and shared, oldest first. A pin opens in place, which tells the others that this desk has read it. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { minute } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { keep, kept } from "../lib/kept.js";
import { keyed } from "../lib/keyed.js";
import { blocked } from "../lib/reasons.js";
import { listed, role, roleTitle, roleWord } from "../lib/roles.js";
import { around, gettext } from "../lib/words.js";

/** @typedef {Entry & { desk?: string, after?: number }} Own what was said here and is not on the bridge yet */
/** @typedef {{ me: Desk, watching: boolean, open: Set<number>, mine: Own[], end: boolean, key: string, known: number,
  from: number | null }} BridgeAt */

/** @type {Record<string, string>} */
const KIND_ICONS = { pin: "pin", ask: "circle-help", word: "badge-check", diagnosis: "search-check" };
const WAITING = [1, 2, 3].map(() => html`<li class="skeleton"></li>`); // before the first picture
const NEAR_PX = 24; // so close to the end, the list follows what comes

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const parts = { list: root.querySelector("[data-list]"), note: root.querySelector("[data-note]"), news: [...document.querySelectorAll("[data-news]")] };
  const hello = app.store.get("standing").hello;
  /** @type {BridgeAt} */
  const at = { me: /** @type {Desk} */ (hello.desk), watching: !!hello.watching, open: new Set(), mine: [], end: true, key: `seen:${hello.exercise.code}:${hello.team}:${hello.desk}`, known: -1, from: null };
  const draw = () => show(app, at, parts, draw);
  follow(at, parts.list, draw);
  app.store.onAny(["bridge", "standing", "part"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place === "say" && draw());
  app.store.on("bridge", ({ items }) => speak(app, at, items));
  send(app, at, root.querySelector("[data-form]"), draw);
}

/** @param {App} app @param {BridgeAt} at @param {{ list: Found, note: Found, news: Found[] }} parts @param {() => unknown} draw */
function show(app, at, { list, note, news }, draw) {
  const known = app.store.get("bridge");
  const items = known?.items ?? [];
  at.mine = at.mine.filter((e) => !items.some((item) => item.desk === at.me && item.id > (e.after ?? -1) && item.title === e.args.text));
  const visible = list.clientHeight > 0 && document.visibilityState === "visible";
  if (visible && at.end && items.length) keep(at.key, String(items[items.length - 1].id));
  const seen = Number(kept(at.key, "-1"));
  for (const item of items) tellRead(app, at, item);
  render(html`${known ? nothing : WAITING}${known && !items.length && !at.mine.length ? html`<li class="empty">${gettext("Nothing said yet. Share what you see: the other desks can't see your screen.")}</li>` : nothing}
    ${keyed(items, (item) => item.id, (item) => line(at, item, draw))}${at.mine.map(sending)}`, list);
  const below = at.end ? 0 : items.filter((item) => item.id > seen && item.desk !== at.me).length;
  render(below ? html`<button type="button" class="btn newer-below" @click=${() => { at.end = true; list.scrollTop = list.scrollHeight; draw(); }}>${gettext("%(below)s newer", { below })}</button>` : nothing, note);
  if (at.end) list.scrollTop = list.scrollHeight;
  const unread = items.filter((item) => item.desk !== at.me && (item.kind === "pin" ? !item.read.includes(at.me) : item.id > seen)).length;
  for (const el of news) {
    el.hidden = !unread;
    el.textContent = el.dataset.news === "short" ? String(unread) : gettext("%(unread)s not read", { unread });
  }
}

/* Keep to the end, unless somebody reads further up. A list that was hidden has no end to be at. */
/** @param {BridgeAt} at @param {Found} list @param {() => unknown} draw */
function follow(at, list, draw) {
  list.addEventListener("scroll", () => {
    if (!list.clientHeight) return;
    const end = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
    if (end === at.end) return;
    at.end = end;
    if (end) draw();
  }, { passive: true });
  new ResizeObserver(() => at.end && list.clientHeight && draw()).observe(list);
  document.addEventListener("visibilitychange", draw);
}

/** @param {BridgeAt} at @param {Card.BridgeItem} item @param {() => unknown} draw */
function line(at, item, draw) {
  const mine = item.desk === at.me && !at.watching;
  const unread = item.kind === "pin" && !item.read.includes(at.me);
  return html`<li class="said" data-kind=${item.kind} data-desk=${item.desk} ?data-mine=${mine} ?data-fresh=${unread}>
    ${role(item.desk, mine ? gettext("You") : undefined)}<time class="num">${minute(item.at)}</time>
    <div class="said-body">${item.kind === "pin" ? pin(at, item, unread, draw)
      : html`<p dir="auto">${KIND_ICONS[item.kind] ? icon(KIND_ICONS[item.kind]) : nothing}${item.title}</p>${item.lines.map((l) => html`<p class="second" dir="auto">${l}</p>`)}`}</div>
  </li>`;
}

/** @param {BridgeAt} at @param {Card.BridgeItem} item @param {boolean} unread @param {() => unknown} draw */
function pin(at, item, unread, draw) {
  const open = at.open.has(item.id);
  const flip = () => {
    if (open) at.open.delete(item.id);
    else at.open.add(item.id);
    draw();
  };
  const turn = open ? gettext("Close") : gettext("Open");
  return html`<button type="button" class="pin" aria-expanded=${String(open)} @click=${flip}>${icon("pin")}<span class="pin-title" dir="auto">${item.title}</span>
      <span class="pin-read num">${unread ? html`${around(gettext("%(span)sNot read"), { span: html`<span class="dot" aria-hidden="true"></span>` })}` : turn}</span></button>
    ${open ? html`<div class="pin-lines mono" tabindex="0" role="region" aria-label=${item.title}>${item.lines.map((l) => html`<p dir="auto">${l}</p>`)}</div><p class="quiet">${readBy(at.me, item)}</p>` : nothing}`;
}

/* An open pin has been read. Told again where the line was down, or the seat an assistant's, when it was opened. */
/** @param {App} app @param {BridgeAt} at @param {Card.BridgeItem} item */
function tellRead(app, at, item) {
  if (!at.open.has(item.id) || item.read.includes(at.me) || blocked(app) || app.commands.at(`pin:${item.id}`)) return;
  app.commands.give(`pin:${item.id}`, "pin.read", { pin: item.id });
}

/** @param {Desk} me @param {Card.BridgeItem} item */
function readBy(me, item) {
  const others = item.read.filter((d) => d !== item.desk && d !== me).map(roleTitle);
  if (item.desk !== me && item.read.includes(me)) others.push(gettext("you"));
  return others.length ? gettext("Read by %(others)s.", { others: listed(others) }) : gettext("No one else has read it yet.");
}

/* Own words stand here until the bridge has them. */
/** @param {Own} e */
const sending = (e) => html`<li class="said" data-mine data-desk=${e.desk} data-sending=${e.state}>
  ${role(e.desk ?? "", gettext("You"))}<span class="quiet">${e.state === "refused" ? gettext("Not sent") : gettext("Sending")}</span><div class="said-body"><p dir="auto">${String(e.args.text)}</p>${e.state === "refused" ? html`<p class="answer" data-state="refused">${e.reason}</p>` : nothing}</div></li>`;

/** @param {App} app @param {BridgeAt} at @param {Found} form @param {() => unknown} draw */
function send(app, at, form, draw) {
  const input = form.querySelector("input");
  const button = form.querySelector("button");
  app.store.on("standing", () => {
    const why = blocked(app);
    button.setAttribute("aria-disabled", String(!!why));
    button.title = why ?? "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    const why = blocked(app);
    if (!text) return;
    if (why) {
      app.voice.say(why, true);
      return;
    }
    at.mine = at.mine.filter((e) => e.state !== "refused");
    /** @type {Own} */
    const entry = app.commands.give("say", "bridge.say", { text });
    Object.assign(entry, { desk: at.me, after: at.known });
    at.mine.push(entry);
    at.end = true;
    input.value = "";
    draw();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    input.blur();
    document.getElementById("panel-team")?.focus();
  });
}

/* What others say is read out, one sentence at a time; what stood there when the page came is not. */
/** @param {App} app @param {BridgeAt} at @param {Card.BridgeItem[]} items */
function speak(app, at, items) {
  const last = items.at(-1)?.id ?? -1;
  const fresh = at.from === null ? [] : items.filter((item) => item.id > at.known && item.desk !== at.me);
  at.from ??= last;
  at.known = Math.max(at.known, last);
  if (fresh.length) app.voice.say(fresh.length > 1 ? gettext("%(length)s new on the bridge. %(spoken)s", { length: fresh.length, spoken: spoken(fresh[fresh.length - 1]) }) : spoken(fresh[0]));
}

/** @param {Card.BridgeItem} item */
const spoken = (item) => `${roleWord(item.desk)}${item.kind === "pin" ? gettext(" shares") : ""}: ${item.title}`;
