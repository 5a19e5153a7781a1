/* Tones out of nothing: fetched when the first one is heard. */

/** @type {AudioContext | undefined} */
let context;

/* tones: [frequency in Hz, start in s, length in s, loudness] */
/** @param {number[][]} tones @param {number} volume */
export function sound(tones, volume) {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => {});
  for (const [hertz, start, length, loud = 1] of tones) tone(context, hertz, context.currentTime + start, length, volume * 0.4 * loud);
}

/* What rings now stops. */
export function silence() {
  context?.close().catch(() => {});
  context = undefined;
}

/** @param {AudioContext} context @param {number} hertz @param {number} at @param {number} length @param {number} loud */
function tone(context, hertz, at, length, loud) {
  const source = new OscillatorNode(context, { frequency: hertz, type: "sine" });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loud, at + 0.01);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + length);
  source.connect(gain).connect(context.destination);
  source.start(at);
  source.stop(at + length);
}
