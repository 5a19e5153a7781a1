/* 09:30 on any screen that shows a clock: the bell, three seconds that everybody sees, one sentence for who listens. */
import { OPEN } from "./calendar.js";
import { seconds } from "./format.js";
import { play } from "./sound.js";
import { takeover } from "./takeover.js";
import { gettext } from "./words.js";

/* A struck bell: partials that are no whole multiples of each other, the higher the sooner gone. */
const PARTIALS = [[0.5, 1, 0.3], [1, 1, 0.5], [1.19, 0.7, 0.3], [2, 0.5, 0.6], [2.74, 0.35, 0.4], [3.76, 0.25, 0.2]]; // [of the pitch, of the length, loudness]
const PITCH = 720;
const STRIKES = 12;
const STRIKE_S = 0.19;
const SOON_S = 60; // market time; whoever jumps further has missed it

/* Strikes that ring into each other, the last one out. */
const bell = () => Array.from({ length: STRIKES }, (_, n) => PARTIALS.map(([of, length, loud]) => [PITCH * of, n * STRIKE_S, length * (n === STRIKES - 1 ? 2.4 : 0.5), loud])).flat();

/* -> seen(phase, clock): to be told whenever they may have changed. It is the moment when it comes while somebody looks, and not when a page is
   opened later. say: speaks politely. */
/** @param {(text: string) => unknown} say */
export function opening(say) {
  let before = "";
  /** @param {string} phase @param {string} clock */
  return (phase, clock) => {
    if (before === "premarket" && phase === "bell" && seconds(clock) < seconds(OPEN) + SOON_S) {
      play("bell", bell());
      takeover({ tone: "bell", head: `${OPEN}:00`, text: gettext("The market is open."), caption: gettext("The opening bell rings") });
      say(gettext("%(OPEN)s. The market is open.", { OPEN }));
    }
    before = phase;
  };
}
