/* Texts that are patched, words of roles, levers of the week and what they have to be told. */
import { textOf } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { late } from "../../static/js/cards/pnl.js";
import { reads } from "../../static/js/cards/fleet.js";
import { argsOf } from "../../static/js/lib/deal-fields.js";
import { lists } from "../../static/js/lib/deals.js";
import { aim } from "../../static/js/lib/injects.js";
import { kept, keep } from "../../static/js/lib/kept.js";
import { blocked, blockedHands, covered, refused } from "../../static/js/lib/reasons.js";
import { listed, role, roleHead, roleTitle, roleWord } from "../../static/js/lib/roles.js";
import { slowly } from "../../static/js/lib/table.js";
import { texts } from "../../static/js/lib/text.js";

/* An element with one text, as much of it as texts() uses. */
function labelled(name, before) {
  const el = { dataset: { text: name }, writes: 0 };
  el.firstChild = before === undefined ? null : node(el, before);
  el.append = (text) => { el.firstChild = node(el, text); };
  el.replaceChildren = (child) => {
    el.firstChild = child;
    child.parentNode = el;
  };
  return el;
}

function node(el, text) {
  let data = text;
  return { parentNode: el, get data() { return data; }, set data(next) { data = next; el.writes += 1; } };
}

test("a text is written only when its words change", () => {
  const [one, other, clock] = [labelled("team", "Cobalt"), labelled("team"), labelled("clock", "09:30")];
  const put = texts({ querySelectorAll: () => [one, other, clock] });
  put("team", "Cobalt");
  assert.deepEqual([one.writes, other.writes, other.firstChild.data], [0, 1, "Cobalt"]);
  put("team", "Amber");
  put("nobody", "has this");
  assert.deepEqual([one.firstChild.data, other.firstChild.data, clock.firstChild.data], ["Amber", "Amber", "09:30"]);
});

test("a translator's words give way to ours", () => {
  const el = labelled("team", "Cobalt");
  const own = el.firstChild;
  const put = texts({ querySelectorAll: () => [el] });
  own.parentNode = null;
  put("team", "Cobalt");
  assert.equal(el.firstChild, own);
});

test("lists and roles are said as people say them", () => {
  assert.deepEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed), ["", "a", "a and b", "a, b and c"]);
  assert.deepEqual(["risk", "facilitator", "nobody"].map(roleTitle), ["the risk manager", "the facilitator", "nobody"]);
  assert.deepEqual(["risk", "deployer", "nobody"].map(roleHead), ["Risk manager", "Deployer", "nobody"]);
  assert.deepEqual(["risk", "deployer", "nobody"].map(roleWord), ["Risk", "Deployer", "nobody"]);
  assert.equal(textOf(role("operator")), "Operator");
  assert.equal(textOf(role("operator", "You")), "You");
  assert.equal(aim({ target: null, desks: ["operator", "risk"] }), "All teams, the operator and the risk manager");
  assert.equal(aim({ target: "Cobalt", desks: [] }), "Cobalt");
});

const standing = (part) => ({ link: "live", state: "running", hello: { desk: "risk", seats: [] }, ...part });
const page = (cards) => ({ store: { get: (name) => cards[name] } });

test("why nothing can be given now", () => {
  const why = (part) => blocked(page({ standing: standing(part) }));
  assert.equal(why({}), null);
  assert.equal(why({ link: "reconnecting" }), "You are offline. You can give commands again once connected.");
  assert.equal(why({ state: "paused" }), "The exercise is paused.");
  assert.equal(why({ hello: { desk: "risk", watching: true } }), "You are watching this desk.");
  assert.equal(why({ hello: { desk: "risk", seats: [{ desk: "risk", covered: true }] } }), "The assistant is playing your seat. Take it back first.");
  assert.equal(covered({ desk: "risk", seats: [{ desk: "operator", covered: true }] }), false);
});

test("hands at work say when the first is free", () => {
  const work = { hands: 2, free: 0, tasks: [{ hands: 1, left_s: 95 }, { hands: 1, left_s: 30 }, { hands: 0, left_s: 2 }] };
  assert.equal(blockedHands(page({ standing: standing({}), work })), "Both hands are busy, 30 s left.");
  assert.equal(blockedHands(page({ standing: standing({}), work: { ...work, free: 1 } })), null);
  assert.equal(blockedHands(page({ standing: standing({}), work: { hands: 1, free: 0, tasks: [] } })), "Your hand is busy.");
});

test("a lever that is not there, or may not be pulled, says so", () => {
  assert.equal(refused(undefined), "Not at this hour.");
  assert.equal(refused({ allowed: false, reason: "no hand free" }), "No hand free.");
  assert.equal(refused({ allowed: true, reason: "" }), null);
});

test("a lever of the week is told what it needs, or says what is missing", () => {
  const given = () => ({ servers: new Set(), server: 0, release: "", text: "", tried: false });
  const lever = (kind, ...args) => ({ kind, args });
  assert.deepEqual(argsOf(lever("release.copy", "servers", "release"), { ...given(), servers: new Set([3, 1]), release: "smars-rlp" }), { args: { servers: [1, 3], release: "smars-rlp" } });
  assert.deepEqual(argsOf(lever("release.copy", "servers", "release"), given()), { missing: "Choose servers first." });
  assert.deepEqual(argsOf(lever("server.start", "server"), given()), { missing: "Choose a server first." });
  assert.deepEqual(argsOf(lever("limit.set", "gross_usd"), { ...given(), text: "25 M" }), { args: { gross_usd: 25_000_000 } });
  assert.deepEqual(argsOf(lever("limit.set", "gross_usd"), { ...given(), text: "much" }), { missing: "An amount such as 25 M. 0 for none." });
  assert.deepEqual(argsOf(lever("rate.set", "per_second"), { ...given(), text: "0" }), { args: { per_second: 0 } });
  assert.deepEqual(argsOf(lever("collar.set", "percent"), { ...given(), text: "100" }), { missing: "A number from 0.01 to 99." });
  assert.deepEqual(argsOf(lever("ramp.set", "percent"), given()), { args: { percent: 100 } });
  assert.deepEqual(argsOf(lever("ramp.set", "percent"), { ...given(), percent: 0 }), { args: { percent: 0 } });
  assert.deepEqual(argsOf(lever("x.y", "unheard"), given()), { missing: "Something is missing." });
});

test("levers stand in the lists of their card, each with what it does", () => {
  const levers = [{ kind: "limit.set" }, { kind: "credit.line" }, { kind: "mail.open" }];
  const menu = [{ title: "Agree", rows: [{ kind: "credit.line", says: "Less to sell." }, { kind: "gone.lever", says: "" }] }, { title: "Set", rows: [{ kind: "limit.set", says: "" }] }];
  assert.deepEqual(lists({ levers, menu }), [["Agree", [[levers[1], "Less to sell."]]], ["Set", [[levers[0], ""]]]]);
  assert.deepEqual(lists(undefined), []);
});

test("a checksum is read beside what was recorded", () => {
  const host = (checksum) => ({ recorded: "new", checksum });
  assert.equal(reads(host(null), "new").kind, "none");
  assert.equal(reads(host({ disk_release: "old", process: "x", same: true }), "new").kind, "differs");
  assert.equal(reads(host({ disk_release: "new", process: "", same: false }), "new").kind, "down");
  assert.equal(reads(host({ disk_release: "new", process: "x", same: false }), "new").word, "Old process");
  assert.equal(reads(host({ disk_release: "new", process: "x", same: true }), "new").kind, "same");
  assert.equal(reads(host({ disk_release: "new", process: "x", same: true }), "newer").word, "Not newer");
});

test("how late a monitor is", () => assert.deepEqual([0, 1, 119, 125].map(late), ["up to date", "1 s late", "119 s late", "2 min 5 s late"]));

test("a browser without storage remembers nothing and breaks nothing", () => {
  delete globalThis.localStorage;
  keep("theme", "light");
  assert.equal(kept("theme", "dark"), "dark");
  const held = new Map();
  globalThis.localStorage = { getItem: (key) => held.get(key) ?? null, setItem: (key, value) => held.set(key, value) };
  keep("theme", "light");
  assert.deepEqual([kept("theme", "dark"), kept("sound", "off")], ["light", "off"]);
});

test("a sentence behind a picture changes slowly", () => {
  const said = [];
  const say = slowly((word) => said.push(word), 60_000);
  say("first");
  say("second");
  assert.deepEqual(said, ["first"]);
});
