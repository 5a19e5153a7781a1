/* The inbox: newest first, three groups, a reading pane. Opening a mail takes a hand and market time. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { tasksOf } from "../lib/busy.js";
import { left } from "../lib/format.js";
import { blockedHands } from "../lib/reasons.js";
import { icon } from "../lib/icons.js";
import { keyed } from "../lib/keyed.js";
import { share } from "../lib/share.js";
import { play } from "../lib/sound.js";
import { gettext } from "../lib/words.js";

/** @typedef {{ group: string, open: number | null, mail: Card.Mail | null, held: number | null, stop: number | null }} InboxAt `stop`: the mail that Tab comes to, null: the newest */

const GROUPS = [["all", gettext("All")], ["machines", gettext("Machines")], ["people", gettext("People")]];
const HOLD_MS = 4000; // a list under a finger or a key keeps still so long

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  /** @type {InboxAt} */
  const at = { group: "all", open: null, mail: null, held: null, stop: null };
  const parts = { head: root.querySelector("[data-groups]"), list: root.querySelector("[data-list]"), pane: root.querySelector("[data-pane]") };
  const draw = () => {
    const d = app.store.get("inbox");
    if (d) show(app, at, d, parts, draw);
  };
  hold(parts.list, at, draw);
  walk(parts.list, at, draw);
  app.store.onAny(["inbox", "standing", "work"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("mail:") && draw());
  hear(app);
}

/* A mail of a person is heard, where sound is on; machines write too many. */
/** @param {App} app */
function hear(app) {
  /** @param {Card.Inbox | undefined} d */
  const last = (d) => d?.mails.find((m) => m.group === "people")?.id ?? 0;
  let known = last(app.store.get("inbox"));
  app.store.on("inbox", (d) => {
    if (last(d) > known) play("mail");
    known = Math.max(known, last(d));
  });
}

/** @param {App} app @param {InboxAt} at @param {Card.Inbox} d @param {Record<"head" | "list" | "pane", Found>} parts @param {() => unknown} draw */
function show(app, at, d, parts, draw) {
  for (const el of document.querySelectorAll("[data-unread]")) {
    el.textContent = el.dataset.unread === "short" ? String(d.unread) : gettext("%(unread)s unread", { unread: d.unread });
    el.closest(".badge").hidden = d.unread === 0;
  }
  const mails = d.mails.filter((m) => at.group === "all" || m.group === at.group);
  const top = at.held ?? mails[0]?.id;
  const still = mails.findIndex((m) => m.id === top);
  const newer = at.held === null || still < 0 ? 0 : still;
  const rows = mails.slice(newer);
  if (!rows.some((m) => m.id === at.stop)) at.stop = null;
  const stop = at.stop ?? rows[0]?.id;
  render(GROUPS.map(([key, word]) => html`<button type="button" aria-pressed=${String(at.group === key)}
    @click=${() => { at.group = key; at.held = null; draw(); }}>${word}</button>`), parts.head);
  render(html`${newer ? html`<li class="newer"><button type="button" class="btn" @click=${() => { at.held = null; parts.list.scrollTop = 0; draw(); }}>${gettext("%(newer)s newer", { newer })}</button></li>` : nothing}
    ${keyed(rows, (m) => m.id, (m) => row(app, at, m, m.id === stop, () => { draw(); reveal(parts); }))}
    ${mails.length ? nothing : html`<li class="empty">${gettext("No mails yet.")}</li>`}`, parts.list);
  const back = () => {
    const was = at.open;
    [at.open, at.mail] = [null, null];
    draw();
    (parts.list.querySelector(`[data-mail="${was}"]`) ?? parts.list.querySelector(".mail"))?.focus();
  };
  at.mail = d.mails.find((m) => m.id === at.open) ?? at.mail; // it may have left the newest eighty while it is read
  render(pane(app, at.mail, back), parts.pane);
}

/** @param {App} app @param {InboxAt} at @param {Card.Mail} m @param {boolean} stop @param {() => unknown} chosen */
function row(app, at, m, stop, chosen) {
  const open = () => {
    at.open = m.id;
    if (m.body === null && !["pending", "received", "applied"].includes(app.commands.at(`mail:${m.id}`)?.state ?? "")) {
      const why = blockedHands(app);
      if (why) app.voice.say(why, true);
      else app.commands.give(`mail:${m.id}`, "mail.open", { mail: m.id });
    }
    chosen();
  };
  return html`<li><button type="button" class="mail" data-mail=${m.id} tabindex=${stop ? "0" : "-1"} ?data-read=${m.read} aria-current=${at.open === m.id ? "true" : nothing} @click=${open}>
    <span class="dot" aria-hidden="true"></span><span class="at num">${m.at}</span>
    <span class="from" dir="auto">${m.sender}</span><span class="subject" dir="auto">${m.subject}</span>${m.read ? nothing : html`<span class="sr">${gettext("unread")}</span>`}
  </button></li>`;
}

/* Where there is no room for both the open mail stands in the list's place, and the way back in it. */
/** @param {Record<"list" | "pane", Found>} parts */
function reveal({ list, pane }) {
  pane.scrollTop = 0;
  if (!list.checkVisibility()) pane.focus({ preventScroll: true });
  pane.scrollIntoView({ block: "nearest" });
}

/** @param {App} app @param {Card.Mail | null} m @param {() => unknown} back */
function pane(app, m, back) {
  if (!m) return html`<p class="empty">${gettext("Choose a mail. Opening one keeps a hand busy for a few seconds of market time.")}</p>`;
  return html`<button type="button" class="btn btn-quiet btn-small reading-back" @click=${back}>${icon("list")}${gettext("All mails")}</button><h3 dir="auto">${m.subject}</h3><p class="quiet">${gettext("%(sender)s, %(at)s ET", { sender: m.sender, at: m.at })}</p>${m.body === null ? unopened(app, m)
    : html`${m.body.split(/\n{2,}/).map((p) => html`<p class="text" dir="auto">${p}</p>`)}<p>${share(app, "mail", m.id, gettext("this mail"))}</p>`}`;
}

/** @param {App} app @param {Card.Mail} m */
function unopened(app, m) {
  const entry = app.commands.at(`mail:${m.id}`);
  if (!entry) return html`<p class="second">${gettext("Not opened yet.")} ${blockedHands(app) ?? gettext("Select it again to open it.")}</p>`;
  if (entry.state !== "applied") return answer(app, `mail:${m.id}`);
  const task = tasksOf(app, "mail.open").find((t) => t.target === m.subject);
  return html`<p class="second num">${icon("hourglass")} ${gettext("Opening%(also)s.", { also: task ? gettext(", %(left_s)s left", { left_s: left(task.left_s) }) : "" })}</p>`;
}

/* Eighty mails are one stop for Tab: arrows go from mail to mail. */
/** @param {Found} list @param {InboxAt} at @param {() => unknown} draw */
function walk(list, at, draw) {
  list.addEventListener("focusin", ({ target }) => {
    at.stop = Number(target.dataset.mail) || at.stop;
    draw();
  });
  list.addEventListener("keydown", (event) => {
    const mails = [...list.querySelectorAll(".mail")];
    const from = mails.indexOf(event.target);
    const to = mails[{ ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: mails.length - 1 }[event.key] ?? -1];
    if (from < 0 || !to) return;
    event.preventDefault();
    to.focus();
  });
}

/* While the list is scrolled, a pointer or the keyboard is on it, or a finger was a moment ago, new mail waits above as "3 newer". */
/** @param {Found} list @param {InboxAt} at @param {() => unknown} draw */
function hold(list, at, draw) {
  let timer = 0;
  const freeze = () => (at.held ??= Number(list.querySelector(".mail")?.dataset.mail ?? NaN) || null);
  const used = () => list.scrollTop > 8 || list.matches(":hover") || list.contains(document.querySelector(":focus-visible"));
  const thaw = () => {
    if (used()) return;
    at.held = null;
    draw();
  };
  list.addEventListener("pointerenter", (e) => e.pointerType === "mouse" && freeze());
  list.addEventListener("pointerleave", (e) => e.pointerType === "mouse" && thaw());
  const brief = () => {
    freeze();
    clearTimeout(timer);
    timer = setTimeout(thaw, HOLD_MS);
  };
  list.addEventListener("focusout", () => setTimeout(thaw));
  for (const name of ["keydown", "touchstart", "scroll"]) list.addEventListener(name, brief, { passive: true });
}
