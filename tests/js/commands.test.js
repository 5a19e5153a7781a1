/* Commands given on a page and what became of them. */
import "./page.js";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Commands } from "../../static/js/lib/commands.js";

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function begin() {
  const sent = [];
  const commands = new Commands((message) => sent.push(message) > 0);
  const told = [];
  commands.addEventListener("change", ({ detail }) => told.push(detail.state));
  return { commands, sent, told };
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("a command is sent with an id of its own and waits at its place", () => {
  const { commands, sent, told } = begin();
  const entry = commands.give("server:3", "server.stop", { server: 3 }, "likely", "Stop SMARS-3");
  assert.match(sent[0].id, UUID4);
  assert.deepEqual({ ...sent[0], id: "" }, { t: "command", id: "", kind: "server.stop", args: { server: 3 }, confidence: "likely", why: "" });
  assert.equal(commands.at("server:3"), entry);
  assert.equal(commands.at("server:4"), undefined);
  assert.deepEqual(told, ["pending"]);
});

test("it is received, then applied; what comes later changes nothing", () => {
  const { commands, sent, told } = begin();
  const entry = commands.give("a", "log.tail", {});
  for (const t of ["received", "applied", "refused"]) commands.answer({ t, id: sent[0].id, reason: "too late" });
  assert.deepEqual([entry.state, told], ["applied", ["pending", "received", "applied"]]);
});

test("a refusal is kept as a sentence, and leaves its place after a while", () => {
  const { commands, sent } = begin();
  commands.give("a", "log.tail", {});
  commands.answer({ t: "refused", id: sent[0].id, reason: "no hand free" });
  assert.equal(commands.at("a").reason, "No hand free.");
  mock.timers.tick(14_999);
  assert.ok(commands.at("a"));
  mock.timers.tick(1);
  assert.equal(commands.at("a"), undefined);
});

test("after a reconnect what has no result goes again, under its old id", () => {
  const { commands, sent } = begin();
  commands.give("a", "log.tail", {});
  commands.give("b", "server.stop", { server: 1 });
  commands.answer({ t: "applied", id: sent[0].id });
  commands.again();
  assert.deepEqual(sent.map((message) => message.kind), ["log.tail", "server.stop", "server.stop"]);
  assert.equal(sent[2].id, sent[1].id);
});

test("a new command at a place takes the place of one that is done, and stands after one that is not", () => {
  const { commands, sent } = begin();
  commands.give("a", "log.tail", {});
  const second = commands.give("a", "log.tail", {});
  assert.equal(commands.at("a"), second);
  commands.answer({ t: "applied", id: sent[1].id });
  commands.again();
  assert.equal(sent.length, 3); // the first has no result yet
});

test("an answer to what nobody here gave is passed over", () => {
  const { commands, told } = begin();
  commands.answer({ t: "applied", id: "somebody else's" });
  assert.deepEqual(told, []);
});
