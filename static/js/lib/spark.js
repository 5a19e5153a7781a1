/* A line without axes on a small canvas: what a number has been, siblings on one scale. */

/** @param {string} name */
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/* values: oldest first; most: the highest of all siblings; log: a runaway beside its quiet siblings is seen only so. */
/** @param {Found} canvas @param {number[]} values @param {{ most: number, log?: boolean, color?: string }} how */
export function spark(canvas, values, { most, log = false, color = "--text-2" }) {
  const ratio = devicePixelRatio;
  const [w, h] = [canvas.clientWidth, canvas.clientHeight];
  if (!w || !h || values.length < 2) return;
  if (canvas.width !== w * ratio || canvas.height !== h * ratio) Object.assign(canvas, { width: w * ratio, height: h * ratio });
  /** @param {number} v */
  const scaled = (v) => (log ? Math.log10(Math.max(v, 1)) : v);
  const top = Math.max(scaled(most), log ? 1 : 1e-9);
  /** @param {number} i */
  const x = (i) => 1 + ((w - 5) * i) / (values.length - 1);
  /** @param {number} v */
  const y = (v) => h - 2 - ((h - 6) * scaled(v)) / top;
  const ctx = canvas.getContext("2d");
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, w, h);
  ctx.strokeStyle = ctx.fillStyle = css(color);
  ctx.lineWidth = 1.5;
  ctx.lineJoin = "round";
  ctx.beginPath();
  values.forEach((v, i) => ctx[i ? "lineTo" : "moveTo"](x(i), y(v)));
  ctx.stroke();
  ctx.globalAlpha = 0.16;
  ctx.lineTo(x(values.length - 1), h);
  ctx.lineTo(x(0), h);
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.beginPath();
  ctx.arc(x(values.length - 1), y(values[values.length - 1]), 2, 0, 7);
  ctx.fill();
}
