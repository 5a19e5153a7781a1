/* Cards by name and version, and who hears of them. */
import { paint } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Picture } from "../../static/js/lib/picture.js";
import { Store } from "../../static/js/lib/store.js";

test("a listener hears what is known at once, and a change once a frame", () => {
  const store = new Store({ clock: { v: 3, d: "09:30" } });
  const heard = [];
  store.on("clock", (d) => heard.push(d));
  store.on("other", (d) => heard.push(d));
  assert.deepEqual(heard, ["09:30"]);
  store.merge({ clock: { v: 4, d: "09:31" } });
  store.merge({ clock: { v: 5, d: "09:32" } });
  assert.deepEqual(heard, ["09:30"]);
  paint();
  assert.deepEqual(heard, ["09:30", "09:32"]);
});

test("what is known already, or older, is dropped", () => {
  const store = new Store({ clock: { v: 3, d: "new" } });
  store.merge({ clock: { v: 3, d: "same" } });
  store.merge({ clock: { v: 2, d: "old" } });
  assert.equal(store.get("clock"), "new");
});

test("after a restart the next card of each name is taken, whatever its version", () => {
  const store = new Store({ clock: { v: 900, d: "before" } });
  store.restart();
  store.merge({ clock: { v: 1, d: "after" } });
  assert.equal(store.get("clock"), "after");
});

test("a card of the page itself has no version, and gives way to none", () => {
  const store = new Store({ plain: "as it is" });
  assert.equal(store.get("plain"), "as it is");
  store.set("chosen", 4);
  assert.equal(store.get("chosen"), 4);
  store.merge({ chosen: { v: 1, d: 5 } });
  assert.equal(store.get("chosen"), 5);
});

test("several cards are listened to in one call, without what is in them", () => {
  const store = new Store({ a: { v: 1, d: 1 } });
  const heard = [];
  store.onAny(["a", "b"], (...given) => heard.push(given));
  assert.deepEqual(heard, [[]]);
  store.set("b", 2);
  store.set("a", 3);
  paint();
  assert.deepEqual(heard, [[], [], []]);
});

test("a listener may change another card: it is told in the next frame", () => {
  const store = new Store();
  const heard = [];
  store.on("a", (d) => store.set("b", d * 2));
  store.on("b", (d) => heard.push(d));
  store.set("a", 1);
  paint();
  assert.deepEqual(heard, []);
  paint();
  assert.deepEqual(heard, [2]);
});

test("a hidden page is drawn without a frame", async () => {
  document.visibilityState = "hidden";
  const store = new Store();
  const drawn = new Promise((done) => store.on("a", done));
  store.set("a", "seen");
  assert.equal(await drawn, "seen");
  document.visibilityState = "visible";
});

test("a picture keeps whole values, newest first, and draws once a frame", () => {
  let drawn = 0;
  const picture = new Picture({ clock: "then" }, () => { drawn += 1; });
  picture.merge({ clock: { v: 2, d: "now" }, teams: { v: 1, d: [] } });
  picture.merge({ clock: { v: 1, d: "older" } });
  assert.deepEqual(picture.state, { clock: "now", teams: [] });
  paint();
  assert.equal(drawn, 1);
  picture.restart();
  picture.merge({ clock: { v: 1, d: "again" } });
  assert.equal(picture.state.clock, "again");
});
