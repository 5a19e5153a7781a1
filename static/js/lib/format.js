/* Numbers and money as people read them. The minus is U+2212; a sign is never carried by colour alone. */
import { gettext } from "./words.js";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const MINUS = "\u2212";
/** @param {number | null | undefined} n */
export const count = (n) => (n == null ? "\u2013" : whole.format(n).replace("-", MINUS));

/* A rate per second: one decimal below ten, whole above. */
/** @param {number | null | undefined} n */
export const rate = (n) => (n == null ? "\u2013" : (Math.abs(n) < 10 ? tenth : whole).format(n).replace("-", MINUS));

/* 9_300_000 -> "9.3 M"; for places where dollars do not fit. */
/** @param {number} usd */
export function short(usd) {
  const n = Math.abs(usd);
  if (n >= 1e9) return gettext("%(n)s bn", { n: (n / 1e9).toFixed(2) });
  if (n >= 9.95e7) return `${Math.round(n / 1e6)} M`;
  if (n >= 9.5e5) return `${(n / 1e6).toFixed(1)} M`;
  if (n >= 1e3) return `${Math.round(n / 1e3)} k`;
  return whole.format(n);
}

/* The same on an axis, where round numbers stand: 50_000_000 -> "50 M". */
/** @param {number} usd */
export const axis = (usd) => short(usd).replace(/\.0+(?= )/, "");

/* One of three words, by the sign of a number. */
/** @param {number} n @param {string} above @param {string} below */
export function bySign(n, above, below, none = "") {
  if (n > 0) return above;
  return n < 0 ? below : none;
}

/* The order of two words or two numbers, smaller first. */
/** @param {string | number} a @param {string | number} b */
export const compare = (a, b) => Number(a > b) - Number(a < b);

/* A loss (positive dollars) as a signed amount: loss 5 -> "-$5", a negative loss is a gain. */
/** @param {number | null | undefined} usd */
export const lossShort = (usd) => (usd == null ? gettext("hidden") : `${bySign(usd, MINUS, "+")}$${short(usd)}`);
/** @param {number | null | undefined} usd */
export const lossLong = (usd) => (usd == null ? gettext("hidden") : `${bySign(usd, MINUS, "+")}$${whole.format(Math.abs(usd))}`);
/** @param {number | null | undefined} usd */
export function lossSpoken(usd) {
  if (usd == null) return gettext("hidden");
  return usd >= 0 ? gettext("loss of %(usd)s dollars", { usd: whole.format(usd) }) : gettext("gain of %(usd)s dollars", { usd: whole.format(-usd) });
}
/** @param {number | null | undefined} usd */
export const lossClass = (usd) => bySign(usd ?? 0, "loss", "gain");
/** @param {number} up */
export const arrow = (up) => bySign(up, "\u25B2", "\u25BC");

/* Basis points as signed per cent: 4100 -> "+41 %", -35 -> "-0.4 %". */
/** @param {number} bp */
export function move(bp) {
  const pct = bp / 100;
  const text = Math.abs(pct) >= 9.95 ? Math.abs(pct).toFixed(0) : Math.abs(pct).toFixed(1);
  return `${bySign(bp, "+", MINUS)}${text} %`;
}

/** @param {number | null} x */
export const share = (x) => (x == null ? "\u2013" : `${x < 0 ? MINUS : ""}${Math.abs(x * 100).toFixed(Math.abs(x) > 0.995 ? 2 : 1)} %`);

/* "no hand free" -> "No hand free." */
/** @param {string} words */
export const sentence = (words) => words && words[0].toUpperCase() + words.slice(1) + (/[.!?]$/.test(words) ? "" : ".");

/* Seconds left of a lever. */
/** @param {number} s */
export function left(s) {
  if (s < 60) return `${Math.max(0, Math.round(s))} s`;
  const sec = Math.round(s % 60);
  return sec ? gettext("%(min)s min %(sec)s s", { min: Math.floor(s / 60), sec }) : gettext("%(min)s min", { min: Math.floor(s / 60) });
}

/* "HH:MM[:SS]" <-> seconds of the day. */
/** @param {string} clock */
export const seconds = (clock) => clock.split(":").reduce((sum, part, i) => sum + Number(part) * [3600, 60, 1][i], 0);
/** @param {number} s */
export const hhmm = (s) => `${String(Math.floor(s / 3600)).padStart(2, "0")}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}`;

/* "09:31:04" -> "09:31"; what has a date before it ("27 Jul 18:30") keeps it. */
/** @param {string} at */
export const minute = (at) => (at[2] === ":" ? at.slice(0, 5) : at);

/* The same as "4:59", where space is short. */
/** @param {number} s */
export const countdown = (s) => `${Math.floor(Math.max(0, s) / 60)}:${String(Math.round(Math.max(0, s) % 60)).padStart(2, "0")}`;
