/* A finished run as a page's line: single frames where it is moved to, and stretches of frames, fetched ahead, while it plays.
   Events: link as of a line; moment {detail: {step, playing, waiting}} whenever one of them changes. */

const FRAME_MS = 250; // four a second, as they were sent then
const AHEAD = 10; // frames in hand when the next stretch is fetched
const AGAIN_MS = 800;

/** @typedef {{ frames: [step: number, cards: Record<string, unknown>][], until: number }} Stretch */

export class Tape extends EventTarget {
  playing = false;
  waiting = false;
  rate = 10;
  /** @type {LinkState | undefined} */
  link;
  #data;
  #store;
  /** @type {Record<string, unknown>} */
  #shown = {}; // card -> content on the screen
  #version = 0;
  /** @type {number | null} */
  #wanted = null; // where somebody moved to while a frame was on its way
  #asking = false;
  /** @type {[step: number, cards: Record<string, unknown>][]} */
  #queue = []; // frames to come: [step, cards]
  /** @type {number | null} */
  #next = null; // where the next stretch begins; null: it is on its way, or nothing comes
  #turn = 0; // what was fetched before it grew is dropped

  /** @param {Replay} data @param {{ merge(cards: Frame): void }} store */
  constructor(data, store) {
    super();
    this.#data = data;
    this.#store = store;
    this.step = data.at;
    setInterval(() => this.#beat(), FRAME_MS);
  }

  open() {
    this.seek(this.step);
    return this;
  }

  /* Nothing can be said to what is over. */
  send() {
    return false;
  }

  /* Show this moment; playing goes on from there. Of several in a row only the last is fetched. */
  /** @param {number} step */
  seek(step) {
    const { from, until } = this.#data;
    this.step = this.#wanted = Math.max(from, Math.min(until, Math.round(step)));
    this.#empty();
    this.#tell();
    void this.#find();
  }

  play(on = !this.playing) {
    this.playing = on && this.step < this.#data.until;
    this.#empty();
    this.#tell();
  }

  /** @param {number} rate */
  setRate(rate) {
    this.rate = rate;
    this.#empty();
    this.#tell();
  }

  #empty() {
    this.#turn += 1;
    this.#queue = [];
    // Stretches begin at the same steps for everybody, so that a room fetches one.
    const length = this.rate * this.#data.frames;
    this.#next = Math.floor((this.step + 1) / length) * length;
  }

  async #find() {
    if (this.#asking) return;
    this.#asking = true;
    while (this.#wanted !== null) {
      const step = this.#wanted;
      const found = await this.#fetch(step, 0);
      if (this.#wanted === step && found) {
        this.#wanted = null;
        this.#show(found.frames[0][1], found.frames[0][0]);
      } else if (!found) await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
    this.#asking = false;
    this.#tell();
  }

  #beat() {
    if (!this.playing || this.#wanted !== null) return;
    if (this.#queue.length < AHEAD && this.#next !== null) void this.#more();
    const frame = this.#queue.shift();
    const dry = !frame && this.step < this.#data.until;
    if (frame) this.#show(frame[1], frame[0]);
    if (dry !== this.waiting || frame) {
      this.waiting = dry;
      this.#tell();
    }
    if (this.step >= this.#data.until) this.play(false);
  }

  async #more() {
    const [turn, first, rate] = [this.#turn, this.#next, this.rate];
    if (first === null) return;
    this.#next = null;
    const found = await this.#fetch(first, rate);
    if (turn !== this.#turn) return;
    if (!found) {
      setTimeout(() => {
        if (turn === this.#turn) this.#next = first;
      }, AGAIN_MS);
      return;
    }
    let cards = this.#queue.at(-1)?.[1] ?? this.#shown;
    for (const [step, changed] of found.frames) {
      cards = merged(cards, changed);
      if (step > this.step) this.#queue.push([step, cards]);
    }
    const last = found.frames.at(-1)?.[0] ?? found.until;
    if (last < found.until) this.#next = last + rate;
  }

  /** @param {Record<string, unknown>} cards @param {number} step */
  #show(cards, step) {
    const news = Object.entries(merged(this.#shown, cards)).filter(([name, d]) => this.#shown[name] !== d);
    this.#version += 1;
    for (const [name, d] of news) this.#shown[name] = d;
    this.#store.merge(Object.fromEntries(news.map(([name, d]) => [name, { v: this.#version, d }])));
    this.step = step;
    this.#tell();
  }

  /* A stretch from a step (rate 0: one frame), or null where it cannot be had now. */
  /** @param {number} first @param {number} rate @returns {Promise<Stretch | null>} */
  async #fetch(first, rate) {
    let found = null;
    try {
      const answer = await fetch(`${this.#data.address}?from=${first}&rate=${rate}`, { credentials: "same-origin" });
      if (answer.status === 200) found = await answer.json();
      else if (!answer.ok) this.#link("closed", (await answer.json()).reason);
    } catch { /* the server is away: it is asked again */ }
    if (this.link !== "closed") this.#link(found ? "live" : "reconnecting");
    return found;
  }

  /** @param {LinkState} link */
  #link(link, reason = "") {
    if (this.link === link) return;
    this.link = link;
    this.dispatchEvent(new CustomEvent("link", { detail: { link, since: performance.now(), reason } }));
  }

  #tell() {
    this.dispatchEvent(new CustomEvent("moment", { detail: { step: this.step, playing: this.playing, rate: this.rate, waiting: this.waiting || this.#wanted !== null } }));
  }
}

/* Cards after a change; one that came out the same stays the very object it was, and nothing is drawn for it. */
/** @param {Record<string, unknown>} cards @param {Record<string, unknown>} changed */
function merged(cards, changed) {
  const after = { ...cards };
  for (const [name, d] of Object.entries(changed)) {
    if (!(name in cards) || JSON.stringify(cards[name]) !== JSON.stringify(d)) after[name] = d;
  }
  return after;
}
