/* What may be set: gross cap, rate cap, collar; threshold, held parents and reconciliation where they were built. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { busy } from "../lib/busy.js";
import { count, left } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { amount, dollars } from "../lib/money.js";
import { blockedHands, refused } from "../lib/reasons.js";
import { mark } from "../lib/term.js";
import { around, gettext } from "../lib/words.js";

/** @typedef {{ kind: string, arg: string, label: string, terms: string[], unit: string, hint: string, bad: string, does: string, built?: boolean,
  now(d: Card.Limits): string, says(v: number): string, read(text: string): number | null }} Field */
/** @typedef {{ text: Record<string, string>, tried: Record<string, string | null>, fixed: Record<string, number> }} LimitsAt */

/** @param {string} text */
const number = (text) => (/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null);
const NONE = gettext("none");
/** @param {number | boolean} n @param {string} text */
const none = (n, text) => (n ? text : NONE);

/** @param {number} n */
const perSecond = (n) => gettext("%(n)s orders/s", { n: count(n) });
/** @param {number} most */
const upTo = (most) => (/** @type {string} */ t) => { const v = amount(t); return v !== null && v <= most ? v : null; };
/** @param {number} most */
const whole = (most) => (/** @type {string} */ t) => { const v = number(t.replaceAll(",", "")); return v !== null && Number.isInteger(v) && v <= most ? v : null; };

/* read(text) -> the value, or null; bad: what is said of a text that cannot be read; none: whether 0 means none;
   does: what a person arms. Those that have to be built are left out until they are. */
/** @type {Field[]} */
const FIELDS = [
  { kind: "limit.set", terms: ["gross-cap", "account-33"], arg: "gross_usd", label: gettext("Gross cap, account 33"), unit: gettext("dollars"), hint: "25 M", now: (d) => none(d.gross_cap_usd, dollars(d.gross_cap_usd)), says: (v) => none(v, `$${count(v)}`),
    read: upTo(1e11), bad: gettext("An amount up to $100 bn, such as 25 M. 0 for none."), does: gettext("Orders that would raise it further are rejected, including clients' orders if it is tight.") },
  { kind: "rate.set", terms: ["rate-limit"], arg: "per_second", label: gettext("Order rate cap"), unit: gettext("child orders per parent and second"), hint: "5", now: (d) => none(d.rate_per_second, perSecond(d.rate_per_second)), says: (v) => none(v, perSecond(v)),
    read: whole(10000), bad: gettext("A whole number up to 10,000. 0 for none."), does: gettext("Faster orders wait for the next second, including clients'.") },
  { kind: "collar.set", terms: ["collar"], arg: "percent", label: gettext("Price collar"), unit: gettext("% from the opening price"), hint: "5", now: (d) => none(d.collar_percent, `${d.collar_percent} %`), says: (v) => `${v} %`,
    read: (t) => { const v = number(t); return v !== null && v >= 0.01 && v <= 99 ? v : null; }, bad: gettext("A number from 0.01 to 99."), does: gettext("Orders priced outside it wait, including clients'.") },
  { kind: "threshold.set", terms: ["threshold"], arg: "usd", label: gettext("Capital threshold"), unit: gettext("dollars; stops all order entry"), hint: "100 M", built: true, now: (d) => none(d.threshold_usd, dollars(d.threshold_usd)), says: (v) => none(v, `$${count(v)}`),
    read: upTo(1e11), bad: gettext("An amount up to $100 bn, such as 100 M. 0 for none."), does: gettext("Once it is passed, none of the firm's orders go out.") },
  { kind: "hold.set", terms: ["parent-order"], arg: "shares", label: gettext("Hold large parents"), unit: gettext("shares; larger orders wait for review"), hint: "50,000", built: true, now: (d) => none(d.hold_shares, count(d.hold_shares)), says: (v) => none(v, gettext("%(v)s shares", { v: count(v) })),
    read: whole(1e6), bad: gettext("A whole number up to 1,000,000. 0 for none."), does: gettext("Larger parent orders wait for a person: clients wait longer.") },
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
    ${d.shut ? html`<p class="limit-shut">${icon("octagon-x")}<span>${gettext("The capital threshold has stopped all order entry. Set it again to let orders through.")}</span></p>` : nothing}
    ${FIELDS.filter((f) => !f.built || leverOf(app, f.kind)).map((f) => (app.armed(`limit:${f.kind}`) ? question(app, at, f) : field(app, at, d, f, general, draw)))}
    ${reconcile(app, d)}
    <p class="limit-note num">${icon(d.built.includes("limit.set") ? "link" : "unplug")}<span>${around(gettext("Account limit %(account_limit_usd)s, linked to %(also)s"), { account_limit_usd: html`<strong>${dollars(d.account_limit_usd)}</strong>`, also: d.built.includes("limit.set") ? gettext("the cap") : gettext("nothing") })}${d.credit_usd ? html`${around(gettext(". Credit line %(credit_usd)s"), { credit_usd: html`<strong>${dollars(d.credit_usd)}</strong>` })}` : nothing}</span></p>`;
}

/* A limit can hurt: it is armed, then sent by saying how sure one is. What is armed is what is sent. */
/** @param {App} app @param {LimitsAt} at @param {Field} f */
function question(app, at, f) {
  const value = at.fixed[f.kind];
  const back = () => document.getElementById(f.kind.replace(".", "-"));
  const what = { place: `limit:${f.kind}`, kind: f.kind, args: { [f.arg]: value }, title: `${f.label}: ${f.says(value)}`, says: value ? f.does : gettext("Orders it held back go out again.") };
  return html`<div class="unwind-sure limit-sure" @click=${(e) => e.target.closest("[data-sure]") && forget(at, f)}>${sure(app, what, back)}
    <button type="button" class="btn btn-icon btn-bare" @click=${() => { app.disarm(); requestAnimationFrame(() => requestAnimationFrame(() => back()?.focus())); }}>${icon("x")}<span class="sr">${gettext("Disarm")}</span></button></div>`;
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
  const reads = text && value !== null ? html`<p class="quiet">${around(gettext("Sets %(value)s."), { value: f.says(value) })}</p>` : nothing;
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
    <span class="limit-label"><label for=${id}>${f.label}</label>${f.terms.map(mark)}<span class="quiet">${f.unit}</span></span>
    <span class="limit-now num" data-set=${f.now(d) === NONE ? nothing : ""}><span class="sr">${gettext("now")} </span>${f.now(d)}</span>
    <input class="input input-small num" id=${id} inputmode=${f.arg.endsWith("usd") ? "text" : "decimal"} autocomplete="off" placeholder=${f.hint} maxlength="18" .value=${text} aria-invalid=${bad ? "true" : nothing} aria-describedby=${`${id}-says`} @input=${type}>
    <button class="btn" data-set-limit=${f.kind} aria-disabled=${String(!!why)} title=${why ?? nothing}>${gettext("Set")}${lever?.minutes ? html`<span class="unit num">${left(lever.minutes * 60)}</span>` : nothing}<span class="sr"> ${gettext("%(label)s, asks for confirmation", { label: f.label })}${why ? gettext(". Not now: %(why)s", { why }) : ""}</span></button>
    <div class="limit-says num" id=${`${id}-says`}>${bad ? html`<p class="error">${icon("triangle-alert")}${bad}</p>` : reads}${busy(app, f.kind)}${answer(app, `limit:${f.kind}`)}${!general && why ? html`<p class="answer">${why}</p>` : nothing}</div>
  </form>`;
}

/** @param {App} app @param {Card.Limits} d */
function reconcile(app, d) {
  const lever = leverOf(app, "reconcile.on");
  if (!lever && !d.reconcile) return nothing;
  const why = whyNot(app, lever);
  const press = () => (why ? app.voice.say(why, true) : app.commands.give("limit:reconcile.on", "reconcile.on", {}));
  return html`<div class="limit"><span class="limit-label">${gettext("Reconciliation")}${mark("reconcile")}<span class="quiet">${gettext("child orders never exceed their parent")}</span></span>
    <span class="limit-now num" data-set=${d.reconcile ? "" : nothing}>${d.reconcile ? gettext("on") : gettext("off")}</span>
    ${d.reconcile ? nothing : html`<button type="button" class="btn limit-wide" aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${press}>${gettext("Switch on")}<span class="unit num">${left((lever?.minutes ?? 0) * 60)}</span></button>`}
    <div class="limit-says num">${busy(app, "reconcile.on")}${answer(app, "limit:reconcile.on")}</div></div>`;
}
