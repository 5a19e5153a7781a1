/* Messages in somebody's name, and what desks answer. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { aim } from "../lib/injects.js";
import { DESKS, roleIcon, roleWord } from "../lib/roles.js";
import { chosen, team } from "./injects-hand.js";
import { around, gettext } from "../lib/words.js";

/* tools: {own, deck, state, post, redraw}. */
/** @param {Tools} tools */
export function say(tools) {
  const { own, deck, state, redraw } = tools;
  const w = (own.words.sender === undefined ? Object.assign(own.words, { team: "", sender: own.ready?.personas[0] ?? "", desks: [...DESKS], text: "" }) : own.words);
  /** @param {string} name */
  const set = (name) => (/** @type {PageEvent} */ e) => {
    w[name] = e.target.value;
    redraw();
  };
  /** @param {PageEvent} e */
  const submit = async (e) => {
    e.preventDefault();
    if (!(await tools.post({ do: "say", team: w.team, sender: w.sender, desks: w.desks.join(), text: w.text }))) return;
    w.text = "";
    redraw();
    document.getElementById("say-text")?.focus();
  };
  const open = state.state === "running" || state.state === "paused";
  return html`<form class="inject-form" @submit=${submit}>
      <label class="inject-field"><span class="label">${gettext("From")}</span><input class="input input-small" list="personas" maxlength="40" required autocomplete="off" dir="auto" .value=${w.sender} @input=${set("sender")}></label>
      <datalist id="personas">${(own.ready?.personas ?? []).map((name) => html`<option value=${name}></option>`)}</datalist>
      ${team(tools, w.team, set("team"))}
      ${chosen(w.desks, DESKS, (names) => { w.desks = names; redraw(); })}
      <label class="inject-field"><span class="label">${gettext("Message")}</span><textarea class="input" id="say-text" rows="2" maxlength="600" required dir="auto" .value=${w.text} @input=${set("text")}></textarea></label>
      <button class="btn btn-prime" ?disabled=${!open}>${icon("send")}<span>${around(gettext("Send as %(sender)s"), { sender: html`<span dir="auto">${w.sender || gettext("nobody yet")}</span>` })}</span></button>
      ${open ? nothing : html`<p class="second">${state.state === "lobby" ? gettext("Nobody is at the desks before the start.") : gettext("This exercise has ended.")}</p>`}</form>
    <ol class="said" aria-label=${gettext("Messages, newest first")}>${[...deck.messages].reverse().map(message)}</ol>`;
}

/** @param {InjectMessage} m */
const message = (m) => html`<li class="said-row"><p class="said-head"><strong dir="auto">${m.from}</strong> <span class="second"><span dir="auto">${aim(m)}</span>${m.at ? html`, <span class="num">${m.at}</span>` : nothing}</span></p>
  <p dir="auto">${m.text}</p>
  ${m.waiting.length ? html`<p class="second">${icon("hourglass")}${gettext("Not yet delivered to %(waiting)s", { waiting: m.waiting.join(", ") })}</p>` : nothing}
  ${m.replies.length ? html`<ul class="said-answers">${m.replies.map((r) => html`<li data-desk=${r.desk}>${roleIcon(r.desk)}<span><strong dir="auto">${r.team}</strong> <span class="second">${roleWord(r.desk)}, <span class="num">${r.at}</span></span> <span dir="auto">${r.text}</span></span></li>`)}</ul>` : nothing}</li>`;
