import assert from "node:assert/strict";
import test from "node:test";
import { changes, compared, newlyCompared } from "../../static/js/lib/versions.js";

const RIGHT = { name: "r412", dated: "2012-07-26", hash: "aa", right: true, lines: [] };
const OTHER = { name: "r409", dated: "2012-07-24", hash: "bb", right: false, lines: [
  { sign: "-", text: "child.size_factor = 1" }, { sign: "+", text: "child.size_factor = 10" }, { sign: "-", text: "rlp = yes" }, { sign: "+", text: "note = a = b" },
] };
/** @param {Card.OneVersion} disk @param {Card.OneVersion | null} loaded */
const found = (disk, loaded) => ({ at: "09:41:10", disk, loaded });

test("a comparison says in a word what differs, and a process that is down is no difference", () => {
  assert.deepEqual([null, found(RIGHT, RIGHT), found(OTHER, OTHER), found(OTHER, null), found(RIGHT, OTHER), found(RIGHT, null)].map((c) => compared(c).word),
    ["", "As recorded", "Differs", "Differs", "Process differs", "Not running"]);
});

test("lines that differ become a key with what is recorded and what is there", () => {
  assert.deepEqual(changes(OTHER), [{ key: "child.size_factor", was: "1", is: "10" }, { key: "rlp", was: "yes" }, { key: "note", is: "a = b" }]);
});

test("what was compared is spoken of once, and of both kinds", () => {
  const server = { n: 3, name: "SMARS-3", recorded: "", copied_at: "", work: null, checksum: null, config: found(OTHER, OTHER), data: found(RIGHT, null) };
  assert.deepEqual(newlyCompared([server], new Map()), ["SMARS-3: config r409 on disk, not as recorded, loaded the same", "SMARS-3: reference data as recorded on disk, no process"]);
  assert.deepEqual(newlyCompared([server], new Map([["config 3", "09:41:10"], ["data 3", "09:41:10"]])), []);
});
