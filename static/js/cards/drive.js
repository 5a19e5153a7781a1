/* Pause, speed and the rest, for whoever plays alone and so owns the time. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";

const SPEEDS = [0.5, 1, 2, 5, 10, 30, 60, 120];
const NEXT = { deployment: "To the next evening", premarket: "To the bell", bell: "To 10:15", unwind: "To the evening", block: "To the end" };
const SHOWN_MS = 8000;

export function mount(root, app) {
  let asking = false; // whether to end it
  let trouble = "";
  let timer = 0;
  const send = (what, value) => app.line.send(value === undefined ? { t: "drive", do: what } : { t: "drive", do: what, value });
  const ask = (on) => {
    asking = on;
    draw();
    root.querySelector(on ? "[data-keep]" : "[data-end]")?.focus();
  };
  const draw = () => {
    const s = app.store.get("standing");
    const off = s.link !== "live" || !["running", "paused"].includes(s.state);
    const phase = app.store.get("clock")?.phase;
    render(asking && !off ? sure() : controls(s, off, phase), root);
  };
  const controls = (s, off, phase) => html`
    ${s.state === "paused"
      ? html`<button type="button" class="btn btn-prime" ?disabled=${off} @click=${() => send("resume")}>${icon("play")}Go on</button>`
      : html`<button type="button" class="btn" ?disabled=${off} @click=${() => send("pause")}>${icon("pause")}Pause</button>`}
    <label class="speed"><span class="label">Speed</span><select class="input input-small num" aria-label="Speed" ?disabled=${off} @change=${(e) => send("speed", Number(e.target.value))}>
      ${speeds(s.speed).map((x) => html`<option value=${x} .selected=${x === s.speed}>${x}x</option>`)}</select></label>
    <button type="button" class="btn btn-quiet" ?disabled=${off || !NEXT[phase]} @click=${() => send("advance")}>${icon("arrow-right")}${NEXT[phase] ?? "Next phase"}</button>
    <button type="button" class="btn btn-quiet" data-end ?disabled=${off} @click=${() => ask(true)}>${icon("flag")}End</button>
    ${trouble ? html`<span class="answer" data-state="refused">${icon("triangle-alert")}${trouble}</span>` : nothing}`;
  const sure = () => html`<span>End it here? What was played so far counts.</span>
    <button type="button" class="btn" data-keep @click=${() => ask(false)}>Keep playing</button>
    <button type="button" class="btn btn-crit" @click=${() => { asking = false; send("end"); draw(); }}>End it</button>`;
  for (const name of ["standing", "clock"]) app.store.on(name, draw);
  app.line.addEventListener("trouble", ({ detail }) => {
    trouble = detail.reason;
    clearTimeout(timer);
    timer = setTimeout(() => { trouble = ""; draw(); }, SHOWN_MS);
    draw();
  });
}

const speeds = (now) => (now == null || SPEEDS.includes(now) ? SPEEDS : [...SPEEDS, now].sort((a, b) => a - b));
