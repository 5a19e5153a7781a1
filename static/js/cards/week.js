/* The week: its evenings side by side, what took hands and what does, what is planned, and each desk's minutes. Also: which of the
   two views of a desk shows in the week, and that it is one. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { visit } from "../lib/desk-keys.js";
import { EVENING_FROM, EVENING_HOURS, EVENING_S, SHORT } from "../lib/calendar.js";
import { COPIES, MANY, ON_DAY, TARGET } from "../lib/firm.js";
import { seconds } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { DESKS, role, roleWord } from "../lib/roles.js";
import { around, gettext } from "../lib/words.js";

const FROM = seconds(EVENING_FROM) / 60;
const LENGTH = EVENING_S / 60; // minutes of an evening
const CELL = 5; // minutes a column
/** @type {Record<string, string>} */
const VIEWS = { deployer: gettext("Fleet"), operator: gettext("Servers"), risk: gettext("Money") };

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
  const seg = [["plan", gettext("Plan")], ["desk", VIEWS[own]]];
  return html`<div class="week-head"><h2 id="week-h">${icon("calendar-days")}${gettext("The week")}</h2>
      <p class="week-goal">${gettext("The goal: by %(day)s's opening bell, run %(release)s on all %(many)s servers, with as few ways to go wrong as the evenings allow.", { day: ON_DAY.split(",")[0], release: TARGET, many: MANY })}</p>
      <span class="second num">${gettext("%(date)s, until %(ends_at)s", { date: d.date, ends_at: d.ends_at })}</span><span class="second num">${gettext("%(copies_left)s of %(COPIES)s copies left tonight", { copies_left: d.copies_left, COPIES })}</span>
      <ul class="budgets" aria-label=${gettext("Hand-hours used or committed")}>${DESKS.map((desk) => budget(desk, d.budget[desk]))}</ul>
      <div class="seg seg-tight not-phone" role="group" aria-label=${gettext("Desk view")}>${seg.map(([name, word]) => html`<button type="button" data-view-for=${name}
        aria-pressed=${String(app.store.get("view") === name)} @click=${() => app.showView(name)}>${word}</button>`)}</div></div>
    <div class="evenings" role="table" aria-labelledby="week-h">
      <div class="evening-row evening-days" role="row"><span role="columnheader" class="sr">${gettext("Desk")}</span>${SHORT.map((day, n) => html`<span class="evening-day num" role="columnheader" ?data-now=${n === d.evening}>
        <strong>${day}</strong><span class="quiet" aria-hidden="true">${EVENING_HOURS.map((hour) => html`<span>${hour}</span>`)}</span>
        ${n === d.evening ? html`<progress max=${LENGTH} .value=${minute} aria-label=${gettext("The evening so far")}></progress>` : html`<span class="evening-line"></span>`}</span>`)}</div>
      ${DESKS.map((desk) => html`<div class="evening-row" role="row"><span class="evening-desk" role="rowheader">${role(desk)}</span>${SHORT.map((_, n) => cell(d, plan, desk, n))}</div>`)}
    </div>`;
}

/** @param {number} min */
const hours = (min) => (min / 60).toFixed(min % 60 ? 1 : 0);

/** @param {Desk} desk @param {Card.Budget} b */
function budget(desk, b) {
  return html`<li class="budget num">${role(desk)}<meter min="0" max=${b.total_min} .value=${b.used_min} aria-label=${gettext("%(desk)s: %(used_min)s of %(total_min)s hours", { desk: roleWord(desk), used_min: hours(b.used_min), total_min: hours(b.total_min) })}></meter><span aria-hidden="true">${hours(b.used_min)} ${around(gettext("of %(total_min)s h"), { total_min: hours(b.total_min) })}</span></li>`;
}

/* One desk on one evening: bars in as many lanes as it has hands, and what is only meant. */
/** @param {Card.Week} d @param {Card.Plan | undefined} plan @param {Desk} desk @param {number} n */
function cell(d, plan, desk, n) {
  const rows = d.calendar.filter((r) => r.desk === desk && r.evening === n);
  const meant = (plan?.items ?? []).filter((r) => r.desk === desk && r.evening === n);
  const over = plan && plan.planned[desk][n] > plan.supply[desk];
  return html`<div class="evening-cell" role="cell" data-day=${SHORT[n]} ?data-now=${n === d.evening}><ul class="bars" aria-label=${`${roleWord(desk)}, ${SHORT[n]}`}>${lanes(rows).map(bar)}</ul>
    ${meant.length ? html`<ul class="meant" aria-label=${gettext("Planned")}>${meant.map((r) => html`<li class="num" title=${gettext("%(label)s, %(minutes)s min", { label: r.label, minutes: r.minutes })}>${r.label} <span class="unit">${gettext("%(minutes)s min", { minutes: r.minutes })}</span></li>`)}
      ${over ? html`<li class="num meant-over">${icon("triangle-alert")}${gettext("%(planned)s of %(supply)s min", { planned: plan.planned[desk][n], supply: plan.supply[desk] })}</li>` : nothing}</ul>` : nothing}
    ${rows.length || meant.length ? nothing : html`<span class="sr">${gettext("nothing")}</span>`}</div>`;
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

const STATES = { planned: gettext("planned"), "under way": gettext("under way"), done: gettext("done"), "cut off": gettext("cut off"), abandoned: gettext("abandoned") };

/** @param {Card.Span & { place: string }} r */
function bar(r) {
  const said = { from: r.from, to: r.to, label: r.label, state: STATES[r.state] };
  return html`<li class="bar" data-desk=${r.desk} data-state=${r.state} .style=${r.place} title=${gettext("%(from)s to %(to)s, %(label)s, %(state)s", said)}><span class="sr">${gettext("%(from)s to %(to)s, %(state)s:", said)} </span>${r.label}</li>`;
}
