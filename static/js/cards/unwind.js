/* Getting out: flatten positions, have executions cancelled, send clients elsewhere; the state of play with the exchange. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { busy } from "../lib/busy.js";
import { SYSTEM, SYSTEM_HEAD } from "../lib/firm.js";
import { left } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { dollars } from "../lib/money.js";
import { blocked, blockedHands, refused } from "../lib/reasons.js";
import { share } from "../lib/share.js";
import { late } from "./pnl.js";
import { around, gettext } from "../lib/words.js";

/** @typedef {{ what: string, style: string, fixed: { symbols: string | string[], words: string } | null }} UnwindAt */

/** @type {Record<string, string>} */
const STYLES = { passive: gettext("Waits at the best price: slow but cheap."), aggressive: gettext("Takes resting orders: fast, but moves the price.") };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  /** @type {UnwindAt} */
  const at = { what: "all", style: "passive", fixed: null };
  const draw = () => app.store.get("exchange") && render(all(app, at, draw), root);
  app.store.onAny(["exchange", "levers", "work", "standing", "armed", "shown", "price", "limits"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("unwind:") && draw());
}

/** @param {App} app @param {string} kind */
const leverOf = (app, kind) => app.store.get("levers")?.levers.find((l) => l.kind === kind);

/** @param {App} app @param {string} kind */
function whyNot(app, kind) {
  const lever = leverOf(app, kind);
  const why = lever?.hands === 0 ? blocked(app) : blockedHands(app);
  return why ?? refused(lever);
}

/** @param {App} app @param {string} kind */
const takes = (app, kind) => {
  const minutes = leverOf(app, kind)?.minutes;
  return minutes ? html`<span class="unit num">${left(minutes * 60)}</span>` : nothing;
};

/** @param {App} app @param {UnwindAt} at @param {() => unknown} draw */
const all = (app, at, draw) => html`${flatten(app, at, draw)}${bust(app)}${clients(app)}${cut(app)}`;

/* What would be flattened: {symbols, words}. */
/** @param {App} app @param {string} what */
function chosen(app, what) {
  const shown = app.store.get("shown");
  const symbol = app.store.get("price")?.symbol;
  if (what === "all") return { symbols: "all", words: gettext("all positions") };
  if (what === "shown") return { symbols: shown?.symbols ?? [], words: gettext("%(length)s stocks shown (%(word)s)", { length: shown?.symbols.length ?? 0, word: shown?.word ?? gettext("all") }) };
  return { symbols: symbol ? [symbol] : [], words: symbol ?? gettext("the stock watched") };
}

/** @param {App} app @param {UnwindAt} at @param {() => unknown} draw */
function flatten(app, at, draw) {
  const back = () => document.getElementById("flatten");
  if (app.armed("unwind:flatten") && at.fixed) {
    const says = gettext("Closes what the monitor shows, %(late)s, outside %(SYSTEM)s. %(SYSTEM_HEAD)s goes on sending.", { late: late(app.store.get("pnl")?.lag_s ?? 0), SYSTEM, SYSTEM_HEAD });
    return asked(app, { place: "unwind:flatten", kind: "position.flatten", args: { symbols: at.fixed.symbols, style: at.style }, title: gettext("Flatten %(words)s, %(style)s", { words: at.fixed.words, style: at.style }), says }, back);
  }
  const target = chosen(app, at.what);
  const none = at.what === "shown" ? gettext("You hold none of the stocks shown.") : gettext("No stock watched: choose one in the table.");
  const why = whyNot(app, "position.flatten") ?? (target.symbols.length ? null : none);
  const arm = () => {
    if (why) return app.voice.say(why, true);
    at.fixed = target; // what is armed is what is sent, though the filter may change meanwhile
    app.arm("unwind:flatten");
    return focusAsked();
  };
  /** @param {"what" | "style"} key @param {string} value */
  const pick = (key, value) => () => {
    at[key] = value;
    draw();
  };
  /** @param {"what" | "style"} key @param {string} value @param {Drawn} word */
  const choice = (key, value, word) => html`<button type="button" aria-pressed=${String(at[key] === value)} @click=${pick(key, value)}>${word}</button>`;
  const symbol = app.store.get("price")?.symbol;
  return html`<div class="unwind"><div class="grow"><h3>${gettext("Flatten positions")}</h3><p class="quiet">${STYLES[at.style]}</p></div>
      <button type="button" class="btn btn-arm" id="flatten" aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${arm}>${gettext("Flatten")}${takes(app, "position.flatten")}<span class="sr"> ${gettext("%(words)s, %(style)s, asks for confirmation", { words: target.words, style: at.style })}${why ? gettext(". Not now: %(why)s", { why }) : ""}</span></button>
      <div class="unwind-how"><span class="seg seg-tight" role="group" aria-label=${gettext("Which positions")}>${choice("what", "all", gettext("All"))}${choice("what", "shown", html`${gettext("Shown")} <span class="num second">${app.store.get("shown")?.symbols.length ?? 0}</span>`)}${choice("what", "watched", symbol ?? gettext("Watched"))}</span>
      <span class="seg seg-tight" role="group" aria-label=${gettext("How")}>${choice("style", "passive", gettext("Passive"))}${choice("style", "aggressive", gettext("Aggressive"))}</span></div>
      ${says(app, "flatten", "position.flatten", why)}</div>`;
}

/* What is armed, and the way back. */
/** @param {App} app @param {Act} what @param {() => Found} back */
const asked = (app, what, back) => html`<div class="unwind-sure">${sure(app, what, back)}
  <button type="button" class="btn btn-icon btn-bare" @click=${() => { app.disarm(); back()?.focus(); }}>${icon("x")}<span class="sr">${gettext("Disarm")}</span></button></div>`;

const focusAsked = () => requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(".unwind-sure .sure")?.focus()));

/** @param {App} app @param {string} place @param {string} kind @param {string | null} why */
const says = (app, place, kind, why) => html`<div class="unwind-says num">${busy(app, kind)}${answer(app, `unwind:${place}`)}${why ? html`<p class="answer">${why}</p>` : nothing}</div>`;

/* One act: a title, a line, a button. With `hurts`, what it does to whom, it is armed first. */
/** @param {App} app @param {string} place @param {string} kind @param {string} title @param {Drawn} line @param {string} word */
function simple(app, place, kind, title, line, word, hurts = "") {
  const why = whyNot(app, kind);
  const back = () => document.querySelector(`[data-unwind="${kind}"]`);
  if (hurts && app.armed(`unwind:${place}`)) return asked(app, { place: `unwind:${place}`, kind, args: {}, title, says: hurts }, back);
  const press = () => {
    if (why) return app.voice.say(why, true);
    if (!hurts) return app.commands.give(`unwind:${place}`, kind, {}, null, title);
    app.arm(`unwind:${place}`);
    return focusAsked();
  };
  return html`<div class="unwind"><div class="grow"><h3>${title}</h3><p class="quiet num">${line}</p></div>
    <button type="button" class="btn" data-unwind=${kind} aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${press}>${word}${takes(app, kind)}<span class="sr">: ${title}${why ? gettext(". Not now: %(why)s", { why }) : ""}</span></button>
    ${says(app, place, kind, why)}</div>`;
}

/** @param {App} app */
function bust(app) {
  const { bust: asked, busts } = app.store.get("exchange") ?? { bust: null, busts: [] };
  const waits = asked ? html`${around(gettext("Asked %(asked)s, ruling at %(ruling)s."), { asked: asked.asked.slice(0, 5), ruling: html`<strong>${asked.ruling_at.slice(0, 5)}</strong>` })}` : gettext("Trades 30 % or more away from the open, within 30 minutes.");
  const line = busts.length ? html`${busts.map((b) => html`${b.at.slice(0, 5)}: ${b.relief_usd ? html`${around(gettext("%(relief_usd)s reversed"), { relief_usd: html`<strong>${dollars(b.relief_usd)}</strong>` })}` : gettext("nothing cancelled")}. `)}` : waits;
  return simple(app, "bust", "exchange.bust", gettext("Ask the exchange to cancel"), line, gettext("Ask"));
}

/** @param {App} app */
function clients(app) {
  const away = app.store.get("limits")?.clients_away;
  return away ? simple(app, "clients", "clients.recall", gettext("Ask clients to come back"), gettext("Part of the flow is going elsewhere."), gettext("Call back"))
    : simple(app, "clients", "clients.route_away", gettext("Ask clients to route elsewhere"), gettext("They suffer less from what you cannot route; half of the flow stays away until you call it back."), gettext("Ask"), gettext("Part of the flow goes elsewhere at once, until you call it back."));
}

/** @param {App} app */
const cut = (app) => html`<div class="unwind unwind-state"><p class="grow num">${icon("landmark")}<span>${gettext("The exchanges")} ${app.store.get("exchange")?.cut_off ? html`<strong>${gettext("have cut us off")}</strong>` : gettext("take orders of the firm")}</span></p>${share(app, "exchange", 0, gettext("the state of play with the exchange"))}</div>`;
