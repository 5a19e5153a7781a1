/* The loss counter and the teams beside history. What is hidden or late is so on the server; here are only the words. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { OPEN } from "../lib/calendar.js";
import { ON_DAY, PAST_HEAD } from "../lib/firm.js";
import { arrow, lossClass, lossLong, lossShort, lossSpoken, seconds } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { keyed } from "../lib/keyed.js";

const MOST_BARS = 2; // teams that fit with a bar each; more are a league table
const FEW = 6; // rows that leave room for a larger number
const MOST_NAMES = 5; // before the bell, one below the other
/** @type {(string | undefined)[]} */
const BEFORE = ["deployment", "premarket"];

/** @param {Found} root @param {App<WallPage>} app */
export function mount(root, app) {
  root.replaceChildren(); // what the page painted before the script ran
  const draw = () => {
    const d = app.store.get("board");
    const clock = app.store.get("clock");
    const before = BEFORE.includes(clock?.phase);
    document.body.toggleAttribute("data-before", before);
    document.body.toggleAttribute("data-league", !before && !!d && d.teams.length > MOST_BARS && d.mode !== "hidden");
    if (d) render(before && clock ? early(d, clock) : view(d), root);
  };
  app.store.onAny(["board", "clock"], draw);
}

/* Before the bell next to nothing can be lost: the wall counts the time to it instead. */
/** @param {Card.Board} d @param {Card.Clock} clock */
function early(d, clock) {
  const week = clock.phase === "deployment";
  return html`<h2 class="wall-label" id="board-h">The market opens ${week ? `on ${ON_DAY}` : "in"}</h2>
    <p class="wall-number num" role="timer" aria-live="off">${week ? OPEN : until(seconds(OPEN) - seconds(clock.clock))}</p>
    <ol class="race" ?data-many=${d.teams.length > 2}>${d.teams.slice(0, MOST_NAMES).map((t) => html`<li data-kind="waiting"><span class="race-name" dir="auto">${t.name}</span></li>`)}</ol>
    ${d.teams.length > MOST_NAMES ? html`<p class="wall-label">and ${d.teams.length - MOST_NAMES} more teams</p>` : nothing}`;
}

/* "1:19:00", "4:30" */
/** @param {number} s */
const until = (s) => new Date(Math.max(0, s) * 1000).toISOString().slice(s < 3600 ? 14 : 11, 19).replace(/^0/, "");

/** @param {Card.Board} d */
function view(d) {
  const hidden = d.mode === "hidden";
  const losses = d.teams.map((t) => t.loss_usd).filter((x) => x != null);
  const sum = hidden || !losses.length ? null : losses.reduce((a, b) => a + b, 0);
  const league = d.teams.length > MOST_BARS && !hidden;
  const several = d.teams.length > 1 ? "Loss so far, all teams" : "Loss so far";
  const whose = league ? "All teams" : several;
  const late = d.mode === "delayed" && d.as_of;
  return html`<h2 class="wall-label" id="board-h">${d.frozen ? html`<span class="sr">${whose}, </span><span class="wall-frozen">${icon("pause")}Frozen at ${d.frozen}</span>` : html`${whose}${late ? `, as of ${d.as_of}` : ""}`}</h2>
    <p class="wall-number num ${lossClass(sum)}">${sum == null ? html`<span class="wall-hidden">hidden until the end</span>`
      : html`<span class="sr">${lossSpoken(sum)}</span><span aria-hidden="true"><span class="tri">${arrow(-sum)}</span>${lossLong(sum)}</span>`}</p>
    ${league ? table(d) : nothing}${hidden || league ? nothing : bars(d)}`;
}

/* By grade; before history has lost enough to be a measure, by loss. */
/** @param {Card.Standing[]} teams */
const ranked = (teams) => [...teams].sort((a, b) => (b.grade ?? 0) - (a.grade ?? 0) || (a.loss_usd ?? Infinity) - (b.loss_usd ?? Infinity));

/** @param {Card.Board} d */
function bars(d) {
  const most = Math.max(1, d.history_usd ?? 0, ...d.teams.map((t) => t.loss_usd ?? 0));
  return html`<ol class="race">${keyed(ranked(d.teams), (t) => t.name, (t) => bar(t, most, "you"))}
    ${d.history_usd == null ? nothing : bar({ name: `${PAST_HEAD}, same minute`, loss_usd: d.history_usd }, most, "history")}</ol>`;
}

/** @param {Pick<Card.Standing, "name" | "loss_usd"> & Partial<Card.Standing>} t @param {number} most @param {string} kind */
const bar = (t, most, kind) => html`<li data-kind=${kind}><span class="race-name"><span dir="auto">${t.name}</span>${stands(t)}</span>
  <span class="race-usd num ${lossClass(t.loss_usd)}"><span aria-hidden="true">${t.loss_usd == null ? "" : arrow(-t.loss_usd)} </span>${lossShort(t.loss_usd)}</span>
  ${t.grade == null ? nothing : html`<span class="race-grade num">grade ${t.grade.toFixed(1)}, ${avoided(t.avoided_usd ?? 0)}</span>`}
  <progress max=${most} .value=${Math.max(0, t.loss_usd ?? 0)} aria-label=${`${t.name}: ${lossSpoken(t.loss_usd)}`}></progress></li>`;

/* A team that does not move while the others do. */
/** @param {Partial<Card.Standing>} t */
const stands = (t) => (t.stands ? html` <span class="tag">${t.stands}</span>` : nothing);

/** @param {number} usd */
const avoided = (usd) => `${lossShort(-usd).replace("+", "")} avoided`;

/* As a loss, which is a gain where it was avoided. */
/** @param {Partial<Card.Standing>} t */
const saved = (t) => -(t.avoided_usd ?? 0);

/* More teams than bars have room for: a league table. */
/** @param {Card.Board} d */
function table(d) {
  const graded = d.teams.some((t) => t.grade != null);
  return html`<table class="league num" ?data-few=${d.teams.length <= FEW}><thead><tr><th scope="col"><span class="sr">Rank</span></th><th scope="col">Team</th><th scope="col" class="n">Loss</th>
      ${graded ? html`<th scope="col" class="n">Avoided</th><th scope="col" class="n">Grade</th>` : nothing}</tr></thead>
    <tbody>${keyed(ranked(d.teams), (t) => t.name, (t, i) => html`<tr><td class="n">${i + 1}</td><th scope="row"><span dir="auto">${t.name}</span>${stands(t)}</th><td class="n ${lossClass(t.loss_usd)}">${lossShort(t.loss_usd)}</td>
      ${graded ? html`<td class="n ${lossClass(saved(t))}">${lossShort(saved(t))}</td><td class="n">${t.grade == null ? "\u2013" : t.grade.toFixed(1)}</td>` : nothing}</tr>`)}
      ${d.history_usd == null ? nothing : html`<tr data-kind="history"><td></td><th scope="row">${PAST_HEAD}</th><td class="n">${lossShort(d.history_usd)}</td>${graded ? html`<td></td><td class="n">0.0</td>` : nothing}</tr>`}</tbody></table>`;
}
