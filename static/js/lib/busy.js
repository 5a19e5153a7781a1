/* A task of a kind that is under way, as a line of words with the time it still takes. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { left } from "./format.js";
import { icon } from "./icons.js";
import { gettext } from "./words.js";

/** @param {App} app @param {string} kind */
export const tasksOf = (app, kind) => (app.store.get("work")?.tasks ?? []).filter((t) => t.kind === kind);

/* "Tail one server's log: GATE-3" */
/** @param {Card.Task} t */
export const nameOf = (t) => (t.target ? `${t.label}: ${t.target}` : t.label);

/** @param {App} app @param {string} kind */
export function busy(app, kind) {
  const tasks = tasksOf(app, kind);
  return tasks.length ? tasks.map((t) => html`<span class="busy num">${icon("hourglass")}${nameOf(t)}${gettext(", %(left_s)s left", { left_s: left(t.left_s) })}</span>`) : nothing;
}
