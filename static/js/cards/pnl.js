/* Money as the position monitor shows it, late: profit, gross, net, and the cash it would have to come from. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { kept, keep } from "../lib/kept.js";
import { dollars, profit, signed, tone } from "../lib/money.js";
import { share } from "../lib/share.js";

export function mount(root, app) {
  const parts = { head: root.querySelector("[data-head]"), late: root.querySelector("[data-late]"), tiles: root.querySelector("[data-tiles]") };
  const at = { mark: kept("mark", "mid") };
  let first = true;
  const draw = () => {
    const d = app.store.get("pnl");
    if (!d) return;
    if (first) parts.tiles.replaceChildren(); // the skeleton of the first paint
    first = false;
    const sold = d.sold_now_usd !== null && at.mark === "sold";
    parts.late.textContent = `As of ${d.as_of}, ${late(d.lag_s)}`;
    render(html`${d.sold_now_usd === null ? nothing : marks(at, draw)}${share(app, "pnl", 0, "the position monitor")}`, parts.head);
    render(html`${pnlTile(d, sold)}${grossTile(d)}${netTile(d)}${cashTile(d)}`, parts.tiles);
  };
  app.store.on("pnl", draw);
  speak(app);
}

export const late = (s) => (s < 1 ? "up to date" : s < 120 ? `${s} s late` : `${Math.floor(s / 60)} min ${s % 60} s late`);

function marks(at, draw) {
  const choose = (mark) => () => {
    at.mark = mark;
    keep("mark", mark);
    draw();
  };
  return html`<span class="seg seg-tight" role="group" aria-label="Marked at">${[["mid", "Mid"], ["sold", "If sold now"]].map(([mark, word]) => html`<button type="button" aria-pressed=${String(at.mark === mark)} @click=${choose(mark)}>${word}</button>`)}</span>`;
}

const tile = (label, value, below, attrs = {}) => html`<div class="money-tile" data-tone=${attrs.tone || nothing} ?data-warn=${attrs.warn}><dt class="label">${label}</dt><dd class="money-value num">${value}</dd><dd class="money-note num">${below}</dd></div>`;

function pnlTile(d, sold) {
  const usd = sold ? d.sold_now_usd : d.mid_usd;
  const other = d.sold_now_usd === null ? "at the middle of bid and ask" : sold ? html`at mid ${signed(d.mid_usd)}` : html`if sold now ${signed(d.sold_now_usd)}`;
  return tile(sold ? "P&L if sold now" : "P&L at mid", profit(usd), other, { tone: tone(usd) });
}

function grossTile(d) {
  const grows = d.gross_per_min_usd;
  const note = !grows ? "steady" : html`<span class="money-grows"><span aria-hidden="true">${grows > 0 ? "\u25B2" : "\u25BC"} </span>${signed(grows)} a minute</span>`;
  return tile("Gross", dollars(d.gross_usd), note, { warn: d.growing });
}

const netTile = (d) => tile("Net", d.net_usd ? signed(d.net_usd) : "$0", html`long ${dollars(d.long_usd)}, short ${dollars(d.short_usd)}`);

function cashTile(d) {
  const left = Math.max(0, d.cash_left_usd);
  const part = Math.round((100 * left) / d.cash_usd);
  return tile("Cash left", dollars(left), html`<progress class="cash" max="100" .value=${part} aria-label="Cash left, per cent"></progress><span>${part} % of ${dollars(d.cash_usd)}</span>`, { warn: left < d.cash_usd / 4 });
}

/* Said once when it starts: what grows may not be looked at. */
function speak(app) {
  let growing = false;
  app.store.on("pnl", (d) => {
    if (d.growing && !growing) app.voice.say(`Gross ${dollars(d.gross_usd)}, growing by ${dollars(d.gross_per_min_usd)} a minute.`);
    growing = d.growing;
  });
}
