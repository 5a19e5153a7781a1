/* Pause, speed and the rest, for whoever plays alone and so owns the time. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";

/** @type {{ speeds: number[], next: Record<string, string | undefined> }} */
const { speeds: SPEEDS, next: NEXT } = JSON.parse(document.getElementById("drive").textContent);
const SHOWN_MS = 8000;

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  let asking = false; // whether to end it
  let trouble = "";
  let timer = 0;
  /** @param {string} what @param {number} [value] */
  const send = (what, value) => app.line.send(value === undefined ? { t: "drive", do: what } : { t: "drive", do: what, value });
  /** @param {boolean} on */
  const ask = (on) => {
    asking = on;
    draw();
    root.querySelector(on ? "[data-keep]" : "[data-end]")?.focus();
  };
  const draw = () => {
    const s = app.store.get("standing");
    const off = s.link !== "live" || !["running", "paused"].includes(s.state) || !!s.upgrade; // after an upgrade the band asks
    const phase = app.store.get("clock")?.phase ?? "";
    render(asking && !off ? sure() : controls(s, off, phase), root);
  };
  /** @param {Stands} s @param {boolean} off @param {string} phase */
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
  app.store.onAny(["standing", "clock"], draw);
  app.line.addEventListener("trouble", ({ detail }) => {
    trouble = detail.reason;
    clearTimeout(timer);
    timer = setTimeout(() => { trouble = ""; draw(); }, SHOWN_MS);
    draw();
  });
}

/** @param {number | null} now */
const speeds = (now) => (now == null || SPEEDS.includes(now) ? SPEEDS : [...SPEEDS, now].sort((a, b) => a - b));
