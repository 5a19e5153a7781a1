/* A page of another scenario: its own days, hours and titles. Loaded here alone, for modules read the page once. */
import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";

const titles = { deployer: { title: "release hand", head: "Release hand", short: "releases", short_head: "Releases" } };
const calendar = {
  evenings: ["Thu 6 Jun", "Fri 7 Jun"], evenings_long: ["Thursday 6 June", "Friday 7 June"], dates: ["6 juin", "7 juin"], typed: ["6 Jun", "7 Jun"],
  evening_from: "19:00", evening_s: 2 * 3600, start: "09:00", open: "10:00",
};
Object.assign(document.documentElement.dataset, { titles: JSON.stringify(titles), calendar: JSON.stringify(calendar), servers: "3", weekday: "Monday, 10 June" });
const { DATES, EVENING_HOURS, EVENINGS, example } = await import("../../static/js/lib/calendar.js");
const { ON_DAY, SERVERS } = await import("../../static/js/lib/firm.js");
const { stampOf } = await import("../../static/js/lib/market-clock.js");
const { roleHead, roleTitle, roleWord } = await import("../../static/js/lib/roles.js");

test("steps are told by the page's own evenings and hours", () => {
  const step = 4;
  assert.equal(stampOf(0), "09:00:00");
  assert.equal(stampOf(-2 * 2 * 3600 * step), "6 Jun 19:00:00", "as an address has it");
  assert.equal(stampOf(-2 * 2 * 3600 * step, DATES), "6 juin 19:00:00", "as the reader has its month");
  assert.equal(stampOf(-1 * step), "7 Jun 20:59:59");
});

test("evenings, hours and examples are the page's own", () => {
  assert.deepEqual(EVENINGS, ["Thursday 6 June", "Friday 7 June"]);
  assert.deepEqual(EVENING_HOURS, ["19:00", "20:00", "21:00"]);
  assert.deepEqual([example(true, 30), example(false, 30)], ["6 Jun 19:30", "10:15"]);
  assert.equal(ON_DAY, "Monday, 10 June");
});

test("servers and titles are the page's own", () => {
  assert.deepEqual(SERVERS, [1, 2, 3]);
  assert.deepEqual([roleHead("deployer"), roleTitle("deployer"), roleWord("deployer")], ["Release hand", "the release hand", "Releases"]);
});
