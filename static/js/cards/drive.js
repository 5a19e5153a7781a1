/* Pause, speed and the rest, for whoever plays alone and so owns the time. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { skipped } from "../lib/skipped.js";
import { gettext } from "../lib/words.js";

/** @type {{ speeds: number[], next: Record<string, string | undefined> }} */
const { speeds: SPEEDS, next: NEXT } = JSON.parse(document.getElementById("drive").textContent);
const SHOWN_MS = 8000;

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  let asking = ""; // "end" or "advance", before it is done
  let opened = false; // on a phone, where the rest waits behind one button
  let trouble = "";
  let timer = 0;
  /** @param {string} what @param {number} [value] */
  const send = (what, value) => app.line.send(value === undefined ? { t: "drive", do: what } : { t: "drive", do: what, value });
  /** @param {string} what @param {string} [from] the button that asked */
  const ask = (what, from) => {
    asking = what;
    draw();
    root.querySelector(what ? "[data-keep]" : `[data-${from}]`)?.focus();
  };
  const draw = () => {
    const s = app.store.get("standing");
    const off = s.link !== "live" || !["running", "paused"].includes(s.state) || !!s.upgrade; // after an upgrade the band asks
    const phase = app.store.get("clock")?.phase ?? "";
    const shown = opened || trouble !== "" || (s.state === "paused" && s.begins !== "now"); // a band has Begin
    render(html`${opener(s, shown)}<div class="drive-row" ?data-shown=${shown}>${controls(s, off, phase)}</div>${asking && !off ? sure(phase) : nothing}`, root);
  };
  /** @param {Stands} s @param {boolean} shown */
  const opener = (s, shown) => html`<button type="button" class="btn btn-quiet drive-open num" aria-expanded=${String(shown)} aria-label=${gettext("Time controls")}
    @click=${() => { opened = !opened; draw(); }}>${s.state === "paused" ? icon("pause") : html`${s.speed ?? 1}x`}</button>`;
  /** @param {Stands} s @param {boolean} off @param {string} phase */
  const controls = (s, off, phase) => html`
    ${s.state === "paused"
      ? html`<button type="button" class="btn btn-prime" ?disabled=${off} ?hidden=${s.begins === "now"} @click=${() => send("resume")}>${icon("play")}${gettext("Resume")}</button>`
      : html`<button type="button" class="btn" ?disabled=${off} @click=${() => send("pause")}>${icon("pause")}${gettext("Pause")}</button>`}
    <label class="speed"><span class="label">${gettext("Speed")}</span><select class="input input-small num" aria-label=${gettext("Speed")} ?disabled=${off} @change=${(e) => send("speed", Number(e.target.value))}>
      ${speeds(s.speed).map((x) => html`<option value=${x} .selected=${x === s.speed}>${x}x</option>`)}</select></label>
    <button type="button" class="btn btn-quiet" ?disabled=${off || !NEXT[phase]} data-advance @click=${() => ask("advance")}>${icon("arrow-right")}${NEXT[phase] ?? gettext("Next phase")}</button>
    <button type="button" class="btn btn-quiet" data-end ?disabled=${off} @click=${() => ask("end")}>${icon("flag")}${gettext("End")}</button>
    ${trouble ? html`<span class="answer" data-state="refused">${icon("triangle-alert")}${trouble}</span>` : nothing}`;
  /** @param {string} phase */
  const sure = (phase) => {
    const [what, word] = [asking, asking === "end" ? gettext("End here") : NEXT[phase] ?? gettext("Next phase")];
    return html`<div class="drive-sure" role="group" aria-label=${word}><span>${what === "end" ? gettext("End the game here? What you have played counts.") : skipped(app, phase, word)}</span>
      <button type="button" class="btn" data-keep @click=${() => ask("", what)}>${gettext("Keep playing")}</button>
      <button type="button" class=${`btn ${what === "end" ? "btn-crit" : "btn-prime"}`} data-go @click=${() => { ask("", what); send(what); }}>${word}</button></div>`;
  };
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
