/* The order of the positions, their heat, and rows that move as little as they can. */
import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { order } from "../../static/js/lib/book.js";
import { cellAt, heatClass, layout } from "../../static/js/lib/heat.js";
import { arrange, heatOf } from "../../static/js/lib/rows.js";

const NAMES = ["AAA", "BBB", "CCC", "ABC"];
const D = { shares: [10, -30, 0, 20], price_hc: [100, 200, 300, 50], move_bp: [5, -5, 0, 90], notional_usd: [100, -600, 0, 10], pnl_usd: [7, -9, 0, -1] };
const shown = (at) => order(D, NAMES, { filter: "all", search: "", sort: "symbol", down: false, ...at }).map((i) => NAMES[i]);

test("stocks are sorted by word and by size, whose sign does not count", () => {
  assert.deepEqual(shown({}), ["AAA", "ABC", "BBB", "CCC"]);
  assert.deepEqual(shown({ down: true }), ["CCC", "BBB", "ABC", "AAA"]);
  assert.deepEqual(shown({ sort: "shares", down: true }), ["BBB", "ABC", "AAA", "CCC"]);
  assert.deepEqual(shown({ sort: "notional", down: true }), ["BBB", "AAA", "ABC", "CCC"]);
  assert.deepEqual(shown({ sort: "pnl" }), ["BBB", "ABC", "CCC", "AAA"]);
});

test("those that are alike keep their order both ways", () => {
  const alike = { ...D, move_bp: [1, 1, 1, 1] };
  for (const down of [false, true]) assert.deepEqual(order(alike, NAMES, { filter: "all", search: "", sort: "move", down }), [0, 1, 2, 3]);
});

test("filters and the search leave stocks out", () => {
  assert.deepEqual(shown({ filter: "long" }), ["AAA", "ABC"]);
  assert.deepEqual(shown({ filter: "short" }), ["BBB"]);
  assert.deepEqual(shown({ filter: "worst", sort: "pnl" }), ["BBB", "ABC", "AAA"]);
  assert.deepEqual(shown({ search: "A" }), ["AAA", "ABC"]);
  assert.deepEqual(shown({ filter: "long", search: "AB" }), ["ABC"]);
});

test("the worst are ten at most, of those that are held", () => {
  const many = Array.from({ length: 40 }, (_, i) => i);
  const d = { ...D, shares: many, pnl_usd: many.map((i) => -i), move_bp: many, notional_usd: many, price_hc: many };
  const found = order(d, many.map(String), { filter: "worst", search: "", sort: "pnl", down: false });
  assert.deepEqual(found, [39, 38, 37, 36, 35, 34, 33, 32, 31, 30]);
});

test("heat has four sizes either way", () => {
  assert.deepEqual([0, 49, 50, -199, 200, 500, -1000, 99999].map(heatClass), ["0", "0", "p1", "n1", "p2", "p3", "n4", "p4"]);
  assert.deepEqual([0, 4999, 5000, -25000, 1e5, -5e5].map(heatOf), [0, 0, 50, -200, 500, -1000]);
  for (const usd of [1, 5e3, -3e4, 2e5, -9e5]) assert.equal(heatClass(heatOf(usd))[0], { 1: "p", [-1]: "n", 0: "0" }[Math.sign(heatOf(usd))]);
});

test("a map has room for every cell, and a point finds its own", () => {
  const canvas = { clientWidth: 620, clientHeight: 200, dataset: {} };
  for (const n of [1, 7, 154]) {
    const at = layout(canvas, n);
    assert.ok(at.cols * at.rows >= n && at.cols * (at.rows - 1) < n);
    for (let i = 0; i < n; i += 1) assert.equal(cellAt(at, ((i % at.cols) + 0.5) * at.cw, (Math.floor(i / at.cols) + 0.5) * at.ch), i);
  }
  const at = { n: 3, cols: 2, rows: 2, cw: 10, ch: 10 };
  assert.deepEqual([cellAt(at, 5, 15), cellAt(at, 15, 15)], [2, -1]); // the last row is not full
});

/* A parent element's children, as much of them as arrange() uses; counts what is put in. */
function parent(rows) {
  const body = { rows: [...rows], moved: 0 };
  for (const row of rows) Object.defineProperties(row, {
    nextElementSibling: { configurable: true, get: () => body.rows[body.rows.indexOf(row) + 1] ?? null },
    remove: { configurable: true, value: () => body.rows.splice(body.rows.indexOf(row), 1) },
  });
  Object.defineProperty(body, "firstElementChild", { get: () => body.rows[0] ?? null });
  body.insertBefore = (row, before) => {
    const was = body.rows.indexOf(row);
    if (was >= 0) body.rows.splice(was, 1);
    body.rows.splice(before ? body.rows.indexOf(before) : body.rows.length, 0, row);
    body.moved += 1;
  };
  return body;
}

const rows = (n) => Array.from({ length: n }, (_, i) => ({ i }));
const numbers = (body) => body.rows.map((row) => row.i);

test("rows come into any order, and those in place are not touched", () => {
  const all = rows(6);
  const body = parent(all);
  arrange(body, all);
  assert.deepEqual([numbers(body), body.moved], [[0, 1, 2, 3, 4, 5], 0]);
  arrange(body, [0, 2, 3, 1, 4, 5].map((i) => all[i]));
  assert.deepEqual([numbers(body), body.moved], [[0, 2, 3, 1, 4, 5], 1]); // one row went down
  arrange(body, [5, 0, 2, 3, 1, 4].map((i) => all[i]));
  assert.deepEqual([numbers(body), body.moved], [[5, 0, 2, 3, 1, 4], 2]); // one row went up
  arrange(body, [5, 4, 3, 2, 1, 0].map((i) => all[i]));
  assert.deepEqual(numbers(body), [5, 4, 3, 2, 1, 0]);
});

test("rows that are no longer listed leave, and come back", () => {
  const all = rows(4);
  const body = parent(all);
  arrange(body, [all[2]]);
  assert.deepEqual(numbers(body), [2]);
  arrange(body, all);
  assert.deepEqual(numbers(body), [0, 1, 2, 3]);
  arrange(body, []);
  assert.deepEqual(numbers(body), []);
});
