/* Earcons: tones, no files, each with a visible twin. On from the first gesture (no browser plays
   anything before one) until somebody switches them off. */
import { keep, kept } from "./kept.js";

/* [frequency in Hz, start in s, length in s, loudness] */
/** @type {Record<string, number[][]>} */
const TONES = {
  mail: [[880, 0, 0.09]],
  call: [[660, 0, 0.18], [880, 0.2, 0.18], [660, 0.5, 0.18], [880, 0.7, 0.18]],
  alarm: [[520, 0, 0.16], [390, 0.2, 0.26]],
};
/** @type {Record<string, number>} */
const EVERY_MS = { mail: 8000 };
/** @type {Record<string, number>} */
const last = {};

export const soundOn = () => kept("sound", "on") === "on";
export const volume = () => Number(kept("volume", "0.5"));
/** @param {number} v */
export const setVolume = (v) => keep("volume", String(v));

/** @param {boolean} on */
export function setSound(on) {
  keep("sound", on ? "on" : "off");
  if (on) play("call");
  else void import("./tones.js").then(({ silence }) => silence());
}

/** @param {string} name @param {number[][]} [tones] */
export function play(name, tones = TONES[name]) {
  if (!soundOn() || navigator.userActivation?.hasBeenActive === false || performance.now() - (last[name] ?? -Infinity) < (EVERY_MS[name] ?? 1000)) return;
  last[name] = performance.now();
  void import("./tones.js").then(({ sound }) => sound(tones, volume()), () => {}); // the line may be down
}
