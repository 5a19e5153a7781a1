/* A checksum of practice server 2, on the deployer's own card. */
import * as fleet from "../cards/fleet.js";
import * as work from "../cards/work.js";
import { DATES, EVENING_FROM } from "../lib/calendar.js";
import { practiceApp, steps } from "./app.js";
import { stage } from "./stage.js";
import { gettext } from "../lib/words.js";

const TAKES_S = 60;
const SERVER = 2;
const NEW = { name: "practice-2", hash: "9c41f0b27de8" };
const OLD = { name: "practice-1", hash: "4be7a6d0115c" };
const RECORDED = { name: "practice", dated: "", hash: "", note: "" }; // of what nobody compares here
const LEARNT = gettext("Recorded is what the copy tool wrote down. The checksum shows what is really there: the new file on disk, but still the old process, which nobody restarted.");
const LAST = DATES.at(-1) ?? ""; // the evening on which its servers were copied
const NOT_HERE = gettext("not in this practice");

/** @param {Found} root @param {Voice} voice @param {(learnt: string) => void} done */
export function mount(root, voice, done) {
  /** @type {Card.Host[]} */
  const rows = [1, 2, 3, 4].map((n) => ({ n, name: gettext("Practice %(n)s", { n }), recorded: NEW.name, copied_at: `${LAST} ${EVENING_FROM.slice(0, -1)}${n}`, work: null, checksum: null, config: null, data: null }));
  const at = steps(root, [gettext("Select Practice 2."), gettext("Press Checksum. It is harmless, so there is nothing to arm."), gettext("It takes market time and a hand. Then read both halves of the row.")]);
  const show = () => app.store.set("fleet", { target: NEW.name, truth: false, config: RECORDED, data: RECORDED, servers: rows.map((row) => ({ ...row })) });
  const row = rows[SERVER - 1];
  const app = practiceApp("deployer", voice, {
    hands: 2,
    rules({ kind, args }) {
      if (kind !== "checksum.run") return NOT_HERE;
      if (String(args.servers) !== String(SERVER)) return gettext("practice uses server 2 only");
      if (row.work) return gettext("it is in progress");
      row.work = { kind, label: gettext("Checksum"), left_s: TAKES_S };
      at(2);
      show();
      return { label: gettext("Checksum"), target: row.name, seconds: TAKES_S, end: read };
    },
  });
  const read = () => {
    row.work = null;
    row.checksum = { at: "08:01:00", disk: NEW.hash, disk_release: NEW.name, process: OLD.hash, process_release: OLD.name, same: false };
    at(3);
    show();
    done(LEARNT);
  };
  app.beat = (tasks) => {
    if (!tasks.length || !row.work) return;
    row.work.left_s = tasks[0].left_s;
    show();
  };
  /** @param {string} kind @param {boolean} allowed */
  const lever = (kind, allowed) => ({ kind, label: kind, dangerous: false, hands: 1, minutes: allowed ? TAKES_S / 60 : null, allowed, reason: allowed ? "" : NOT_HERE, word: null, alone: null });
  app.store.set("levers", { levers: [lever("checksum.run", true), lever("release.copy", false), lever("server.start", false), lever("release.rollback", false)], menu: [] });
  app.store.set("releases", { releases: [NEW, OLD], diffs: [] });
  app.store.set("words", { words: [] });
  show();
  const card = stage(root, "fleet");
  fleet.mount(card, app);
  work.mount(stage(root, "work"), app);
  card.addEventListener("change", () => !row.work && !row.checksum && at(card.querySelector(`#fleet-${SERVER}[data-on]`) ? 1 : 0));
  card.addEventListener("click", () => !row.work && !row.checksum && at(card.querySelector(`#fleet-${SERVER}[data-on]`) ? 1 : 0));
}
