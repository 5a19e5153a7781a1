/* Firm totals, one-minute means per second. */
import { rate } from "../lib/format.js";
import { shareInto } from "../lib/share.js";
import { texts } from "../lib/text.js";
import { gettext } from "../lib/words.js";

/** @type {(keyof Card.Rates)[]} */
const NAMES = ["parents_in", "children_out", "executions", "rejects"];

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const put = texts(root);
  shareInto(/** @type {Found} */ (root.parentElement), app, "rates", gettext("the totals"));
  app.store.on("rates", (d) => {
    for (const name of NAMES) put(name, rate(d[name]));
  });
}
