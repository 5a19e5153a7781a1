/* What a jump of the clock leaves out, in a sentence or two: said before it is done. */
import { OPEN } from "./calendar.js";
import { seconds } from "./format.js";
import { gettext, ngettext } from "./words.js";

/** @type {Record<string, string>} */
const PASSES = {
  deployment: gettext("The rest of the evening passes: what is under way goes on, nothing new begins."),
  premarket: gettext("Mail keeps coming in, calls ring out, and nobody acts at your desk."),
  bell: gettext("The market trades on: orders go out, calls ring out, and nobody acts at your desk."),
  unwind: gettext("The market trades on to the evening: the position moves with it, and nobody acts at your desk."),
  block: gettext("The rest of the evening passes, and what is still held stays as it is."),
};

/* app: a desk's; next: what the button says, such as "To 10:15". */
/** @param {App} app @param {string} phase @param {string} next */
export function skipped(app, phase, next) {
  const clock = app.store.get("clock")?.clock ?? OPEN;
  const to = phase === "premarket" ? OPEN : next.match(/\d\d:\d\d/)?.[0];
  const minutes = to ? Math.max(1, Math.round((seconds(`${to}:00`) - seconds(clock)) / 60)) : 0;
  const open = phase === "premarket" ? (app.store.get("duties")?.rows ?? []).filter((row) => row.state === "open").length : 0;
  const unread = app.store.get("inbox")?.unread ?? 0;
  return [
    minutes ? ngettext("%(n)s market minute is skipped.", "%(n)s market minutes are skipped.", minutes) : "",
    PASSES[phase] ?? "",
    open ? ngettext("A stand-in does the %(n)s duty still open here.", "A stand-in does the %(n)s duties still open here.", open) : "",
    unread ? ngettext("%(n)s mail here is unread.", "%(n)s mails here are unread.", unread) : "",
  ].filter(Boolean).join(" ");
}
