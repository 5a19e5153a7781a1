/* The loss counter and the teams beside history. What is hidden or late is so on the server; here are only the words. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { arrow, lossClass, lossLong, lossShort, lossSpoken } from "../lib/format.js";

const MOST_TEAMS = 4; // what fits beside the curve

export function mount(root, app) {
  root.replaceChildren(); // what the page painted before the script ran
  app.store.on("board", (d) => render(view(d), root));
}

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
