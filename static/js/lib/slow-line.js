/* A line like a WebSocket's for networks that let none through: an answer that does not end, and posts (see game/sockets/slow_line.py). */

const PING_MS = 20000;
const AGAIN_MS = 400;
const BATCH = 40;      // messages a post
const [CONNECTING, OPEN, CLOSED] = [0, 1, 3];

export class SlowLine {
  readyState = CONNECTING;
  #leave = new AbortController();
  #id = "";
  /** @type {string[]} */
  #out = [];
  #posting = false;
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: { data: string }) => void) | null} */
  onmessage = null;
  /** @type {(() => void) | null} */
  onclose = null;
  #ping = 0;

  /* root: where lines are opened, with the slash; path: the socket's. Handlers as a WebSocket's: onopen, onmessage({data}), onclose. */
  /** @param {string} root @param {string} path */
  constructor(root, path) {
    this.#root = root;
    void this.#carry(root + path.replace(/^\//, "")).catch(() => {}).finally(() => this.#ended());
  }
  #root;

  /** @param {string} text */
  send(text) {
    this.#out.push(text);
    void this.#post();
  }

  close() {
    this.#leave.abort();
    this.#ended();
  }

  /** @param {string} address */
  async #carry(address) {
    const answer = await fetch(address, { method: "POST", credentials: "same-origin", signal: this.#leave.signal });
    if (!answer.ok || !answer.body) return;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done || this.readyState === CLOSED) return;
      const events = (text + value).split("\n\n");
      text = events.pop() ?? "";
      events.forEach((event) => this.#hear(event));
    }
  }

  /** @param {string} event */
  #hear(event) {
    const data = event.match(/^data: (.*)$/m)?.[1] ?? "";
    if (event.startsWith("event: id")) {
      this.#id = data;
      this.readyState = OPEN;
      this.#ping = setInterval(() => this.#post(true), PING_MS);
      this.onopen?.();
    } else if (event.startsWith("event: close")) this.#ended();
    else if (data && this.readyState === OPEN) this.onmessage?.({ data });
  }

  /* One post at a time, so that messages keep their order; what comes meanwhile goes together. */
  async #post(ping = false) {
    if (this.#posting || this.readyState !== OPEN || !(ping || this.#out.length)) return;
    this.#posting = true;
    const sent = this.#out.splice(0, BATCH);
    const answer = await fetch(this.#root, { method: "POST", credentials: "same-origin", headers: { Line: this.#id }, body: sent.join("\n"), signal: this.#leave.signal }).catch(() => null);
    this.#posting = false;
    if (answer?.status === 429) {
      this.#out.unshift(...sent);
      setTimeout(() => this.#post(), AGAIN_MS);
    } else if (!answer?.ok) this.close(); // a page that comes back asks what became of what it sent
    else if (this.#out.length) void this.#post();
  }

  #ended() {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    clearInterval(this.#ping);
    this.#leave.abort();
    this.onclose?.();
  }
}
