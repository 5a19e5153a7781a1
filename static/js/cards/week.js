/* The week: its evenings side by side, what took hands and what does, what is planned, and each desk's minutes. Also: which of the
   two views of a desk shows in the week, and that it is one. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { visit } from "../lib/desk-keys.js";
import { EVENING_FROM, EVENING_HOURS, EVENING_S, SHORT } from "../lib/calendar.js";
import { COPIES } from "../lib/firm.js";
import { seconds } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { DESKS, role, roleWord } from "../lib/roles.js";

const FROM = seconds(EVENING_FROM) / 60;
const LENGTH = EVENING_S / 60; // minutes of an evening
const CELL = 5; // minutes a column
/** @type {Record<string, string>} */
const VIEWS = { deployer: "Fleet", operator: "Servers", risk: "Money" };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const own = document.body.dataset.desk ?? "";
  phases(app);
  root.style.setProperty("--evenings", String(SHORT.length));
  root.style.setProperty("--cells", String(LENGTH / CELL));
  const draw = () => {
    const d = app.store.get("week");
    if (d && d.evening !== null) render(view(app, own, d, app.store.get("plan"), minuteOf(app)), root);
  };
  app.store.onAny(["week", "plan", "view", "standing"], draw);
  /** @type {number | null} */
  let minute = null;
  app.store.on("clock", () => {
    if (minute === minuteOf(app)) return;
    minute = minuteOf(app);
    draw();
  });
}

/** @param {App} app */
const minuteOf = (app) => Math.floor(seconds(app.store.get("clock")?.clock ?? EVENING_FROM) / 60) - FROM;

/* In the week every desk begins with the plan; when it is over the plan goes, and the desk is what it was. */
/** @param {App} app */
function phases(app) {
  /** @type {boolean | null} */
  let week = null;
  document.addEventListener("show-desk", () => week && app.showView("desk")); // a key leads to a panel of the other view
  app.showView = (name) => {
    document.body.dataset.view = name;
    app.store.set("view", name);
  };
  app.showWork = () => {
    if (!week) return;
    app.showView("plan");
    visit(document.getElementById("panel-plan"));
  };
  app.store.on("clock", (d) => {
    const now = d.phase === "deployment";
    if (now === week) return;
    if (now) {
      app.showView("plan");
      document.getElementById("tab-plan").click();
    } else if (document.body.dataset.tab === "plan") document.querySelector("[data-tab-for]:not([data-tab-for=plan])").click();
    week = now;
  });
}

/** @param {App} app @param {string} own @param {Card.Week} d @param {Card.Plan | undefined} plan @param {number} minute */
function view(app, own, d, plan, minute) {
  const seg = [["plan", "Plan"], ["desk", VIEWS[own]]];
  return html`<div class="week-head"><h2 id="week-h">${icon("calendar-days")}The week</h2>
      <span class="second num">${d.date}, until ${d.ends_at}</span><span class="second num">${d.copies_left} of ${COPIES} copies left tonight</span>
      <ul class="budgets" aria-label="Hours of hands that are spent or promised">${DESKS.map((desk) => budget(desk, d.budget[desk]))}</ul>
      <div class="seg seg-tight not-phone" role="group" aria-label="What this desk shows">${seg.map(([name, word]) => html`<button type="button" data-view-for=${name}
        aria-pressed=${String(app.store.get("view") === name)} @click=${() => app.showView(name)}>${word}</button>`)}</div></div>
    <div class="evenings" role="table" aria-labelledby="week-h">
      <div class="evening-row evening-days" role="row"><span role="columnheader" class="sr">Desk</span>${SHORT.map((day, n) => html`<span class="evening-day num" role="columnheader" ?data-now=${n === d.evening}>
        <strong>${day}</strong><span class="quiet" aria-hidden="true">${EVENING_HOURS.map((hour) => html`<span>${hour}</span>`)}</span>
        ${n === d.evening ? html`<progress max=${LENGTH} .value=${minute} aria-label="The evening so far"></progress>` : html`<span class="evening-line"></span>`}</span>`)}</div>
      ${DESKS.map((desk) => html`<div class="evening-row" role="row"><span class="evening-desk" role="rowheader">${role(desk)}</span>${SHORT.map((_, n) => cell(d, plan, desk, n))}</div>`)}
    </div>`;
}

/** @param {number} min */
const hours = (min) => (min / 60).toFixed(min % 60 ? 1 : 0);

/** @param {Desk} desk @param {Card.Budget} b */
function budget(desk, b) {
  return html`<li class="budget num">${role(desk)}<meter min="0" max=${b.total_min} .value=${b.used_min} aria-label=${`${roleWord(desk)}: ${hours(b.used_min)} of ${hours(b.total_min)} hours`}></meter><span aria-hidden="true">${hours(b.used_min)} of ${hours(b.total_min)} h</span></li>`;
}

/* One desk on one evening: bars in as many lanes as it has hands, and what is only meant. */
/** @param {Card.Week} d @param {Card.Plan | undefined} plan @param {Desk} desk @param {number} n */
function cell(d, plan, desk, n) {
  const rows = d.calendar.filter((r) => r.desk === desk && r.evening === n);
  const meant = (plan?.items ?? []).filter((r) => r.desk === desk && r.evening === n);
  const over = plan && plan.planned[desk][n] > plan.supply[desk];
  return html`<div class="evening-cell" role="cell" data-day=${SHORT[n]} ?data-now=${n === d.evening}><ul class="bars" aria-label=${`${roleWord(desk)}, ${SHORT[n]}`}>${lanes(rows).map(bar)}</ul>
    ${meant.length ? html`<ul class="meant" aria-label="Planned">${meant.map((r) => html`<li class="num" title=${`${r.label}, ${r.minutes} min`}>${r.label} <span class="unit">${r.minutes} min</span></li>`)}
      ${over ? html`<li class="num meant-over">${icon("triangle-alert")}${plan.planned[desk][n]} of ${plan.supply[desk]} min</li>` : nothing}</ul>` : nothing}
    ${rows.length || meant.length ? nothing : html`<span class="sr">nothing</span>`}</div>`;
}

/** @param {string} clock */
const at = (clock) => Math.round((seconds(clock) / 60 - FROM) / CELL) + 1;

/* Each bar in the first lane that is free again. */
/** @param {Card.Span[]} rows */
function lanes(rows) {
  /** @type {number[]} */
  const ends = [];
  return rows.map((r) => {
    const from = at(r.from);
    const to = Math.max(at(r.to), from + 1);
    let lane = ends.findIndex((end) => end <= from);
    if (lane < 0) lane = ends.length;
    ends[lane] = to;
    return { ...r, place: `grid-area: ${lane + 1} / ${from} / auto / ${to}` };
  });
}

/** @param {Card.Span & { place: string }} r */
const bar = (r) => html`<li class="bar" data-desk=${r.desk} data-state=${r.state} .style=${r.place} title=${`${r.from} to ${r.to}, ${r.label}, ${r.state}`}><span class="sr">${r.from} to ${r.to}, ${r.state}: </span>${r.label}</li>`;
