/* What an assistant is asked for: of one server, of all and of none, of a broker, and of stocks. */
import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { argsOf, asksElse, asksWhich, lacks, menuOf, wordsOf } from "../../static/js/lib/wishes.js";

const wish = (servers, args = {}, words = "Look at {server}", chosen = "none") => ({ kind: "look", words, args, servers, chosen });
const at = (server, text = "") => ({ desk: "operator", server, given: Object.fromEntries(["broker", "exchange", "symbols", "text"].map((name) => [name, { text }])) });

test("words name the server that is chosen, or all of them", () => {
  assert.deepEqual([wordsOf(wish("any"), at(3)), wordsOf(wish("any"), at(0))], ["Look at SMARS-3", "Look at all eight"]);
  assert.equal(wordsOf(wish("none", {}, "Stop all servers"), at(3)), "Stop all servers");
});

test("a lever is given the server, a list of them, or what the wish has alone", () => {
  assert.deepEqual(argsOf(wish("one"), at(3)), { server: 3 });
  assert.deepEqual(argsOf(wish("some", { release: "new" }), at(3)), { release: "new", servers: [3] });
  assert.deepEqual(argsOf(wish("any"), at(0)), { servers: [1, 2, 3, 4, 5, 6, 7, 8] });
  assert.deepEqual(argsOf(wish("none", { gross_usd: 25 }), at(3)), { gross_usd: 25 });
});

test("what is not for all of them has to be told which", () => {
  for (const [servers, refused] of [["one", true], ["some", true], ["any", false], ["none", false]]) {
    assert.deepEqual([!!lacks(wish(servers), at(0)), !!lacks(wish(servers), at(3))], [refused, false], servers);
  }
});

test("a broker and an exchange are chosen from those there are, the first to begin with", () => {
  const hold = wish("none", {}, "Hold the orders of {broker}", "broker");
  assert.deepEqual([wordsOf(hold, at(1)), argsOf(hold, at(1)), lacks(hold, at(1))], ["Hold the orders of Birchmont", { broker: "Birchmont" }, null]);
  const around = wish("none", {}, "Route around {exchange}", "exchange");
  assert.deepEqual([wordsOf(around, at(1, "ARCA")), argsOf(around, at(1, "ARCA"))], ["Route around ARCA", { exchange: "ARCA" }]);
});

test("stocks have to be named before they can be withdrawn, and words before logs are searched", () => {
  const out = wish("none", {}, "Withdraw {symbols}", "symbols");
  assert.deepEqual([wordsOf(out, at(1)), lacks(out, at(1))], ["Withdraw stocks", "Name the stocks first."]);
  assert.deepEqual([wordsOf(out, at(1, "oakv, tq")), argsOf(out, at(1, "oakv, tq")), lacks(out, at(1, "oakv"))], ["Withdraw OAKV, TQ", { symbols: ["OAKV", "TQ"] }, null]);
  const search = wish("none", {}, "Search all logs for {text}", "text");
  assert.deepEqual([lacks(search, at(1)) === null, argsOf(search, at(1, " 104917 "))], [false, { text: "104917" }]);
});

test("a menu asks which server, broker or stock only where a wish is about one", () => {
  assert.deepEqual([asksWhich([]), asksWhich([wish("none")]), asksWhich([wish("none"), wish("any")])], [false, false, true]);
  assert.deepEqual(asksElse([wish("any"), wish("none", {}, "", "broker"), wish("none", {}, "", "broker"), wish("none", {}, "", "symbols")]), ["broker", "symbols"]);
});

test("the menu is the evening's in the week, and the day's from then on", () => {
  assert.deepEqual(menuOf("operator", "deployment").map((one) => one.words), ["Drill"]);
  assert.deepEqual(menuOf("operator", "bell").map((one) => one.words), ["Stop all servers"]);
  assert.deepEqual(menuOf("risk", "bell"), []);
});
