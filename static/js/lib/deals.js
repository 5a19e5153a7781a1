/* The lists of the levers card: [[title, [[lever, what it does], ...]], ...], in the engine's words and order. */

/** @param {Card.Levers | undefined} d @returns {[title: string, rows: [Card.Lever, string][]][]} */
export function lists(d) {
  const named = new Map(d?.levers.map((l) => [l.kind, l]));
  return (d?.menu ?? []).map(({ title, rows }) => [title, rows.flatMap(({ kind, says }) => {
    const lever = named.get(kind);
    return lever ? [[lever, says]] : [];
  })]);
}
