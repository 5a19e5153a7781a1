/* Why no lever can be given now, as a sentence, or null. The server decides again; this only spares a vain click. */
import { left, sentence } from "./format.js";

/** @param {App} app */
export function blocked(app) {
  const { link, state, hello } = app.store.get("standing");
  if (hello.watching) return "You are watching this desk.";
  if (link === "closed") return "This seat is no longer on this page.";
  if (link === "connecting") return "Connecting.";
  if (link !== "live") return "The line is down. Commands come back with it.";
  if (covered(hello)) return "The assistant has your seat. Take it back first.";
  if (state === "paused") return "The exercise is paused.";
  if (state === "lobby") return "The exercise has not started.";
  if (state === "ended") return "The exercise has ended.";
  return null;
}

/* Whether the assistant took this seat over while its person was away. */
/** @param {Hello} hello */
export const covered = (hello) => (hello.seats ?? []).some((seat) => seat.desk === hello.desk && seat.covered);

/* What a lever of the levers card itself says against it. */
/** @param {Card.Lever | undefined} lever */
export function refused(lever) {
  if (!lever) return "Not at this hour.";
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
  const hands = work.hands === 1 ? "Your hand is" : "Both hands are";
  return Number.isFinite(soonest) ? `${hands} at work, ${left(soonest)} left.` : `${hands} at work.`;
}
