/* The risk manager's keys: M money, P positions, L limits, U unwind, E the evening's bids. */
import { goTo } from "./hotkeys.js";
import { bindKeys, panel, visit } from "./desk-keys.js";
import { dollars } from "./money.js";
import { gettext } from "./words.js";

/** @param {App} app */
export function riskKeys(app) {
  /** @param {string} name */
  const act = (name) => () => {
    visit(document.getElementById("panel-acts"));
    app.showAct(name);
    goTo(document.querySelector(`#part-${name}`));
  };
  const own = {
    m: panel("money"), l: act("limits"), u: act("unwind"),
    p: () => {
      visit(document.getElementById("panel-positions"));
      goTo(document.querySelector(".pos [data-symbol][tabindex='0']") ?? document.getElementById("panel-positions"));
    },
    e: () => (document.body.dataset.phase === "deployment" ? app.showWork?.() : document.getElementById("panel-evening").hidden || panel("evening")()),
  };
  bindKeys(app, own, (get) => {
    const money = get("pnl");
    const limits = get("limits");
    const evening = get("evening");
    const bids = evening?.bids.filter((b) => b.state === "open") ?? [];
    return [
      money && (money.mid_usd < 0 ? gettext("As of %(as_of)s, %(lag_s)s s late: loss at mid %(dollars)s", { as_of: money.as_of, lag_s: money.lag_s, dollars: dollars(-money.mid_usd) }) : gettext("As of %(as_of)s, %(lag_s)s s late: profit at mid %(mid_usd)s", { as_of: money.as_of, lag_s: money.lag_s, mid_usd: dollars(money.mid_usd) })),
      money && gettext("gross %(gross_usd)s%(also)s", { gross_usd: dollars(money.gross_usd), also: money.growing ? gettext(", growing by %(gross_per_min_usd)s per minute", { gross_per_min_usd: dollars(money.gross_per_min_usd) }) : "" }),
      money && gettext("cash left %(dollars)s", { dollars: dollars(Math.max(0, money.cash_left_usd)) }),
      limits && (limits.gross_cap_usd ? gettext("gross cap %(gross_cap_usd)s", { gross_cap_usd: dollars(limits.gross_cap_usd) }) : gettext("no gross cap")),
      bids.length && bids.map((b) => gettext("%(bank)s bids %(discount_pct)s % below, until %(until)s", { bank: b.bank, discount_pct: b.discount_pct, until: b.until })).join(", "),
    ];
  });
}
