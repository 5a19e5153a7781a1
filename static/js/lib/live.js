/* Two live regions, fed by hand: milestones once in 5 s at most, alarms at once. What comes between waits and is said together: at a fast
   clock an alert may follow in the second in which a server has stopped, and who listens must hear of both. */

const EVERY_MS = 5000;
const MOST = 3; // of what waits: the latest

/** @param {HTMLElement} [say] @param {HTMLElement} [alarm] */
export function live(say = document.getElementById("say"), alarm = document.getElementById("alarm")) {
  let last = -EVERY_MS;
  /** @type {string[]} */
  let waiting = [];
  let timer = 0;

  function speak() {
    timer = 0;
    if (!waiting.length) return;
    last = performance.now();
    const text = waiting.map((one) => (waiting.length > 1 && !/[.!?…]$/.test(one) ? `${one}.` : one)).join(" ");
    say.textContent = text === say.textContent ? `${text} ` : text;
    waiting = [];
  }
  return {
    /* now: the person asked for it (key S, an answer to their own click). */
    /** @param {string} text */
    say(text, now = false) {
      waiting = [...waiting.filter((one) => one !== text), text].slice(-MOST);
      if (timer && !now) return;
      clearTimeout(timer);
      timer = setTimeout(speak, now ? 0 : Math.max(0, last + EVERY_MS - performance.now()));
    },
    /** @param {string} text */
    alarm(text) {
      alarm.textContent = text;
    },
  };
}
