/* Numbers and money as people read them. The minus is U+2212; a sign is never carried by colour alone. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const MINUS = "\u2212";
export const count = (n) => (n == null ? "\u2013" : whole.format(n).replace("-", MINUS));

/* A rate per second: one decimal below ten, whole above. */
export const rate = (n) => (n == null ? "\u2013" : Math.abs(n) < 10 ? tenth.format(n) : whole.format(n));

/* 9_300_000 -> "9.3 M"; for places where dollars do not fit. */
export function short(usd) {
  const n = Math.abs(usd);
  if (n >= 1e9) return `${(n / 1e9).toFixed(2)} bn`;
  if (n >= 9.95e7) return `${Math.round(n / 1e6)} M`;
  if (n >= 9.5e5) return `${(n / 1e6).toFixed(1)} M`;
  if (n >= 1e3) return `${Math.round(n / 1e3)} k`;
  return whole.format(n);
}

/* The same on an axis, where round numbers stand: 50_000_000 -> "50 M". */
export const axis = (usd) => short(usd).replace(/\.0+(?= )/, "");

/* A loss (positive dollars) as a signed amount: loss 5 -> "-$5", a negative loss is a gain. */
export const lossShort = (usd) => (usd == null ? "hidden" : `${usd > 0 ? MINUS : usd < 0 ? "+" : ""}$${short(usd)}`);
export const lossLong = (usd) => (usd == null ? "hidden" : `${usd > 0 ? MINUS : usd < 0 ? "+" : ""}$${whole.format(Math.abs(usd))}`);
export const lossSpoken = (usd) => (usd == null ? "hidden" : `${usd >= 0 ? "loss" : "gain"} of ${whole.format(Math.abs(usd))} dollars`);
export const lossClass = (usd) => (usd == null ? "" : usd > 0 ? "loss" : usd < 0 ? "gain" : "");
export const arrow = (up) => (up > 0 ? "\u25B2" : up < 0 ? "\u25BC" : "");

/* Basis points as signed per cent: 4100 -> "+41 %", -35 -> "-0.4 %". */
export function move(bp) {
  const pct = bp / 100;
  const text = Math.abs(pct) >= 9.95 ? Math.abs(pct).toFixed(0) : Math.abs(pct).toFixed(1);
  return `${bp > 0 ? "+" : bp < 0 ? MINUS : ""}${text} %`;
}

export const share = (x) => (x == null ? "\u2013" : `${x < 0 ? MINUS : ""}${Math.abs(x * 100).toFixed(Math.abs(x) > 0.995 ? 2 : 1)} %`);

/* "no hand free" -> "No hand free." */
export const sentence = (words) => words && words[0].toUpperCase() + words.slice(1) + (/[.!?]$/.test(words) ? "" : ".");

/* Seconds left of a lever. */
export function left(s) {
  if (s < 60) return `${Math.max(0, Math.round(s))} s`;
  const sec = Math.round(s % 60);
  return sec ? `${Math.floor(s / 60)} min ${sec} s` : `${Math.floor(s / 60)} min`;
}

/* "HH:MM[:SS]" <-> seconds of the day. */
export const seconds = (clock) => clock.split(":").reduce((sum, part, i) => sum + Number(part) * [3600, 60, 1][i], 0);
export const hhmm = (s) => `${String(Math.floor(s / 3600)).padStart(2, "0")}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}`;

/* "09:31:04" -> "09:31"; what has a date before it ("27 Jul 18:30") keeps it. */
export const minute = (at) => (at[2] === ":" ? at.slice(0, 5) : at);

/* The same as "4:59", where space is short. */
export const countdown = (s) => `${Math.floor(Math.max(0, s) / 60)}:${String(Math.round(Math.max(0, s) % 60)).padStart(2, "0")}`;
