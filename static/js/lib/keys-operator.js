/* The operator's keys: a number a server, T totals, L log. */
import { bindKeys, panel, visit } from "./desk-keys.js";
import { SERVERS, serverName } from "./firm.js";
import { rate } from "./format.js";
import { gettext } from "./words.js";

/** @param {App} app */
export function operatorKeys(app) {
  /** @type {Keys} */
  const own = { t: panel("totals"), l: panel("log") };
  for (const n of SERVERS) {
    own[n] = () => {
      app.store.set("chosen", n);
      visit(document.getElementById(`server-${n}`));
    };
  }
  bindKeys(app, own, (get) => {
    const servers = get("servers")?.servers;
    const rates = get("rates");
    const log = get("log");
    return [
      servers && gettext("%(length)s of %(length2)s servers running", { length: servers.filter((s) => s.state === "running").length, length2: servers.length }),
      rates && gettext("%(parents_in)s parent orders in, %(children_out)s child orders out, %(executions)s executions per second", { parents_in: rate(rates.parents_in), children_out: rate(rates.children_out), executions: rate(rates.executions) }),
      log?.server && gettext("log of %(server)s read at %(at)s", { server: serverName(log.server), at: log.at }),
    ];
  });
}
