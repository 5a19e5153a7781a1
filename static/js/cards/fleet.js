/* The servers as the copy tool recorded them, and the truth of those that were checked. Config and reference data, which a server has too, are
   in fleet-reads.js, what is done to servers in fleet-acts.js. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { countdown } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { share } from "../lib/share.js";
import { acts, allOrNone } from "../lib/fleet-acts.js";
import { SIGNS, readsRow } from "../lib/fleet-reads.js";
import { READS, compared, newlyCompared } from "../lib/versions.js";

/** @type {FleetAt["view"][]} */
const VIEWS = ["program", "config", "data"];
const WORDS = { program: "Program", config: "Config", data: "Data" };
const COLUMNS = { program: ["Server", "Recorded", "Last copy", "File on disk", "Running process", "Checksum"], reads: ["Server", "Recorded", "On disk", "Loaded", "Compared"] };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const parts = { acts: root.querySelector("[data-acts]"), rows: root.querySelector("[data-rows]"), says: root.querySelector("[data-says]"), head: root.querySelector("[data-head]") };
  /** @type {FleetAt} */
  const at = { picked: new Set(), view: "program", copying: false, release: null, pick };
  let first = true;
  const draw = () => {
    const d = app.store.get("fleet");
    if (!d) return;
    if (first) parts.rows.replaceChildren(); // the skeleton of the first paint
    first = false;
    parts.says.textContent = says(at, d);
    render(html`${views(app, at, d, draw)}${allOrNone(at, d, draw)}${at.view === "program" ? share(app, "fleet", 0, "the fleet as recorded") : nothing}`, parts.head);
    render(table(app, at, d), parts.rows);
    render(acts(app, at, d, draw), parts.acts);
  };
  /** @param {number} n */
  function pick(n) {
    if (!at.picked.delete(n)) at.picked.add(n);
    draw();
  }
  app.pick = pick; // for the number keys
  app.store.onAny(["fleet", "armed", "standing", "work", "levers", "words", "releases"], draw);
  app.commands.addEventListener("change", ({ detail }) => /^(fleet|word):/.test(detail.place) && draw());
  speak(app);
}

/** @param {FleetAt} at @param {Card.Fleet} d */
function says(at, d) {
  if (at.view !== "program") return d[at.view].note;
  return d.truth ? `target ${d.target}, hashes of this moment` : `target ${d.target}, as the copy tool recorded it`;
}

/* Which part of what a server has: a sign stands at those in which something was found to differ. */
/** @param {App} app @param {FleetAt} at @param {Card.Fleet} d @param {() => unknown} draw */
function views(app, at, d, draw) {
  const levers = app.store.get("levers")?.levers ?? [];
  const there = VIEWS.filter((view) => view === "program" || levers.some((l) => l.kind === `${view}.compare`));
  if (there.length < 2) return nothing;
  /** @param {FleetAt["view"]} view */
  const differs = (view) => d.servers.some((s) => (view === "program" ? reads(s) : compared(s[view])).kind === "differs");
  /** @param {FleetAt["view"]} view */
  const show = (view) => () => {
    Object.assign(at, { view, copying: false });
    app.disarm();
    draw();
  };
  return html`<span class="seg seg-tight" role="group" aria-label="What of the servers">${there.map((view) => html`<button type="button" aria-pressed=${String(view === at.view)} @click=${show(view)}>${differs(view) ? html`<span class="f-found">${icon("triangle-alert")}</span>` : nothing}${WORDS[view]}${differs(view) ? html`<span class="sr">, something differs</span>` : nothing}</button>`)}</span>`;
}

/** @param {App} app @param {FleetAt} at @param {Card.Fleet} d */
function table(app, at, d) {
  const { view } = at;
  const columns = view === "program" ? COLUMNS.program : COLUMNS.reads;
  return html`<table class="fleet" role="table" aria-label=${view === "program" ? "Fleet" : `Fleet: ${READS[view].toLowerCase()}`}>
    <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col"><span class="sr">Select</span></th>${columns.map((h) => html`<th role="columnheader" scope="col">${h}</th>`)}<th role="columnheader" scope="col"><span class="sr">Share</span></th></tr></thead>
    <tbody role="rowgroup">${d.servers.map((s) => (view === "program" ? row(app, at, s) : readsRow(app, at, d, s, view)))}</tbody>
  </table>`;
}

/** @param {App} app @param {FleetAt} at @param {Card.Host} s */
function row(app, at, s) {
  const c = s.checksum;
  const on = at.picked.has(s.n);
  return html`<tr role="row" id=${`fleet-${s.n}`} ?data-on=${on} data-reads=${reads(s).kind} @click=${(e) => e.target.closest("input, label, button, share-button") || at.pick(s.n)}>
    <td role="cell" class="f-pick"><label><input type="checkbox" .checked=${on} @change=${() => at.pick(s.n)}><span class="sr">Select ${s.name}</span></label></td>
    <th role="rowheader" scope="row" class="f-name"><span class="f-both"><kbd aria-hidden="true">${s.n}</kbd>${s.name}</span></th>
    <td role="cell" class="f-recorded mono">${s.recorded}</td>
    <td role="cell" class="f-copied num"><span class="f-word">copied </span>${s.copied_at || "never"}</td>
    <td role="cell" class="f-disk mono">${c ? html`<span class="f-word">disk </span>${hash(c.disk, c.disk_release)}` : html`<span class="quiet">not checked</span>`}</td>
    <td role="cell" class="f-process mono">${c ? html`<span class="f-word">process </span>${process(c)}` : nothing}</td>
    <td role="cell" class="f-state num">${state(s)}</td>
    <td role="cell" class="f-share">${c ? share(app, "checksum", s.n, `the checksum of ${s.name}`) : nothing}</td>
  </tr>`;
}

/** @param {string} h @param {string} release */
const hash = (h, release) => html`<span title=${h}>${h.slice(0, 8)} <span class="f-release">${release || "not a release"}</span></span>`;
/** @param {Card.Checksum} c */
function process(c) {
  if (!c.process) return html`<span class="f-release">none running</span>`;
  return c.same ? html`the same` : hash(c.process, c.process_release);
}

/* What a checksum says beside what was recorded. */
/** @param {Card.Host} s */
export function reads(s) {
  const c = s.checksum;
  if (!c) return { kind: "none", word: "" };
  if (c.disk_release !== s.recorded) return { kind: "differs", word: "Differs" };
  if (!c.process) return { kind: "down", word: "Not running" };
  if (!c.same) return { kind: "differs", word: "Old process" };
  return { kind: "same", word: "As recorded" };
}

/** @param {Card.Host} s */
function state(s) {
  if (s.work) return html`<span class="f-sign" data-sign="busy">${icon("hourglass")}${s.work.label} ${countdown(s.work.left_s)}</span>`;
  const r = reads(s);
  return r.word ? html`<span class="f-both"><span class="f-sign" data-sign=${r.kind}>${icon(SIGNS[r.kind])}${r.word}</span><span class="f-at">${s.checksum?.at.slice(0, 5)}</span></span>` : nothing;
}

/* What was checked or compared is spoken of: it may have been asked for minutes ago. */
/** @param {App} app */
function speak(app) {
  /** @type {Map<number | string, string | undefined> | null} */
  let before = null;
  app.store.on("fleet", (d) => {
    const known = before;
    const fresh = d.truth || !known ? [] : d.servers.flatMap((s) => (s.checksum && s.checksum.at !== known.get(s.n) ? [{ name: s.name, sum: s.checksum }] : []));
    before = new Map(d.servers.flatMap((s) => [[s.n, s.checksum?.at], [`config ${s.n}`, s.config?.at], [`data ${s.n}`, s.data?.at]]));
    const heard = fresh.map(({ name, sum }) => `${name}: disk ${sum.disk_release || "not a release"}, process ${processSaid(sum)}`);
    const said = known ? [...heard, ...newlyCompared(d.servers, known)] : [];
    if (said.length) app.voice.say(said.join(". "));
  });
}

/** @param {Card.Checksum} c */
function processSaid(c) {
  if (!c.process) return "none";
  return c.same ? "the same" : c.process_release || "not a release";
}
