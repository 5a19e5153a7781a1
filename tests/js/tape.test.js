/* A finished run as a line: what is fetched, what is shown, and in which order. */
import "./page.js";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Tape } from "../../static/js/lib/tape.js";

const DATA = { at: 100, from: 0, until: 1000, address: "/frames", frames: 40 };
let asked = [];
let answer;

/* Let everything that waits for an answer go on. */
const settle = async () => { for (let i = 0; i < 20; i += 1) await Promise.resolve(); };
const ok = (content) => ({ status: 200, ok: true, json: async () => content });

function begin(data = DATA) {
  const shown = [];
  const tape = new Tape(data, { merge: (cards) => shown.push(cards) });
  return { tape, shown };
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  asked = [];
  answer = (first) => ok({ frames: [[first, { clock: { step: first } }]], until: 1000 });
  globalThis.fetch = async (address) => {
    asked.push(address);
    const { from, rate } = Object.fromEntries(new URL(address, "http://game").searchParams);
    return answer(Number(from), Number(rate));
  };
});

test("opening shows the frame of its step and says the line is live", async () => {
  const { tape, shown } = begin();
  const links = [];
  tape.addEventListener("link", ({ detail }) => links.push(detail.link));
  tape.open();
  await settle();
  assert.deepEqual(asked, ["/frames?from=100&rate=0"]);
  assert.deepEqual(shown, [{ clock: { v: 1, d: { step: 100 } } }]);
  assert.deepEqual(links, ["live"]);
});

test("of several moves in a row only the last is fetched after the first", async () => {
  const { tape } = begin();
  for (const step of [10, 20, 30]) tape.seek(step);
  await settle();
  assert.deepEqual(asked, ["/frames?from=10&rate=0", "/frames?from=30&rate=0"]);
  assert.equal(tape.step, 30);
});

test("a move stays within the run", async () => {
  const { tape } = begin();
  tape.seek(-50);
  await settle();
  assert.equal(tape.step, 0);
  tape.seek(5000.4);
  await settle();
  assert.equal(tape.step, 1000);
});

test("what came out the same is not shown again", async () => {
  const { tape, shown } = begin();
  answer = (first) => ok({ frames: [[first, { clock: { step: first }, desk: { same: true } }]], until: 1000 });
  tape.open();
  await settle();
  tape.seek(200);
  await settle();
  assert.deepEqual(shown[1], { clock: { v: 2, d: { step: 200 } } });
});

test("playing fetches a stretch ahead and shows a frame a beat", async () => {
  const { tape } = begin({ ...DATA, until: 800 });
  tape.open();
  await settle();
  answer = (first, rate) => ok({ frames: [first, first + rate, first + 2 * rate].map((step) => [step, { clock: { step } }]), until: first + 2 * rate });
  tape.play();
  mock.timers.tick(250);
  await settle();
  assert.deepEqual(asked.slice(1), ["/frames?from=0&rate=10"]);
  mock.timers.tick(250);
  await settle();
  assert.equal(tape.playing, true);
  assert.equal(tape.waiting, true); // nothing after step 100 has come yet
});

test("a stretch is shown in order, and playing ends at the end of the run", async () => {
  const { tape, shown } = begin({ ...DATA, at: 0, until: 20 });
  tape.open();
  await settle();
  answer = () => ok({ frames: [[0, {}], [10, { clock: { step: 10 } }], [20, { clock: { step: 20 } }]], until: 20 });
  tape.play();
  for (let beat = 0; beat < 5; beat += 1) {
    mock.timers.tick(250);
    await settle();
  }
  assert.deepEqual(shown.flatMap((cards) => (cards.clock ? [cards.clock.d.step] : [])), [0, 10, 20]);
  assert.equal(tape.playing, false);
});

test("a server that is away is asked again", async () => {
  const { tape, shown } = begin();
  const links = [];
  tape.addEventListener("link", ({ detail }) => links.push(detail.link));
  answer = () => { throw new TypeError("network"); };
  tape.open();
  await settle();
  assert.deepEqual([shown.length, links], [0, ["reconnecting"]]);
  answer = (first) => ok({ frames: [[first, { clock: {} }]], until: 1000 });
  mock.timers.tick(800);
  await settle();
  assert.deepEqual([shown.length, links], [1, ["reconnecting", "live"]]);
});

test("a run that may no longer be seen closes the line with the server's reason", async () => {
  const { tape } = begin();
  let told = null;
  tape.addEventListener("link", ({ detail }) => { told = detail; });
  answer = () => ({ status: 403, ok: false, json: async () => ({ reason: "It is not yours." }) });
  tape.open();
  await settle();
  assert.deepEqual([told.link, told.reason], ["closed", "It is not yours."]);
});

test("nothing can be said to what is over", () => assert.equal(begin().tape.send({ t: "resync" }), false));
