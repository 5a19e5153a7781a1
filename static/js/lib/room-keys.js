/* Single-letter keys of the control room: they move the focus or speak, never act. Enter opens the team that has the focus. */
import { lossSpoken } from "./format.js";
import { goTo, hotkeys } from "./hotkeys.js";
import { gettext } from "./words.js";

/** @type {Record<string, number>} */
const WAYS = { ArrowDown: 1, ArrowUp: -1 };
const rows = () => [...document.querySelectorAll("[data-part=teams] [data-open-team]")];

/** @param {number} by */
function step(by) {
  const all = rows();
  const at = all.indexOf(/** @type {Found} */ (document.activeElement));
  const first = by > 0 ? 0 : all.length - 1;
  goTo(all[at < 0 ? first : Math.min(all.length - 1, Math.max(0, at + by))]);
}

/** @param {Room} page @param {Voice} voice */
export function bindRoomKeys(page, voice) {
  /** @param {string} selector */
  const to = (selector) => () => goTo(document.querySelector(selector));
  hotkeys({
    j: () => step(1),
    k: () => step(-1),
    f: to("[data-part=filter] input"),
    p: to("[data-part=time] [data-clock-act]"),
    g: to("#loss-curve [data-table]"),
    e: to("[data-part=kinds] button"),
    i: to("[data-part=injects] .injects-views button"),
    n: to("[data-part=notes] textarea"),
    s: () => voice.say(summary(page.state), true),
    "?": () => document.getElementById("keys").showModal(),
  });
  document.querySelector("[data-part=teams]").addEventListener("keydown", (event) => {
    const by = WAYS[event.key];
    if (!by || !event.target.matches("[data-open-team]")) return;
    event.preventDefault();
    step(by);
  });
}

/* The room in a few sentences, for those who listen. */
/** @param {RoomState} s */
function summary(s) {
  const told = s.teams.map((t) => {
    const row = s.rows[t.id];
    return row ? `${t.name}${row.stuck_s == null ? "" : gettext(", perhaps stuck")}, ${lossSpoken(row.loss_usd ?? 0)}` : t.name;
  });
  return `${s.clock}, ${s.state}. ${told.join(". ")}.`;
}
