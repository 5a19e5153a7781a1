/* Signed dollars: sign and triangle beside the colour, and words for those who listen. */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "./words.js";
import { MINUS, arrow, bySign, move, short } from "./format.js";

/** @param {number} usd */
export const sign = (usd) => bySign(usd, "+", MINUS);
/** @param {number} n */
export const tone = (n) => bySign(n, "gain", "loss");
/** @param {number} usd */
export const signed = (usd) => `${sign(usd)}$${short(usd)}`;
/** @param {number} usd */
export const dollars = (usd) => `$${short(usd)}`;
/** @param {number} hc */
export const price = (hc) => (hc ? (hc / 10000).toFixed(2) : "\u2013");

/* "▼ −$11.0 M", to be read as "loss of 11.0 M dollars" */
/** @param {number} usd */
export const profit = (usd) => html`<span class=${tone(usd)}><span aria-hidden="true"><span class="tri">${arrow(usd)}</span> ${signed(usd)}</span><span class="sr">${usd < 0 ? gettext("loss of %(usd)s dollars", { usd: short(usd) }) : gettext("profit of %(usd)s dollars", { usd: short(usd) })}</span></span>`;
/** @param {number} bp */
export const moved = (bp) => html`<span class=${tone(bp)}><span aria-hidden="true" class="tri">${arrow(bp)}</span> ${move(bp)}</span>`;

/* What a person types for an amount: "25 M", "$2,500,000", "1.5bn" -> whole dollars, or null. */
/** @param {string} text */
export function amount(text) {
  const found = /^\$?\s*((?:\d{1,3}(?:[,\s]\d{3})+|\d+)(?:\.\d+)?)\s*(k|m|bn?)?$/i.exec(text.trim());
  if (!found) return null;
  const usd = Number(found[1].replace(/[,\s]/g, "")) * ({ k: 1e3, m: 1e6, b: 1e9, bn: 1e9 }[found[2]?.toLowerCase()] ?? 1);
  const whole = Math.round(usd);
  return Number.isFinite(usd) && Math.abs(usd - whole) < 1e-3 ? whole : null;
}
