/* Practice tasks of the lobby: each is loaded when its box is first opened. */
import { gettext } from "../lib/words.js";
/** @type {Record<string, () => Promise<{ mount(root: Found, voice: Voice, done: (learnt: string) => void): void }>>} */
const TASKS = { operator: () => import("./operator.js"), deployer: () => import("./deployer.js"), risk: () => import("./risk.js") };

/** @param {Voice} voice */
export function bindPractice(voice) {
  for (const box of document.querySelectorAll("[data-practice]")) {
    const load = TASKS[box.dataset.practice];
    if (!load) {
      box.hidden = true;
      continue;
    }
    /** @param {string} learnt */
    const done = (learnt) => {
      box.querySelector("[data-done]").hidden = false;
      const line = box.querySelector("[data-learnt]");
      line.querySelector("span").textContent = learnt;
      line.hidden = false;
      voice.say(gettext("Practice done. %(learnt)s", { learnt }), true);
    };
    let begun = false;
    const begin = async () => {
      if (begun || !box.open) return;
      begun = true;
      (await load()).mount(box.querySelector("[data-stage]"), voice, done);
    };
    box.addEventListener("toggle", begin);
    void begin();
  }
}
