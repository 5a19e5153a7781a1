/* The risk manager's keys: M money, P positions, L limits, U unwind, E the evening's bids. */
import { goTo } from "./hotkeys.js";
import { bindKeys, panel, visit } from "./desk-keys.js";
import { dollars } from "./money.js";

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
      money && `As of ${money.as_of}, ${money.lag_s} seconds late: ${money.mid_usd < 0 ? "loss" : "profit"} at mid ${dollars(Math.abs(money.mid_usd))}`,
      money && `gross ${dollars(money.gross_usd)}${money.growing ? `, growing by ${dollars(money.gross_per_min_usd)} a minute` : ""}`,
      money && `cash left ${dollars(Math.max(0, money.cash_left_usd))}`,
      limits && (limits.gross_cap_usd ? `gross cap ${dollars(limits.gross_cap_usd)}` : "no gross cap"),
      bids.length && bids.map((b) => `${b.bank} bids ${b.discount_pct} per cent under, until ${b.until}`).join(", "),
    ];
  });
}
