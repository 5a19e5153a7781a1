/* What the facilitator lets the projector show: losses live, late or hidden, and a leaderboard that stands still until it is revealed. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";

const MODES = { live: "Live", delayed: "2 min late", hidden: "Hidden" };

/* s: the exercise as the server tells it; post(fields). */
/** @param {RoomState} s @param {RoomAct["post"]} post */
export const wall = (s, post) => html`
  <div class="drives" role="group" aria-label="Losses on the projector"><span class="label">Losses</span><span class="seg">${Object.entries(MODES).map(([mode, word]) =>
    html`<button type="button" aria-pressed=${String(mode === s.wall.mode)} ?disabled=${s.wall.frozen} @click=${() => post({ do: "losses", to: mode })}>${word}</button>`)}</span></div>
  ${s.wall.frozen
    ? html`<div class="drives ask"><span class="badge badge-warn">${icon("pause")}Frozen at ${s.wall.frozen}</span>
        <button type="button" class="btn btn-prime" @click=${() => post({ do: "reveal" })}>${icon("eye")}${s.state === "ended" ? "Reveal the result" : "Let it go on"}</button>
        ${s.state === "ended" ? html`<p class="second">Until then the wall and the players' result page hold it back.</p>` : nothing}</div>`
    : html`<div class="drives"><button type="button" class="btn" ?disabled=${!s.wall.can_freeze} @click=${() => post({ do: "freeze" })}>${icon("pause")}Freeze the leaderboard</button></div>`}`;
