/* How long something that is counted will still take, by how long what was counted so far has taken. */
import { gettext } from "./words.js";

/* -> left(done, of), in words; what was done when it was first asked has taken no time here. */
export function timed() {
  const began = Date.now();
  /** @type {number | null} */
  let before = null;
  return (/** @type {number} */ done, /** @type {number} */ of) => {
    before ??= done;
    return span(((of - done) * ((Date.now() - began) / (done - before))) / 1000);
  };
}

/** @param {number} seconds */
function span(seconds) {
  if (!Number.isFinite(seconds)) return gettext("a minute or two");
  return seconds < 60 ? gettext("about %(n)s s", { n: Math.max(5, Math.ceil(seconds / 5) * 5) }) : gettext("about %(n)s min", { n: Math.ceil(seconds / 60) });
}
