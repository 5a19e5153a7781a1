/* The levers of the week, in groups, and what each of them does. */

export const GROUPS = {
  deployer: [
    ["Servers", ["release.copy", "server.start", "checksum.run", "automation.deploy"]],
    ["Look twice", ["fleet.review", "counter.test", "rollback.rehearse"]],
    ["Build", ["release.build", "automation.write", "ramp.plan"]],
  ],
  operator: [
    ["Look and drill", ["inventory.audit", "drill.run"]],
    ["Build", ["mail.page", "dashboard.build", "killswitch.build", "standby.build"]],
    ["Set", ["dashboard.alert", "server.start"]],
  ],
  risk: [
    ["By phone", ["chief.call", "brokers.call"]],
    ["Build", ["limit.link", "rate.build", "collar.build", "threshold.build", "reconcile.build", "parents.hold"]],
    ["Agree", ["stop.preauthorise", "credit.line"]],
    ["Set", ["limit.set", "rate.set", "collar.set", "threshold.set", "hold.set", "reconcile.on"]],
  ],
};

export const ELSEWHERE = ["mail.open", "control.test", "control.mend"]; // in the inbox and beside the controls
const UNTIL_BUILT = ["limit.set", "rate.set", "collar.set", "hold.set"]; // they come with what they set

export const SAYS = {
  "release.copy": "Puts the file on a disk. The process keeps its old one until it is restarted.",
  "server.start": "The process comes back with what is on its disk.",
  "checksum.run": "Hashes of the file on disk and of the running process.",
  "automation.deploy": "Copies, restarts and hashes every host of the inventory.",
  "fleet.review": "Two people hold disk and process of every server against what was recorded.",
  "counter.test": "Runs the oldest release on a test order with the flag, and counts what it sends.",
  "rollback.rehearse": "Rolls a copy of this fleet back with the flag set, and opens a market on it.",
  "release.build": "Makes a release that can be copied.",
  "automation.write": "One command for the whole inventory from then on.",
  "ramp.plan": "With the brokers' word the flag starts on no order and is raised by hand.",
  "inventory.audit": "Walks the racks with the list of hosts.",
  "drill.run": "Stopping takes half as long on the day, and who may stop is settled.",
  "mail.page": "Mail with these words in it becomes an alert.",
  "dashboard.build": "Children a parent, for every server, within five seconds.",
  "dashboard.alert": "An alert when a server sends more children a parent and second. 0 for none.",
  "killswitch.build": "Ends all sending within ten seconds. There is none today.",
  "standby.build": "Spare machines with the release before this one, ready in two minutes.",
  "chief.call": "A cap on the firm's own trading needs this word.",
  "brokers.call": "They set the flag that the releases read, and as much of it as the plan says. Only until Monday's end.",
  "limit.link": "Children that would take account 33 above its cap are turned away.",
  "limit.set": "The gross cap of account 33, in dollars. 0 for none.",
  "rate.build": "So many children a parent and second, and no more.",
  "rate.set": "Children a parent and second. 0 for none.",
  "collar.build": "No child beyond a distance from the opening price.",
  "collar.set": "Per cent from the opening price.",
  "threshold.build": "All order entry stops above a gross figure.",
  "threshold.set": "Gross dollars of the whole firm. 0 for none.",
  "reconcile.build": "A parent's children never exceed it.",
  "reconcile.on": "Counts a parent's children from now on.",
  "parents.hold": "Parents above a size wait until a person lets them go. 0 for none.",
  "hold.set": "Shares from which a parent waits. 0 for none.",
  "ramp.set": "The brokers set the flag on that part of their orders. It has to be on all of them by 10:00.",
  "standby.failover": "Every server's sessions move to a machine with the release before this one. What ran ends.",
  "stop.preauthorise": "Stopping all needs no word on the day.",
  "credit.line": "A part of what is left need not be sold the same night.",
};

/* [[group, rows], ...] of the levers card; a lever that no group names comes last. */
export function grouped(desk, levers, controls) {
  const standing = new Set((controls ?? []).filter((c) => c.built).map((c) => c.name));
  const shown = levers.filter((l) => !ELSEWHERE.includes(l.kind) && (!UNTIL_BUILT.includes(l.kind) || standing.has(l.kind.split(".")[0])));
  const named = new Map(shown.map((l) => [l.kind, l]));
  const groups = (GROUPS[desk] ?? []).map(([group, kinds]) => [group, kinds.map((kind) => named.get(kind)).filter(Boolean)]);
  const rest = shown.filter((l) => !(GROUPS[desk] ?? []).some(([, kinds]) => kinds.includes(l.kind)));
  return [...groups, ["Other", rest]].filter(([, rows]) => rows.length);
}
