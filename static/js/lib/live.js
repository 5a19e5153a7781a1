/* Two live regions, fed by hand: milestones at most one in 5 s (the latest wins), alarms at once. */

const EVERY_MS = 5000;

/** @param {HTMLElement} [say] @param {HTMLElement} [alarm] */
export function live(say = document.getElementById("say"), alarm = document.getElementById("alarm")) {
  let last = -EVERY_MS;
  /** @type {string | null} */
  let waiting = null;
  let timer = 0;

  function speak() {
    timer = 0;
    if (waiting === null) return;
    last = performance.now();
    say.textContent = waiting === say.textContent ? `${waiting} ` : waiting;
    waiting = null;
  }
  return {
    /* now: the person asked for it (key S, an answer to their own click). */
    /** @param {string} text */
    say(text, now = false) {
      waiting = text;
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
