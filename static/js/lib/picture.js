/* The picture of a page that draws itself whole: keys -> values, as a store for the line (socket.js). Whole values replace whole values. */

export class Picture {
  /** @type {Map<string, number>} */
  #versions = new Map();
  #draw;
  #asked = false;

  /* first: the page's own first picture; draw(): once a painted frame after a change. */
  /** @param {Record<string, any>} first @param {() => void} draw */
  constructor(first, draw) {
    this.state = first;
    this.#draw = draw;
  }

  /* After a connect the next value of each key is taken, whatever its version. */
  restart() {
    this.#versions.clear();
  }

  /** @param {Frame} cards */
  merge(cards) {
    for (const [name, { v, d }] of Object.entries(cards)) {
      if (v <= (this.#versions.get(name) ?? -Infinity)) continue;
      this.#versions.set(name, v);
      this.state[name] = d;
    }
    this.ask();
  }

  /* Draw soon. A hidden page paints nothing: the timer is a net under the frame. */
  ask() {
    if (this.#asked) return;
    this.#asked = true;
    const run = () => {
      this.#asked = false;
      this.#draw();
    };
    if (document.visibilityState === "hidden") setTimeout(run, 250);
    else requestAnimationFrame(run);
  }
}
