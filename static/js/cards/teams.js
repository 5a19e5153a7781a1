/* A row a team: its clock, its loss beside history's, what it did last, who is there. A row opens to what can be done to that team alone. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { PAST_HEAD } from "../lib/firm.js";
import { arrow, compare, left, lossClass, lossShort, lossSpoken, short } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { roleIcon, roleWord } from "../lib/roles.js";
import { spark } from "../lib/spark.js";
import { detail } from "./seats.js";
import { gettext } from "../lib/words.js";

/* What is out of the ordinary with a team; the filter finds it by these words. */
const FLAGS = { fault: gettext("fault"), upgrade: gettext("upgraded"), paused: gettext("paused"), ended: gettext("ended"), stuck: gettext("stuck") };

const RESORT_MS = 2000;
/** @type {Map<number, HTMLTableSectionElement>} */
const bodies = new Map(); // team -> its tbody: a row keeps its elements, wherever it stands
let sortedAt = -RESORT_MS;
let order = "";
let asked = ""; // the order that was asked for when it was sorted last

// key, head, what it is sorted by (numbers: most first), class
/** @type {[key: string, head: string, by: (t: RoomTeam, r: RoomRow) => string | number | null | undefined, kind: string][]} */
const COLUMNS = [
  ["name", gettext("Team"), (t) => t.name.toLowerCase(), ""],
  ["clock", gettext("Clock"), (_, r) => r.step, "n"],
  ["phase", gettext("Phase"), (_, r) => r.step, "not-narrow"],
  ["loss", gettext("Loss"), (_, r) => r.loss_usd, "n"],
  ["ghost", PAST_HEAD, (_, r) => r.ghost_usd, "n"],
  ["gross", gettext("Gross"), (_, r) => r.gross_usd, "n"],
  ["bad", gettext("Bad"), (_, r) => r.bad_servers, "n"],
  ["people", gettext("Seats"), (t) => t.seats.filter((s) => s.online).length, ""],
  ["last", gettext("Last decision"), (_, r) => r.last?.at, ""],
];
/** @type {RoomRow} */
const NONE = {};

/** @param {Room} page @param {RoomAct} act */
export function drawTeams(page, act) {
  const s = page.state;
  const table = document.querySelector("[data-part=teams]");
  render(heads(page, act), table.querySelector("thead"));
  render(filter(page, act), document.querySelector("[data-part=filter]"));
  const most = Math.max(1, ...s.curve.teams.flatMap((t) => t.loss));
  for (const t of s.teams) {
    const body = bodies.get(t.id) ?? document.createElement("tbody");
    bodies.set(t.id, body);
    body.hidden = !wanted(page, t);
    body.toggleAttribute("data-opened", page.open.has(t.id));
    render(html`${row(page, t, s.rows[t.id] ?? NONE, act)}${page.open.has(t.id) ? html`<tr class="team-detail"><td colspan=${COLUMNS.length}>${detail(page, t, s.rows[t.id] ?? NONE, act)}</td></tr>` : nothing}`, body);
  }
  arrange(page, table);
  s.curve.teams.forEach((one) => {
    const t = s.teams.find((x) => x.name === one.name);
    const body = t && bodies.get(t.id);
    const canvas = body?.querySelector("canvas");
    if (canvas && !body?.hidden) spark(canvas, one.loss.map((v) => Math.max(0, v)), { most, color: "--loss" });
  });
}

/* Sorted at most every two seconds, and never under somebody's hand. */
/** @param {Room} page @param {Found} table */
function arrange(page, table) {
  const { by, down } = page.sort;
  const of = COLUMNS.find(([key]) => key === by)?.[2];
  /** @param {RoomTeam} t */
  const value = (t) => of?.(t, page.state.rows[t.id] ?? NONE) ?? -Infinity;
  const sorted = [...page.state.teams];
  if (of) sorted.sort((a, b) => compare(value(a), value(b)) * (down ? -1 : 1));
  const wants = sorted.map((t) => t.id).join();
  const asks = `${by} ${down}`;
  const busy = table.querySelector("tbody:is(:hover, :focus-within)") || performance.now() - sortedAt < RESORT_MS;
  const shown = [...table.querySelectorAll("tbody")].length;
  if (wants === order || (busy && shown === sorted.length && asks === asked)) return;
  asked = asks;
  order = wants;
  sortedAt = performance.now();
  for (const [id, body] of bodies) {
    if (sorted.some((t) => t.id === id)) continue;
    body.remove();
    bodies.delete(id);
  }
  table.append(...sorted.flatMap((t) => bodies.get(t.id) ?? []));
}

/** @param {Room} page @param {RoomTeam} t */
function wanted(page, t) {
  const words = page.filter.trim().toLowerCase();
  if (!words) return true;
  const r = page.state.rows[t.id] ?? NONE;
  return [t.name, r.phase, r.last?.text, ...t.seats.flatMap((x) => x.holders), r.stuck_s == null ? "" : FLAGS.stuck, ...(/** @type {const} */ (["paused", "fault", "upgrade", "ended"])).map((one) => (t[one] ? FLAGS[one] : ""))].join(" ").toLowerCase().includes(words);
}

/** @param {Room} page @param {RoomAct} act */
const filter = (page, { redraw }) => html`<label class="sr" for="filter">${gettext("Show only teams with")}</label><input class="input input-small" id="filter" type="search" placeholder=${gettext("Filter: a name, stuck, paused")} maxlength="40"
  .value=${page.filter} @input=${(e) => { page.filter = e.target.value; redraw(); }}>`;

/* A column's head pressed: first its own way round, then the other, then no order. */
/** @param {Room["sort"]} sort @param {string} key */
function turned(sort, key) {
  const first = key !== "name";
  if (sort.by !== key) return { by: key, down: first };
  return sort.down === first ? { by: key, down: !first } : { by: "", down: false };
}

/** @param {Room} page @param {RoomAct} act */
function heads(page, { redraw }) {
  /** @param {string} key */
  const press = (key) => () => {
    page.sort = turned(page.sort, key);
    redraw();
  };
  const [sorted, sign] = page.sort.down ? ["descending", " \u25BC"] : ["ascending", " \u25B2"];
  return html`<tr>${COLUMNS.map(([key, word, , kind]) => html`<th scope="col" class=${kind} aria-sort=${page.sort.by === key ? sorted : "none"}><button type="button" @click=${press(key)}>${word}<span aria-hidden="true">${page.sort.by === key ? sign : ""}</span></button></th>`)}</tr>`;
}

/** @param {Room} page @param {RoomTeam} t @param {RoomRow} r @param {RoomAct} act */
function row(page, t, r, { redraw }) {
  const open = page.open.has(t.id);
  const toggle = () => {
    if (open) page.open.delete(t.id);
    else page.open.add(t.id);
    redraw();
  };
  return html`<tr class="team-row" ?data-stuck=${r.stuck_s != null}>
    <th scope="row"><button type="button" class="team-name" data-open-team aria-expanded=${String(open)} @click=${toggle}><span class="turn" aria-hidden="true"></span><span dir="auto">${t.name}</span></button>${flags(t, r)}</th>
    <td class="n" data-label=${gettext("Clock")}>${r.clock ? html`${r.date ? html`<span class="second">${r.date} </span>` : nothing}${r.clock}` : "\u2013"}</td>
    <td class="not-narrow second" data-label=${gettext("Phase")}>${r.rushing ? gettext("full speed") : r.phase ?? "\u2013"}</td>
    <td class="n" data-label=${gettext("Loss")}><span class="loss-cell"><canvas class="loss-spark" aria-hidden="true"></canvas>${money(r.loss_usd)}</span></td>
    <td class="n second" data-label=${PAST_HEAD}>${r.ghost_usd == null ? "\u2013" : lossShort(r.ghost_usd)}</td>
    <td class="n" data-label=${gettext("Gross")}>${r.gross_usd == null ? "\u2013" : `$${short(r.gross_usd)}`}</td>
    <td class="n" data-label=${gettext("Bad servers")} ?data-bad=${(r.bad_servers ?? 0) > 0}>${r.bad_servers ?? "\u2013"}</td>
    <td data-label=${gettext("Seats")}><span class="row-seats">${t.seats.map(seated)}</span></td>
    <td class="last" data-label=${gettext("Last decision")}>${r.last ? html`<span class="num second">${r.last.at}</span> ${r.last.desk ? html`<span class="role" data-desk=${r.last.desk}>${roleWord(r.last.desk)}</span>` : nothing} <span title=${r.last.text}>${r.last.text}</span>${r.last.by === "autopilot" ? html` <span class="quiet">${gettext("autopilot")}</span>` : nothing}` : html`<span class="quiet">${gettext("none yet")}</span>`}</td>
  </tr>`;
}

/** @param {number | null | undefined} usd */
const money = (usd) => (usd == null ? "\u2013" : html`<span class=${lossClass(usd)}><span class="sr">${lossSpoken(usd)}</span><span aria-hidden="true">${arrow(-usd)} ${lossShort(usd)}</span></span>`);

/* What is out of the ordinary, in a word each. */
/** @param {RoomTeam} t @param {RoomRow} r */
function flags(t, r) {
  /** @param {string} tone @param {string} word */
  const tag = (tone, word) => html` <span class="tag" data-tone=${tone}>${word}</span>`;
  return html`${t.fault ? tag("warn", FLAGS.fault) : nothing}${t.upgrade ? tag("warn", FLAGS.upgrade) : nothing}${t.paused ? tag("warn", FLAGS.paused) : nothing}${t.waits.length ? tag("", gettext("waits for %(teams)s", { teams: t.waits.join(", ") })) : nothing}${t.ended ? tag("", FLAGS.ended) : nothing}${r.stuck_s == null ? nothing : tag("warn", gettext("stuck? %(left)s", { left: left(Math.floor(r.stuck_s / 60) * 60) }))}${t.speed == null ? nothing : tag("", `${t.speed}x`)}`;
}

/* Who is at a desk, as a sign and a word: here, away, autopilot, locked. */
/** @param {RoomSeat} seat */
function seated(seat) {
  const there = seat.covered || !seat.online ? "away" : "here";
  const who = seat.holders.length ? there : "bot";
  const word = who === "bot" ? (seat.autopilot ?? gettext("nobody")) : `${seat.holders.join(", ")}${who === "away" ? gettext(" (away)") : ""}`;
  return html`<span class="seat-dot" data-desk=${seat.desk} data-who=${who} title=${`${seat.title}: ${word}${seat.locked ? gettext(", locked") : ""}`}>${who === "bot" ? icon("bot") : roleIcon(seat.desk)}<span class="sr">${seat.title}: ${word}. </span></span>`;
}
