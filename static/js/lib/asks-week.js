/* What can be asked of an assistant on an evening of the week: [kind, words(server), args(server), whether it also goes for all of them,
   whether it is about servers]. It does it as soon as it has a hand. */
import { CLEAN, MANY, SERVERS, SYSTEM, TARGET, serverName } from "./firm.js";

/** @param {number} n */
const name = (n) => (n ? serverName(n) : `all ${MANY}`);
/** @param {number} n */
const some = (n) => ({ servers: n ? [n] : [...SERVERS] });
/** @param {string} kind @param {string} words @param {Args} [args] @returns {Wish} */
const plain = (kind, words, args = {}) => [kind, () => words, () => args, true, false];

/** @type {Record<string, Wish[]>} */
export const WEEK_MENU = {
  deployer: [
    ["release.copy", (n) => `Copy the new release to ${name(n)}`, (n) => ({ ...some(n), release: TARGET }), false, true],
    ["server.start", (n) => `Restart ${name(n)}`, (n) => ({ server: n }), false, true],
    ["checksum.run", (n) => `Checksum ${name(n)}`, some, true, true],
    plain("fleet.review", "Have a second technician review the fleet"), plain("rollback.rehearse", "Rehearse the rollback"),
    plain("counter.test", "Test the old counter again"), ...(CLEAN ? [plain("release.build", "Build the release without the dead code", { release: CLEAN })] : []),
    plain("automation.write", "Write deploy automation"), plain("automation.deploy", "Deploy the new release with the automation", { release: TARGET }),
    plain("ramp.plan", "Plan to raise the flag by and by"),
  ],
  operator: [
    plain("inventory.audit", "Audit the inventory"), plain("drill.run", "Write a procedure and drill it"), plain("mail.page", `Page on mail with ${SYSTEM} in it`, { match: SYSTEM }),
    plain("dashboard.build", "Build a dashboard of child orders"), plain("killswitch.build", "Build a kill switch"), plain("standby.build", "Build a hot standby"),
  ],
  risk: [
    plain("chief.call", "Call the chief executive about caps"), plain("brokers.call", "Ask the brokers to follow a plan of the flag"),
    plain("limit.link", "Link account 33 to a gross cap"), plain("rate.build", "Build an order rate cap"), plain("collar.build", "Build a price collar"),
    plain("threshold.build", "Build a capital threshold"), plain("reconcile.build", "Build a reconciliation in the router"),
    plain("stop.preauthorise", "Settle beforehand who may stop"), plain("credit.line", "Arrange a credit line"),
  ],
};
