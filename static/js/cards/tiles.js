/* All stocks on one canvas: blue rose, orange and hatched fell since the open; a frame and two bars is a trading pause. */
import { move } from "../lib/format.js";
import { showTable, slowly } from "../lib/table.js";
import { texts } from "../lib/text.js";
import { cellAt, layout, paint } from "../lib/heat.js";

/** @param {Found} root @param {App<WallPage>} app */
export function mount(root, app) {
  const canvas = root.querySelector("canvas");
  const put = texts(root);
  /** @type {Card.Tiles | null} */
  let shown = null;
  const draw = () => shown && canvas.clientWidth && paint(canvas, shown);
  const sentence = slowly((/** @type {Card.Tiles} */ d) => canvas.setAttribute("aria-label", describe(d)));
  app.store.on("tiles", (d) => {
    shown = d;
    draw();
    const [up, down] = counts(d);
    put("up", String(up));
    put("down", String(down));
    put("paused", d.paused.length ? `${d.paused.length} paused` : "");
    sentence(d);
  });
  new ResizeObserver(draw).observe(canvas);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  document.fonts?.ready.then(draw);
  canvas.addEventListener("pointermove", (e) => {
    const i = shown ? cellAt(layout(canvas, shown.symbols.length), e.offsetX, e.offsetY) : -1;
    canvas.title = shown && i >= 0 ? `${shown.symbols[i]} ${move(shown.moves_bp[i])}` : "";
  });
  root.querySelector("[data-table]").addEventListener("click", () => shown && table(shown));
}

/** @param {Card.Tiles} d */
const counts = (d) => [d.moves_bp.filter((m) => m >= 50).length, d.moves_bp.filter((m) => m <= -50).length];

/** @param {Card.Tiles} d */
function describe(d) {
  const [up, down] = counts(d);
  const order = d.moves_bp.map((m, i) => [m, i]).sort((a, b) => b[0] - a[0]);
  /** @param {number[]} o */
  const name = ([m, i]) => `${d.symbols[i]} ${move(m)}`;
  const ends = order.length ? ` Highest ${name(order[0])}, lowest ${name(order[order.length - 1])}.` : "";
  const paused = d.paused.length ? ` Paused: ${d.paused.map((i) => d.symbols[i]).join(", ")}.` : "";
  return `${d.symbols.length} stocks since the open: ${up} up by half a per cent or more, ${down} down.${ends}${paused}`;
}

/** @param {Card.Tiles} d */
function table(d) {
  const order = d.symbols.map((_, i) => i).sort((a, b) => Math.abs(d.moves_bp[b]) - Math.abs(d.moves_bp[a]));
  showTable("Price moves since the open", ["Stock", "Move", "Trading"], order.map((i) => [d.symbols[i], move(d.moves_bp[i]), d.paused.includes(i) ? "paused" : "open"]));
}
