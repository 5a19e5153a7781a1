/* One wrapper round uPlot: colours from the tokens, labels at line ends, marks, resizing.

   uPlot is a classic script and a third of a page's weight, so it is fetched when the first chart comes into view
   (parts/charts.html), unless the page brought it itself. */

/** @typedef {{ text: string, always: boolean, color: string, x: number, y: number }} EndLabel */

/** @type {Promise<unknown> | null} */
let fetched = null;

/* The library, once its script has run. */
const uplot = () => /** @type {{ uPlot?: UPlotClass }} */ (globalThis).uPlot;

function library() {
  if (uplot()) return Promise.resolve();
  fetched ??= new Promise((done) => {
    const markup = document.getElementById("charts").content.cloneNode(true);
    markup.querySelector("script").addEventListener("load", done);
    document.head.append(markup);
  });
  return fetched;
}

/** @param {string} name */
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/* spec: {series: [{label, color (a token), dash, width}], marks: [{at, text}], log, fmtX, fmtY, font (px), gap (px between x labels),
          yRange(min, max, log) -> [min, max], ySpace (px between y labels), others: scale -> range(min, max)}
   A series with `bars` is drawn as columns; one with `scale` is measured on one of the others, which have no axis and no label.
   -> {set(x, ys), log(bool), series(list), pins([{x, y, text, color}]): numbers in circles, drawn with the next set} */
/** @param {Found} host @param {ChartSpec} spec */
export function lineChart(host, spec) {
  /** @type {any} */
  let chart = null;
  /** @type {(number | null)[][] | null} */
  let data = null;

  function build() {
    chart?.destroy();
    chart = null;
    const Plot = uplot();
    if (!Plot || !host.clientWidth || !host.clientHeight) return;
    chart = new Plot(options(Plot, host, spec), /** @type {UPlotData} */ (data ?? [[], ...spec.series.map(() => [])]), host);
  }
  const draw = () => (chart ? chart.setData(data) : build());
  new ResizeObserver(() => {
    if (!host.clientWidth) return;
    if (!chart) build();
    else if (chart.width !== host.clientWidth || chart.height !== host.clientHeight) {
      chart.setSize({ width: host.clientWidth, height: host.clientHeight });
    }
  }).observe(host);
  /* Canvas does not follow CSS: paint again in the colours of the new theme, and in print's. */
  new MutationObserver(build).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const seen = new IntersectionObserver((found) => {
    if (!found.some((f) => f.isIntersecting)) return;
    seen.disconnect();
    void Promise.all([library(), document.fonts?.ready]).then(build);
  });
  seen.observe(host);

  return {
    /** @param {number[]} x @param {(number | null)[][]} ys */
    set(x, ys) {
      data = [x, ...ys];
      draw();
    },
    /** @param {boolean} on */
    log(on) {
      spec.log = on;
      build();
    },
    /** @param {ChartPin[]} list */
    pins(list) {
      spec.pins = list;
    },
    /** @param {ChartSeries[]} list */
    series(list) {
      spec.series = list;
      data = null;
      chart?.destroy();
      chart = null;
    },
  };
}

/** @param {UPlotClass} Plot @param {Found} host @param {ChartSpec} spec @returns {UPlotOptions} */
function options(Plot, host, spec) {
  const font = `${spec.font ?? 11}px ${css("--font-ui")}`;
  const axis = { stroke: css("--axis"), font, grid: { stroke: css("--grid-line"), width: 1 }, ticks: { show: false } };
  const size = spec.font ?? 11;
  return {
    width: host.clientWidth,
    height: host.clientHeight,
    padding: [size * 0.9, endRoom(spec, size), 0, 0],
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: { time: false },
      y: { distr: spec.log ? 3 : 1, log: 10, range: (_, min, max) => spec.yRange(min ?? 0, max ?? 1, spec.log) },
      ...Object.fromEntries(Object.entries(spec.others ?? {}).map(([name, range]) => [name, { range: (_, min, max) => range(min ?? 0, max ?? 1) }])),
    },
    axes: [
      { ...axis, size: size * 2.2, gap: size * 0.4, space: spec.gap ?? 90, incrs: [60, 120, 300, 600, 900, 1800, 3600, 7200], values: (_, at) => at.map(spec.fmtX) },
      { ...axis, size: size * 5, gap: size * 0.5, space: spec.ySpace ?? size * 3, ...(spec.log ? { splits: (u) => decades(u.scales.y.max ?? 1) } : {}), values: (_, at) => at.map((v) => spec.fmtY(v, spec.log)) },
    ],
    series: [{}, ...spec.series.map((s) => ({
      label: s.label, stroke: css(s.color), width: s.width ?? 1.75, dash: s.dash, points: { show: false }, spanGaps: true, scale: s.scale ?? "y",
      ...(s.bars ? { paths: Plot.paths.bars?.({ size: [0.7, 12] }), fill: css(s.color), width: 0 } : {}),
    }))],
    hooks: { drawAxes: [(u) => marks(u, spec, font)], draw: [(u) => ends(u, spec, size), (u) => pins(u, spec, size)] },
  };
}

/** @param {number} max */
const decades = (max) => Array.from({ length: Math.floor(Math.log10(max)) + 1 }, (_, i) => 10 ** i);

/** @param {ChartSpec} spec @param {number} size */
const endRoom = (spec, size) => 10 + Math.max(...spec.series.map((s) => (s.label?.length ?? 0) * size * 0.58), size);

/** @param {UPlot} u @param {ChartSpec} spec @param {string} font */
function marks(u, spec, font) {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  for (const { at, text } of spec.marks ?? []) {
    if (at < (u.scales.x.min ?? at) || at > (u.scales.x.max ?? at)) continue;
    const x = u.valToPos(at, "x", true);
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = css("--text-2");
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([2 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, u.bbox.top);
    ctx.lineTo(x, u.bbox.top + u.bbox.height);
    ctx.stroke();
    ctx.font = scaled(font, ratio);
    ctx.textBaseline = "top";
    const width = ctx.measureText(text).width;
    const fits = x + 6 * ratio + width < u.bbox.left + u.bbox.width;
    ctx.textAlign = fits ? "left" : "right";
    ctx.fillText(text, x + (fits ? 6 : -6) * ratio, u.bbox.top);
    ctx.restore();
  }
}

/* Those that would lie on each other are pushed to the right, so that every number can be read. */
/** @param {UPlot} u @param {ChartSpec} spec @param {number} size */
function pins(u, spec, size) {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  const radius = size * 0.8 * ratio;
  ctx.save();
  ctx.font = scaled(`600 ${size * 0.9}px ${css("--font-ui")}`, ratio);
  ctx.textBaseline = "middle";
  ctx.textAlign = "center";
  ctx.lineWidth = 1.5 * ratio;
  ctx.setLineDash([]);
  /** @type {{ x: number, y: number }[]} */
  const put = [];
  for (const pin of spec.pins ?? []) {
    let x = u.valToPos(pin.x, "x", true);
    const y = u.valToPos(pin.y, "y", true);
    while (put.some((other) => Math.hypot(other.x - x, other.y - y) < radius * 2)) x += radius / 2;
    put.push({ x, y });
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = css("--surface-1");
    ctx.strokeStyle = css(pin.color);
    ctx.fill();
    ctx.stroke();
    ctx.fillStyle = css("--text");
    ctx.fillText(pin.text, x, y + ratio / 2);
  }
  ctx.restore();
}

/* The label of each line at its last point, pushed apart where they would overlap. */
/** @param {UPlot} u @param {ChartSpec} spec @param {number} size */
function ends(u, spec, size) {
  const ratio = devicePixelRatio;
  /** @type {EndLabel[]} */
  let labels = [];
  spec.series.forEach((s, i) => {
    const ys = u.data[i + 1];
    let last = ys.length - 1;
    while (last >= 0 && ys[last] == null) last -= 1;
    if (last < 0 || !s.label) return;
    const room = u.bbox.left + u.bbox.width;
    labels.push({ text: s.label, always: Boolean(s.dash), color: css(s.color), x: Math.min(room, u.valToPos(u.data[0][last], "x", true)), y: u.valToPos(ys[last] ?? 0, "y", true) });
  });
  labels.sort((a, b) => a.y - b.y);
  const apart = size * 1.25 * ratio;
  labels = thinned(labels, Math.floor(u.bbox.height / apart) + 1);
  for (let i = 1; i < labels.length; i += 1) labels[i].y = Math.max(labels[i].y, labels[i - 1].y + apart);
  const bottom = u.bbox.top + u.bbox.height;
  for (let i = labels.length - 1, most = bottom; i >= 0; i -= 1, most = labels[i + 1].y - apart) labels[i].y = Math.min(labels[i].y, most);
  const { ctx } = u;
  ctx.save();
  ctx.font = scaled(`600 ${size}px ${css("--font-ui")}`, ratio);
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const l of labels) {
    ctx.fillStyle = l.color;
    ctx.fillText(l.text, l.x + 6 * ratio, l.y);
  }
  ctx.restore();
}

/* As many as there is room for: history's always, and of the others the first, the last and some between. */
/** @param {EndLabel[]} labels @param {number} most */
function thinned(labels, most) {
  if (labels.length <= most) return labels;
  const others = labels.filter((l) => !l.always);
  const room = Math.max(2, most - (labels.length - others.length));
  const kept = new Set(Array.from({ length: room }, (_, i) => others[Math.round((i * (others.length - 1)) / (room - 1))]));
  return labels.filter((l) => l.always || kept.has(l));
}

/** @param {string} font @param {number} ratio */
const scaled = (font, ratio) => font.replace(/([\d.]+)px/, (_, n) => `${n * ratio}px`);
