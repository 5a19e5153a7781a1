/* Numbers, money and moments as people read them; the table is read by tests/unit/test_formats.py as well. */
import "./page.js";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as format from "../../static/js/lib/format.js";
import { stampOf } from "../../static/js/lib/market-clock.js";
import { signed } from "../../static/js/lib/money.js";

const CASES = JSON.parse(readFileSync(new URL("../formats.json", import.meta.url), "utf8"));
const WRITERS = {
  short: format.short, share: format.share, minute: format.minute, moment: stampOf,
  gain: (usd) => `${format.arrow(usd)} ${signed(usd)}`,
};

test("every format of the table is written here", () => assert.deepEqual(Object.keys(CASES).sort(), Object.keys(WRITERS).sort()));

for (const [name, cases] of Object.entries(CASES)) {
  test(`${name} is written as on the server`, () => {
    for (const [value, text] of cases) assert.equal(WRITERS[name](value), text, `${name} of ${value}`);
  });
}

test("a count has a dash for nothing and a minus of its own", () => {
  assert.deepEqual([null, undefined, 0, 1234567, -42].map(format.count), ["\u2013", "\u2013", "0", "1,234,567", "\u221242"]);
});

test("a rate has one decimal below ten", () => {
  assert.deepEqual([null, 0, 9.94, -2.5, 10, 1234.4].map(format.rate), ["\u2013", "0.0", "9.9", "\u22122.5", "10", "1,234"]);
});

test("round numbers of an axis have no decimals", () => {
  assert.deepEqual([50_000_000, 2_500_000, 1e9, 2_000].map(format.axis), ["50 M", "2.5 M", "1 bn", "2 k"]);
});

test("a loss is signed, spoken and coloured, and a gain is a loss below nothing", () => {
  assert.deepEqual([5, -5, 0, null].map(format.lossShort), ["\u2212$5", "+$5", "$0", "hidden"]);
  assert.deepEqual([1234, -1234, 0, null].map(format.lossLong), ["\u2212$1,234", "+$1,234", "$0", "hidden"]);
  assert.deepEqual([1234, -1234, 0, null].map(format.lossSpoken), ["loss of 1,234 dollars", "gain of 1,234 dollars", "loss of 0 dollars", "hidden"]);
  assert.deepEqual([1, -1, 0, null, undefined].map(format.lossClass), ["loss", "gain", "", "", ""]);
  assert.deepEqual([1, -1, 0].map(format.arrow), ["\u25b2", "\u25bc", ""]);
});

test("a move is in per cent, whole from ten on", () => {
  assert.deepEqual([4100, -35, 0, 994, 995, -1250].map(format.move), ["+41 %", "\u22120.3 %", "0.0 %", "+9.9 %", "+10 %", "\u221213 %"]);
});

test("words become a sentence", () => {
  assert.deepEqual(["no hand free", "Stop!", "why?", "a. b", ""].map(format.sentence), ["No hand free.", "Stop!", "Why?", "A. b.", ""]);
});

test("what is left is told in seconds, then in minutes", () => {
  assert.deepEqual([-3, 0, 59.4, 60, 61, 119.4, 600].map(format.left), ["0 s", "0 s", "59 s", "1 min", "1 min 1 s", "1 min 59 s", "10 min"]);
});

test("clocks are read and written", () => {
  assert.deepEqual(["00:00", "09:30", "09:30:15"].map(format.seconds), [0, 34200, 34215]);
  assert.deepEqual([0, 34200, 34259, 86399].map(format.hhmm), ["00:00", "09:30", "09:30", "23:59"]);
});

test("a countdown never goes below nothing", () => {
  assert.deepEqual([299, 60, 5, 0, -7].map(format.countdown), ["4:59", "1:00", "0:05", "0:00", "0:00"]);
});

test("a sign chooses a word, and an order needs no subtraction", () => {
  assert.deepEqual([2, -2, 0, Number.NaN].map((n) => format.bySign(n, "up", "down", "none")), ["up", "down", "none", "none"]);
  assert.deepEqual(["b", "a", "c"].sort(format.compare), ["a", "b", "c"]);
  assert.equal(format.compare(3, 3), 0);
});
