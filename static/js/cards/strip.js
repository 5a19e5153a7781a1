/* The run from left to right, each phase as wide as it takes to play: the team's loss beside history's, and pins. */
import { html, render, svg } from "../../vendor/lit-html-3.3.3/lit-html.js";

const [WIDE, HIGH, TOP, FOOT] = [1000, 64, 6, 14];

/* Places of steps along the run: at(step) -> 0..1, step(0..1); phases: [from, to, label, times real time]. */
/** @param {Phases} phases */
export function axis(phases) {
  const spans = phases.map(([from, to, , speed]) => (to - from) / speed);
  const whole = spans.reduce((a, b) => a + b, 0) || 1;
  const starts = spans.map((_, i) => spans.slice(0, i).reduce((a, b) => a + b, 0) / whole);
  return {
    /** @param {number} step */
    at(step) {
      const i = Math.max(0, phases.findLastIndex(([from]) => from <= step));
      const [from, to] = phases[i];
      return starts[i] + (spans[i] / whole) * Math.min(1, Math.max(0, (step - from) / (to - from)));
    },
    /** @param {number} place */
    step(place) {
      const i = Math.max(0, starts.findLastIndex((start) => start <= place));
      const [from, to] = phases[i];
      return Math.round(from + Math.min(1, ((place - starts[i]) * whole) / spans[i]) * (to - from));
    },
    starts,
  };
}

/** @param {Found} host @param {Replay} data @param {Places} places */
export function drawStrip(host, data, places) {
  /** @param {number} step */
  const x = (step) => places.at(step) * WIDE;
  const losses = [...data.loss, ...data.history].map(([, usd]) => usd);
  const [least, most] = [Math.min(0, ...losses), Math.max(1, ...losses)];
  /** @param {number} usd */
  const y = (usd) => TOP + ((usd - least) / (most - least)) * (HIGH - TOP - FOOT); // down is money lost
  /** @param {Points} points */
  const within = (points) => points.filter(([step]) => step >= data.from && step <= data.until);
  /** @param {Points} points */
  const line = (points) => within(points).map(([step, usd], i) => `${i ? "L" : "M"}${x(step).toFixed(1)},${y(usd).toFixed(1)}`).join(" ");
  const own = line([[data.from, data.loss.findLast(([step]) => step <= data.from)?.[1] ?? 0], ...data.loss]);
  render(html`<svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none">
    ${places.starts.slice(1).map((start) => svg`<line class="strip-phase" x1=${start * WIDE} x2=${start * WIDE} y1="0" y2=${HIGH}></line>`)}
    <path class="strip-loss" d=${own ? `${own} L${WIDE},${y(0)} L0,${y(0)} Z` : ""}></path>
    <path class="strip-own" d=${own}></path><path class="strip-history" d=${line(data.history)}></path>
    ${data.pins.map((pin) => svg`<line class="strip-pin" data-desk=${pin.desk} x1=${x(pin.step)} x2=${x(pin.step)} y1=${pin.kind === "decision" ? TOP : HIGH - FOOT - 12} y2=${HIGH - FOOT}></line>`)}
  </svg>${data.phases.map(([, , label], i) => html`<span class="strip-word" data-place=${i}>${label}</span>`)}`, host);
  host.querySelectorAll(".strip-word").forEach((word, i) => {
    word.style.insetInlineStart = `${places.starts[i] * 100}%`;
    word.style.maxInlineSize = `${((places.starts[i + 1] ?? 1) - places.starts[i]) * 100}%`;
  });
}
