/* The cards in hand: choose one, say for whom, when and how, see who will see what, and play it. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { example } from "../lib/calendar.js";
import { icon } from "../lib/icons.js";
import { desks, sign } from "../lib/injects.js";
import { roleIcon, roleTitle, roleWord } from "../lib/roles.js";
import { around, gettext } from "../lib/words.js";

const ASK_MS = 250;
let timer = 0;

/* tools: {own, deck, state, post, address, redraw}. */
/** @param {Tools} tools */
export function hand(tools) {
  const { own } = tools;
  const { ready } = own;
  if (!ready) return html`<p class="empty">${gettext("Loading …")}</p>`;
  const card = ready.cards.find((one) => one.id === own.card);
  return card ? form(tools, card) : html`<ul class="deck">${ready.cards.map((one) => html`<li><button type="button" class="btn deck-card" data-inject=${one.id} @click=${() => choose(tools, one)}>
    ${icon(sign(one.kind))}<span>${one.title}</span>${one.talk_only ? html`<span class="tag">${gettext("talk only")}</span>` : nothing}</button></li>`)}</ul>`;
}

/** @param {Tools} tools @param {InjectCard} card */
function choose(tools, card) {
  const { own, redraw } = tools;
  own.card = card.id;
  own.fields = { team: "", desks: card.desks, server: 1, minutes: card.minutes, text: "", mode: "now", at: "", what: own.ready?.when[0].id ?? "", above: "500,000,000" };
  Object.assign(own, { preview: null, reason: "" });
  redraw();
  document.querySelector(".inject-form h3")?.focus();
  look(tools, card);
}

/** @param {Tools} tools @param {InjectCard} card @param {Fields} values */
function put(tools, card, values) {
  Object.assign(tools.own.fields, values);
  tools.redraw();
  look(tools, card);
}

/** @param {Tools} tools @param {InjectCard} card */
function close({ own, redraw }, card) {
  Object.assign(own, { card: null, preview: null, reason: "" });
  redraw();
  document.querySelector(`[data-inject=${card.id}]`)?.focus();
}

/* The fields as the server reads them. */
/** @param {Tools} tools @param {InjectCard} card */
function typed({ own }, card) {
  const f = own.fields;
  /** @param {string} name @param {any} value */
  const takes = (name, value) => (card.takes.includes(name) ? value : "");
  const when = f.mode === "when" ? { what: f.what, above: unit(own, f.what) == null ? "0" : f.above } : {};
  return { card: card.id, team: f.team, desks: f.desks.join(), server: takes("server", f.server), minutes: takes("minutes", f.minutes), text: takes("text", f.text), at: f.mode === "at" ? f.at : "", ...when };
}

/** @param {Making} own @param {string} what */
const unit = (own, what) => own.ready?.when.find((one) => one.id === what)?.unit;

/* Ask who would see what, once the typing rests. */
/** @param {Tools} tools @param {InjectCard} card */
function look(tools, card) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const asked = JSON.stringify(typed(tools, card));
    try {
      const answer = await fetch(`${tools.address}preview.json`, { method: "POST", credentials: "same-origin", headers: { Accept: "application/json", "X-CSRFToken": token }, body: new URLSearchParams(JSON.parse(asked)) });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (tools.own.card === card.id && asked === JSON.stringify(typed(tools, card))) tools.own.preview = found;
    } catch {
      tools.own.preview = { reason: gettext("The preview could not be loaded."), preview: null };
    }
    tools.redraw();
  }, ASK_MS);
}

/** @param {Tools} tools @param {InjectCard} card */
function form(tools, card) {
  const { own, state } = tools;
  const f = own.fields;
  /** @param {string} name */
  const set = (name) => (/** @type {PageEvent} */ e) => put(tools, card, { [name]: e.target.value });
  /** @param {PageEvent} e */
  const submit = async (e) => {
    e.preventDefault();
    if (!(await tools.post({ do: "play", ...typed(tools, card) }))) return;
    Object.assign(own, { card: null, preview: null, view: "line" });
    tools.redraw();
  };
  return html`<form class="inject-form" @submit=${submit} @keydown=${(e) => e.key === "Escape" && close(tools, card)}>
    <div class="inject-top"><h3 tabindex="-1">${icon(sign(card.kind))}${card.title}</h3><button type="button" class="btn btn-quiet btn-small" @click=${() => close(tools, card)}>${icon("x")}${gettext("Back")}</button></div>
    ${team(tools, f.team, set("team"))}
    ${card.desks.length > 1 ? chosen(f.desks, card.desks, (names) => put(tools, card, { desks: names })) : nothing}
    ${card.takes.includes("server") ? html`<label class="inject-field"><span class="label">${gettext("Server")}</span><select class="input input-small num" .value=${String(f.server)} @change=${set("server")}>${Array.from({ length: own.ready?.servers ?? 0 }, (_, i) => html`<option value=${i + 1} ?selected=${Number(f.server) === i + 1}>${i + 1}</option>`)}</select></label>` : nothing}
    ${card.takes.includes("minutes") ? html`<label class="inject-field"><span class="label">${gettext("Duration in market minutes")}</span><input class="input input-small num" type="number" min="1" max="120" required .value=${String(f.minutes)} @input=${set("minutes")}></label>` : nothing}
    ${card.takes.includes("text") ? html`<label class="inject-field"><span class="label">${gettext("Your own text")}</span><textarea class="input" rows="2" maxlength="600" placeholder=${card.text} dir="auto" .value=${f.text} @input=${set("text")}></textarea></label>` : nothing}
    ${moment(tools, card, f, set)}
    ${seen(own.preview, card)}
    <button class="btn btn-prime">${icon("send")}<span>${button(state, f)}</span></button></form>`;
}

/** @param {Tools} tools @param {string} value @param {(e: PageEvent) => void} change */
export const team = ({ state }, value, change) => html`<label class="inject-field"><span class="label">${gettext("To")}</span><select class="input input-small" @change=${change}>
  <option value="" ?selected=${value === ""}>${gettext("All teams")}</option>${state.injects.teams.map((one) => html`<option value=${one.id} ?selected=${String(one.id) === String(value)}>${one.name}</option>`)}</select></label>`;

/** @param {string[]} names @param {string[]} of @param {(names: string[]) => void} change */
export const chosen = (names, of, change) => html`<fieldset class="inject-desks"><legend class="label">${gettext("Desks")}</legend>${of.map((desk) => html`<label data-desk=${desk}><input type="checkbox" .checked=${names.includes(desk)}
  @change=${(e) => change(of.filter((other) => (other === desk ? e.target.checked : names.includes(other))))}>${roleIcon(desk)}${roleWord(desk)}</label>`)}</fieldset>`;

/** @param {Tools} tools @param {InjectCard} card @param {InjectFields} f @param {(name: string) => (e: PageEvent) => void} set */
function moment(tools, card, f, set) {
  const { own, state } = tools;
  /** @param {string} mode @param {string} word */
  const radio = (mode, word) => html`<label><input type="radio" name="mode" class="sr" .checked=${f.mode === mode} @change=${() => put(tools, card, { mode })}>${word}</label>`;
  const above = unit(own, f.what);
  return html`<div class="inject-moment"><div class="seg" role="radiogroup" aria-label=${gettext("When")}>${radio("now", state.state === "lobby" ? gettext("At the start") : gettext("Now"))}${radio("at", gettext("At a time"))}${radio("when", gettext("When"))}</div>
    ${f.mode === "at" ? html`<label class="inject-field"><span class="label">${gettext("Market time")}</span><input class="input input-small num" required maxlength="20" autocomplete="off" placeholder=${example(state.week, 30)} .value=${f.at} @input=${set("at")}></label>` : nothing}
    ${f.mode === "when" ? html`<label class="inject-field"><span class="label">${gettext("Once")}</span><select class="input input-small" @change=${(e) => put(tools, card, { what: e.target.value, above: unit(own, e.target.value) ? "500,000,000" : "0" })}>${(own.ready?.when ?? []).map((one) => html`<option value=${one.id} ?selected=${one.id === f.what}>${one.says.replace("{}", one.unit === "$" ? "$ \u2026" : "\u2026")}</option>`)}</select></label>
      ${above == null ? nothing : html`<label class="inject-field"><span class="label">${above ? gettext("Dollars") : gettext("Number")}</span><input class="input input-small num" required maxlength="20" inputmode="numeric" autocomplete="off" .value=${f.above} @input=${set("above")}></label>`}` : nothing}</div>`;
}

/** @param {RoomState} state @param {InjectFields} f */
function button(state, f) {
  const who = f.team ? state.injects.teams.find((one) => String(one.id) === String(f.team))?.name ?? gettext("this team") : gettext("all teams");
  if (f.mode === "at") return html`${around(gettext("Schedule for %(who)s"), { who: html`<span dir="auto">${who}</span>` })}`;
  if (f.mode === "when") return html`${around(gettext("Set for %(who)s"), { who: html`<span dir="auto">${who}</span>` })}`;
  return state.state === "lobby" ? html`${around(gettext("Play at the start to %(who)s"), { who: html`<span dir="auto">${who}</span>` })}` : html`${around(gettext("Play now to %(who)s"), { who: html`<span dir="auto">${who}</span>` })}`;
}

/* Who will see what. */
/** @param {Preview | null} found @param {InjectCard} card */
function seen(found, card) {
  if (!found) return html`<p class="empty">${gettext("Checking who will see what.")}</p>`;
  if (!found.preview) return html`<p class="answer" data-state="refused">${icon("triangle-alert")}<span>${found.reason}</span></p>`;
  const p = found.preview;
  const said = Object.entries(p.desks);
  return html`<section class="seen" aria-label=${gettext("Who will see what")}>
    <p>${icon(p.talk_only ? "message-square" : "activity")}<span>${p.effect}</span></p>
    ${said.map(([desk, rows]) => rows.map((row) => html`<details class="seen-desk" data-desk=${desk} ?open=${said.length === 1}><summary>${roleIcon(desk)}<strong>${roleWord(desk)}</strong> <span class="second">${row.what}${row.from ? html` ${around(gettext("from %(from)s"), { from: html`<span dir="auto">${row.from}</span>` })}` : nothing}</span></summary>
      ${row.title ? html`<p><strong dir="auto">${row.title}</strong></p>` : nothing}<p dir="auto">${row.text}</p>${row.replies.length ? html`<ul>${row.replies.map((reply) => html`<li dir="auto">${reply}</li>`)}</ul>` : nothing}</details>`))}
    ${p.room ? html`<p>${icon("monitor")}<span>${around(gettext("The room and %(roleTitle)s: %(room)s"), { roleTitle: roleTitle("risk"), room: html`<span dir="auto">${p.room}</span>` })}</span></p>` : nothing}
    ${said.length || p.room ? nothing : html`<p class="second">${gettext("Nobody is told, but they may notice the effects.")}</p>`}
    ${card.desks.length && !said.length ? html`<p class="second">${around(gettext("Goes to %(desks)s."), { desks: desks(card.desks) })}</p>` : nothing}</section>`;
}
