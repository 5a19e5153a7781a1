/* Steps of market time as a clock, with its date before it in the week: "09:34:12", "27 Jul 18:30:00". The engine has the same rules. */
import { EVENING_FROM, EVENING_S, START, TYPED } from "./calendar.js";
import { seconds } from "./format.js";

export const STEPS_A_SECOND = 4;
const EVENING = EVENING_S * STEPS_A_SECOND;
/** @param {number} n */
const two = (n) => String(n).padStart(2, "0");

/* By the dates of the reader for show, else as the server reads it. */
/** @param {number} step @param {string[]} dates */
export function stampOf(step, dates = TYPED) {
  const evening = step < 0 ? Math.floor(step / EVENING) + dates.length : -1;
  const s = Math.floor((evening < 0 ? step : step - (evening - dates.length) * EVENING) / STEPS_A_SECOND) + seconds(evening < 0 ? START : EVENING_FROM);
  return `${evening < 0 ? "" : `${dates[evening]} `}${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}
