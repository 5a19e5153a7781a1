/* A desk that lives in this page only: the real cards, the real commands and guards, and a clock of its own.
   Nothing of it is sent. */
import { arming } from "../lib/arm.js";
import { Commands } from "../lib/commands.js";
import { Store } from "../lib/store.js";

const RECEIVED_MS = 80;
const APPLIED_MS = 350;
const BEAT_MS = 250;
const SPEED = 10; // market seconds a second

/* rules(message) -> a reason to refuse, or {label, target, seconds, end()}: what the command takes and does at its end; what takes
   no time (seconds 0) ends at once.
   hands: how many things at a time. */
/** @param {string} desk @param {Voice} voice @param {{ hands: number, rules: (message: CommandMessage) => string | Ruling }} how */
export function practiceApp(desk, voice, { hands, rules }) {
  const store = new Store();
  const commands = new Commands((message) => {
    setTimeout(() => commands.answer({ t: "received", id: message.id }), RECEIVED_MS);
    setTimeout(() => apply(message), APPLIED_MS);
    return true;
  });
  const app = /** @type {App<any>} */ (/** @type {unknown} */ ({ store, commands, voice, line: { send: () => false } }));
  const hello = { desk, seats: [], name: "", player: "", help: "2012", owner: false, exercise: { state: "running" } };
  store.set("standing", { link: "live", since: performance.now(), reason: "", state: "running", stateReason: "", speed: SPEED, hello, result: null });
  /** @type {(Ruling & { kind: string, left_s: number, total_s: number })[]} */
  let tasks = [];
  const work = () => store.set("work", { hands, free: hands - tasks.length, tasks: tasks.map(({ end, seconds, ...shown }) => shown) });

  /** @param {CommandMessage} message */
  function apply(message) {
    const found = rules(message);
    if (typeof found === "string") {
      commands.answer({ t: "refused", id: message.id, reason: found });
      return;
    }
    commands.answer({ t: "applied", id: message.id, step: 0 });
    if (!found.seconds) {
      found.end();
      return;
    }
    tasks = [...tasks, { ...found, kind: message.kind, left_s: found.seconds, total_s: found.seconds }];
    work();
  }
  setInterval(() => {
    if (!tasks.length) return;
    for (const task of tasks) task.left_s = Math.max(0, task.left_s - (SPEED * BEAT_MS) / 1000);
    const over = tasks.filter((task) => task.left_s <= 0);
    tasks = tasks.filter((task) => task.left_s > 0);
    for (const task of over) task.end();
    work();
    app.beat?.(tasks);
  }, BEAT_MS);
  arming(app);
  work();
  return app;
}

/* Steps as a list that is ticked off. say: one word a step. */
/** @param {Found} root @param {string[]} words */
export function steps(root, words) {
  const list = document.createElement("ol");
  list.className = "steps";
  for (const word of words) {
    const item = document.createElement("li");
    item.textContent = word;
    list.append(item);
  }
  root.append(list);
  /** @param {number} n */
  const at = (n) => {
    for (const [i, item] of [...list.children].entries()) {
      item.toggleAttribute("data-past", i < n);
      if (i === n) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    }
  };
  at(0);
  return at;
}
