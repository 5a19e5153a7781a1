/* The cards this page knows: name -> {v, d}. Whole cards replace whole cards; listeners run once a painted frame. */

/** @param {any} card */
const read = (card) => (card && typeof card === "object" && "d" in card ? card : { v: 0, d: card });

/** @template {object} [C=any] */
export class Store {
  /** @type {Map<string, Versioned<any>>} */
  #cards = new Map();
  /** @type {Map<string, ((d: any) => unknown)[]>} */
  #listeners = new Map();
  /** @type {Set<string>} */
  #dirty = new Set();
  #asked = false;

  /** @param {Record<string, unknown>} [first] */
  constructor(first = {}) {
    for (const [name, card] of Object.entries(first)) this.#cards.set(name, read(card));
  }

  /** @template {keyof C & string} K @param {K} name @returns {K extends "standing" ? C[K] : C[K] | undefined} */
  get(name) {
    return this.#cards.get(name)?.d;
  }

  /* fn(d) now, when the card is known, and after each change. */
  /** @template {keyof C & string} K @param {K} name @param {(d: C[K]) => unknown} fn */
  on(name, fn) {
    const known = this.#cards.get(name);
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), fn]);
    if (known) fn(known.d);
  }

  /* fn() now for each of these cards that is known, and after each change of one. */
  /** @param {(keyof C & string)[]} names @param {() => unknown} fn */
  onAny(names, fn) {
    for (const name of names) this.on(name, () => fn());
  }

  /* A page-local card, e.g. which server is chosen; never sent. */
  /** @template {keyof C & string} K @param {K} name @param {C[K]} d */
  set(name, d) {
    this.#cards.set(name, { v: 0, d });
    this.#mark(name);
  }

  /* After a connect or a resync the next card of each name is taken, whatever its version: the server's picture is the truth. */
  restart() {
    for (const card of this.#cards.values()) card.v = -1;
  }

  /* Take a frame's cards. What is known already, or older, is dropped. */
  /** @param {Frame} cards */
  merge(cards) {
    for (const [name, card] of Object.entries(cards)) {
      const known = this.#cards.get(name);
      if (known && card.v <= known.v) continue;
      this.#cards.set(name, read(card));
      this.#mark(name);
    }
  }

  /** @param {string} name */
  #mark(name) {
    this.#dirty.add(name);
    if (this.#asked) return;
    this.#asked = true;
    /* A hidden page paints nothing, so it must not queue work either: the timer is only a net under the frame. */
    const run = () => this.#flush();
    if (document.visibilityState === "hidden") setTimeout(run, 250);
    else requestAnimationFrame(run);
  }

  #flush() {
    this.#asked = false;
    const names = [...this.#dirty];
    this.#dirty.clear();
    for (const name of names) {
      for (const fn of this.#listeners.get(name) ?? []) fn(this.#cards.get(name)?.d);
    }
  }
}
