/* The operator's keys: a number a server, T totals, L log. */
import { bindKeys, panel, visit } from "./desk-keys.js";
import { SERVERS, serverName } from "./firm.js";
import { rate } from "./format.js";

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
      servers && `${servers.filter((s) => s.state === "running").length} of ${servers.length} servers running`,
      rates && `${rate(rates.parents_in)} parent orders in, ${rate(rates.children_out)} child orders out, ${rate(rates.executions)} executions a second`,
      log?.server && `log of ${serverName(log.server)} read at ${log.at}`,
    ];
  });
}
