/* Rows that keep their elements while their list moves: what stands in a row stays with it, also where something else (a translator, an
   extension) has changed its text. The same key twice is two rows. */
import { repeat } from "../../vendor/lit-html-3.3.3/directives/repeat.js";

/** @template T @param {T[]} items @param {(item: T) => unknown} key @param {(item: T, i: number) => unknown} draw @returns {Drawn} */
export function keyed(items, key, draw) {
  /** @type {Map<unknown, number>} */
  const seen = new Map();
  const keys = items.map((item) => {
    const own = key(item);
    const before = seen.get(own) ?? 0;
    seen.set(own, before + 1);
    return before ? `${own} ${before}` : own;
  });
  return /** @type {any} */ (repeat(items, (_, i) => keys[i], draw));
}
