/* Controls: limits, unwind or orders, one at a time. */
import { render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { parts } from "../lib/parts.js";
import { share } from "../lib/share.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const slot = root.querySelector("[data-limits-share]");
  render(share(app, "limits", 0, gettext("the limits")), slot);
  app.showAct = parts(root, "limits", (name) => {
    slot.hidden = name !== "limits";
  });
}
