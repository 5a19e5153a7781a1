/* The deployer's keys: a number select a server, F fleet, G diffs, R releases, N changes, L terminal. */
import { reads } from "../cards/fleet.js";
import { bindKeys, panel, visit } from "./desk-keys.js";
import { SERVERS } from "./firm.js";
import { READS, compared } from "./versions.js";

/** @param {Card.Fleet} fleet @param {string} what @param {string} word */
function others(fleet, what, word) {
  const found = fleet.servers.filter((s) => compared(s[what]).kind === "differs").map((s) => s.name);
  return found.length && `${word} of ${found.join(", ")} not as recorded`;
}

/** @param {App} app */
export function deployerKeys(app) {
  /** @param {string} name */
  const code = (name) => () => {
    app.showCode(name);
    panel("code")();
  };
  /** @type {Keys} */
  const own = { f: panel("fleet"), l: panel("terminal"), g: code("diff"), r: code("releases"), n: code("changes") };
  for (const n of SERVERS) {
    own[n] = () => {
      app.pick(n);
      visit(document.querySelector(`#fleet-${n} input`));
    };
  }
  bindKeys(app, own, (get) => {
    const fleet = get("fleet");
    const flag = get("flag");
    const differ = fleet?.servers.filter((s) => reads(s).kind === "differs").map((s) => s.name) ?? [];
    return [
      fleet && `${fleet.servers.filter((s) => s.checksum).length} of ${fleet.servers.length} servers checked`,
      differ.length && `${differ.join(", ")} not as recorded`,
      ...fleet ? Object.entries(READS).map(([what, word]) => others(fleet, what, word)) : [],
      flag && (flag.set ? "orders carry the flag" : "orders come without the flag"),
    ];
  });
}
