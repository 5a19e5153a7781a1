/* What the facilitator lets the projector show: losses live, late or hidden, a leaderboard that stands still, and the end by steps. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { gettext } from "../lib/words.js";

const MODES = { live: gettext("Live"), delayed: gettext("2 min late"), hidden: gettext("Hidden") };

/* s: the exercise as the server tells it; post(fields). */
/** @param {RoomState} s @param {RoomAct["post"]} post */
export const wall = (s, post) => html`
  <div class="drives" role="group" aria-label=${gettext("Losses on the big screen")}><span class="label">${gettext("Losses")}</span><span class="seg">${Object.entries(MODES).map(([mode, word]) =>
    html`<button type="button" aria-pressed=${String(mode === s.wall.mode)} ?disabled=${s.wall.frozen} @click=${() => post({ do: "losses", to: mode })}>${word}</button>`)}</span></div>
  ${s.wall.frozen || s.wall.held ? held(s, post) : nothing}
  ${s.wall.can_freeze ? html`<div class="drives"><button type="button" class="btn" @click=${() => post({ do: "freeze" })}>${icon("pause")}${gettext("Freeze the leaderboard")}</button></div>` : nothing}
  ${s.wall.reveal ? reveal(s.wall.reveal, post) : nothing}`;

/** @param {RoomState} s @param {RoomAct["post"]} post */
const held = (s, post) => html`<div class="drives ask"><span class="badge badge-warn">${icon("pause")}${s.wall.frozen ? gettext("Frozen at %(frozen)s", { frozen: s.wall.frozen }) : gettext("Result held back")}</span>
    <button type="button" class="btn" @click=${() => post({ do: "reveal" })}>${icon("eye")}${s.wall.held ? gettext("Open the result pages") : gettext("Unfreeze")}</button>
    ${s.wall.held ? html`<p class="second">${gettext("Until then, or until first place is shown, the players' result pages hide it.")}</p>` : nothing}</div>`;

/** @type {Record<string, string>} */
const STEPS = {
  field: gettext("the field"), third: gettext("third place"), second: gettext("second place"), first: gettext("first place"), worth: gettext("best decisions"), photo: gettext("podium and curve"),
};

/* The end on the wall: what it shows, and one step on or back. A step is named by its number: pressed twice it is taken once. */
/** @param {NonNullable<RoomState["wall"]["reveal"]>} r @param {RoomAct["post"]} post */
function reveal(r, post) {
  const to = (/** @type {number} */ n) => () => post({ do: "step", to: n });
  if (!r.counted) return html`<p class="second">${gettext("The results are still being computed.")}</p>`;
  const over = r.at >= r.names.length;
  return html`<div class="drives ask reveal-drive" role="group" aria-label=${gettext("Reveal on the big screen")}>
    <ol class="reveal-steps">${r.names.map((name, i) => html`<li ?data-done=${i < r.at} aria-current=${i === r.at - 1 ? "step" : nothing}>${STEPS[name]}</li>`)}</ol>
    <span class="row"><button type="button" class="btn" ?disabled=${r.at === 0} @click=${to(r.at - 1)}>${icon("undo-2")}${gettext("Back")}</button>
    <button type="button" class="btn btn-prime" ?disabled=${over} @click=${to(r.at + 1)}>${icon("arrow-right")}${over ? gettext("All shown") : gettext("Show %(step)s", { step: STEPS[r.names[r.at]] })}</button></span></div>`;
}
