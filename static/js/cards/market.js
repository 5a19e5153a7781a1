/* What everybody can see of the market: the price of the stock watched, the tape, the headlines. */
import { render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { parts } from "../lib/parts.js";
import { share } from "../lib/share.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const show = parts(root, app.store.get("price")?.symbol ? "price" : "tape");
  let symbol = app.store.get("price")?.symbol;
  app.store.on("price", (d) => {
    if (d.symbol && d.symbol !== symbol) show("price");
    symbol = d.symbol;
  });
  render(share(app, "tape", 0, gettext("the tape")), root.querySelector("[data-tape-share]"));
}
