/* Market clock and phase in the top bar; the page's title follows the minute. */
import { texts } from "../lib/text.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const put = texts(root);
  const pill = root.querySelector("[data-phase]");
  const title = document.title;
  app.store.on("clock", (d) => {
    put("clock", d.clock);
    put("phase", d.phase === "deployment" ? d.date : d.phase_label);
    put("date", d.date);
    document.body.dataset.phase = d.phase;
    pill.dataset.open = String(d.open);
    pill.dataset.phase = d.phase;
    const minute = `${d.clock.slice(0, 5)} \u00B7 ${title}`;
    if (document.title !== minute) document.title = minute;
  });
}
