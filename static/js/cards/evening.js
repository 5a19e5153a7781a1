/* The evening: banks bid for what is left; where the loss exceeds the cash, somebody buys into the firm. Each sale is armed first. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { busy } from "../lib/busy.js";
import { left } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { dollars } from "../lib/money.js";
import { blocked, blockedHands, refused } from "../lib/reasons.js";

const STATES = { open: "open", gone: "gone", taken: "taken" };

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
    if (now !== told) for (const b of d.bids.filter((x) => x.state === "open" && !told.includes(x.id + x.state))) app.voice.say(`${b.bank} bids ${b.discount_pct} per cent under, until ${b.until}.`, true);
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
  return html`<div class="panel-head"><h2 id="evening-h">${icon("gavel")}The evening</h2><span class="quiet num">${d.state === "sold" ? "the block is sold" : "banks bid for the block"}</span><span class="end">${fate(d)}</span></div>
    <div class="evening scroll" tabindex="0" role="region" aria-label="Bids and capital">
      <div class="offers">${d.bids.length ? d.bids.map((b) => bid(app, d, b)) : html`<p class="empty">No bid${d.state === "sold" ? ": nothing is left to sell" : " yet"}.</p>`}</div>
      ${d.state === "bids" ? counter(app, d) : nothing}
      <div class="capital-head"><h3>Capital</h3><p class="num second">Loss ${dollars(Math.abs(c.loss_usd))}, cash ${dollars(c.cash_usd)}${c.need_usd ? html`, <strong class="need">${dollars(c.need_usd)} missing</strong>` : ": the cash covers it"}.</p></div>
      ${c.offers.length ? html`<div class="offers">${c.offers.map((o) => offer(app, c, o))}</div>` : nothing}
    </div>`;
}

/** @param {Card.Evening} d */
const fate = (d) => (d.survives === null ? nothing : html`<span class="fate" data-fate=${String(d.survives)}>${icon(d.survives ? "circle-check" : "octagon-x")}${d.survives ? "The firm survives" : "The firm fails"}</span>`);

/* An armed button in a card of its own: take a bid, raise an offer. */
/** @param {App} app @param {string} place @param {Omit<Act, "place">} what @param {string} word @param {string | null} why */
function armed(app, place, what, word, why) {
  const back = () => document.getElementById("panel-evening");
  if (app.armed(place)) {
    return html`<div class="offer-sure">${sure(app, { place, ...what }, back)}<button type="button" class="btn btn-icon btn-bare" @click=${() => { app.disarm(); back().focus(); }}>${icon("x")}<span class="sr">Back to safe</span></button></div>`;
  }
  const press = () => {
    if (why) return app.voice.say(why, true);
    app.arm(place);
    return requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(".offer-sure .sure")?.focus()));
  };
  return html`<div class="row"><button type="button" class="btn btn-prime" data-take=${place.split(":").at(-1)} aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${press}>${word}<span class="sr">, asks once more: ${what.title}${why ? `. Not now: ${why}` : ""}</span></button>
    ${busy(app, what.kind)}${answer(app, place)}</div>`;
}

/** @param {App} app @param {Card.Evening} d @param {Card.Bid} b */
function bid(app, d, b) {
  const open = b.state === "open" && d.state === "bids";
  return html`<article class="offer" data-state=${b.state}><div class="offer-top"><h3>${b.bank}</h3><span class="quiet num">${open ? `until ${b.until}` : STATES[b.state]}</span></div>
    <p class="offer-price num"><strong>${b.discount_pct.toFixed(2)} %</strong> under, costs <strong>${dollars(b.cost_usd)}</strong></p><p class="offer-says">${b.says}</p>
    ${open ? armed(app, `evening:take:${b.id}`, { kind: "block.take", args: { bid: b.id }, title: `Sell the block to ${b.bank}`, says: `Everything that is left, ${b.discount_pct.toFixed(2)} % under: ${dollars(b.cost_usd)}.` }, "Take it", whyNot(app, "block.take")) : nothing}</article>`;
}

/** @param {App} app @param {Card.Evening} d */
function counter(app, d) {
  const lever = app.store.get("levers")?.levers.find((l) => l.kind === "block.counter");
  const why = whyNot(app, "block.counter");
  const bank = d.bids.at(-1)?.bank ?? "The bank";
  const press = () => (why ? app.voice.say(why, true) : app.commands.give("evening:counter", "block.counter", {}, null, "Ask for a better bid"));
  return html`<div class="counter"><p class="grow second">The last bank can be asked once: it betters its bid, or takes some of it back.</p><button type="button" class="btn" data-counter aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${press}>Ask for better${lever?.minutes ? html`<span class="unit num">${left(lever.minutes * 60)}</span>` : nothing}<span class="sr">: ${bank}${why ? `. Not now: ${why}` : ""}</span></button>
    ${why ? html`<p class="answer counter-why">${why}</p>` : nothing}${busy(app, "block.counter")}${answer(app, "evening:counter")}</div>`;
}

/** @param {App} app @param {Card.Capital} c @param {Card.Offer} o */
function offer(app, c, o) {
  const raised = c.raised === o.id;
  const over = raised ? "taken" : "gone";
  return html`<article class="offer" data-state=${c.raised ? over : "open"}><div class="offer-top"><h3>${o.from}</h3><span class="quiet">${raised ? "raised" : ""}</span></div>
    <p class="offer-price num"><strong>${dollars(o.amount_usd)}</strong> for <strong>${o.stake_pct} %</strong> of the firm</p><p class="offer-says">${o.says}</p>
    ${c.raised ? nothing : armed(app, `evening:raise:${o.id}`, { kind: "capital.raise", args: { offer: o.id }, title: `Raise ${dollars(o.amount_usd)}`, says: `${o.from} takes ${o.stake_pct} % of the firm.` }, "Raise", whyNoRaise(app, c, o))}</article>`;
}

/** @param {App} app @param {Card.Capital} c @param {Card.Offer} o */
const whyNoRaise = (app, c, o) => (o.amount_usd < c.need_usd ? `Does not cover the ${dollars(c.need_usd)} that are missing.` : whyNot(app, "capital.raise"));
