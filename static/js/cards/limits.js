/* What may be set: gross cap, rate cap, collar; threshold, held parents and reconciliation where they were built. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { busy } from "../lib/busy.js";
import { count, left } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { amount, dollars } from "../lib/money.js";
import { blockedHands, refused } from "../lib/reasons.js";

/** @typedef {{ kind: string, arg: string, label: string, unit: string, hint: string, bad: string, does: string, built?: boolean,
  now(d: Card.Limits): string, says(v: number): string, read(text: string): number | null }} Field */
/** @typedef {{ text: Record<string, string>, tried: Record<string, string | null>, fixed: Record<string, number> }} LimitsAt */

/** @param {string} text */
const number = (text) => (/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null);
/** @param {number | boolean} n @param {string} text */
const none = (n, text) => (n ? text : "none");

/** @param {number} most */
const upTo = (most) => (/** @type {string} */ t) => { const v = amount(t); return v !== null && v <= most ? v : null; };
/** @param {number} most */
const whole = (most) => (/** @type {string} */ t) => { const v = number(t.replaceAll(",", "")); return v !== null && Number.isInteger(v) && v <= most ? v : null; };

/* read(text) -> the value, or null; bad: what is said of a text that cannot be read; none: whether 0 means none;
   does: what a person arms. Those that have to be built are left out until they are. */
/** @type {Field[]} */
const FIELDS = [
  { kind: "limit.set", arg: "gross_usd", label: "Gross cap, account 33", unit: "dollars", hint: "25 M", now: (d) => none(d.gross_cap_usd, dollars(d.gross_cap_usd)), says: (v) => none(v, `$${count(v)}`),
    read: upTo(1e11), bad: "An amount up to $100 bn, such as 25 M. 0 for none.", does: "Orders that would raise it further are rejected, a client's too where it is tight." },
  { kind: "rate.set", arg: "per_second", label: "Order rate cap", unit: "child orders a parent and second", hint: "5", now: (d) => none(d.rate_per_second, `${count(d.rate_per_second)} /s`), says: (v) => none(v, `${count(v)} a second`),
    read: whole(10000), bad: "A whole number up to 10,000. 0 for none.", does: "What comes faster waits for the next second, a client's too." },
  { kind: "collar.set", arg: "percent", label: "Price collar", unit: "% from the opening price", hint: "5", now: (d) => none(d.collar_percent, `${d.collar_percent} %`), says: (v) => `${v} %`,
    read: (t) => { const v = number(t); return v !== null && v >= 0.01 && v <= 99 ? v : null; }, bad: "A number from 0.01 to 99.", does: "Orders priced beyond it wait, a client's too." },
  { kind: "threshold.set", arg: "usd", label: "Capital threshold", unit: "dollars, stops all order entry", hint: "100 M", built: true, now: (d) => none(d.threshold_usd, dollars(d.threshold_usd)), says: (v) => none(v, `$${count(v)}`),
    read: upTo(1e11), bad: "An amount up to $100 bn, such as 100 M. 0 for none.", does: "Once it is passed no order of the firm goes out." },
  { kind: "hold.set", arg: "shares", label: "Hold large parents", unit: "shares, above it a person looks", hint: "50,000", built: true, now: (d) => none(d.hold_shares, count(d.hold_shares)), says: (v) => none(v, `${count(v)} shares`),
    read: whole(1e6), bad: "A whole number up to 1,000,000. 0 for none.", does: "Larger parents wait for a person: clients are slower." },
];

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  /** @type {LimitsAt} */
  const at = { text: {}, tried: {}, fixed: {} };
  root.replaceChildren(); // the skeleton of the first paint
  const draw = () => {
    const d = app.store.get("limits");
    if (d) render(all(app, at, d, draw), root);
  };
  app.store.onAny(["limits", "levers", "work", "standing", "armed"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("limit:") && draw());
}

/** @param {App} app @param {string} kind */
const leverOf = (app, kind) => app.store.get("levers")?.levers.find((l) => l.kind === kind);
/** @param {App} app @param {Card.Lever | undefined} lever */
const whyNot = (app, lever) => blockedHands(app) ?? refused(lever);

/** @param {App} app @param {LimitsAt} at @param {Card.Limits} d @param {() => unknown} draw */
function all(app, at, d, draw) {
  const general = blockedHands(app);
  return html`${general ? html`<p class="answer">${icon("hourglass")}<span>${general}</span></p>` : nothing}
    ${d.shut ? html`<p class="limit-shut">${icon("octagon-x")}<span>The capital threshold has stopped all order entry. Setting it anew lets orders in.</span></p>` : nothing}
    ${FIELDS.filter((f) => !f.built || leverOf(app, f.kind)).map((f) => (app.armed(`limit:${f.kind}`) ? question(app, at, f) : field(app, at, d, f, general, draw)))}
    ${reconcile(app, d)}
    <p class="limit-note num">${icon(d.built.includes("limit.set") ? "link" : "unplug")}<span>Account limit <strong>${dollars(d.account_limit_usd)}</strong>, linked to ${d.built.includes("limit.set") ? "the cap" : "nothing"}${d.credit_usd ? html`. Credit line <strong>${dollars(d.credit_usd)}</strong>` : nothing}</span></p>`;
}

/* A limit can hurt: it is armed, then sent by saying how sure one is. What is armed is what is sent. */
/** @param {App} app @param {LimitsAt} at @param {Field} f */
function question(app, at, f) {
  const value = at.fixed[f.kind];
  const back = () => document.getElementById(f.kind.replace(".", "-"));
  const what = { place: `limit:${f.kind}`, kind: f.kind, args: { [f.arg]: value }, title: `${f.label}: ${f.says(value)}`, says: value ? f.does : "What it held back goes out again." };
  return html`<div class="unwind-sure limit-sure" @click=${(e) => e.target.closest("[data-sure]") && forget(at, f)}>${sure(app, what, back)}
    <button type="button" class="btn btn-icon btn-bare" @click=${() => { app.disarm(); requestAnimationFrame(() => requestAnimationFrame(() => back()?.focus())); }}>${icon("x")}<span class="sr">Back to safe</span></button></div>`;
}

/** @param {LimitsAt} at @param {Field} f */
function forget(at, f) {
  at.text[f.kind] = "";
  at.tried[f.kind] = null;
}

/** @param {App} app @param {LimitsAt} at @param {Card.Limits} d @param {Field} f @param {string | null} general @param {() => unknown} draw */
function field(app, at, d, f, general, draw) {
  const lever = leverOf(app, f.kind);
  const why = whyNot(app, lever);
  const text = at.text[f.kind] ?? "";
  const value = f.read(text);
  const tried = at.tried[f.kind];
  const bad = (tried && text && value === null) || (tried === "empty" && !text) ? f.bad : null;
  const reads = text && value !== null ? html`<p class="quiet">Sets ${f.says(value)}.</p>` : nothing;
  /** @param {PageEvent} e */
  const type = (e) => {
    at.text[f.kind] = e.target.value;
    at.tried[f.kind] = null;
    draw();
  };
  /** @param {PageEvent} e */
  const arm = (e) => {
    e.preventDefault();
    if (why) return app.voice.say(why, true);
    at.tried[f.kind] = text.trim() ? "read" : "empty";
    if (value === null || !text.trim()) {
      app.voice.say(f.bad, true);
      e.target.querySelector("input").focus();
      return draw();
    }
    at.fixed[f.kind] = value;
    app.arm(`limit:${f.kind}`);
    return requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(".limit-sure .sure")?.focus()));
  };
  const id = f.kind.replace(".", "-");
  return html`<form class="limit" novalidate @submit=${arm}>
    <label for=${id}>${f.label}<span class="quiet">${f.unit}</span></label>
    <span class="limit-now num" data-set=${f.now(d) === "none" ? nothing : ""}><span class="sr">now </span>${f.now(d)}</span>
    <input class="input input-small num" id=${id} inputmode=${f.arg.endsWith("usd") ? "text" : "decimal"} autocomplete="off" placeholder=${f.hint} maxlength="18" .value=${text} aria-invalid=${bad ? "true" : nothing} aria-describedby=${`${id}-says`} @input=${type}>
    <button class="btn" data-set-limit=${f.kind} aria-disabled=${String(!!why)} title=${why ?? nothing}>Set${lever?.minutes ? html`<span class="unit num">${left(lever.minutes * 60)}</span>` : nothing}<span class="sr"> ${f.label}, asks once more${why ? `. Not now: ${why}` : ""}</span></button>
    <div class="limit-says num" id=${`${id}-says`}>${bad ? html`<p class="error">${icon("triangle-alert")}${bad}</p>` : reads}${busy(app, f.kind)}${answer(app, `limit:${f.kind}`)}${!general && why ? html`<p class="answer">${why}</p>` : nothing}</div>
  </form>`;
}

/** @param {App} app @param {Card.Limits} d */
function reconcile(app, d) {
  const lever = leverOf(app, "reconcile.on");
  if (!lever && !d.reconcile) return nothing;
  const why = whyNot(app, lever);
  const press = () => (why ? app.voice.say(why, true) : app.commands.give("limit:reconcile.on", "reconcile.on", {}));
  return html`<div class="limit"><span class="limit-label">Reconciliation<span class="quiet">a parent's children never exceed it</span></span>
    <span class="limit-now num" data-set=${d.reconcile ? "" : nothing}>${d.reconcile ? "on" : "off"}</span>
    ${d.reconcile ? nothing : html`<button type="button" class="btn limit-wide" aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${press}>Switch on<span class="unit num">${left((lever?.minutes ?? 0) * 60)}</span></button>`}
    <div class="limit-says num">${busy(app, "reconcile.on")}${answer(app, "limit:reconcile.on")}</div></div>`;
}
