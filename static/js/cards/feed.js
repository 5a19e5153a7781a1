/* What happened, newest first: decisions, talk, the engine, people and facilitators. What a person wants to read by default; details when asked. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { keyed } from "../lib/keyed.js";
import { roleWord } from "../lib/roles.js";
import { gettext } from "../lib/words.js";

const KINDS = { decisions: gettext("Decisions"), talk: gettext("Talk"), engine: gettext("Engine"), system: gettext("System") };
const KEPT = 400; // lines in memory
const SHOWN = 120;
let drawn = "";

/* Take in what the line brought: {whole, lines}. */
/** @param {Room} page @param {{ whole: boolean, lines: Happening[] }} told */
export function takeLines(page, { whole, lines }) {
  page.lines = (whole ? lines : [...page.lines, ...lines]).slice(-KEPT);
}

/** @param {Room} page @param {RoomAct} act */
export function drawFeed(page, act) {
  const key = [page.lines.at(-1)?.n, page.lines.length, [...page.kinds].join(), page.details, page.team, page.state.teams.map((t) => t.name).join()].join("|");
  if (key === drawn) return;
  drawn = key;
  render(filters(page, act), document.querySelector("[data-part=kinds]"));
  const names = Object.fromEntries(page.state.teams.map((t) => [t.id, t.name]));
  const wanted = page.lines.filter((l) => page.kinds.has(l.kind) && (page.details || l.main) && (!page.team || l.team === page.team || l.team == null));
  const shown = wanted.slice(-SHOWN).reverse();
  render(shown.length ? keyed(shown, (l) => l.n, (l) => line(l, names, act)) : html`<li class="empty">${gettext("No matching events yet.")}</li>`, document.querySelector("[data-part=feed]"));
}

/** @param {Room} page @param {RoomAct} act */
function filters(page, { redraw }) {
  /** @param {string} kind */
  const toggle = (kind) => () => {
    if (!page.kinds.delete(kind)) page.kinds.add(kind);
    redraw();
  };
  return html`<div class="seg seg-tight" role="group" aria-label=${gettext("Show")}>${Object.entries(KINDS).map(([kind, word]) => html`<button type="button" aria-pressed=${String(page.kinds.has(kind))} @click=${toggle(kind)}>${word}</button>`)}
      <button type="button" aria-pressed=${String(page.details)} @click=${() => { page.details = !page.details; redraw(); }}>${gettext("Details")}</button></div>
    <select class="input input-small" aria-label=${gettext("Team")} @change=${(e) => { page.team = Number(e.target.value); redraw(); }}><option value="0">${gettext("All teams")}</option>${page.state.teams.map((t) => html`<option value=${t.id} ?selected=${t.id === page.team}>${t.name}</option>`)}</select>`;
}

/** @param {Happening} l @param {Record<string, string>} names @param {RoomAct} act */
function line(l, names, { tell }) {
  const whose = names[l.team ?? ""] ?? "";
  const actor = l.kind === "system" ? html`<strong dir="auto">${l.by}</strong> ` : nothing;
  const byWhom = l.kind === "system" ? `${l.by} ` : "";
  const pinned = [l.desk ? `${roleWord(l.desk)}: ` : byWhom, l.text].join("");
  return html`<li class="happened" data-kind=${l.kind} ?data-aside=${!l.main}><span class="num second">${l.at}</span>
    <span class="happened-who"><span dir="auto">${whose}</span>${l.desk ? html` <span class="role" data-desk=${l.desk}>${roleWord(l.desk)}</span>` : nothing}</span>
    <span class="happened-what">${actor}${l.text}${l.desk && l.by && l.by !== "autopilot" ? html` <span class="quiet" dir="auto">${l.by}</span>` : nothing}${l.by === "autopilot" ? html` <span class="quiet">${gettext("autopilot")}</span>` : nothing}</span>
    <button type="button" class="btn btn-bare btn-small" @click=${() => tell({ do: "note", text: pinned, team: l.team ?? "", at: l.at })}>${icon("pin")}${gettext("Pin")}<span class="sr"> ${gettext("to the debrief: %(text)s", { text: l.text })}</span></button></li>`;
}
