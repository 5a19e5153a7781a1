/* What can be asked of an assistant on an evening of the week: [kind, words(server), args(server), whether it also goes for all eight,
   whether it is about servers]. It does it as soon as it has a hand. */

const SERVERS = [1, 2, 3, 4, 5, 6, 7, 8];
const name = (n) => (n ? `SMARS-${n}` : "all eight");
const some = (n) => ({ servers: n ? [n] : [...SERVERS] });
const plain = (kind, words, args = {}) => [kind, () => words, () => args, true, false];

export const WEEK_MENU = {
  deployer: [
    ["release.copy", (n) => `Copy the new release to ${name(n)}`, (n) => ({ ...some(n), release: "smars-rlp" }), false, true],
    ["server.start", (n) => `Restart ${name(n)}`, (n) => ({ server: n }), false, true],
    ["checksum.run", (n) => `Checksum ${name(n)}`, some, true, true],
    plain("fleet.review", "Have a second technician review the fleet"), plain("rollback.rehearse", "Rehearse the rollback"),
    plain("counter.test", "Test the old counter again"), plain("release.build", "Build the release without the dead code", { release: "smars-rlp-clean" }),
    plain("automation.write", "Write deploy automation"), plain("automation.deploy", "Deploy the new release with the automation", { release: "smars-rlp" }),
    plain("ramp.plan", "Plan to raise the flag by and by"),
  ],
  operator: [
    plain("inventory.audit", "Audit the inventory"), plain("drill.run", "Write a procedure and drill it"), plain("mail.page", "Page on mail with SMARS in it", { match: "SMARS" }),
    plain("dashboard.build", "Build a dashboard of child orders"), plain("killswitch.build", "Build a kill switch"), plain("standby.build", "Build a hot standby"),
  ],
  risk: [
    plain("chief.call", "Call the chief executive about caps"), plain("brokers.call", "Ask the brokers to follow a plan of the flag"),
    plain("limit.link", "Link account 33 to a gross cap"), plain("rate.build", "Build an order rate cap"), plain("collar.build", "Build a price collar"),
    plain("threshold.build", "Build a capital threshold"), plain("reconcile.build", "Build a reconciliation in the router"),
    plain("stop.preauthorise", "Settle beforehand who may stop"), plain("credit.line", "Arrange a credit line"),
  ],
};
