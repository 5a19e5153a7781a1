/* Firm totals, one-minute means per second. */
import { rate } from "../lib/format.js";
import { shareInto } from "../lib/share.js";
import { texts } from "../lib/text.js";

export function mount(root, app) {
  const put = texts(root);
  shareInto(root.parentElement, app, "rates", "the totals");
  app.store.on("rates", (d) => {
    for (const name of ["parents_in", "children_out", "executions", "rejects"]) put(name, rate(d[name]));
  });
}
