/* The servers as the copy tool recorded them, and the truth of those that were checked. Config and reference data, which a server has too, are
   in fleet-reads.js, what is done to servers in fleet-acts.js. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { countdown } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { share } from "../lib/share.js";
import { acts, allOrNone } from "../lib/fleet-acts.js";
import { SIGNS, readsRow } from "../lib/fleet-reads.js";
import { READ_WORDS, compared, newlyCompared } from "../lib/versions.js";
import { term } from "../lib/term.js";
import { gettext } from "../lib/words.js";

/** @type {FleetAt["view"][]} */
const VIEWS = ["program", "config", "data"];
const WORDS = { program: gettext("Program"), config: gettext("Config"), data: gettext("Data") };
/** @type {Record<"program" | "reads", [word: string, term?: string][]>} */
const COLUMNS = {
  program: [[gettext("Server"), "server"], [gettext("Recorded"), "release"], [gettext("Last copy")], [gettext("File on disk"), "on-disk"], [gettext("Running process"), "in-process"], [gettext("Checksum"), "checksum"]],
  reads: [[gettext("Server"), "server"], [gettext("Recorded")], [gettext("On disk"), "on-disk"], [gettext("Loaded"), "in-process"], [gettext("Compared")]],
};

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
    render(html`${views(app, at, d, draw)}${allOrNone(at, d, draw)}${at.view === "program" ? share(app, "fleet", 0, gettext("the fleet as recorded")) : nothing}`, parts.head);
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
  return gettext("target %(target)s, as the copy tool recorded it", { target: d.target });
}

/* Which part of what a server has: a sign stands at those in which something was found to differ. */
/** @param {App} app @param {FleetAt} at @param {Card.Fleet} d @param {() => unknown} draw */
function views(app, at, d, draw) {
  const levers = app.store.get("levers")?.levers ?? [];
  const there = VIEWS.filter((view) => view === "program" || levers.some((l) => l.kind === `${view}.compare`));
  if (there.length < 2) return nothing;
  /** @param {FleetAt["view"]} view */
  const differs = (view) => d.servers.some((s) => (view === "program" ? reads(s, d.target) : compared(s[view])).kind === "differs");
  /** @param {FleetAt["view"]} view */
  const show = (view) => () => {
    Object.assign(at, { view, copying: false });
    app.disarm();
    draw();
  };
  return html`<span class="seg seg-tight" role="group" aria-label=${gettext("Server view")}>${there.map((view) => html`<button type="button" aria-pressed=${String(view === at.view)} @click=${show(view)}>${differs(view) ? html`<span class="f-found">${icon("triangle-alert")}</span>` : nothing}${WORDS[view]}${differs(view) ? html`<span class="sr">${gettext(", something differs")}</span>` : nothing}</button>`)}</span>`;
}

/** @param {App} app @param {FleetAt} at @param {Card.Fleet} d */
function table(app, at, d) {
  const { view } = at;
  const columns = view === "program" ? COLUMNS.program : COLUMNS.reads;
  return html`<table class="fleet" role="table" aria-label=${view === "program" ? gettext("Fleet") : gettext("Fleet: %(READS)s", { READS: READ_WORDS[view] })}>
    <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col"><span class="sr">${gettext("Select")}</span></th>${columns.map(([word, means]) => html`<th role="columnheader" scope="col">${means ? term(means, word) : word}</th>`)}<th role="columnheader" scope="col"><span class="sr">${gettext("Share")}</span></th></tr></thead>
    <tbody role="rowgroup">${d.servers.map((s) => (view === "program" ? row(app, at, s, d.target) : readsRow(app, at, d, s, view)))}</tbody>
  </table>`;
}

/** @param {App} app @param {FleetAt} at @param {Card.Host} s @param {string} target */
function row(app, at, s, target) {
  const c = s.checksum;
  const on = at.picked.has(s.n);
  return html`<tr role="row" id=${`fleet-${s.n}`} ?data-on=${on} data-reads=${reads(s, target).kind} @click=${(e) => e.target.closest("input, label, button, share-button") || at.pick(s.n)}>
    <td role="cell" class="f-pick"><label><input type="checkbox" .checked=${on} @change=${() => at.pick(s.n)}><span class="sr">${gettext("Select %(name)s", { name: s.name })}</span></label></td>
    <th role="rowheader" scope="row" class="f-name"><span class="f-both"><kbd aria-hidden="true">${s.n}</kbd>${s.name}</span></th>
    <td role="cell" class="f-recorded mono">${s.recorded}</td>
    <td role="cell" class="f-copied num"><span class="f-word">${gettext("copied")} </span>${s.copied_at || gettext("never")}</td>
    <td role="cell" class="f-disk mono">${c ? html`<span class="f-word">${gettext("disk")} </span>${hash(c.disk, c.disk_release)}` : html`<span class="quiet">${gettext("not checked")}</span>`}</td>
    <td role="cell" class="f-process mono">${c ? html`<span class="f-word">${gettext("process")} </span>${process(c)}` : nothing}</td>
    <td role="cell" class="f-state num">${state(s, target)}</td>
    <td role="cell" class="f-share">${c ? share(app, "checksum", s.n, gettext("the checksum of %(name)s", { name: s.name })) : nothing}</td>
  </tr>`;
}

/** @param {string} h @param {string} release */
const hash = (h, release) => html`<span title=${h}>${h.slice(0, 8)} <span class="f-release">${release || gettext("not a release")}</span></span>`;
/** @param {Card.Checksum} c */
function process(c) {
  if (!c.process) return html`<span class="f-release">${gettext("none running")}</span>`;
  return c.same ? html`${gettext("the same")}` : hash(c.process, c.process_release);
}

/* What a checksum says beside what was recorded; a server that has, as recorded, another release than the target is no cause for a tick. */
/** @param {Card.Host} s @param {string} target */
export function reads(s, target) {
  const c = s.checksum;
  if (!c) return { kind: "none", word: "" };
  if (c.disk_release !== s.recorded) return { kind: "differs", word: gettext("Differs") };
  if (!c.process) return { kind: "down", word: gettext("Not running") };
  if (!c.same) return { kind: "differs", word: gettext("Old process") };
  if (s.recorded !== target) return { kind: "other", word: gettext("Not %(target)s", { target }) };
  return { kind: "same", word: gettext("As recorded") };
}

/** @param {Card.Host} s @param {string} target */
function state(s, target) {
  if (s.work) return html`<span class="f-sign" data-sign="busy">${icon("hourglass")}${s.work.label} ${countdown(s.work.left_s)}</span>`;
  const r = reads(s, target);
  return r.word ? html`<span class="f-both"><span class="f-sign" data-sign=${r.kind}>${icon(SIGNS[r.kind])}${r.word}</span><span class="f-at">${s.checksum?.at.slice(0, 5)}</span></span>` : nothing;
}

/* What was checked or compared is spoken of: it may have been asked for minutes ago. */
/** @param {App} app */
function speak(app) {
  /** @type {Map<number | string, string | undefined> | null} */
  let before = null;
  app.store.on("fleet", (d) => {
    const known = before;
    const fresh = !known ? [] : d.servers.flatMap((s) => (s.checksum && s.checksum.at !== known.get(s.n) ? [{ name: s.name, sum: s.checksum }] : []));
    before = new Map(d.servers.flatMap((s) => [[s.n, s.checksum?.at], [gettext("config %(n)s", { n: s.n }), s.config?.at], [gettext("data %(n)s", { n: s.n }), s.data?.at]]));
    const heard = fresh.map(({ name, sum }) => gettext("%(name)s: disk %(disk_release)s, process %(sum)s", { name, disk_release: sum.disk_release || gettext("not a release"), sum: processSaid(sum) }));
    const said = known ? [...heard, ...newlyCompared(d.servers, known)] : [];
    if (said.length) app.voice.say(said.join(". "));
  });
}

/** @param {Card.Checksum} c */
function processSaid(c) {
  if (!c.process) return "none";
  return c.same ? gettext("the same") : c.process_release || gettext("not a release");
}
