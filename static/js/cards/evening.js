/* The evening: banks bid for what is left; where the loss exceeds the cash, somebody buys into the firm. Each sale is armed first. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { busy } from "../lib/busy.js";
import { left } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { dollars } from "../lib/money.js";
import { blocked, blockedHands, refused } from "../lib/reasons.js";
import { around, gettext } from "../lib/words.js";

const STATES = { open: gettext("open"), gone: gettext("gone"), taken: gettext("taken") };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  let told = "";
  const draw = () => {
    const d = app.store.get("evening");
    if (!d) return;
    root.hidden = d.state === "closed";
    document.body.toggleAttribute("data-evening", !root.hidden);
    if (root.hidden) return;
    render(whole(app, d), root);
    const now = `${d.bids.map((b) => b.id + b.state + b.discount_pct)}`;
    if (now !== told) for (const b of d.bids.filter((x) => x.state === "open" && !told.includes(x.id + x.state))) app.voice.say(gettext("%(bank)s bids %(discount_pct)s % below, until %(until)s.", { bank: b.bank, discount_pct: b.discount_pct, until: b.until }), true);
    told = now;
  };
  app.store.onAny(["evening", "levers", "work", "standing", "armed"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("evening:") && draw());
}

/** @param {App} app @param {string} kind */
function whyNot(app, kind) {
  const lever = app.store.get("levers")?.levers.find((l) => l.kind === kind);
  return (lever?.hands === 0 ? blocked(app) : blockedHands(app)) ?? refused(lever);
}

/** @param {App} app @param {Card.Evening} d */
function whole(app, d) {
  const c = d.capital;
  return html`<div class="panel-head"><h2 id="evening-h">${icon("gavel")}${gettext("The evening")}</h2><span class="quiet num">${d.state === "sold" ? gettext("the block is sold") : gettext("banks bid for the block")}</span><span class="end">${fate(d)}</span></div>
    <div class="evening scroll" tabindex="0" role="region" aria-label=${gettext("Bids and capital")}>
      <div class="offers">${d.bids.length ? d.bids.map((b) => bid(app, d, b)) : html`<p class="empty">${d.state === "sold" ? gettext("No bids: nothing left to sell.") : gettext("No bids yet.")}</p>`}</div>
      ${d.state === "bids" ? counter(app, d) : nothing}
      <div class="capital-head"><h3>${gettext("Capital")}</h3><p class="num second">${around(gettext("Loss %(dollars)s, cash %(cash_usd)s%(also)s."), { dollars: dollars(Math.abs(c.loss_usd)), cash_usd: dollars(c.cash_usd), also: c.need_usd ? html`, <strong class="need">${gettext("%(need_usd)s missing", { need_usd: dollars(c.need_usd) })}</strong>` : gettext(": the cash covers it") })}</p></div>
      ${c.offers.length ? html`<div class="offers">${c.offers.map((o) => offer(app, c, o))}</div>` : nothing}
    </div>`;
}

/** @param {Card.Evening} d */
const fate = (d) => (d.survives === null ? nothing : html`<span class="fate" data-fate=${String(d.survives)}>${icon(d.survives ? "circle-check" : "octagon-x")}${d.survives ? gettext("The firm survives") : gettext("The firm fails")}</span>`);

/* An armed button in a card of its own: take a bid, raise an offer. */
/** @param {App} app @param {string} place @param {Omit<Act, "place">} what @param {string} word @param {string | null} why */
function armed(app, place, what, word, why) {
  const back = () => document.getElementById("panel-evening");
  if (app.armed(place)) {
    return html`<div class="offer-sure">${sure(app, { place, ...what }, back)}<button type="button" class="btn btn-icon btn-bare" @click=${() => { app.disarm(); back().focus(); }}>${icon("x")}<span class="sr">${gettext("Disarm")}</span></button></div>`;
  }
  const press = () => {
    if (why) return app.voice.say(why, true);
    app.arm(place);
    return requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(".offer-sure .sure")?.focus()));
  };
  return html`<div class="row"><button type="button" class="btn btn-prime" data-take=${place.split(":").at(-1)} aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${press}>${word}<span class="sr">${gettext(", asks for confirmation: %(title)s", { title: what.title })}${why ? gettext(". Not now: %(why)s", { why }) : ""}</span></button>
    ${busy(app, what.kind)}${answer(app, place)}</div>`;
}

/** @param {App} app @param {Card.Evening} d @param {Card.Bid} b */
function bid(app, d, b) {
  const open = b.state === "open" && d.state === "bids";
  return html`<article class="offer" data-state=${b.state}><div class="offer-top"><h3>${b.bank}</h3><span class="quiet num">${open ? gettext("until %(until)s", { until: b.until }) : STATES[b.state]}</span></div>
    <p class="offer-price num">${around(gettext("%(number)s below, costs %(cost_usd)s"), { number: html`<strong>${b.discount_pct.toFixed(2)} %</strong>`, cost_usd: html`<strong>${dollars(b.cost_usd)}</strong>` })}</p><p class="offer-says">${b.says}</p>
    ${open ? armed(app, `evening:take:${b.id}`, { kind: "block.take", args: { bid: b.id }, title: gettext("Sell the block to %(bank)s", { bank: b.bank }), says: gettext("Everything left, %(number)s % below: %(cost_usd)s.", { number: b.discount_pct.toFixed(2), cost_usd: dollars(b.cost_usd) }) }, gettext("Accept"), whyNot(app, "block.take")) : nothing}</article>`;
}

/** @param {App} app @param {Card.Evening} d */
function counter(app, d) {
  const lever = app.store.get("levers")?.levers.find((l) => l.kind === "block.counter");
  const why = whyNot(app, "block.counter");
  const bank = d.bids.at(-1)?.bank ?? gettext("The bank");
  const press = () => (why ? app.voice.say(why, true) : app.commands.give("evening:counter", "block.counter", {}, null, "Ask for a better bid"));
  return html`<div class="counter"><p class="grow second">${gettext("You can ask the last bank once: it raises its bid, or lowers it.")}</p><button type="button" class="btn" data-counter aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${press}>${gettext("Ask for a better bid")}${lever?.minutes ? html`<span class="unit num">${left(lever.minutes * 60)}</span>` : nothing}<span class="sr">: ${bank}${why ? gettext(". Not now: %(why)s", { why }) : ""}</span></button>
    ${why ? html`<p class="answer counter-why">${why}</p>` : nothing}${busy(app, "block.counter")}${answer(app, "evening:counter")}</div>`;
}

/** @param {App} app @param {Card.Capital} c @param {Card.Offer} o */
function offer(app, c, o) {
  const raised = c.raised === o.id;
  const over = raised ? "taken" : "gone";
  return html`<article class="offer" data-state=${c.raised ? over : "open"}><div class="offer-top"><h3>${o.from}</h3><span class="quiet">${raised ? gettext("raised") : ""}</span></div>
    <p class="offer-price num">${around(gettext("%(amount_usd)s for %(stake_pct)s of the firm"), { amount_usd: html`<strong>${dollars(o.amount_usd)}</strong>`, stake_pct: html`<strong>${o.stake_pct} %</strong>` })}</p><p class="offer-says">${o.says}</p>
    ${c.raised ? nothing : armed(app, `evening:raise:${o.id}`, { kind: "capital.raise", args: { offer: o.id }, title: gettext("Raise %(amount_usd)s", { amount_usd: dollars(o.amount_usd) }), says: gettext("%(from)s takes %(stake_pct)s % of the firm.", { from: o.from, stake_pct: o.stake_pct }) }, gettext("Raise"), whyNoRaise(app, c, o))}</article>`;
}

/** @param {App} app @param {Card.Capital} c @param {Card.Offer} o */
const whyNoRaise = (app, c, o) => (o.amount_usd < c.need_usd ? gettext("Does not cover the missing %(need_usd)s.", { need_usd: dollars(c.need_usd) }) : whyNot(app, "capital.raise"));
