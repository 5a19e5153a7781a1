/* The loss counter and the teams beside history. What is hidden or late is so on the server; here are only the words. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { arrow, lossClass, lossLong, lossShort, lossSpoken, seconds } from "../lib/format.js";

const MOST_TEAMS = 4; // what fits beside the curve
const BEFORE = ["deployment", "premarket"];
const BELL = "09:30";

export function mount(root, app) {
  root.replaceChildren(); // what the page painted before the script ran
  const draw = () => {
    const d = app.store.get("board");
    const clock = app.store.get("clock");
    const before = BEFORE.includes(clock?.phase);
    document.body.toggleAttribute("data-before", before);
    if (d) render(before ? early(d, clock) : view(d), root);
  };
  for (const name of ["board", "clock"]) app.store.on(name, draw);
}

/* Before the bell next to nothing can be lost: the wall counts the time to it instead. */
function early(d, clock) {
  const week = clock.phase === "deployment";
  return html`<h2 class="wall-label" id="board-h">The market opens ${week ? "on Wednesday, 1 August" : "in"}</h2>
    <p class="wall-number num" role="timer" aria-live="off">${week ? BELL : until(seconds(BELL) - seconds(clock.clock))}</p>
    <ol class="race" ?data-many=${d.teams.length > 2}>${d.teams.slice(0, MOST_TEAMS + 1).map((t) => html`<li data-kind="waiting"><span class="race-name" dir="auto">${t.name}</span></li>`)}</ol>
    ${d.teams.length > MOST_TEAMS + 1 ? html`<p class="wall-label">and ${d.teams.length - MOST_TEAMS - 1} more teams</p>` : nothing}`;
}

/* "1:19:00", "4:30" */
const until = (s) => new Date(Math.max(0, s) * 1000).toISOString().slice(s < 3600 ? 14 : 11, 19).replace(/^0/, "");

function view(d) {
  const hidden = d.mode === "hidden";
  const losses = d.teams.map((t) => t.loss_usd).filter((x) => x != null);
  const sum = hidden || !losses.length ? null : losses.reduce((a, b) => a + b, 0);
  const many = d.teams.length > MOST_TEAMS ? `, ${d.teams.length} teams, least ${MOST_TEAMS} below` : ", all teams";
  const whose = d.teams.length > 1 ? many : "";
  const when = d.mode === "delayed" && d.as_of ? `, as of ${d.as_of}` : "";
  return html`<h2 class="wall-label" id="board-h">Loss so far${whose}${when}</h2>
    <p class="wall-number num ${lossClass(sum)}">${sum == null ? html`<span class="wall-hidden">hidden until the end</span>`
      : html`<span class="sr">${lossSpoken(sum)}</span><span aria-hidden="true"><span class="tri">${arrow(-sum)}</span>${lossLong(sum)}</span>`}</p>
    ${hidden ? nothing : teams(d)}`;
}

function teams(d) {
  const ranked = [...d.teams].sort((a, b) => (a.loss_usd ?? Infinity) - (b.loss_usd ?? Infinity));
  const most = Math.max(1, d.history_usd ?? 0, ...ranked.map((t) => t.loss_usd ?? 0));
  return html`<ol class="race" ?data-many=${d.teams.length > 2}>${ranked.slice(0, MOST_TEAMS).map((t) => bar(t.name, t.loss_usd, most, "you"))}
    ${d.history_usd == null ? nothing : bar(d.teams.length > 2 ? "2012" : "2012, same minute", d.history_usd, most, "history")}</ol>`;
}

const bar = (name, usd, most, kind) => html`<li data-kind=${kind}><span class="race-name" dir="auto">${name}</span>
  <span class="race-usd num ${lossClass(usd)}"><span aria-hidden="true">${usd == null ? "" : arrow(-usd)} </span>${lossShort(usd)}</span>
  <progress max=${most} .value=${Math.max(0, usd ?? 0)} aria-label=${`${name}: ${lossSpoken(usd)}`}></progress></li>`;
