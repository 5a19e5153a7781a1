/* The state of the line in the top bar, the other seats of the team, and the bands under the bar. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";

const WORDS = { connecting: "Connecting", live: "Live", stalled: "No news", reconnecting: "Reconnecting", closed: "Closed" };
const DESKS = { deployer: "Deployer", operator: "Operator", risk: "Risk" };

export function mount(root, app) {
  const link = root.querySelector("[data-link-word]");
  const mates = root.querySelector("[data-mates]");
  app.store.on("standing", (s) => {
    if (link) render(html`${icon(s.link === "live" ? "wifi" : "wifi-off")}<span>${WORDS[s.link]}</span>${s.link === "live" && s.speed && s.state !== "lobby" ? html`<span class="quiet">${s.speed}x</span>` : nothing}`, link);
    if (mates) render((s.hello.seats ?? []).filter((x) => x.desk !== s.hello.desk).map(mate), mates);
  });
}

const mate = (seat) => html`<li class="mate" data-away=${seat.holders.length > 0 && !seat.online}>
  <span class="face" aria-hidden="true">${(seat.holders[0] || DESKS[seat.desk] || "?").slice(0, 2).toUpperCase()}</span>
  <span>${seat.holders.length ? html`<strong dir="auto">${seat.holders.join(", ")}</strong> ` : nothing}<span class="second">${DESKS[seat.desk] ?? seat.desk}</span>${status(seat)}</span>
</li>`;

function status(seat) {
  if (seat.covered || (seat.autopilot && !seat.holders.length)) return html`<span class="quiet"> ${seat.autopilot === "assistant" ? "assistant" : "autopilot"}</span>`;
  if (seat.holders.length && !seat.online) return html`<span class="quiet num"> away${seat.away_s == null ? "" : `, assistant in ${seat.away_s} s`}</span>`;
  return nothing;
}
