/* Amounts that a page carries as plain integers (data-usd) become signed, spoken and marked, in millions where there is little room (data-short); shares (data-share) become per cents. */
import { arrow, lossClass, lossLong, lossShort, lossSpoken, share } from "./format.js";

/** @param {ParentNode} [root] */
export function writeAmounts(root = document) {
  for (const el of root.querySelectorAll("[data-usd]")) {
    const usd = Number(el.dataset.usd);
    const loss = el.dataset.as === "gain" ? -usd : usd;
    const seen = document.createElement("span");
    seen.ariaHidden = "true";
    seen.textContent = `${arrow(-loss)} ${"short" in el.dataset ? lossShort(loss) : lossLong(loss)}`.trim();
    const said = document.createElement("span");
    said.className = "sr";
    said.textContent = lossSpoken(loss);
    if (lossClass(loss)) el.classList.add(lossClass(loss));
    el.replaceChildren(said, seen);
  }
  for (const el of root.querySelectorAll("[data-share]")) el.textContent = share(Number(el.dataset.share));
}
