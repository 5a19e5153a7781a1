/* Money as the position monitor shows it, late: profit, gross, net, and the cash it would have to come from. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { kept, keep } from "../lib/kept.js";
import { dollars, profit, signed, tone } from "../lib/money.js";
import { share } from "../lib/share.js";
import { around, gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
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
    parts.late.textContent = gettext("As of %(as_of)s, %(lag_s)s", { as_of: d.as_of, lag_s: late(d.lag_s) });
    render(html`${d.sold_now_usd === null ? nothing : marks(at, draw)}${share(app, "pnl", 0, gettext("the position monitor"))}`, parts.head);
    render(html`${pnlTile(d, sold)}${grossTile(d)}${netTile(d)}${cashTile(d)}`, parts.tiles);
  };
  app.store.on("pnl", draw);
  speak(app);
}

/** @param {number} s */
export function late(s) {
  if (s < 1) return gettext("up to date");
  return s < 120 ? gettext("%(s)s s late", { s }) : gettext("%(minutes)s min %(s)s s late", { minutes: Math.floor(s / 60), s: s % 60 });
}

/** @param {{ mark: string }} at @param {() => unknown} draw */
function marks(at, draw) {
  /** @param {string} mark */
  const choose = (mark) => () => {
    at.mark = mark;
    keep("mark", mark);
    draw();
  };
  return html`<span class="seg seg-tight" role="group" aria-label=${gettext("Marked at")}>${[["mid", gettext("Mid")], ["sold", gettext("If sold now")]].map(([mark, word]) => html`<button type="button" aria-pressed=${String(at.mark === mark)} @click=${choose(mark)}>${word}</button>`)}</span>`;
}

/** @param {string} means @param {string} label @param {Drawn} value @param {Drawn} below @param {{ tone?: string, warn?: boolean }} [attrs] */
const tile = (means, label, value, below, attrs = {}) => html`<div class="money-tile" data-tone=${attrs.tone || nothing} ?data-warn=${attrs.warn}><dt class="label"><button type="button" class="term" data-term=${means}>${label}</button></dt><dd class="money-value num">${value}</dd><dd class="money-note num">${below}</dd></div>`;

/** @param {Card.Pnl} d @param {boolean} sold */
function pnlTile(d, sold) {
  const now = d.sold_now_usd;
  if (now === null) return tile("mid", gettext("P&L at mid"), profit(d.mid_usd), gettext("at the middle of bid and ask"), { tone: tone(d.mid_usd) });
  if (sold) return tile("pnl", gettext("P&L if sold now"), profit(now), html`${gettext("at mid %(mid_usd)s", { mid_usd: signed(d.mid_usd) })}`, { tone: tone(now) });
  return tile("mid", gettext("P&L at mid"), profit(d.mid_usd), html`${gettext("if sold now %(now)s", { now: signed(now) })}`, { tone: tone(d.mid_usd) });
}

/** @param {Card.Pnl} d */
function grossTile(d) {
  const grows = d.gross_per_min_usd;
  const note = !grows ? gettext("steady") : html`<span class="money-grows">${around(gettext("%(also)s%(grows)s /min"), { also: html`<span aria-hidden="true">${grows > 0 ? "\u25B2" : "\u25BC"} </span>`, grows: signed(grows) })}</span>`;
  return tile("gross", gettext("Gross"), dollars(d.gross_usd), note, { warn: d.growing });
}

/** @param {Card.Pnl} d */
const netTile = (d) => tile("net", gettext("Net"), d.net_usd ? signed(d.net_usd) : "$0", html`${gettext("long %(long_usd)s, short %(short_usd)s", { long_usd: dollars(d.long_usd), short_usd: dollars(d.short_usd) })}`);

/** @param {Card.Pnl} d */
function cashTile(d) {
  const left = Math.max(0, d.cash_left_usd);
  const part = Math.round((100 * left) / d.cash_usd);
  return tile("cash", gettext("Cash left"), dollars(left), html`<progress class="cash" max="100" .value=${part} aria-label=${gettext("Cash left, percent")}></progress><span>${gettext("%(part)s % of %(cash_usd)s", { part, cash_usd: dollars(d.cash_usd) })}</span>`, { warn: left < d.cash_usd / 4 });
}

/* Said once when it starts: what grows may not be looked at. */
/** @param {App} app */
function speak(app) {
  let growing = false;
  app.store.on("pnl", (d) => {
    if (d.growing && !growing) app.voice.say(gettext("Gross %(gross_usd)s, growing by %(gross_per_min_usd)s per minute.", { gross_usd: dollars(d.gross_usd), gross_per_min_usd: dollars(d.gross_per_min_usd) }));
    growing = d.growing;
  });
}
