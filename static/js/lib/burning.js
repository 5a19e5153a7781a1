/* What burns, by nothing but what this desk may see: red and amber are for that, and the rest of a page stays quiet until then. */
import { seconds } from "./format.js";

/* orders a second, and times what most servers send */
const LEAST_HOT = 50;
const TIMES_USUAL = 10;
/* of the firm: orders a second, and for each order that comes in */
const LEAST_ALL = 100;
const TIMES_IN = 50;
/* market time at the bell's pace; where the clock goes faster, as much longer: it is people who have to see it */
const FRESH_S = 180;
const GRAVE_S = 600;
const PACE = 5;

/** @param {App} app @param {Card.Server} s */
const sent = (app, s) => app.store.get("dashboard")?.servers.find((b) => b.n === s.n)?.children_per_s ?? s.rates?.children_out ?? 0;

/* The servers that send far more than most of them: their numbers. */
/** @param {App} app */
export function hotServers(app) {
  const servers = app.store.get("servers")?.servers ?? [];
  const usual = servers.map((s) => sent(app, s)).sort((a, b) => a - b)[servers.length >> 1] ?? 0;
  return servers.filter((s) => sent(app, s) > Math.max(LEAST_HOT, TIMES_USUAL * usual)).map((s) => s.n);
}

/* How much an alert still weighs: 3 grave and new, 2 grave, 1 new, 0 old. */
/** @param {App} app @param {Card.RaisedAlert} alert */
export function weight(app, alert) {
  const now = app.store.get("clock")?.clock;
  const age = now && alert.at[2] === ":" ? seconds(now) - seconds(`${alert.at.slice(0, 5)}:00`) : Infinity; // of another day it has its date
  const slower = Math.max(1, (app.store.get("standing")?.speed ?? PACE) / PACE);
  if (alert.grave && age < GRAVE_S * slower) return age < FRESH_S * slower ? 3 : 2;
  return age < FRESH_S * slower ? 1 : 0;
}

/** @param {App} app */
export function burns(app) {
  const all = app.store.get("rates");
  if (all && all.children_out > Math.max(LEAST_ALL, TIMES_IN * all.parents_in)) return true;
  return hotServers(app).length > 0 || (app.store.get("alerts")?.alerts ?? []).some((alert) => weight(app, alert) > 1);
}
