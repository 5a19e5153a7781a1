/* Three earcons: mail, call, alarm. Off until the person switches them on; each has a visible twin. Tones, no files. */
import { keep, kept } from "./kept.js";

/* [frequency in Hz, start in s, length in s] */
const TONES = {
  mail: [[880, 0, 0.09]],
  call: [[660, 0, 0.18], [880, 0.2, 0.18], [660, 0.5, 0.18], [880, 0.7, 0.18]],
  alarm: [[520, 0, 0.16], [390, 0.2, 0.26]],
};
const EVERY_MS = { mail: 8000, call: 1000, alarm: 1000 };
/** @type {Record<string, number>} */
const last = {};
/** @type {AudioContext | undefined} */
let context;

export const soundOn = () => kept("sound", "off") === "on";
export const volume = () => Number(kept("volume", "0.5"));
/** @param {number} v */
export const setVolume = (v) => keep("volume", String(v));

/** @param {boolean} on */
export function setSound(on) {
  keep("sound", on ? "on" : "off");
  if (on) play("call");
}

/** @param {keyof typeof TONES} name */
export function play(name) {
  if (!soundOn() || performance.now() - (last[name] ?? -Infinity) < EVERY_MS[name]) return;
  last[name] = performance.now();
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => {});
  for (const [hertz, start, length] of TONES[name]) tone(context, hertz, context.currentTime + start, length);
}

/** @param {AudioContext} context @param {number} hertz @param {number} at @param {number} length */
function tone(context, hertz, at, length) {
  const source = new OscillatorNode(context, { frequency: hertz, type: "sine" });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume() * 0.4, at + 0.01);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + length);
  source.connect(gain).connect(context.destination);
  source.start(at);
  source.stop(at + length);
}
