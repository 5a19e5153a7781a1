/* What each server's rate has been since this page was opened: the tiles' sparklines, all on one logarithmic scale. */
import { seconds } from "./format.js";
import { spark } from "./spark.js";

const EVERY_S = 5; // of market time
const KEPT = 120;
const JUMP_S = 60; // a replay is looked at elsewhere: it begins again there

/** @param {App} app */
export function rateHistory(app) {
  /** @type {Map<number, number[]>} */
  const rates = new Map();
  let last = -1;
  return {
    /** @param {Card.Server[]} servers @param {Found} list @param {Set<number>} hot */
    draw(servers, list, hot) {
      const now = seconds(app.store.get("clock")?.clock ?? "0:0:0");
      if (!servers[0]?.rates || Math.abs(now - last) < EVERY_S) return;
      if (now < last || now - last > JUMP_S) rates.clear();
      last = now;
      for (const s of servers) {
        const past = rates.get(s.n) ?? [];
        if (s.rates) past.push(s.rates.children_out);
        rates.set(s.n, past.slice(-KEPT));
      }
      const most = Math.max(1, ...[...rates.values()].flat());
      list.querySelectorAll(".spark").forEach((canvas, i) => spark(canvas, rates.get(servers[i].n) ?? [], { most, log: true, color: hot.has(servers[i].n) ? "--warn" : undefined }));
    },
  };
}
