/* What makes a room look up, and what a desk takes for burning: pure functions of what a screen shows anyway. */
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { passed } = await import("../../static/js/lib/marks.js");
const { burns, hotServers, weight } = await import("../../static/js/lib/burning.js");
const { skipped } = await import("../../static/js/lib/skipped.js");

const MARKS = [10e6, 100e6, 365e6];
const teams = (losses) => Object.entries(losses).map(([name, loss_usd]) => ({ name, loss_usd }));
const before = (losses) => new Map(Object.entries(losses));
/* A desk that shows these cards. */
const desk = (cards) => ({ store: { get: (name) => cards[name] } });
const server = (n, children_out) => ({ n, name: `SMARS-${n}`, state: "running", work: null, rates: { parents_in: 1, children_out, executions: 1, rejects: 0 } });

test("teams that pass the same mark at once are named together, and of several marks the highest counts", () => {
  assert.deepEqual(passed(before({ Amber: 9e6, Cobalt: 9.9e6, Slate: 40e6 }), teams({ Amber: 11e6, Cobalt: 10e6, Slate: 366e6 }), MARKS), [
    { usd: 10e6, names: ["Amber", "Cobalt"] },
    { usd: 365e6, names: ["Slate"] },
  ]);
  assert.deepEqual(passed(before({ Amber: 10e6 }), teams({ Amber: 11e6 }), MARKS), [], "a mark is passed once");
});

test("a loss that is hidden, or was, passes nothing", () => {
  assert.deepEqual(passed(before({ Amber: null }), teams({ Amber: 400e6 }), MARKS), []);
  assert.deepEqual(passed(before({ Amber: 1e6 }), teams({ Amber: null }), MARKS), []);
  assert.deepEqual(passed(before({}), teams({ Amber: 400e6 }), MARKS), [], "nor one that a page begins with");
});

test("one server at 1,280 orders a second among seven at three burns, and eight at three do not", () => {
  const quiet = Array.from({ length: 8 }, (_, i) => server(i + 1, 3));
  const one = quiet.with(7, server(8, 1280));
  assert.deepEqual(hotServers(desk({ servers: { servers: one } })), [8]);
  assert.equal(burns(desk({ servers: { servers: one } })), true);
  assert.equal(burns(desk({ servers: { servers: quiet } })), false);
  assert.equal(burns(desk({})), false, "a desk that sees nothing of it stays quiet");
});

test("far more orders out than come in burn, a busy market does not", () => {
  const rates = (parents_in, children_out) => desk({ rates: { parents_in, children_out, executions: 1, rejects: 0 } });
  assert.equal(burns(rates(2, 1300)), true);
  assert.equal(burns(rates(20, 600)), false);
});

test("an alert ages, a grave one more slowly, and one of another day is old", () => {
  const at = (clock) => desk({ clock: { clock } });
  const [grave, usual] = [{ at: "09:31", text: "", grave: true }, { at: "09:31", text: "", grave: false }];
  assert.deepEqual(["09:31:30", "09:36:00", "09:45:00"].map((clock) => weight(at(clock), grave)), [3, 2, 0]);
  assert.deepEqual(["09:31:30", "09:36:00"].map((clock) => weight(at(clock), usual)), [1, 0]);
  assert.equal(weight(desk({ clock: { clock: "09:45:00" }, standing: { speed: 30 } }), grave), 3, "at six times the pace of the bell it stays as much longer");
  assert.equal(weight(at("09:31:30"), { ...grave, at: "Tue 31 Jul 19:00" }), 0);
  assert.equal(burns({ store: { get: (name) => ({ clock: { clock: "09:32:00" }, alerts: { alerts: [usual] } })[name] } }), false);
});

test("a jump says how much it skips, who does what is due, and what is unread", () => {
  const cards = { clock: { clock: "09:12:10" }, duties: { rows: [{ state: "open" }, { state: "open" }, { state: "done" }] }, inbox: { unread: 1 } };
  const words = skipped(desk(cards), "premarket", "To the bell");
  for (const part of ["18 market minutes are skipped.", "A stand-in does the 2 duties still open here.", "1 mail here is unread."]) assert.ok(words.includes(part), words);
  assert.ok(skipped(desk({ clock: { clock: "09:41:00" } }), "bell", "To 10:15").startsWith("34 market minutes are skipped."));
});
