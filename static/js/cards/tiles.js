/* All stocks on one canvas: blue rose, orange and hatched fell since the open; a frame and two bars is a trading pause. */
import { move } from "../lib/format.js";
import { slowly } from "../lib/table.js";
import { texts } from "../lib/text.js";
import { cellAt, layout, paint } from "../lib/heat.js";
import { gettext } from "../lib/words.js";

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
    put("paused", d.paused.length ? gettext("%(length)s paused", { length: d.paused.length }) : "");
    sentence(d);
  });
  new ResizeObserver(draw).observe(canvas);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  document.fonts?.ready.then(draw);
  canvas.addEventListener("pointermove", (e) => {
    const i = shown ? cellAt(layout(canvas, shown.symbols.length), e.offsetX, e.offsetY) : -1;
    canvas.title = shown && i >= 0 ? `${shown.symbols[i]} ${move(shown.moves_bp[i])}` : "";
  });
}

/** @param {Card.Tiles} d */
const counts = (d) => [d.moves_bp.filter((m) => m >= 50).length, d.moves_bp.filter((m) => m <= -50).length];

/** @param {Card.Tiles} d */
function describe(d) {
  const [up, down] = counts(d);
  const order = d.moves_bp.map((m, i) => [m, i]).sort((a, b) => b[0] - a[0]);
  /** @param {number[]} o */
  const name = ([m, i]) => `${d.symbols[i]} ${move(m)}`;
  const ends = order.length ? ` ${gettext("Highest %(name)s, lowest %(name2)s.", { name: name(order[0]), name2: name(order[order.length - 1]) })}` : "";
  const paused = d.paused.length ? ` ${gettext("Paused: %(list)s.", { list: d.paused.map((i) => d.symbols[i]).join(", ") })}` : "";
  return gettext("%(length)s stocks since the open: %(up)s up by 0.5 % or more, %(down)s down.%(ends)s%(paused)s", { length: d.symbols.length, up, down, ends, paused });
}
