/* A grid of heat cells on one canvas. Nine classes; falls carry a 135 degree hatch besides their colour. */

/** @typedef {{ n: number, cols: number, rows: number, cw: number, ch: number }} Grid */
/** @typedef {{ text: string, quiet: string, warn: string, hatch: CanvasPattern }} Ink */

/* from here on heat 1, 2, 3, 4 */
const STEPS_BP = [50, 200, 500, 1000];
/* a cell's width to its height, about; data-shape on the canvas wishes another */
const RATIO = 3.1;

/** @param {string} name */
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/* Columns and rows that fill w x h with n cells, in CSS pixels. */
/** @param {Found} canvas @param {number} n */
export function layout(canvas, n) {
  const w = canvas.clientWidth;
  const ratio = Number(canvas.dataset.shape) || RATIO;
  const h = canvas.clientHeight;
  let best = { miss: Infinity, cols: 1, rows: n };
  for (let cols = 1; cols <= n; cols += 1) {
    const rows = Math.ceil(n / cols);
    /* Near the wished shape, and few cells left empty in the last row. */
    const miss = Math.abs(Math.log(w / cols / (h / rows) / ratio)) + (cols * rows - n) / cols;
    if (miss < best.miss) best = { miss, cols, rows };
  }
  return { n, cols: best.cols, rows: best.rows, cw: w / best.cols, ch: h / best.rows };
}

/** @param {Grid} at @param {number} x @param {number} y */
export function cellAt(at, x, y) {
  const i = Math.floor(y / at.ch) * at.cols + Math.floor(x / at.cw);
  return i >= 0 && i < at.n ? i : -1;
}

/** @param {number} bp */
export function heatClass(bp) {
  const size = STEPS_BP.filter((s) => Math.abs(bp) >= s).length;
  return size === 0 ? "0" : `${bp > 0 ? "p" : "n"}${size}`;
}

/* d: {symbols, moves_bp, paused}. */
/** @param {Found} canvas @param {Card.Tiles} d */
export function paint(canvas, d) {
  const ratio = devicePixelRatio || 1;
  const at = layout(canvas, d.symbols.length);
  canvas.width = Math.round(canvas.clientWidth * ratio);
  canvas.height = Math.round(canvas.clientHeight * ratio);
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  const colors = Object.fromEntries(["0", "p1", "p2", "p3", "p4", "n1", "n2", "n3", "n4"].map((c) => [c, css(`--heat-${c}`)]));
  const ink = { text: css("--text"), quiet: css("--text-2"), warn: css("--warn"), hatch: hatch(ctx, css("--hatch"), ratio) };
  const size = Math.min(at.ch * 0.56, at.cw * 0.27);
  ctx.font = `600 ${size}px ${css("--font-ui")}`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "center";
  const paused = new Set(d.paused);
  for (let i = 0; i < at.n; i += 1) cell(ctx, at, i, d, colors, ink, paused.has(i), size);
}

/** @param {CanvasRenderingContext2D} ctx @param {Grid} at @param {number} i @param {Card.Tiles} d @param {Record<string, string>} colors
  @param {Ink} ink @param {boolean} paused @param {number} size */
function cell(ctx, at, i, d, colors, ink, paused, size) {
  const x = (i % at.cols) * at.cw + 1;
  const y = Math.floor(i / at.cols) * at.ch + 1;
  const w = at.cw - 2;
  const h = at.ch - 2;
  const kind = heatClass(d.moves_bp[i]);
  ctx.fillStyle = colors[kind];
  ctx.beginPath();
  ctx.roundRect(x, y, w, h, Math.min(4, h / 5));
  ctx.fill();
  if (kind[0] === "n") {
    ctx.fillStyle = ink.hatch;
    ctx.fill();
  }
  if (paused) {
    ctx.strokeStyle = ink.warn;
    ctx.lineWidth = 2;
    ctx.stroke();
    ctx.fillStyle = ink.warn;
    ctx.fillRect(x + w - h * 0.42, y + h * 0.25, h * 0.1, h * 0.5);
    ctx.fillRect(x + w - h * 0.24, y + h * 0.25, h * 0.1, h * 0.5);
  }
  if (size < 7) return;
  ctx.fillStyle = kind === "0" ? ink.quiet : ink.text;
  ctx.fillText(d.symbols[i], x + w / 2 - (paused ? h * 0.2 : 0), y + h / 2 + size * 0.04);
}

/** @param {CanvasRenderingContext2D} ctx @param {string} color @param {number} ratio */
function hatch(ctx, color, ratio) {
  const side = Math.round(6 * ratio);
  const tile = document.createElement("canvas");
  tile.width = tile.height = side;
  const t = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
  t.strokeStyle = color;
  t.lineWidth = 1.25 * ratio;
  t.beginPath();
  for (const shift of [-side, 0, side]) {
    t.moveTo(shift, side);
    t.lineTo(shift + side, 0);
  }
  t.stroke();
  const pattern = /** @type {CanvasPattern} */ (ctx.createPattern(tile, "repeat"));
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}
