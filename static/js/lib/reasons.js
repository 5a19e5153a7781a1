/* Why no lever can be given now, as a sentence, or null. The server decides again; this only spares a vain click. */
import { left, sentence } from "./format.js";
import { gettext } from "./words.js";

/** @param {App} app */
export function blocked(app) {
  const { link, state, hello, begins } = app.store.get("standing");
  if (hello.watching) return gettext("You are watching this desk.");
  if (link === "closed") return gettext("This seat is no longer on this page.");
  if (link === "connecting") return gettext("Connecting.");
  if (link !== "live") return gettext("You are offline. You can give commands again once connected.");
  if (covered(hello)) return gettext("The assistant is playing your seat. Take it back first.");
  if (begins === "now") return gettext("The clock has not started.");
  if (state === "paused") return gettext("The exercise is paused.");
  if (state === "lobby") return gettext("The exercise has not started.");
  if (state === "ended") return gettext("The exercise has ended.");
  return null;
}

/* Whether the assistant took this seat over while its person was away. */
/** @param {Hello} hello */
export const covered = (hello) => (hello.seats ?? []).some((seat) => seat.desk === hello.desk && seat.covered);

/* What a lever of the levers card itself says against it. */
/** @param {Card.Lever | undefined} lever */
export function refused(lever) {
  if (!lever) return gettext("Not at this hour.");
  return lever.allowed ? null : sentence(lever.reason);
}

/* Also: both hands at work. */
/** @param {App} app */
export function blockedHands(app) {
  const why = blocked(app);
  if (why) return why;
  const work = app.store.get("work");
  if (!work || work.free > 0) return null;
  const soonest = Math.min(...work.tasks.filter((t) => t.hands).map((t) => t.left_s));
  const hands = work.hands === 1 ? gettext("Your hand is busy") : gettext("Both hands are busy");
  return Number.isFinite(soonest) ? gettext("%(hands)s, %(soonest)s left.", { hands, soonest: left(soonest) }) : `${hands}.`;
}
