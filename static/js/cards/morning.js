/* The start page's picture fills from left to right while the loss counts, once, in under five seconds. Whoever wants no motion has it whole. */
import { arrow, lossLong } from "../lib/format.js";

const WHOLE_MS = 4600;

/** @param {Found} root */
export function mount(root) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  /** @type {{ losses: number[], at: string[] }} */
  const { losses, at } = JSON.parse(document.getElementById("story").textContent ?? "");
  const [clock, amount, plot] = ["[data-morning-at]", "[data-morning-usd] [aria-hidden]", "svg"].map((one) => root.querySelector(one));
  const last = losses.length - 1;
  const all = Number(root.querySelector("svg").getAttribute("viewBox").split(" ")[2]);
  /** @type {number | null} */
  let began = null;
  /** @param {number} now */
  const step = (now) => {
    began ??= now;
    const minute = Math.min(all, ((now - began) / WHOLE_MS) * all);
    const counted = Math.min(last, minute);
    const [before, after] = [losses[Math.floor(counted)], losses[Math.ceil(counted)]];
    const usd = Math.round(before + (after - before) * (counted % 1));
    clock.textContent = at[Math.floor(counted)];
    amount.textContent = `${arrow(-usd)} ${lossLong(usd)}`.trim();
    plot.style.clipPath = `inset(0 ${100 - (minute / all) * 100}% 0 0)`;
    if (minute < all) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
