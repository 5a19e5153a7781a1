/* Commands given on this page and what became of them: pending -> received -> applied | refused.
   One entry per place (a server's tile, the log panel, ...), so that the answer stands beside its button. */
import { sentence } from "./format.js";
import { uuid4 } from "./uuid.js";

const KEEP_MS = 15000; // how long a finished answer stays beside its button

export class Commands extends EventTarget {
  /** @type {Map<string, Entry>} */
  #byId = new Map();
  #send;

  /* send(message) -> bool: whether the socket took it. */
  /** @param {(message: CommandMessage) => boolean} send */
  constructor(send) {
    super();
    this.#send = send;
  }

  /* title: what was done, for people. */
  /** @param {string} place @param {string} kind @param {Args} args @param {Confidence | null} [confidence] */
  give(place, kind, args, confidence = null, title = "") {
    /** @type {CommandMessage} */
    const message = { t: "command", id: uuid4(), kind, args, confidence, why: "" };
    /** @type {Entry} */
    const entry = { id: message.id, place, kind, args, title, message, state: "pending", reason: "" };
    this.#forget((e) => e.place === place && done(e));
    this.#byId.set(entry.id, entry);
    this.#send(message);
    this.#tell(entry);
    return entry;
  }

  /* The latest entry at a place, or undefined. */
  /** @param {string} place */
  at(place) {
    let found;
    for (const e of this.#byId.values()) if (e.place === place) found = e;
    return found;
  }

  /* After a reconnect: whatever has no result goes again under its old id, so the server can tell it is the same one. */
  again() {
    for (const e of this.#byId.values()) if (!done(e)) this.#send(e.message);
  }

  /** @param {Answer} message */
  answer({ t, id, reason = "" }) {
    const entry = this.#byId.get(id);
    if (!entry || done(entry)) return;
    entry.state = /** @type {Entry["state"]} */ (t);
    entry.reason = sentence(reason);
    if (done(entry)) setTimeout(() => this.#expire(entry), KEEP_MS);
    this.#tell(entry);
  }

  /** @param {Entry} entry */
  #expire(entry) {
    if (this.#byId.delete(entry.id)) this.#tell(entry);
  }

  /** @param {(entry: Entry) => boolean} test */
  #forget(test) {
    for (const [id, e] of this.#byId) if (test(e)) this.#byId.delete(id);
  }

  /** @param {Entry} entry */
  #tell(entry) {
    this.dispatchEvent(new CustomEvent("change", { detail: entry }));
  }
}

/** @param {Entry} e */
const done = (e) => e.state === "applied" || e.state === "refused";
