/* Dollars that were saved (below 0: lost), for lit-html templates; three dots while they are not known. */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { lossClass, lossShort } from "./format.js";

/** @param {number | null | undefined} usd */
export function gain(usd) {
  if (usd == null) return html`<span class="quiet">\u2026</span>`;
  return usd === 0 ? "$0" : html`<span class=${lossClass(-usd)}>${lossShort(-usd)}</span>`;
}
