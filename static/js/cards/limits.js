/* What may be set: gross cap, rate cap, collar; reconciliation where it was built. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { busy } from "../lib/busy.js";
import { count, left, sentence } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { amount, dollars } from "../lib/money.js";
import { blockedHands } from "../lib/reasons.js";

const number = (text) => (/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null);
const none = (n, text) => (n ? text : "none");

/* read(text) -> the value, or null; bad: what is said of a text that cannot be read; none: whether 0 means none. */
const FIELDS = [
  { kind: "limit.set", arg: "gross_usd", label: "Gross cap, account 33", unit: "dollars", hint: "25 M", now: (d) => none(d.gross_cap_usd, dollars(d.gross_cap_usd)), says: (v) => none(v, `$${count(v)}`),
    read: (t) => { const v = amount(t); return v !== null && v <= 1e11 ? v : null; }, bad: "An amount up to $100 bn, such as 25 M. 0 for none." },
  { kind: "rate.set", arg: "per_second", label: "Order rate cap", unit: "child orders a parent and second", hint: "5", now: (d) => none(d.rate_per_second, `${count(d.rate_per_second)} /s`), says: (v) => none(v, `${count(v)} a second`),
    read: (t) => { const v = number(t); return v !== null && Number.isInteger(v) && v <= 10000 ? v : null; }, bad: "A whole number up to 10,000. 0 for none." },
  { kind: "collar.set", arg: "percent", label: "Price collar", unit: "% from the opening price", hint: "5", now: (d) => none(d.collar_percent, `${d.collar_percent} %`), says: (v) => `${v} %`,
    read: (t) => { const v = number(t); return v !== null && v >= 0.01 && v <= 99 ? v : null; }, bad: "A number from 0.01 to 99." },
];

export function mount(root, app) {
  const at = { text: {}, tried: {} };
  const draw = () => app.store.get("limits") && render(all(app, at, app.store.get("limits"), draw), root);
  for (const name of ["limits", "levers", "work", "standing"]) app.store.on(name, draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("limit:") && draw());
}

const leverOf = (app, kind) => app.store.get("levers")?.levers.find((l) => l.kind === kind);
const whyNot = (app, lever) => blockedHands(app) ?? (!lever ? "Not at this hour." : lever.allowed ? null : sentence(lever.reason));

function all(app, at, d, draw) {
  const general = blockedHands(app);
  return html`${general ? html`<p class="answer">${icon("hourglass")}<span>${general}</span></p>` : nothing}
    ${FIELDS.map((f) => field(app, at, d, f, general, draw))}
    ${reconcile(app, d)}
    <p class="limit-note num">${icon("unplug")}<span>Account limit <strong>${dollars(d.account_limit_usd)}</strong>, linked to nothing</span></p>`;
}

function field(app, at, d, f, general, draw) {
  const lever = leverOf(app, f.kind);
  const why = whyNot(app, lever);
  const text = at.text[f.kind] ?? "";
  const value = f.read(text);
  const bad = at.tried[f.kind] && text && value === null ? f.bad : at.tried[f.kind] === "empty" && !text ? f.bad : null;
  const type = (e) => {
    at.text[f.kind] = e.target.value;
    at.tried[f.kind] = null;
    draw();
  };
  const send = (e) => {
    e.preventDefault();
    if (why) return app.voice.say(why, true);
    at.tried[f.kind] = text.trim() ? "read" : "empty";
    if (value === null || !text.trim()) {
      app.voice.say(f.bad, true);
      e.target.querySelector("input").focus();
    } else {
      app.commands.give(`limit:${f.kind}`, f.kind, { [f.arg]: value }, null, `${f.label}: ${f.says(value)}`);
      app.voice.say(`${f.label} ${f.says(value)}: sent.`, true);
      at.text[f.kind] = "";
      at.tried[f.kind] = null;
      e.target.querySelector("input").value = "";
    }
    return draw();
  };
  const id = f.kind.replace(".", "-");
  return html`<form class="limit" novalidate @submit=${send}>
    <label for=${id}>${f.label}<span class="quiet">${f.unit}</span></label>
    <span class="limit-now num" data-set=${f.now(d) === "none" ? nothing : ""}><span class="sr">now </span>${f.now(d)}</span>
    <input class="input input-small num" id=${id} inputmode=${f.kind === "limit.set" ? "text" : "decimal"} autocomplete="off" placeholder=${f.hint} maxlength="18" aria-invalid=${bad ? "true" : nothing} aria-describedby=${`${id}-says`} @input=${type}>
    <button class="btn" data-set-limit=${f.kind} aria-disabled=${String(!!why)} title=${why ?? nothing}>Set${lever?.minutes ? html`<span class="unit num">${left(lever.minutes * 60)}</span>` : nothing}<span class="sr"> ${f.label}${why ? `. Not now: ${why}` : ""}</span></button>
    <div class="limit-says num" id=${`${id}-says`}>${bad ? html`<p class="error">${icon("triangle-alert")}${bad}</p>` : text && value !== null ? html`<p class="quiet">Sets ${f.says(value)}.</p>` : nothing}${busy(app, f.kind)}${answer(app, `limit:${f.kind}`)}${!general && why ? html`<p class="answer">${why}</p>` : nothing}</div>
  </form>`;
}

function reconcile(app, d) {
  const lever = leverOf(app, "reconcile.on");
  if (!lever && !d.reconcile) return nothing;
  const why = whyNot(app, lever);
  const press = () => (why ? app.voice.say(why, true) : app.commands.give("limit:reconcile.on", "reconcile.on", {}));
  return html`<div class="limit"><span class="limit-label">Reconciliation<span class="quiet">a parent's children never exceed it</span></span>
    <span class="limit-now num" data-set=${d.reconcile ? "" : nothing}>${d.reconcile ? "on" : "off"}</span>
    ${d.reconcile ? nothing : html`<button type="button" class="btn limit-wide" aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${press}>Switch on<span class="unit num">${left(lever.minutes * 60)}</span></button>`}
    <div class="limit-says num">${busy(app, "reconcile.on")}${answer(app, "limit:reconcile.on")}</div></div>`;
}
