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

/** @typedef {{ group: string, open: number | null, mail: Card.Mail | null, held: number | null }} InboxAt */

const GROUPS = [["all", "All"], ["machines", "Machines"], ["people", "People"]];
const HOLD_MS = 4000; // a list under a finger or a key keeps still so long

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  /** @type {InboxAt} */
  const at = { group: "all", open: null, mail: null, held: null };
  const parts = { head: root.querySelector("[data-groups]"), list: root.querySelector("[data-list]"), pane: root.querySelector("[data-pane]") };
  const draw = () => {
    const d = app.store.get("inbox");
    if (d) show(app, at, d, parts, draw);
  };
  hold(parts.list, at, draw);
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
    el.textContent = el.dataset.unread === "short" ? String(d.unread) : `${d.unread} unread`;
    el.closest(".badge").hidden = d.unread === 0;
  }
  const mails = d.mails.filter((m) => at.group === "all" || m.group === at.group);
  const top = at.held ?? mails[0]?.id;
  const still = mails.findIndex((m) => m.id === top);
  const newer = at.held === null || still < 0 ? 0 : still;
  render(GROUPS.map(([key, word]) => html`<button type="button" aria-pressed=${String(at.group === key)}
    @click=${() => { at.group = key; at.held = null; draw(); }}>${word}</button>`), parts.head);
  render(html`${newer ? html`<li class="newer"><button type="button" class="btn" @click=${() => { at.held = null; parts.list.scrollTop = 0; draw(); }}>${newer} newer</button></li>` : nothing}
    ${keyed(mails.slice(newer), (m) => m.id, (m) => row(app, at, m, draw))}
    ${mails.length ? nothing : html`<li class="empty">No mail yet.</li>`}`, parts.list);
  at.mail = d.mails.find((m) => m.id === at.open) ?? at.mail; // it may have left the newest eighty while it is read
  render(pane(app, at.mail), parts.pane);
}

/** @param {App} app @param {InboxAt} at @param {Card.Mail} m @param {() => unknown} draw */
function row(app, at, m, draw) {
  const open = () => {
    at.open = m.id;
    if (m.body === null && !["pending", "received", "applied"].includes(app.commands.at(`mail:${m.id}`)?.state ?? "")) {
      const why = blockedHands(app);
      if (why) app.voice.say(why, true);
      else app.commands.give(`mail:${m.id}`, "mail.open", { mail: m.id });
    }
    draw();
  };
  return html`<li><button type="button" class="mail" data-mail=${m.id} ?data-read=${m.read} aria-current=${at.open === m.id ? "true" : nothing} @click=${open}>
    <span class="dot" aria-hidden="true"></span><span class="at num">${m.at}</span>
    <span class="from" dir="auto">${m.sender}</span><span class="subject" dir="auto">${m.subject}</span>${m.read ? nothing : html`<span class="sr">unread</span>`}
  </button></li>`;
}

/** @param {App} app @param {Card.Mail | null} m */
function pane(app, m) {
  if (!m) return html`<p class="empty">Choose a mail. Opening one takes a hand for some seconds of market time.</p>`;
  return html`<h3 dir="auto">${m.subject}</h3><p class="quiet">${m.sender}, ${m.at} ET</p>${m.body === null ? unopened(app, m)
    : html`${m.body.split(/\n{2,}/).map((p) => html`<p class="text" dir="auto">${p}</p>`)}<p>${share(app, "mail", m.id, "this mail")}</p>`}`;
}

/** @param {App} app @param {Card.Mail} m */
function unopened(app, m) {
  const entry = app.commands.at(`mail:${m.id}`);
  if (!entry) return html`<p class="second">Not opened yet. ${blockedHands(app) ?? "Choose it again to open it."}</p>`;
  if (entry.state !== "applied") return answer(app, `mail:${m.id}`);
  const task = tasksOf(app, "mail.open").find((t) => t.target === m.subject);
  return html`<p class="second num">${icon("hourglass")} Opening${task ? `, ${left(task.left_s)} left` : ""}.</p>`;
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
