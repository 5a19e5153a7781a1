/* Signed dollars, and what a person types for an amount. */
import { textOf } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { gain } from "../../static/js/lib/gain.js";
import { amount, dollars, moved, price, profit, sign, signed, tone } from "../../static/js/lib/money.js";

test("amounts are read as people type them", () => {
  const read = { "25 M": 25e6, "$2,500,000": 2.5e6, "1.5bn": 1.5e9, "2b": 2e9, "10k": 1e4, " 7 ": 7, "0": 0, "1 000": 1000, "0.1 k": 100 };
  for (const [text, usd] of Object.entries(read)) assert.equal(amount(text), usd, text);
});

test("what is no whole number of dollars is not read", () => {
  for (const text of ["", "M", "-5", "1.5", "5 %", "1e9", "..", "25 MM", "1.2.3", "2,5 M", "1,00", "12,5000", "\u0665"]) assert.equal(amount(text), null, text);
});

test("a sign, a tone and a price", () => {
  assert.deepEqual([3, -3, 0].map(sign), ["+", "\u2212", ""]);
  assert.deepEqual([3, -3, 0].map(tone), ["gain", "loss", ""]);
  assert.deepEqual([-11e6, 0, 250].map(signed), ["\u2212$11.0 M", "$0", "+$250"]);
  assert.equal(dollars(1200), "$1 k");
  assert.deepEqual([123400, 0].map(price), ["12.34", "\u2013"]);
});

test("a profit is seen with its sign and heard as a word", () => {
  assert.equal(textOf(profit(-11e6)), "\u25bc \u2212$11.0 Mloss of 11.0 M dollars");
  assert.equal(textOf(profit(5)), "\u25b2 +$5profit of 5 dollars");
  assert.equal(textOf(moved(-250)), "\u25bc \u22122.5 %");
});

test("a gain that is not known yet is three dots", () => {
  assert.deepEqual([null, undefined, 0, 9.3e6, -500].map((usd) => textOf(gain(usd))), ["\u2026", "\u2026", "$0", "+$9.3 M", "\u2212$500"]);
});
