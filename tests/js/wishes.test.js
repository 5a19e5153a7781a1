/* What an assistant is asked for, of one server, of all, and of none. */
import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { argsOf, asksWhich, menuOf, needsOne, wordsOf } from "../../static/js/lib/wishes.js";

const wish = (servers, args = {}, words = "Look at {server}") => ({ kind: "look", words, args, servers });

test("words name the server that is chosen, or all of them", () => {
  assert.deepEqual([wordsOf(wish("any"), 3), wordsOf(wish("any"), 0)], ["Look at SMARS-3", "Look at all eight"]);
  assert.equal(wordsOf(wish("none", {}, "Stop all servers"), 3), "Stop all servers");
});

test("a lever is given the server, a list of them, or what the wish has alone", () => {
  assert.deepEqual(argsOf(wish("one"), 3), { server: 3 });
  assert.deepEqual(argsOf(wish("some", { release: "new" }), 3), { release: "new", servers: [3] });
  assert.deepEqual(argsOf(wish("any"), 0), { servers: [1, 2, 3, 4, 5, 6, 7, 8] });
  assert.deepEqual(argsOf(wish("none", { gross_usd: 25 }), 3), { gross_usd: 25 });
});

test("what is not for all of them has to be told which", () => {
  for (const [servers, refused] of [["one", true], ["some", true], ["any", false], ["none", false]]) {
    assert.deepEqual([!!needsOne(wish(servers), 0), !!needsOne(wish(servers), 3)], [refused, false], servers);
  }
});

test("a menu asks which server only where a wish is about one", () => {
  assert.deepEqual([asksWhich([]), asksWhich([wish("none")]), asksWhich([wish("none"), wish("any")])], [false, false, true]);
});

test("the menu is the evening's in the week, and the day's from then on", () => {
  assert.deepEqual(menuOf("operator", "deployment").map((one) => one.words), ["Drill"]);
  assert.deepEqual(menuOf("operator", "bell").map((one) => one.words), ["Stop all servers"]);
  assert.deepEqual(menuOf("risk", "bell"), []);
});
