/* The risk manager's word, at the desks that need it for servers: whether it is missing, and the line that asks for it. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "./icons.js";
import { askWord, wordOf, wordSays } from "./word.js";

/* Whether these servers are more than the desk may take by itself just now, and the word for more is not given. The server decides again. */
/** @param {App} app @param {string} kind @param {number[]} servers */
export function lacksWord(app, kind, servers) {
  const lever = app.store.get("levers")?.levers.find((l) => l.kind === kind);
  if (!lever?.alone || !lever.word || lever.word === "given") return false;
  const { most, lately } = lever.alone;
  return new Set([...lately, ...servers]).size > Math.max(most, lately.length);
}

/** @type {Record<string, string>} */
const SIGNS = { open: "hand", asked: "hourglass", given: "badge-check", refused: "x" };

/* A line with what the word is for, how it stands and the button. */
/** @param {App} app @param {string} what @param {() => unknown} then */
export function wordLine(app, what, then) {
  const w = wordOf(app, what);
  return w ? html`<div class="word-line" data-state=${w.state}>${icon(SIGNS[w.state])}<span class="grow num">${w.label}. ${wordSays(w)}</span>${askWord(app, what, then)}</div>` : nothing;
}
