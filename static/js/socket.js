/* The page's line to the server: hello, frames, answers; back-off with jitter; a silent line is a dead line. */

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;
const STALE_MS = 4000;  // frames come 4/s while an exercise runs
const DEAD_MS = 12000;
const SLEPT_MS = 3000;  // a second's timer that is so late: the machine slept, and its line may be cut without a word

/* Events: hello {detail: hello}, state {detail}, team {detail: {name, seats}}, happened {detail: {whole, lines}}, elsewhere {detail: {desks}}, answer {detail}, noted {detail}, link {detail: {link, since, reason}}.
   link: connecting | live | stalled | reconnecting | closed (the server ended it and wants no retry). */
export class Line extends EventTarget {
  link = "connecting";
  lastFrame = Date.now();
  #address;
  #store;
  #ws = null;
  #tries = 0;
  #timer = 0;
  #seq = null;      // of the last frame, null right after a connect
  #running = false;
  #ticked = Date.now();

  constructor(path, store) {
    super();
    this.#address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    this.#store = store;
    addEventListener("offline", () => this.#drop());
    addEventListener("online", () => this.#retry());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      this.#wake();
      this.#retry();
    });
    setInterval(() => this.#watch(), 1000);
  }

  open() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const ws = new WebSocket(this.#address);
    this.#ws = ws;
    ws.onmessage = (event) => ws === this.#ws && this.#hear(JSON.parse(event.data));
    ws.onclose = () => ws === this.#ws && this.#lost();
    return this;
  }

  send(message) {
    if (this.#ws?.readyState !== WebSocket.OPEN) return false;
    this.#ws.send(JSON.stringify(message));
    return true;
  }

  #hear(m) {
    if (m.t === "frame") this.#frame(m);
    else if (m.t === "hello") this.#hello(m);
    else if (m.t === "state") this.#state(m);
    else if (m.t === "received" || m.t === "applied" || m.t === "refused") this.#emit("answer", m);
    else if (m.t === "team" || m.t === "elsewhere" || m.t === "noted" || m.t === "happened") this.#emit(m.t, m);
    else if (m.t === "bye") this.#bye(m);
    else if (m.t === "error") this.#emit("trouble", m);
  }

  #hello(m) {
    this.#tries = 0;
    this.#seq = null;
    this.#store.restart();
    this.lastFrame = Date.now();
    this.#running = m.exercise?.state === "running";
    this.#set("live");
    this.#emit("hello", m);
  }

  #frame(m) {
    this.send({ t: "ack", seq: m.seq });
    const gap = this.#seq !== null && m.seq !== this.#seq + 1;
    this.#store.merge(m.cards);
    this.#seq = m.seq;
    this.lastFrame = Date.now();
    if (this.link !== "live") this.#set("live");
    if (!gap) return;
    this.#seq = null;
    this.#store.restart();
    this.send({ t: "resync" });
  }

  #state(m) {
    this.#running = m.state === "running";
    this.lastFrame = Date.now();
    this.#emit("state", m);
  }

  #bye(m) {
    if (m.retry) return; // the close that follows is handled like any other
    if (m.go) location.assign(m.go);
    this.#ws = null;
    this.#set("closed", m.reason);
  }

  #lost() {
    this.#ws = null;
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
    if (this.#ws?.readyState === WebSocket.CONNECTING) this.#drop(); // it was begun when there was no network
    if (this.#ws || this.link === "closed" || !this.#timer) return;
    this.#tries = 0;
    this.open();
  }

  /* Somebody looks again: after a sleep with a new line, for nobody tells that the old one is cut. */
  #wake() {
    const now = Date.now();
    const slept = now - this.#ticked > SLEPT_MS && now - this.lastFrame > SLEPT_MS;
    this.#ticked = now;
    if (!slept) return;
    this.#drop();
    this.#retry();
  }

  #watch() {
    if (document.visibilityState === "visible") this.#wake();
    const silent = Date.now() - this.lastFrame;
    if (this.link === "live" && this.#running && silent > STALE_MS) this.#set("stalled");
    else if (this.link === "stalled" && silent > DEAD_MS) this.#drop();
    else if (this.link === "stalled" || this.link === "reconnecting") this.#set(this.link);
  }

  #set(link, reason = "") {
    this.link = link;
    this.#emit("link", { link, since: this.lastFrame, reason });
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
