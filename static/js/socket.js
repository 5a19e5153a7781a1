/* The page's line to the server: hello, frames, answers; back-off with jitter; a silent line is a dead line.
   A network that lets no WebSocket through is gone round on the slower line, until it does. */
import { base } from "./lib/base.js";

/* Where lines are opened: the one place that knows. path: a socket's, "/ws/...". */
/** @param {string} path */
export const socketAddress = (path) => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${base}${path}`;
export const SLOW_ROOT = `${base}/line/`;

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;
/* frames come 4/s while an exercise runs */
const STALE_MS = 4000;
const DEAD_MS = 12000;
const NEWS_MS = 1500;
/* a socket that is not open by then will not be */
const OPENS_MS = 4000;
/* of a socket that has worked on this page, before the slower line */
const TRIES = 3;
/* how often a page on the slower line looks whether sockets get through again */
const LOOK_MS = 30000;
const [CONNECTING, OPEN] = [0, 1];
/* a second's timer that is so late: the machine slept, and its line may be cut without a word */
const SLEPT_MS = 3000;

const page = document.documentElement;

/** @typedef {WebSocket | SlowLine} Wire */

/* Events: hello {detail: hello}, state {detail}, team {detail: {name, seats}}, happened {detail: {whole, lines}}, elsewhere {detail: {desks}}, answer {detail}, noted {detail}, link {detail: {link, since, reason}}.
   Of `link`, `slow`: it is the slower line.
   link: connecting | live | stalled | reconnecting | closed (the server ended it and wants no retry). */
export class Line extends EventTarget {
  /** @type {LinkState} */
  link = "connecting";
  lastFrame = performance.now();
  #store;
  /** @type {Wire | null} */
  #ws = null;
  #tries = 0;
  #timer = 0;
  /** @type {number | null} */
  /* of the last frame, null right after a connect */
  #seq = null;
  #running = false;
  #slow = false;
  /* a socket, on this page */
  #worked = false;
  /* sockets in a row that never opened */
  #refused = 0;
  /* this line, by the server */
  #greeted = false;
  #path;
  #ticked = performance.now();
  #wall = Date.now();

  /** @param {string} path @param {{ restart(): void, merge(cards: Frame): void }} store */
  constructor(path, store) {
    super();
    this.#path = path;
    page.toggleAttribute("data-scripts", true);
    this.#store = store;
    addEventListener("offline", () => this.#drop());
    addEventListener("online", () => this.#retry());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      this.#wake();
      this.#retry();
    });
    setInterval(() => this.#watch(), 1000);
    setInterval(() => this.#slow && this.link === "live" && this.#lookForSockets(), LOOK_MS);
  }

  open() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#greeted = false;
    if (this.#slow) void this.#openSlow();
    else this.#openSocket();
    return this;
  }

  #openSocket() {
    /** @type {WebSocket} */
    let ws;
    try {
      ws = new WebSocket(socketAddress(this.#path));
    } catch {
      /* there are none in this browser */
      this.#refused = TRIES;
      this.#lost();
      return;
    }
    this.#take(ws);
    ws.onopen = () => {
      this.#worked = true;
      this.#refused = 0;
    };
    setTimeout(() => ws === this.#ws && ws.readyState === CONNECTING && this.#drop(), OPENS_MS);
  }

  async #openSlow() {
    /* nobody else needs it */
    const slow = await import("./lib/slow-line.js").catch(() => null);
    if (slow) this.#take(new slow.SlowLine(SLOW_ROOT, this.#path));
    else this.#lost();
  }

  /** @param {Wire} ws */
  #take(ws) {
    this.#ws = ws;
    ws.onmessage = (/** @type {{ data: string }} */ event) => ws === this.#ws && this.#hear(JSON.parse(event.data));
    ws.onclose = () => ws === this.#ws && this.#lost();
  }

  /* A socket that carries nothing: if it opens, so will ours. */
  #lookForSockets() {
    const ws = new WebSocket(socketAddress("/ws/check/"));
    ws.onopen = () => {
      ws.close();
      if (!this.#slow) return;
      this.#worked = true;
      this.#greeted = false;
      this.#drop();
      this.#retry();
    };
  }

  /** @param {Outgoing} message */
  send(message) {
    if (this.#ws?.readyState !== OPEN) return false;
    this.#ws.send(JSON.stringify(message));
    return true;
  }

  /** @param {any} m */
  #hear(m) {
    if (m.t === "frame") this.#frame(m);
    else if (m.t === "hello") this.#hello(m);
    else if (m.t === "state") this.#state(m);
    else if (m.t === "received" || m.t === "applied" || m.t === "refused") this.#emit("answer", m);
    else if (m.t === "team" || m.t === "elsewhere" || m.t === "noted" || m.t === "happened") this.#emit(m.t, m);
    else if (m.t === "bye") this.#bye(m);
    else if (m.t === "error") this.#emit("trouble", m);
  }

  /** @param {Hello} m */
  #hello(m) {
    this.#tries = 0;
    this.#greeted = true;
    this.#seq = null;
    this.#store.restart();
    this.lastFrame = performance.now();
    this.#running = m.exercise?.state === "running";
    /* else with the first frame: until then the page shows what it was loaded with */
    if (!this.#running) this.#set("live");
    this.#emit("hello", m);
  }

  /** @param {{ seq: number, cards: Frame }} m */
  #frame(m) {
    this.send({ t: "ack", seq: m.seq });
    const gap = this.#seq !== null && m.seq !== this.#seq + 1;
    this.#store.merge(m.cards);
    this.#seq = m.seq;
    this.lastFrame = performance.now();
    if (this.link !== "live") this.#set("live");
    if (!gap) return;
    this.#seq = null;
    this.#store.restart();
    this.send({ t: "resync" });
  }

  /** @param {StateTold} m */
  #state(m) {
    this.#running = m.state === "running";
    this.lastFrame = performance.now();
    this.#emit("state", m);
  }

  /** @param {{ retry: boolean, go: string, reason: string }} m */
  #bye(m) {
    /* the close that follows is handled like any other */
    if (m.retry) return;
    if (m.go) location.assign(m.go);
    this.#ws = null;
    this.#set("closed", m.reason);
  }

  #lost() {
    this.#ws = null;
    /* one that has not opened either: the server may be away */
    if (this.#slow) this.#slow = this.#greeted;
    else if (++this.#refused >= (this.#worked ? TRIES : 1) && navigator.onLine) this.#slow = true;
    this.#set(this.link === "connecting" ? "connecting" : "reconnecting");
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#tries);
    this.#tries += 1;
    this.#timer = setTimeout(() => this.open(), most * (0.5 + Math.random() / 2));
  }

  /* Let go of a line that is silent or known to be cut; its close event may take minutes. */
  #drop() {
    if (!this.#ws || this.link === "closed") return;
    const ws = this.#ws;
    this.#ws = null;
    ws.close();
    this.#lost();
  }

  #retry() {
    /* it was begun when there was no network */
    if (this.#ws?.readyState === CONNECTING) this.#drop();
    if (this.#ws || this.link === "closed" || !this.#timer) return;
    this.#tries = 0;
    this.open();
  }

  /* Somebody looks again: after a sleep with a new line, for nobody tells that the old one is cut. */
  #wake() {
    const [now, wall] = [performance.now(), Date.now()];
    const [late, jumped] = [now - this.#ticked > SLEPT_MS, wall - this.#wall > SLEPT_MS];
    [this.#ticked, this.#wall] = [now, wall];
    if (late && now - this.lastFrame > SLEPT_MS) this.#renew();
    // Some systems stop the first clock in a sleep, and somebody may have set the second: the line is good if news comes.
    else if (jumped && !late) setTimeout(() => performance.now() - this.lastFrame > NEWS_MS && this.#renew(), NEWS_MS);
  }

  #renew() {
    this.#drop();
    this.#retry();
  }

  #watch() {
    if (document.visibilityState === "visible") this.#wake();
    const silent = performance.now() - this.lastFrame;
    if (this.link === "live" && this.#running && silent > STALE_MS) this.#set("stalled");
    else if (silent > DEAD_MS && (this.link === "stalled" || (this.link !== "live" && this.#greeted && this.#running))) this.#drop();
    else if (this.link === "stalled" || this.link === "reconnecting" || this.link === "connecting") this.#set(this.link);
  }

  /** @param {LinkState} link */
  #set(link, reason = "") {
    this.link = link;
    if (link === "live") page.removeAttribute("data-picture");
    page.toggleAttribute("data-slow", this.#slow && link === "live");
    this.#emit("link", { link, since: this.lastFrame, reason, slow: this.#slow });
  }

  /** @param {string} name @param {unknown} detail */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
