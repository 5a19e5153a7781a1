/* The losses at which a room looks up, in the order of what was passed. */

/* The highest mark that each team has passed since `before`: [{usd, names}], the lowest first. A loss that is not shown passes nothing.
   before: name -> loss as it was shown last. */
/** @param {Map<string, number | null>} before @param {Pick<Card.Standing, "name" | "loss_usd">[]} teams @param {number[]} marks */
export function passed(before, teams, marks) {
  /** @type {Map<number, string[]>} */
  const found = new Map();
  for (const { name, loss_usd: now } of teams) {
    const was = before.get(name);
    if (was == null || now == null) continue;
    const usd = Math.max(...marks.filter((mark) => was < mark && mark <= now));
    if (Number.isFinite(usd)) found.set(usd, [...(found.get(usd) ?? []), name]);
  }
  return [...found].sort(([a], [b]) => a - b).map(([usd, names]) => ({ usd, names }));
}
