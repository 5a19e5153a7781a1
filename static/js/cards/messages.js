/* What somebody says to this desk, and its answers. The newest stands open until it is answered or folded; then it is one line. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { minute } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { keep, kept } from "../lib/kept.js";
import { keyed } from "../lib/keyed.js";
import { blocked } from "../lib/reasons.js";
import { play } from "../lib/sound.js";
import { around, gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const { exercise, team, desk } = app.store.get("standing").hello;
  /** @type {{ key: string, open: boolean | null, spoken: number }} */
  const at = { key: `messages:${exercise.code}:${team}:${desk}`, open: null, spoken: 0 };
  const draw = () => {
    const messages = app.store.get("messages")?.messages ?? [];
    root.hidden = !messages.length;
    if (!messages.length) return;
    const [newest] = messages;
    const open = at.open ?? (newest.id > Number(kept(at.key, "0")) && !newest.replies.length);
    /** @param {boolean} on */
    const turn = (on) => () => {
      keep(at.key, String(newest.id)); // folded once, it stays a line on the next load
      at.open = on;
      draw();
      root.focus({ preventScroll: true });
    };
    render(html`${head(messages, open, turn(!open))}
      ${open ? html`<div class="messages scroll">${keyed(messages, (m) => m.id, (m, i) => one(app, m, i === 0, draw))}</div>` : nothing}`, root);
    if (newest.id > at.spoken) hear(app, at, newest);
  };
  app.store.onAny(["messages", "standing"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("message:") && draw());
  draw();
}

/** @param {App} app @param {{ key: string, open: boolean | null, spoken: number }} at @param {Card.Message} newest */
function hear(app, at, newest) {
  if (at.spoken || !newest.replies.length) {
    app.voice.say(gettext("%(from)s says: %(text)s", { from: newest.from, text: newest.text }));
    play("mail");
  }
  if (at.spoken) at.open = null;
  at.spoken = newest.id;
}

/** @param {Card.Message[]} messages @param {boolean} open @param {() => void} turn */
function head(messages, open, turn) {
  const [newest] = messages;
  const unfold = messages.length > 1 ? gettext("Open %(length)s", { length: messages.length }) : gettext("Open");
  return html`<div class="message-head">${icon("message-square")}<h2 class="grow"><strong dir="auto">${newest.from}</strong> <span class="second num">${minute(newest.at)}</span>${open ? nothing : html` <span class="second message-line" dir="auto">${newest.replies.length ? gettext("answered") : newest.text}</span>`}</h2>
    <button type="button" class="btn btn-quiet" aria-expanded=${String(open)} @click=${turn}>${open ? gettext("Collapse") : unfold}<span class="sr"> ${gettext("messages")}</span></button></div>`;
}

/** @param {App} app @param {Card.Message} m @param {boolean} first @param {() => unknown} draw */
function one(app, m, first, draw) {
  const place = `message:${m.id}`;
  /** @param {PageEvent} e */
  const send = (e) => {
    e.preventDefault();
    const input = e.target.elements.text;
    const why = blocked(app);
    if (why) return app.voice.say(why, true);
    if (!input.value.trim()) return input.focus();
    app.commands.give(place, "persona.reply", { message: m.id, text: input.value.trim() });
    input.value = "";
    draw();
  };
  return html`<article class="message" aria-label=${gettext("%(from)s at %(at)s", { from: m.from, at: minute(m.at) })}>${first ? nothing : html`<p class="second"><strong dir="auto">${m.from}</strong> <span class="num">${minute(m.at)}</span></p>`}
    <p class="message-text" dir="auto">${m.text}</p>
    ${m.replies.map((r) => html`<p class="second"><span class="quiet">${around(gettext("You, %(at)s:"), { at: html`<span class="num">${minute(r.at)}</span>` })}</span> <span dir="auto">${r.text}</span></p>`)}
    <form class="message-answer" @submit=${send}><label class="sr" for=${`reply-${m.id}`}>${gettext("Answer to %(from)s", { from: m.from })}</label><input class="input input-small" id=${`reply-${m.id}`} name="text" maxlength="280" autocomplete="off" dir="auto" placeholder=${gettext("Answer")}>
      <button class="btn" aria-disabled=${String(!!blocked(app))}>${icon("send")}${gettext("Answer")}</button></form>${answer(app, place)}</article>`;
}
