/* What the facilitator adds: what is on the line, the cards in hand, and messages in somebody's name. What stands is the server's; only
   what is being made lives here, so that two facilitators see each other's acts. */
import { base } from "../lib/base.js";
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { hand } from "./injects-hand.js";
import { line } from "./injects-line.js";
import { say } from "./injects-say.js";
import { gettext } from "../lib/words.js";

const VIEWS = [["hand", gettext("Ready")], ["line", gettext("Scheduled")], ["say", gettext("Messages")]];
/** @type {Record<string, (tools: Tools) => Drawn>} */
const DRAWN = { hand, line, say };
/** @type {Making} */
const own = { ready: null, asked: false, view: "hand", card: null, fields: /** @type {any} */ ({}), preview: null, reason: "", words: {}, behind: false };

/* page: {state, reason}; act: {post(fields, address), redraw()}. */
/** @param {Room} page @param {RoomAct} act */
export function drawInjects(page, act) {
  const root = document.querySelector("[data-part=injects]");
  const deck = page.state.injects;
  if (!root || !deck) return;
  const address = `${base}/facilitator/${encodeURIComponent(page.state.code)}/injects/`;
  if (!own.asked) void ask(address, act);
  /** @param {Fields} fields */
  const post = async (fields) => {
    own.reason = "";
    await act.post(fields, address);
    own.reason = page.reason;
    act.redraw();
    return !own.reason;
  };
  const tools = { own, deck, state: page.state, post, address, redraw: act.redraw };
  render(html`<div class="seg injects-views" role="group" aria-label=${gettext("Injects")}>${VIEWS.map(([id, word]) => html`<button type="button" aria-pressed=${String(own.view === id)}
      @click=${() => turn(id, act)}>${word}${count(deck, id)}</button>`)}</div>
    ${DRAWN[own.view](tools)}
    ${own.reason ? html`<p class="answer" data-state="refused" role="alert">${icon("triangle-alert")}<span>${own.reason}</span></p>` : nothing}`, root);
}

/** @param {string} view @param {RoomAct} act */
function turn(view, act) {
  Object.assign(own, { view, reason: "" });
  act.redraw();
}

/* How many wait on the line, how many answers there are. */
/** @param {Deck} deck @param {string} view */
function count(deck, view) {
  /** @type {Record<string, number>} */
  const counts = { line: deck.line.filter((row) => row.open).length, say: deck.messages.reduce((sum, m) => sum + m.replies.length, 0) };
  const n = counts[view] ?? 0;
  return n ? html`<span class="badge num">${n}<span class="sr"> ${view === "line" ? gettext("waiting") : gettext("answers")}</span></span>` : nothing;
}

/** @param {string} address @param {RoomAct} act */
async function ask(address, act) {
  own.asked = true;
  try {
    const answer = await fetch(`${address}ready.json`, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    own.ready = await answer.json();
  } catch {
    own.reason = gettext("The injects could not be loaded. Reload the page.");
  }
  act.redraw();
}
