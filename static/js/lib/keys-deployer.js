/* The deployer's keys: a number select a server, F fleet, G diffs, R releases, N changes, L terminal. */
import { reads } from "../cards/fleet.js";
import { bindKeys, panel, visit } from "./desk-keys.js";
import { SERVERS } from "./firm.js";
import { READS, compared } from "./versions.js";
import { gettext } from "./words.js";

/** @param {Card.Fleet} fleet @param {string} what @param {string} word */
function others(fleet, what, word) {
  const found = fleet.servers.filter((s) => compared(s[what]).kind === "differs").map((s) => s.name);
  return found.length && gettext("%(word)s of %(found)s not as recorded", { word, found: found.join(", ") });
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
    const differ = fleet?.servers.filter((s) => reads(s, fleet.target).kind === "differs").map((s) => s.name) ?? [];
    return [
      fleet && gettext("%(length)s of %(length2)s servers checked", { length: fleet.servers.filter((s) => s.checksum).length, length2: fleet.servers.length }),
      differ.length && gettext("%(differ)s not as recorded", { differ: differ.join(", ") }),
      ...fleet ? Object.entries(READS).map(([what, word]) => others(fleet, what, word)) : [],
      flag && (flag.set ? gettext("orders carry the flag") : gettext("orders come without the flag")),
    ];
  });
}
