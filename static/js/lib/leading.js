/* Showing the room a moment, and following who shows one. Told and asked every second; a hand on the own scrubber ends it. */
import { STEPS_A_SECOND } from "./market-clock.js";

/** @typedef {{ team: number, desk: string, step: number, rate: number, playing: boolean, age_s: number }} Lead */

const EVERY_MS = 1000;
const SELDOM = 4; // who follows nobody asks so many times more seldom whether anybody leads
const APART_S = 1.5; // of looking: further off than that a follower moves

/** @param {Found} root @param {Tape} tape @param {Replay} data */
export function bindLeading(root, tape, data) {
  const lead = root.querySelector("[data-lead]");
  if (lead) leads(lead, root, tape, data);
  else follows(root.querySelector("[data-follow]"), root, tape, data);
}

/** @param {Found} button @param {Found} root @param {Tape} tape @param {Replay} data */
function leads(button, root, tape, data) {
  const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
  let on = false;
  let told = "";
  /** @param {Fields} fields */
  const post = (fields) => fetch(data.ways["replay-lead"], { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token }, body: new URLSearchParams(fields) }).catch(() => { /* it is told again in a second */ });
  const now = () => ({ team: data.team, desk: data.desk, step: tape.step, rate: tape.rate, playing: tape.playing ? 1 : 0 });
  const tell = () => on && void post(now());
  setInterval(tell, EVERY_MS);
  /** @param {boolean} next */
  const set = (next) => {
    on = next;
    button.setAttribute("aria-pressed", String(on));
    sessionStorage.setItem("leads", on ? data.ways["replay-lead"] : "");
    if (on) tell();
    else void post({ do: "stop" });
  };
  button.addEventListener("click", () => set(!on));
  tape.addEventListener("moment", () => {
    const where = `${tape.playing} ${tape.rate} ${tape.playing ? "" : tape.step}`;
    if (on && where !== told) tell();
    told = where;
  });
  if (sessionStorage.getItem("leads") === data.ways["replay-lead"]) set(true); // another desk of the same exercise was opened
}

/** @param {Found} button @param {Found} root @param {Tape} tape @param {Replay} data */
function follows(button, root, tape, data) {
  let on = new URLSearchParams(location.search).has("follow");
  /** @param {Lead | null | boolean} lead */
  const draw = (lead) => {
    button.hidden = !lead && !on;
    button.setAttribute("aria-pressed", String(on));
  };
  const look = async () => {
    let lead = null;
    try {
      lead = (await (await fetch(data.ways["replay-led"], { credentials: "same-origin" })).json()).lead;
    } catch { /* asked again */ }
    if (on && lead) go(lead);
    draw(lead);
  };
  /** @param {Lead} lead */
  const go = (lead) => {
    if (lead.team !== data.team || lead.desk !== data.desk) {
      location.replace(data.ways["replay-follow"]);
      return;
    }
    if (tape.rate !== lead.rate) tape.setRate(lead.rate);
    const step = Math.min(data.until, lead.step + (lead.playing ? lead.age_s * lead.rate * STEPS_A_SECOND : 0));
    if (lead.playing ? Math.abs(step - tape.step) > APART_S * lead.rate * STEPS_A_SECOND : lead.step !== tape.step) tape.seek(step);
    if (tape.playing !== lead.playing) tape.play(lead.playing);
  };
  /** @param {boolean} next */
  const turn = (next) => {
    on = next;
    draw(true);
  };
  button.addEventListener("click", () => turn(!on));
  root.addEventListener("by-hand", () => on && turn(false));
  let times = 0;
  setInterval(() => (on || times++ % SELDOM === 0) && look(), EVERY_MS);
  draw(null);
}
