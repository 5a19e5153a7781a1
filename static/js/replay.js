/* A desk as it was: the desk's own entry draws it, and here its line is a tape that can be moved. */
import { lines } from "./lib/lines.js";
import { Tape } from "./lib/tape.js";
import { mountScrubber } from "./cards/scrubber.js";

/** @type {Replay} */
const data = JSON.parse(document.getElementById("replay").textContent);

lines.make = (_, store) => {
  const tape = new Tape(data, store);
  mountScrubber(document.querySelector("[data-scrubber]"), tape, data);
  return /** @type {PageLine} */ (/** @type {unknown} */ (tape));
};
