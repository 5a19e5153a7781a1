/* On a phone: the ten stocks that are held and moved most. A tap watches one and shows it in its table. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { keyed } from "../lib/keyed.js";
import { moved, profit, signed } from "../lib/money.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const list = root.querySelector("[data-list]");
  const draw = () => {
    const d = app.store.get("positions");
    const names = app.store.get("symbols")?.symbols;
    if (!d || !names || !root.offsetParent) return;
    const most = names.map((_, i) => i).filter((i) => d.shares[i]).sort((a, b) => Math.abs(d.move_bp[b]) - Math.abs(d.move_bp[a]) || Math.abs(d.notional_usd[b]) - Math.abs(d.notional_usd[a])).slice(0, 10);
    render(most.length ? keyed(most, (i) => i, (i) => row(app, d, names[i], i)) : html`<li class="empty">${gettext("No positions.")}</li>`, list);
  };
  app.store.onAny(["positions", "symbols"], draw);
  new ResizeObserver(draw).observe(root);
}

/** @param {App} app @param {Card.Positions} d @param {string} name @param {number} i */
function row(app, d, name, i) {
  const open = () => {
    app.watch(name);
    document.getElementById("tab-positions").click();
  };
  return html`<li><button type="button" class="mover" @click=${open}><strong>${name}</strong><span class="second">${d.shares[i] > 0 ? gettext("long") : gettext("short")} ${signed(d.notional_usd[i])}</span><span class="mover-move">${moved(d.move_bp[i])}</span><span class="mover-pnl">${profit(d.pnl_usd[i])}</span></button></li>`;
}
